"""Signing out, and removing a connection: what ends here, and what on the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bcdesk.ui import problems
from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.text import tr
from bcdesk.ui.ways.names import host_of
from bcdesk.ui.widgets import Button, Label

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from PySide6.QtWidgets import QWidget

    from bcdesk.store.connections import Connection
    from bcdesk.ui.desk import Desk


class LeaveDialog(Dialog):
    """Says what leaving means, and does it; the outcome is a tuple of what that returned, None where the user left."""

    def __init__(
        self, parent: QWidget, desk: Desk, title: str, sentences: tuple[str, ...], verb: str, busy: str,
        leave: Callable[[], Awaitable[Any]], *, name: str,
    ) -> None:  # fmt: skip
        """Offer ``verb``, which runs ``leave``."""
        super().__init__(parent, title, name=name, destructive=True)
        self._desk, self._leave, self._busy_words = desk, leave, busy
        for number, sentence in enumerate(sentences):
            self.add(Label(sentence, "body", wrap=True, name=f"leave_said_{number}"))
        leaving = self.add_leave()
        self.go = Button(verb, "destroy", name=f"{name}.go", on_click=self._go)
        self.add_button(self.go)
        leaving.setFocus()

    def _go(self) -> None:
        if not self.busy:
            self.show_problem("")
            self.set_busy(self._busy_words, lambda: None)
            self._desk.scope.start(self._run(), name="leave connection", on_error=self._failed)

    async def _run(self) -> None:
        self.finish((await self._leave(),))

    def _failed(self, error: BaseException) -> None:
        self.set_busy(None)
        words = problems.explain(error)
        self.show_problem(words.what, words.rest)


def sign_out_dialog(
    parent: QWidget, desk: Desk, record: Connection, leave: Callable[[], Awaitable[bool]]
) -> LeaveDialog:
    """Return the dialog that signs out of ``record``."""
    sentences = (
        tr("The server ends this session, and the offline copy of this connection is wiped from this computer."),
        tr("Your keys and applications stay as they are. To see them here again, you sign in."),
    )
    title = tr("Sign out of {host}", host=host_of(record))
    return LeaveDialog(parent, desk, title, sentences, tr("Sign out"), tr("Signing out…"), leave, name="sign_out")


def remove_dialog(parent: QWidget, desk: Desk, record: Connection, leave: Callable[[], Awaitable[bool]]) -> LeaveDialog:
    """Return the dialog that forgets ``record``."""
    sentences = (
        tr(
            "This desk signs out of {host} and forgets its address, certificates and offline copy.",
            host=host_of(record),
        ),
        tr("Nothing on the server changes, and you can add it again."),
    )
    title = tr("Remove {name}", name=record.name)
    return LeaveDialog(
        parent, desk, title, sentences, tr("Remove"), tr("Signing out…"), leave, name="remove_connection"
    )
