"""What a person does with connections: choose, add, change, remove, sign in, sign out."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from bcdesk.store.connections import DEMO
from bcdesk.ui.connections.commands import connection_commands, switch_command
from bcdesk.ui.dialogs import ask
from bcdesk.ui.flow.system_browser import open_address
from bcdesk.ui.single import raise_window
from bcdesk.ui.text import tr
from bcdesk.ui.ways.names import name_of, remembered

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from bcdesk.store.connections import Connection, Connections
    from bcdesk.store.session_vault import SessionVault
    from bcdesk.ui.commands import Registry
    from bcdesk.ui.connecting import Connecting
    from bcdesk.ui.desk import Desk
    from bcdesk.ui.main_window import MainWindow


_log = logging.getLogger(__name__)


class Switcher(QObject):
    """Holds the commands about connections; ``listed`` says that those there are have changed."""

    listed = Signal()

    def __init__(
        self,
        desk: Desk,
        connecting: Connecting,
        connections: Connections,
        sessions: SessionVault,
        registry: Registry,
        window: MainWindow,
        busy: Callable[[], str | None],
    ) -> None:
        """Add the commands to ``registry``; ``busy`` says why a page cannot be left now."""
        super().__init__(window)
        self.connections, self.connecting, self.sessions = connections, connecting, sessions
        self._desk, self._registry, self._window, self._busy = desk, registry, window, busy
        self.open_browser: Callable[[str], bool] = open_address
        """Opens an address in the system's browser; tests put their own in its place."""
        self._asking = False
        self._switches: tuple[str, ...] = ()
        registry.add(*connection_commands(self))
        self.list_again()
        window.set_connection_menu(self.menu)

    # ------------------------------------------------------------------ which there are

    def list_again(self) -> None:
        """Have a command for each connection there is."""
        self._registry.remove(self._switches)
        made = [switch_command(self, one) for one in self.connections.list()]
        self._registry.add(*made)
        self._switches = tuple(one.id for one in made)
        self.listed.emit()

    def menu(self) -> tuple[str, ...]:
        """Return what the card's menu begins with: every connection, and what can be done with them."""
        return (
            *self._switches, "", "connection.add", "connection.edit", "connection.remove", "",
            "connection.sign_in", "connection.sign_out",
        )  # fmt: skip

    @property
    def here(self) -> Connection:
        """Return the connection that the desk works on."""
        return self.connecting.record

    @property
    def chosen(self) -> bool:
        """Tell whether anybody ever said which connection this desk works on."""
        return self._desk.store.link.state != "unchosen"

    @property
    def signed_in(self) -> bool:
        """Tell whether the server of this connection knows who uses the desk."""
        return self._desk.store.link.state not in ("unchosen", "signed_out")

    def reason(self) -> str | None:
        """Return why this connection cannot be left now, or None."""
        if self.connecting.switching:
            return tr("A connection is being opened.")
        if self._asking or QApplication.activeModalWidget() is not None:
            return tr("A dialog is open. Finish it first.")
        return self._desk.gate.reason() or self._busy()

    # ------------------------------------------------------------------ the start

    def begin(self) -> None:
        """Open the last connection; ask which where there never was one and nothing of a desk is there yet."""
        if remembered(self.connections, self._desk.settings) is None:
            self._desk.store.set_link(state="unchosen")
            self.choose()
        else:
            self.connecting.start()

    def choose(self) -> None:
        """Ask whose credentials the desk is to run."""
        self._start(self._choose())

    async def _choose(self) -> None:
        from bcdesk.ui.connections.first_run import FirstRun

        chosen = await ask(FirstRun(self._window))
        if chosen == "remote":
            await self._add()
        elif chosen is not None:
            one = self.connections.find(chosen)
            await self._go(one or DEMO)

    # ------------------------------------------------------------------ going

    def go(self, connection: Connection) -> None:
        """Leave this connection for another."""
        self._start(self._go(connection))

    async def _go(self, connection: Connection) -> None:
        try:
            self.connections.use(connection.id)
        except OSError as error:  # it is asked for again at the next start, and works until then
            _log.warning("the last connection could not be saved: errno %s", error.errno)
        if self.chosen and connection == self.here:
            return
        await self.connecting.switch(connection)
        self._window.status.flash(tr("Now at {name}.", name=name_of(connection)), "ok")

    # ------------------------------------------------------------------ adding, changing, removing

    def add(self) -> None:
        """Add a server by its address."""
        self._start(self._add())

    async def _add(self) -> None:
        from bcdesk.ui.connections.connection_dialog import ConnectionDialog

        made = await ask(ConnectionDialog(self._window, self._desk, self.connections))
        if made is not None:
            self.list_again()
            await self._go(made)
            await self._sign_in()

    def edit(self) -> None:
        """Change the connection that the desk works on."""
        self._start(self._edit(self.here))

    async def _edit(self, connection: Connection) -> None:
        from bcdesk.ui.connections.connection_dialog import ConnectionDialog

        changed = await ask(ConnectionDialog(self._window, self._desk, self.connections, connection))
        if changed is None or changed == connection:
            return
        self.list_again()
        here, way = connection.id == self.here.id, self.connecting.remote
        if changed.url != connection.url:  # what one server gave is never shown to another
            from bcdesk.actions.sign_in import sign_out

            await (way.sign_out() if here and way else sign_out(connection=connection, sessions=self.sessions))
        if here:
            await self.connecting.switch(changed)

    def remove(self) -> None:
        """Forget the connection that the desk works on."""
        self._start(self._remove(self.here))

    async def _remove(self, record: Connection) -> None:
        from bcdesk.ui.connections.leaving import remove_dialog

        way = self.connecting.remote
        if way is None or await ask(remove_dialog(self._window, self._desk, record, way.sign_out)) is None:
            return
        self.connections.remove(record.id)
        self.list_again()
        self._desk.store.set_link(state="unchosen")
        self._window.status.flash(tr("{name} is removed.", name=record.name), "ok")
        await self._choose()

    # ------------------------------------------------------------------ signing in and out

    def sign_in(self) -> None:
        """Sign in at the server by the system's browser."""
        self._start(self._sign_in())

    async def _sign_in(self) -> None:
        from bcdesk.ui.connections.sign_in_dialog import SignInDialog

        way = self.connecting.remote
        if way is None:
            return
        dialog = SignInDialog(self._window, self._desk, self.here, way, self.open_browser)
        dialog.begin()
        session = await ask(dialog)
        if session is None:
            return
        raise_window(self._window)  # the browser has had its say
        if not session.durable:
            self._window.status.flash(tr("Signed in until bcdesk ends: nothing here can keep it sealed."))

    def sign_out(self) -> None:
        """End the session at the server."""
        self._start(self._sign_out(self.here))

    async def _sign_out(self, record: Connection) -> None:
        from bcdesk.ui.connections.leaving import sign_out_dialog

        way = self.connecting.remote
        if way is None:
            return
        outcome = await ask(sign_out_dialog(self._window, self._desk, record, way.sign_out))
        if outcome == (True,):
            self._window.status.flash(tr("Signed out. The server ended the session."), "ok")
        elif outcome is not None:
            words = tr("Signed out here. The server could not be told: there the session ends within 30 days.")
            self._window.status.flash(words)

    def _start(self, coro: Coroutine[Any, Any, None]) -> None:
        if self._asking:
            coro.close()
            return
        self._asking = True
        task = self._desk.scope.start(coro, name="connection")
        task.add_done_callback(lambda _task: self._over())

    def _over(self) -> None:
        self._asking = False
        self._registry.refresh()
        page = self._window.stack.currentWidget()
        if page is not None and self._window.focusWidget() in (None, self._window.rail.card):
            page.setFocus()  # the card is where one came from, not what one came for
