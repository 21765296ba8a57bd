"""Waits for a sign-in that goes on in the system's browser; says why one came to nothing, and tries again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtGui import QGuiApplication

from bcdesk.ui import imports
from bcdesk.ui.connections.sign_in_words import failed_words
from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.text import tr
from bcdesk.ui.ways.names import host_of
from bcdesk.ui.widgets import Button, Card, Label, announce

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from bcdesk.store.connections import Connection
    from bcdesk.ui.desk import Desk
    from bcdesk.ui.ways.remote import RemoteWay

_HEAVY: Final = ("bcdesk.flow.wire", "bcdesk.flow.run", "bcdesk.flow.loopback", "bcdesk.actions.sign_in")


class SignInDialog(Dialog):
    """Its outcome is the session, None where the user left; leaving ends what is under way."""

    def __init__(
        self, parent: QWidget, desk: Desk, record: Connection, way: RemoteWay, open_browser: Callable[[str], bool]
    ) -> None:
        """Sign in at the server of ``record`` by ``way``; ``open_browser`` tells whether the system took it."""
        super().__init__(parent, tr("Sign in to {host}", host=host_of(record)), name="sign_in")
        self._desk, self._way, self._open_browser = desk, way, open_browser
        self._address = ""
        self._task: asyncio.Task[Any] | None = None
        self.card = Card(name="sign_in_waits")
        self._what = Label("", "strong", wrap=True, name="sign_in_what")
        self._said = Label("", "muted", wrap=True, name="sign_in_said")
        self._copied = Label("", "muted", tone="ok", name="sign_in_copied")
        for label in (self._what, self._said, self._copied):
            self.card.body.addWidget(label)
        self._copied.hide()
        self.add(self.card)
        self.again = Button(tr("Open it again"), name="sign_in.again", on_click=self._open)
        self.copy = Button(tr("Copy the address"), name="sign_in.copy", on_click=self._copy)
        self.add_button(self.copy, left=True)
        self.add_button(self.again, left=True)
        self.add_leave()
        self.retry = Button(tr("Try again"), "primary", name="sign_in.retry", on_click=self.begin)
        self.add_button(self.retry, default=True)
        self.finished.connect(lambda _result: self._end_task())
        self._show("", waiting=False)

    def begin(self) -> None:
        """Start a sign-in; the browser opens as soon as its answer can be received."""
        self._end_task()
        self.show_problem("")
        self._copied.hide()
        self._address = ""
        self._say(tr("Asking the server for its sign-in page…"), "")
        self._show("asking", waiting=True)
        self._task = self._desk.scope.start(self._sign_in(), name="sign in", on_error=self._failed)

    async def _sign_in(self) -> None:
        await imports.load(*_HEAVY)
        self.finish(await self._way.sign_in(self._take_address))

    def _take_address(self, address: str) -> None:
        self._address = address
        self._open()

    def _open(self) -> None:
        if self._open_browser(self._address):
            self._say(
                tr("Go on in your browser"),
                tr("Sign in there and allow this computer. bcdesk takes the answer by itself, for five minutes."),
            )
        else:
            self._say(
                tr("Your browser did not open"),
                tr("Copy the address and open it in a browser on this computer. bcdesk waits for its answer."),
            )
        self._show("waiting", waiting=True)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._address)  # state and challenge are no secrets
        self._copied.setText(tr("Copied. Open it in a browser on this computer."))
        self._copied.show()
        self.fit()

    def _failed(self, error: BaseException) -> None:
        words = failed_words(error)
        self._show("failed", waiting=False)
        self.show_problem(words.what, words.rest)
        self.retry.setFocus()

    def _say(self, what: str, said: str) -> None:
        self._what.setText(what)
        self._said.setText(said)
        self._said.setVisible(bool(said))
        self.card.setAccessibleName(what)
        announce(self.card)

    def _show(self, state: str, *, waiting: bool) -> None:
        """Show what belongs to a state; progress shows while anything is waited for."""
        self.card.setVisible(waiting)
        self.progress.setVisible(waiting)
        self.again.setVisible(state == "waiting")
        self.copy.setVisible(state == "waiting")
        self.retry.setVisible(state == "failed")
        self.fit()

    def _end_task(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
