"""Builds every long-lived object in one exit stack, shows the window, and closes all in reverse.

The order is the one that a person sees: frame 1 is the window with its skeleton, painted before the rest is even
imported; then the local server starts, the page takes the skeleton's place, the keyring is asked, and the loop
between server and store runs. That is why most imports stand where their time has come.
"""

from __future__ import annotations

import gc
import logging
import sys
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Final

from bcdesk import __version__, log, settings

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

    from bcdesk.settings import Settings
    from bcdesk.ui.frame import Frame
    from bcdesk.ui.theme import Scheme

_TURNS: Final = (
    "bcdesk.store.journal",
    "bcdesk.store.store",
    "bcdesk.ui.clipboard",
    "bcdesk.ui.clipboard_mark",
    "bcdesk.ui.clipboard_slot",
    "bcdesk.ui.connecting",
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
)
"""What the page needs, in pieces that the window answers between."""
_log = logging.getLogger(__name__)


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
        program.connection.start()
        return await program.run()
    finally:
        collector.stop()


class Program:
    """Every long-lived object of the desk, built once and passed along explicitly."""

    def __init__(self, chosen: Settings, app: QApplication, frame: Frame | None = None) -> None:
        """Build the objects and put the pages into the window of ``frame``; nothing runs and nothing is asked yet."""
        from bcdesk.store.journal import Journal
        from bcdesk.store.store import Store
        from bcdesk.store.vault import Vault
        from bcdesk.ui.applications.page import AppsPage
        from bcdesk.ui.clipboard import ClipboardGuard
        from bcdesk.ui.clipboard_mark import ClipboardMark
        from bcdesk.ui.clipboard_slot import ClipboardCountdown
        from bcdesk.ui.connecting import LocalConnection
        from bcdesk.ui.desk import Desk
        from bcdesk.ui.flow.page import FlowPage
        from bcdesk.ui.frame import first_frame
        from bcdesk.ui.gate import RevealGate
        from bcdesk.ui.keys.page import KeysPage
        from bcdesk.ui.keys.recovery import Recovery
        from bcdesk.ui.offline_copy import OfflineCopy
        from bcdesk.ui.rail import Page
        from bcdesk.ui.tasks import TaskScope
        from bcdesk.ui.text import tr

        self._chosen = chosen
        self.registry, self.window = frame or first_frame(chosen)
        self.window.set_on_theme(self._choose_theme)
        self.scope = TaskScope()
        self.store = Store()
        self.vault = Vault(chosen.desk_dir)
        self.journal = Journal(chosen.desk_dir / "journal", self.vault)
        self.gate = RevealGate()
        self.gate.follow(app)
        mark = ClipboardMark(chosen.desk_dir / "clipboard.mark", self.vault)
        self.clipboard = ClipboardGuard(app.clipboard(), mark=mark)
        self.copy = OfflineCopy(chosen.desk_dir / "cache", self.vault, self.store, days=chosen.offline_days)
        self.connection = LocalConnection(chosen.server_dir, self.store, self.scope, copy=self.copy)
        self.desk = Desk(
            scope=self.scope,
            store=self.store,
            journal=self.journal,
            vault=self.vault,
            settings=chosen,
            clipboard=self.clipboard,
            gate=self.gate,
            client_of=lambda: self.connection.client,
            connection_of=lambda: self.connection.facts,
            sync_now=self.connection.sync_now,
        )
        self.keys = KeysPage(self.desk, self.registry)
        self.keys.restore_columns(chosen.columns)
        self.window.add_page(Page("keys", tr("API keys"), "key", self.keys))
        self.apps = AppsPage(self.desk, self.registry)
        self.apps.restore_columns(chosen.app_columns)
        self.window.add_page(Page("apps", tr("OAuth apps"), "apps", self.apps))
        self.flow = FlowPage(self.desk, self.registry)
        self.window.add_page(Page("flow", tr("Flow tester"), "flow", self.flow))
        self.apps.verbs.test = self._test
        self.flow.app_wanted.connect(self._show_app)
        self.flow.said.connect(self.window.status.flash)
        self.copy.follow(self.keys.notices.tell)
        self.recovery = Recovery(self.window, self.desk, on_rotate=self._rotate)
        self.scope.set_on_error(self._tell)
        self.connection.changed.connect(self._show_connection)
        self._stop_listening = self.store.listen(
            lambda change: self._show_connection() if change.link or change.session else None
        )
        self._show_connection()
        self.window.status.add_slot(self.flow.disk)
        countdown = ClipboardCountdown(self.clipboard, self.registry)
        countdown.said.connect(lambda words: self.window.status.flash(words, "ok"))
        self.window.status.add_slot(countdown)

    async def run(self) -> int:
        """Keep the desk going until its window is closed or a signal ends it; then end everything in reverse."""
        from asyncio import Event

        from bcdesk.ui import ending

        closed = Event()
        async with AsyncExitStack() as stack:
            stack.callback(self.window.hide)
            stack.callback(self._stop)
            stack.callback(self._save)
            stack.push_async_callback(self.connection.close)
            stack.callback(self.journal.close)
            stack.callback(self.vault.close)
            stack.push_async_callback(self.copy.close)
            stack.push_async_callback(self.scope.close)
            stack.callback(self.clipboard.close)
            stack.callback(ending.by_signals(closed))
            self.window.closed.connect(closed.set)
            self.scope.start(self.copy.open_vault(self._vault_ready), name="vault")
            if not self.window.is_closed:
                await closed.wait()
        return 0

    def _stop(self) -> None:
        self._stop_listening()
        self.recovery.close()
        self.keys.close_down()
        self.apps.close_down()
        self.flow.close_down()
        self.window.status.stop()

    def _tell(self, error: BaseException) -> None:
        pages = {"apps": self.apps.tell, "flow": self.flow.tell}
        pages.get(self.registry.page, self.keys.tell)(error)

    def _test(self, app_id: str) -> None:
        """Go to the flow tester with an application."""
        self.window.go("flow")
        self.flow.test_app(app_id)

    def _show_app(self, app_id: str) -> None:
        """Go to an application in its own page."""
        self.window.go("apps")
        self.apps.reveal_row(app_id)

    def _rotate(self, row_id: str) -> None:
        """Go on with a new version of a key, or with a new secret of an application."""
        if row_id in self.store.apps:
            self.window.go("apps")
            self.apps.verbs.new_secret(row_id)
        else:
            self.window.go("keys")
            self.keys.verbs.rotate(row_id)

    def _show_connection(self) -> None:
        self.window.show_connection(self.connection.facts, self.store.session, self.store.link)
        self.registry.refresh()

    def _vault_ready(self) -> None:
        self.scope.start(self.copy.restore(), name="offline copy")
        self.scope.start(self.clipboard.clear_leftover(), name="clipboard")

    def _choose_theme(self, scheme: Scheme) -> None:
        self._chosen = self._chosen.with_changes(theme=scheme)
        self._save()

    def _save(self) -> None:
        self._chosen = self._chosen.with_changes(
            geometry=self.window.geometry_text(),
            columns=self.keys.columns_text(),
            app_columns=self.apps.columns_text(),
        )
        try:
            settings.save(self._chosen)
        except OSError as error:
            _log.warning("the settings could not be saved: errno %s", error.errno)
