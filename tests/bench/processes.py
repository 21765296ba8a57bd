"""Child processes of the bench: Python modules that answer with lines of JSON, and what memory they hold."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_BYTECODE = tempfile.TemporaryDirectory(prefix="bcdesk-bytecode-")


def environment() -> dict[str, str]:
    """Return the environment of a child: no display, quiet, this checkout first on the path, its bytecode kept.

    An installed program has its bytecode from the start; here the first child of a run writes it for the others.
    """
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {
        **inherited,
        "PYTHONPYCACHEPREFIX": _BYTECODE.name,
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(ROOT),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "BCDESK_LOG": "error",
    }


def answer(module: str, *arguments: str, timeout: float = 300.0, extra: Mapping[str, str] | None = None) -> Any:
    """Run a module to its end, with ``extra`` in its environment, and return the JSON of its last line."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env=environment() | dict(extra or {}), cwd=ROOT, stdout=subprocess.PIPE, text=True, timeout=timeout, check=True,
    )  # fmt: skip
    return json.loads(done.stdout.strip().splitlines()[-1])


def timed_answer(module: str, *arguments: str) -> Any:
    """Run a module to its end; its answer gains ``started``, the monotonic nanoseconds just before it was started."""
    started = time.monotonic_ns()
    return answer(module, *arguments) | {"started": started}


@contextmanager
def served(*command: str, program: Sequence[str] = (sys.executable, "-m")) -> Iterator[dict[str, Any]]:
    """Run a server, by default one of this checkout, until left; yield the JSON of its first line."""
    with subprocess.Popen(
        [*program, *command],
        env=environment(), cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()
            process.wait(20)


def memory(pid: int | str = "self", kind: str = "Pss") -> int:
    """Return what a process holds in bytes: its proportional set size where known, else its resident size.

    Of kind ``Pss_Anon`` without the shared files, whose share changes as other programs come and go.
    """
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    except OSError:
        import psutil

        return int(psutil.Process(None if pid == "self" else int(pid)).memory_info().rss)
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith(f"{kind}:")) * 1024
