"""The contract as Python calls; importing this package alone imports neither HTTP nor models."""

import sys

# httpx's command line, which `import httpx` takes in too wherever click and rich are installed: 80 modules for nothing
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
