"""Starts the desk: the window is painted first, then what the program is built of is imported, then it runs.

The order is the one that a person sees: frame 1 is the window with its skeleton, painted before the rest is even
imported; then the server starts, the pages take the skeletons' place, the keyring is asked, and the loop between
server and store runs. That is why most imports stand where their time has come.
"""

from __future__ import annotations

import gc
import logging
import sys
from typing import TYPE_CHECKING, Final, NamedTuple

from bcdesk import __version__, log, settings
from bcdesk.program import Program

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

    from bcdesk.settings import Settings
    from bcdesk.ui.frame import Frame
    from bcdesk.ui.single import Single

_log = logging.getLogger(__name__)
_TURNS: Final = (
    "bcdesk.store.journal",
    "bcdesk.store.store",
    "bcdesk.ui.clipboard",
    "bcdesk.ui.clipboard_mark",
    "bcdesk.ui.clipboard_slot",
    "bcdesk.ui.connecting",
    "bcdesk.ui.connections.switcher",
    "bcdesk.ui.gate",
    "bcdesk.ui.offline_copy",
    "bcdesk.ui.problems",
    "bcdesk.ui.dialogs",
    "bcdesk.ui.keys.listing",
    "bcdesk.ui.keys.commands",
    "bcdesk.ui.keys.inspector",
    "bcdesk.ui.keys.page",
    "bcdesk.ui.keys.reveal",
    "bcdesk.ui.keys.recovery",
    "bcdesk.ui.applications.inspector",
    "bcdesk.ui.applications.page",
    "bcdesk.ui.flow.runner",
    "bcdesk.ui.flow.run_view",
    "bcdesk.ui.flow.page",
    "bcdesk.ui.desk_pages",
)
"""What the page needs, in pieces that the window answers between."""
__all__ = ["Ended", "Program", "main", "run"]


def main(
    *,
    data_dir: Path | None = None,
    words: Sequence[str] = (),
    locked: str | None = None,
    on_painted: Callable[[], bool] | None = None,
) -> int:
    """Run the desk on ``data_dir`` until its window is closed, and return the exit code.

    ``words`` are the addresses to open; where a desk runs on the folder already they go there, and this one ends.
    ``locked`` names the page to come back to of a desk that is locked, and shows nothing until it is unlocked.
    ``on_painted`` is called after the first paint, before anything heavy is imported; where it returns False
    the desk ends there (benchmarks measure the start so).
    """
    gc.disable()  # until the desk is built: what a start makes stays, and looking through it again and again costs
    from bcdesk.ui import plain_imports

    plain_imports.restore()
    from bcdesk.ui import single_place, theme
    from bcdesk.ui.first_paint import wait_for_paint
    from bcdesk.ui.frame import first_frame

    log.setup(log.level_of_environment("WARNING"))
    chosen = settings.load((data_dir or settings.default_data_dir()).absolute())
    if single_place.may_run(chosen.desk_dir):
        from bcdesk.ui.single import hand_over

        if hand_over(chosen.desk_dir, words):
            return 0
    app = theme.application(sys.argv[:1])
    app.setApplicationName("bcdesk")
    app.setApplicationVersion(__version__)
    app.setQuitOnLastWindowClosed(False)
    theme.apply(app, chosen.theme)
    frame = None
    if locked is None:
        frame = first_frame(chosen)
        frame.window.show()
        wait_for_paint(frame.window)
    if on_painted is not None and not on_painted():
        return 0
    from bcdesk.ui import icons

    app.setWindowIcon(icons.of_program())  # the first frame does without
    from bcdesk.ui import single

    try:
        own = single.hold(chosen.desk_dir, words)
    except single.HeldError:
        _log.error("another desk holds %s, and does not answer", chosen.desk_dir)
        return 1
    if own is None:
        return 0
    import asyncio

    with asyncio.Runner(loop_factory=lambda: _loop(app)) as runner:
        ended = runner.run(run(chosen, app, frame, own=own, words=words, page=locked or ""))
    own.release()
    if ended.locked_at is not None:
        from bcdesk.ui import lock_exec

        lock_exec.begin_anew(chosen.data_dir, ended.locked_at)
    return ended.code


def _loop(app: QApplication) -> asyncio.AbstractEventLoop:
    """Return asyncio's loop over Qt's, with the two threads that the desk uses instead of ten."""
    from concurrent.futures import ThreadPoolExecutor

    import qasync

    loop: asyncio.AbstractEventLoop = qasync.QEventLoop(app)
    loop.set_default_executor(ThreadPoolExecutor(2, "bcdesk"))
    return loop


class Ended(NamedTuple):
    """How a desk ended: its exit code, and the page that was shown where it is to lock."""

    code: int
    locked_at: str | None = None


async def run(
    chosen: Settings, app: QApplication, frame: Frame | None, *, own: Single, words: Sequence[str], page: str
) -> Ended:
    """Import the rest in turns with the window, build the program on it, and keep it going.

    Without a ``frame`` the desk is locked, and opens at ``page`` after that.
    """
    from asyncio import sleep
    from importlib import import_module

    from bcdesk.ui.collector import Collector

    vault = None
    if frame is None:
        from bcdesk.ui.frame import first_frame
        from bcdesk.ui.lock_exec import leave_children
        from bcdesk.ui.lock_start import unlocked
        from bcdesk.ui.single import raise_window

        opened = await unlocked(chosen, own)
        leave_children()
        if opened is None:
            return Ended(0)
        vault, words = opened.vault, (*words, *opened.words)
        frame = first_frame(chosen)
        frame.window.show()
        raise_window(frame.window)
    for module in _TURNS:
        import_module(module)
        await sleep(0)
    program = Program(chosen, app, frame, vault)
    own.asked.connect(program.take_over)
    program.open(page, words)
    gc.freeze()
    collector = Collector()
    try:
        program.switcher.begin()
        return Ended(await program.run(), program.locked_at)
    finally:
        own.asked.disconnect(program.take_over)
        collector.stop()
