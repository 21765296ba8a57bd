"""Looks through the memory of a process, which on Linux root can read even where the process has closed itself."""

import contextlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

_REGION = re.compile(r"([0-9a-f]+)-([0-9a-f]+) ([r-])")
_PIECE = 1 << 24


def in_memory(pid: int, wanted: Mapping[str, str]) -> dict[str, int]:
    """Return how often each text of ``wanted`` lies in the memory of ``pid``, in UTF-8 or in Qt's UTF-16."""
    forms = {name: (text.encode(), text.encode("utf-16-le")) for name, text in wanted.items()}
    longest = max(len(form) for pair in forms.values() for form in pair)
    found = dict.fromkeys(wanted, 0)
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for start, end in _regions(pid):
            for piece in range(start, end, _PIECE):
                with contextlib.suppress(OSError):  # what is mapped beyond a file's end cannot be read
                    memory.seek(piece)
                    data = memory.read(min(_PIECE + longest, end - piece))
                    for name, pair in forms.items():
                        found[name] += sum(data.count(form) for form in pair)
    return found


def _regions(pid: int) -> Iterator[tuple[int, int]]:
    """Yield each region that can be read and of which anything is in memory or was moved out to disk."""
    region = None
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        if (begins := _REGION.match(line)) is not None:
            region = (int(begins[1], 16), int(begins[2], 16)) if begins[3] == "r" else None
        elif region is not None and line.startswith(("Rss:", "Swap:")) and line.split()[1] != "0":
            yield region
            region = None
