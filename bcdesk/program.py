"""Every long-lived object of the desk, built once, and ended in reverse by one exit stack."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from asyncio import Event
    from collections.abc import Sequence

    from PySide6.QtWidgets import QApplication

    from bcdesk.settings import Settings
    from bcdesk.store.vault import Vault
    from bcdesk.ui.frame import Frame
    from bcdesk.ui.lock_session import Watch
    from bcdesk.ui.single import Asked


class Program:
    """Every long-lived object of the desk, built once and passed along explicitly."""

    def __init__(
        self, chosen: Settings, app: QApplication, frame: Frame | None = None, vault: Vault | None = None
    ) -> None:
        """Build the objects and put the pages into the window of ``frame``; nothing runs and nothing is asked yet.

        A ``vault`` is one that a passphrase opened when the desk was unlocked.
        """
        from bcdesk.store.connections import DEMO, Connections
        from bcdesk.store.journal import Journal
        from bcdesk.store.session_vault import SessionVault
        from bcdesk.store.store import Store
        from bcdesk.store.vault import Vault
        from bcdesk.ui.choices import Choices
        from bcdesk.ui.clipboard import ClipboardGuard
        from bcdesk.ui.clipboard_mark import ClipboardMark
        from bcdesk.ui.clipboard_slot import ClipboardCountdown
        from bcdesk.ui.connecting import Connecting
        from bcdesk.ui.connections.switcher import Switcher
        from bcdesk.ui.desk import Desk
        from bcdesk.ui.desk_pages import DeskPages
        from bcdesk.ui.frame import first_frame
        from bcdesk.ui.gate import RevealGate
        from bcdesk.ui.keys.recovery import Recovery
        from bcdesk.ui.lock import Locker, add_lock_command
        from bcdesk.ui.offline_copy import OfflineCopy
        from bcdesk.ui.screen_shield import shield
        from bcdesk.ui.tasks import TaskScope
        from bcdesk.ui.vault_asks import VaultAsks
        from bcdesk.ui.ways.names import remembered

        self._app, self.choices = app, Choices(chosen)
        self.registry, self.window = frame or first_frame(chosen)
        self.window.set_on_theme(lambda scheme: self.choices.choose(theme=scheme))
        self.scope = TaskScope()
        self.store = Store()
        self.window.set_clock(self.store.clock.now)
        self.vault = vault or Vault(chosen.desk_dir, memory=chosen.vault_choice == "memory")
        self.journal = Journal(chosen.desk_dir / "journal", self.vault, clock=self.store.clock.now)
        self.gate = RevealGate()
        self.gate.follow(app)
        mark = ClipboardMark(chosen.desk_dir / "clipboard.mark", self.vault)
        self.clipboard = ClipboardGuard(app.clipboard(), mark=mark, seconds=chosen.clipboard_seconds)
        self.connections = Connections(chosen.desk_dir)
        self.sessions = SessionVault(chosen.desk_dir / "sessions", self.vault)
        last = remembered(self.connections, chosen) or DEMO
        cache = chosen.desk_dir / "cache"
        self.copy = OfflineCopy(cache, self.vault, self.store, days=chosen.offline_days, connection=last.id)
        self.connection = Connecting(
            chosen, self.store, self.scope, record=last, copy=self.copy, sessions=self.sessions
        )
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
            now=self.store.clock.now,
            shield=lambda: shield() if self.choices.now.protect_reveal else None,
        )
        self.pages = DeskPages(self.desk, self.registry, self.window, self.choices, self.copy)
        self.keys, self.apps, self.flow = self.pages.keys, self.pages.apps, self.pages.flow
        self.locker = Locker(app, minutes=chosen.lock_minutes)
        add_lock_command(self.registry, self.locker)
        self.locked_at: str | None = None
        """The page that was shown when the desk was told to lock; None while it was not."""
        self.choices.changed.connect(self._apply)
        self.copy.follow(self.keys.notices.tell)
        self.asks = VaultAsks(
            self.window, self.vault, self.scope, self.registry,
            holders=lambda: (self.journal, self.sessions, mark, self.copy.cache),
            chose=lambda kind: self.choices.choose(vault_choice=kind),
        )  # fmt: skip
        self.recovery = Recovery(self.window, self.desk, on_rotate=self.pages.rotate)
        self.scope.set_on_error(self.pages.tell)
        self.switcher = Switcher(
            self.desk, self.connection, self.connections, self.sessions, self.registry, self.window, self.pages.busy
        )
        self.connection.switched.connect(self.pages.forget)
        self.connection.changed.connect(self._show_connection)
        self._stop_listening = self.store.listen(
            lambda change: self._show_connection() if change.link or change.session else None
        )
        self._show_connection()
        countdown = ClipboardCountdown(self.clipboard, self.registry)
        countdown.said.connect(lambda words: self.window.status.flash(words, "ok"))
        self.window.status.add_slot(countdown)

    def open(self, page: str, words: Sequence[str]) -> None:
        """Show ``page`` if it is one, and then what the last address of ``words`` leads to."""
        from bcdesk.ui import addresses

        self.pages.open(page)
        for word in words:
            if not addresses.show(self.window, {"keys": self.keys, "apps": self.apps}, word):
                self.window.status.flash(tr("bcdesk does not know this address."))

    def take_over(self, asked: Asked) -> None:
        """Come to the front with what another start was asked for."""
        from bcdesk.ui.single import raise_window

        raise_window(self.window, asked.activation)
        self.open("", asked.words)

    async def run(self) -> int:
        """Keep the desk going until its window is closed or a signal ends it; then end everything in reverse."""
        from asyncio import Event

        from bcdesk.ui import ending
        from bcdesk.ui.flow.browser_ahead import Ahead
        from bcdesk.ui.lock_session import watch_session

        closed = Event()
        async with AsyncExitStack() as stack:
            watch = watch_session(self.locker.lock, self.window)
            stack.callback(lambda: self._let_sleep(watch))
            stack.callback(self.window.hide)
            stack.callback(self._stop)
            stack.callback(self._save)
            stack.callback(self.sessions.close)
            stack.push_async_callback(self.connection.close)
            stack.callback(self.journal.close)
            stack.callback(self.vault.close)
            stack.push_async_callback(self.copy.close)
            stack.push_async_callback(self.scope.close)
            stack.callback(self.clipboard.close)
            stack.callback(self.locker.stop)
            stack.callback(ending.by_signals(closed))
            self.locker.wanted.connect(lambda: self._lock(closed))
            self.locker.start()
            self.window.closed.connect(closed.set)
            Ahead(self.flow.runs, self.scope)
            self.scope.start(self.copy.open_vault(self._vault_ready, self.asks.unlock), name="vault")
            if not self.window.is_closed:
                await closed.wait()
        return 0

    def _lock(self, closed: Event) -> None:
        """Show nothing from now on, and end in order, but soon; `bcdesk.app` then starts the locked desk instead."""
        from bcdesk.ui import lock_exec, lock_window

        self.locked_at = self.registry.page
        lock_window.cover(self.window)
        lock_exec.begin_anew_at_last(self.choices.now.data_dir, self.locked_at)
        closed.set()

    def _let_sleep(self, watch: Watch | None) -> None:
        """Hear no more of the session; while the desk locks the machine waits until this process is another one."""
        from bcdesk.ui import lock_exec

        if self.locked_at is not None:
            lock_exec.hold(watch)
        elif watch is not None:
            watch.stop()

    def _stop(self) -> None:
        self._stop_listening()
        self.recovery.close()
        self.asks.close()
        self.pages.close_down()
        self.window.status.stop()

    def _show_connection(self) -> None:
        if self.locked_at is None:
            self.window.show_connection(self.connection.facts, self.store.session, self.store.link)
        self.registry.refresh()

    def _vault_ready(self) -> None:
        self.scope.start(self._take_up(), name="offline copy")
        self.scope.start(self.clipboard.clear_leftover(), name="clipboard")

    def _apply(self, moved: frozenset[str]) -> None:
        """Put in force what was chosen, where that is not asked for each time."""
        from bcdesk.ui import theme

        now = self.choices.now
        if "theme" in moved and now.theme != theme.theme().scheme:
            theme.apply(self._app, now.theme)
        self.clipboard.set_seconds(now.clipboard_seconds)
        self.locker.set_minutes(now.lock_minutes)
        self.copy.cache.set_days(now.offline_days)

    async def _take_up(self) -> None:
        """Show what was known, keep a session that lay in memory, and take up one that the keyring opened too late."""
        await self.copy.restore()
        await self.sessions.keep_all()
        if self.store.link.state == "signed_out":
            self.connection.sync_now()

    def _save(self) -> None:
        self.choices.choose(geometry=self.window.geometry_text(), **self.pages.columns())
