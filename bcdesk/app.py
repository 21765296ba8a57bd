"""Builds every long-lived object in one exit stack, shows the window, and closes all in reverse.

The order is the one that a person sees: the window with its skeleton is painted before anything heavy is
imported; then the local server starts, the keyring is asked, and the loop between server and store runs.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from bcdesk import __version__, log, settings
from bcdesk.store.journal import Journal
from bcdesk.store.store import Store
from bcdesk.store.vault import Vault, VaultState
from bcdesk.ui import theme
from bcdesk.ui.clipboard import ClipboardGuard
from bcdesk.ui.clipboard_mark import ClipboardMark
from bcdesk.ui.commands import Registry
from bcdesk.ui.connecting import LocalConnection
from bcdesk.ui.desk import Desk
from bcdesk.ui.first_paint import wait_for_paint
from bcdesk.ui.gate import RevealGate
from bcdesk.ui.keys.page import KeysPage
from bcdesk.ui.keys.recovery import Recovery
from bcdesk.ui.main_window import MainWindow
from bcdesk.ui.rail import Page
from bcdesk.ui.tasks import TaskScope
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from bcdesk.settings import Settings
    from bcdesk.ui.theme import Scheme

_CTRL_C_MS: Final = 500
_log = logging.getLogger(__name__)


def main(*, data_dir: Path | None = None, on_painted: Callable[[], bool] | None = None) -> int:
    """Run the desk on ``data_dir`` until its window is closed, and return the exit code.

    ``on_painted`` is called after the first paint, before anything heavy is imported; where it returns False
    the desk ends there (benchmarks measure the start so).
    """
    log.setup(log.level_of_environment("WARNING"))
    chosen = settings.load((data_dir or settings.default_data_dir()).absolute())
    app = QApplication(sys.argv[:1])
    app.setApplicationName("bcdesk")
    app.setApplicationVersion(__version__)
    app.setQuitOnLastWindowClosed(False)
    theme.apply(app, chosen.theme)
    program = Program(chosen, app)
    program.window.show()
    wait_for_paint(program.window)
    if on_painted is not None and not on_painted():
        return 0
    program.connection.start()
    import qasync

    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        return runner.run(program.run())


class Program:
    """Every long-lived object of the desk, built once and passed along explicitly."""

    def __init__(self, chosen: Settings, app: QApplication) -> None:
        """Build the objects and the window; nothing runs and nothing is asked yet."""
        self._chosen = chosen
        self.scope = TaskScope()
        self.store = Store()
        self.vault = Vault(chosen.desk_dir)
        self.journal = Journal(chosen.desk_dir / "journal", self.vault)
        self.gate = RevealGate()
        self.gate.follow(app)
        mark = ClipboardMark(chosen.desk_dir / "clipboard.mark", self.vault)
        self.clipboard = ClipboardGuard(app.clipboard(), mark=mark)
        self.connection = LocalConnection(chosen.server_dir, self.store, self.scope)
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
        self.registry = Registry()
        self.window = MainWindow(self.registry, geometry=chosen.geometry, on_theme=self._choose_theme)
        self.keys = KeysPage(self.desk, self.registry)
        self.window.add_page(Page("keys", tr("API keys"), "key", self.keys))
        self.recovery = Recovery(self.window, self.desk, on_rotate=self.keys.verbs.rotate)
        self.scope.set_on_error(self.keys.tell)
        self.connection.changed.connect(self._show_connection)
        self._stop_listening = self.store.listen(
            lambda change: self._show_connection() if change.link or change.session else None
        )
        self._show_connection()

    async def run(self) -> int:
        """Keep the desk going until its window is closed or a signal ends it; then end everything in reverse."""
        async with AsyncExitStack() as stack:
            stack.callback(self.window.hide)
            stack.callback(self._stop)
            stack.callback(self._save)
            stack.push_async_callback(self.connection.close)
            stack.callback(self.journal.close)
            stack.callback(self.vault.close)
            stack.push_async_callback(self.scope.close)
            stack.callback(self.clipboard.close)
            stack.callback(_end_by_signals(self.window.closed))
            self.scope.start(self._open_vault(), name="vault")
            await self.window.closed.wait()
        return 0

    def _stop(self) -> None:
        self._stop_listening()
        self.recovery.close()
        self.keys.close_down()
        self.window.status.stop()

    def _show_connection(self) -> None:
        self.window.show_connection(self.connection.facts, self.store.session, self.store.link)
        self.registry.refresh()

    async def _open_vault(self) -> None:
        if await self.vault.open() is VaultState.READY:
            await self.clipboard.clear_leftover()

    def _choose_theme(self, scheme: Scheme) -> None:
        self._chosen = self._chosen.with_changes(theme=scheme)
        self._save()

    def _save(self) -> None:
        self._chosen = self._chosen.with_changes(geometry=self.window.geometry_text())
        try:
            settings.save(self._chosen)
        except OSError as error:
            _log.warning("the settings could not be saved: errno %s", error.errno)


def _end_by_signals(closed: asyncio.Event) -> Callable[[], None]:
    """Let SIGTERM, SIGINT and SIGHUP end the desk in order; return what takes that back."""
    if sys.platform == "win32":
        return _end_by_ctrl_c(closed)
    loop = asyncio.get_running_loop()
    signals = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    for one in signals:
        loop.add_signal_handler(one, closed.set)

    def undo() -> None:
        for one in signals:
            loop.remove_signal_handler(one)

    return undo


def _end_by_ctrl_c(closed: asyncio.Event) -> Callable[[], None]:
    """On Windows Python sees Ctrl+C only between two bytecodes: a timer gives it some."""
    before = signal.signal(signal.SIGINT, lambda _number, _frame: closed.set())
    timer = QTimer()
    timer.timeout.connect(lambda: None)
    timer.start(_CTRL_C_MS)

    def undo() -> None:
        timer.stop()
        with suppress(TypeError, ValueError):
            signal.signal(signal.SIGINT, before)

    return undo
