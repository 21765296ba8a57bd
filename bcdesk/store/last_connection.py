"""What the first frame shows of the last connection, read without all that keeping connections needs."""

import json
from pathlib import Path
from typing import Any, Final

FILE: Final = "connections.json"


def last_named(folder: Path) -> tuple[str, str]:
    """Return the id and the name of the connection that was used last, both empty where none was."""
    try:
        found: Any = json.loads((folder / FILE).read_bytes())
        last = str(found["last"])
        names = {one["id"]: str(one["name"]) for one in found["connections"]}
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return "", ""
    return last, names.get(last, "")
