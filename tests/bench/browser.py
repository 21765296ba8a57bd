"""The whole desk while flows run in its embedded browser: the longest pause of its window from the first one on."""

import os
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.figures import Figure
from tests.bench.processes import answer

ROUNDS = 10
CHILD = "tests.bench.browser_child"
LIMIT = 50
NAMES = {
    ("ahead", "start ahead"): "the engine started ahead",
    ("ahead", "run"): "first run after that",
    ("at once", "run"): "first run that starts the engine",
    ("ahead", "later runs"): "later runs",
}


def measure() -> list[Figure]:
    """Run each way in turn, without a screen and, where there is Xvfb, on one; the worst of all rounds counts."""
    places: list[tuple[str, dict[str, str]]] = [("offscreen", {})]
    with _screen() as display:
        if display:
            places.append(("X11", {"QT_QPA_PLATFORM": "xcb", "DISPLAY": display}))
        rounds = [(place, how, _round(how, extra)) for _ in range(ROUNDS) for place, extra in places
                  for how in ("ahead", "at once")]  # fmt: skip
    figures = []
    for place, _ in places:
        for (how, part), name in NAMES.items():
            gaps = [told[part] for at, one, told in rounds if (at, one) == (place, how)]
            clock = [gap["clock"] * 1000 for gap in gaps]
            figures.append(
                Figure(
                    name=f"pause, {name}, {place}", value=max(clock), unit="ms", limit=LIMIT,
                    base=statistics.median(clock),
                    note=f"worst of {len(clock)} against their median; the GUI thread computed "
                    f"{max(gap['computed'] for gap in gaps) * 1000:.0f} ms at most",
                )
            )  # fmt: skip
    return figures


def _round(how: str, extra: dict[str, str]) -> dict[str, dict[str, float]]:
    extra = extra | {"QT_LOGGING_RULES": "default.warning=false"}  # each start says that there is no graphics card
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        extra = extra | {"QTWEBENGINE_DISABLE_SANDBOX": "1"}  # Chromium has none for root
    with tempfile.TemporaryDirectory() as folder:
        told: dict[str, dict[str, float]] = answer(CHILD, folder, how, extra=extra)
        return told


@contextmanager
def _screen() -> Iterator[str]:
    if shutil.which("Xvfb") is None:
        yield ""
        return
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x1000x24", "-nolisten", "tcp", "-noreset"]
    with subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL) as process:
        os.close(write)
        try:
            with Path(f"/dev/fd/{read}").open() as number:
                yield f":{number.readline().strip()}"
        finally:
            os.close(read)
            process.terminate()
