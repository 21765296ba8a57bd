"""Starts the desk: the window is painted first, then what the program is built of is imported, then it runs.

The order is the one that a person sees: frame 1 is the window with its skeleton, painted before the rest is even
imported; then the server starts, the pages take the skeletons' place, the keyring is asked, and the loop between
server and store runs. That is why most imports stand where their time has come.
"""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING, Final

from bcdesk import __version__, log, settings
from bcdesk.program import Program

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

    from bcdesk.settings import Settings
    from bcdesk.ui.frame import Frame

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
__all__ = ["Program", "main", "run"]


def main(*, data_dir: Path | None = None, on_painted: Callable[[], bool] | None = None) -> int:
    """Run the desk on ``data_dir`` until its window is closed, and return the exit code.

    ``on_painted`` is called after the first paint, before anything heavy is imported; where it returns False
    the desk ends there (benchmarks measure the start so).
    """
    gc.disable()  # until the desk is built: what a start makes stays, and looking through it again and again costs
    from bcdesk.ui import plain_imports

    plain_imports.restore()
    from bcdesk.ui import theme
    from bcdesk.ui.first_paint import wait_for_paint
    from bcdesk.ui.frame import first_frame

    log.setup(log.level_of_environment("WARNING"))
    chosen = settings.load((data_dir or settings.default_data_dir()).absolute())
    app = theme.application(sys.argv[:1])
    app.setApplicationName("bcdesk")
    app.setApplicationVersion(__version__)
    app.setQuitOnLastWindowClosed(False)
    theme.apply(app, chosen.theme)
    frame = first_frame(chosen)
    frame.window.show()
    wait_for_paint(frame.window)
    if on_painted is not None and not on_painted():
        return 0
    import asyncio

    with asyncio.Runner(loop_factory=lambda: _loop(app)) as runner:
        return runner.run(run(chosen, app, frame))


def _loop(app: QApplication) -> asyncio.AbstractEventLoop:
    """Return asyncio's loop over Qt's, with the two threads that the desk uses instead of ten."""
    from concurrent.futures import ThreadPoolExecutor

    import qasync

    loop: asyncio.AbstractEventLoop = qasync.QEventLoop(app)
    loop.set_default_executor(ThreadPoolExecutor(2, "bcdesk"))
    return loop


async def run(chosen: Settings, app: QApplication, frame: Frame) -> int:
    """Import the rest in turns with the window, build the program on it, and keep it going."""
    from asyncio import sleep
    from importlib import import_module

    from bcdesk.ui.collector import Collector

    for module in _TURNS:
        import_module(module)
        await sleep(0)
    program = Program(chosen, app, frame)
    gc.freeze()
    collector = Collector()
    try:
        program.switcher.begin()
        return await program.run()
    finally:
        collector.stop()
