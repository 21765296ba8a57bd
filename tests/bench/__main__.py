"""``python -m tests.bench [--only NAME …] [--json FILE]``: measure, print, write JSON; 1 where a limit is missed."""

import argparse
import importlib
import json
import os
import platform
import sys
import time
from pathlib import Path

from tests.bench.figures import Figure, table

PARTS = ("start", "table", "sync", "cache", "keycheck", "introspection", "browser", "frozen")


def main() -> int:
    """Measure what is asked for, each part in its own child processes where it needs a clean one."""
    options = argparse.ArgumentParser("bench", description=__doc__)
    options.add_argument("--only", action="append", choices=PARTS, help="one part; may be given again")
    options.add_argument("--json", type=Path, default=Path("bench.json"), metavar="FILE")
    chosen = options.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    if load > 1:
        print(f"other programs are busy here (load {load:.1f}): times will be too long", file=sys.stderr)
    figures: list[Figure] = []
    try:
        for part in chosen.only or PARTS:
            started = time.monotonic()
            print(f"{part} …", file=sys.stderr, flush=True)
            figures += importlib.import_module(f"tests.bench.{part}").measure()
            print(f"{part} took {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    finally:  # what was measured before a part failed is kept
        print(table(figures))
        machine = {"system": platform.platform(), "python": platform.python_version(), "cores": os.cpu_count()}
        report = {"machine": machine | {"load": load}, "figures": [one.to_json() for one in figures]}
        chosen.json.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
        print(f"written to {chosen.json}")
    return 1 if any(one.verdict.startswith("MISS") for one in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
