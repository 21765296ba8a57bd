"""Looks through the memory of a process, which on Linux root can read even where the process has closed itself."""

import contextlib
import re
from collections.abc import Mapping
from pathlib import Path

_REGION = re.compile(r"([0-9a-f]+)-([0-9a-f]+) (r)")
_PIECE = 1 << 24


def in_memory(pid: int, wanted: Mapping[str, str]) -> dict[str, int]:
    """Return how often each text of ``wanted`` lies in the memory of ``pid``, in UTF-8 or in Qt's UTF-16."""
    forms = {name: (text.encode(), text.encode("utf-16-le")) for name, text in wanted.items()}
    longest = max(len(form) for pair in forms.values() for form in pair)
    found = dict.fromkeys(wanted, 0)
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            region = _REGION.match(line)
            if region is None or line.endswith(("[vvar]", "[vsyscall]", "[vvar_vclock]")):
                continue
            start, end = int(region[1], 16), int(region[2], 16)
            for piece in range(start, end, _PIECE):
                with contextlib.suppress(OSError):  # what is mapped beyond a file's end cannot be read
                    memory.seek(piece)
                    data = memory.read(min(_PIECE + longest, end - piece))
                    for name, pair in forms.items():
                        found[name] += sum(data.count(form) for form in pair)
    return found
