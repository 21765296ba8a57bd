"""The dialogs that end something of an application: turn off, delete, end a secret, take grants back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bcdesk.contract.app_rules import confidential
from bcdesk.ui import times
from bcdesk.ui.applications.about import AppLine
from bcdesk.ui.applications.needs import live_secrets
from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.submission import Submission
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Button, Field, Label, LineEdit

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from bcdesk.client.client import Client
    from bcdesk.contract.rows import AppRow, AppSecretRow
    from bcdesk.store.store import Change
    from bcdesk.ui.desk import Desk


class EndingDialog(Dialog):
    """Says what will end and to whom, and does it; its outcome is True, or the row as it then is."""

    def __init__(
        self, parent: QWidget, desk: Desk, row: AppRow, *, title: str, name: str, act: str, sentences: tuple[str, ...]
    ) -> None:
        """Bind to ``row``; ``act`` is the verb on the button."""
        super().__init__(parent, title, name=name, destructive=True)
        self._desk, self.row = desk, row
        self.add(AppLine(desk, row))
        for index, sentence in enumerate(sentences):
            if sentence:
                self.add(Label(sentence, "body", wrap=True, name=f"ending.{index}"))
        self._submission = Submission(self, desk)
        self._stop_listening = desk.store.listen(self._store_changed)
        self.finished.connect(lambda _result: self._stop_listening())
        self.add_leave()
        self.act = Button(act, "destroy", name=f"{name}.act", on_click=self._submit)
        self.add_button(self.act)

    def blocked(self) -> str | None:
        """Return why it cannot be done now, or None."""
        gone = self.row.id not in self._desk.store.apps
        return tr("This application is no longer on the server.") if gone else None

    def refresh(self) -> None:
        """Say on the button why it cannot be pressed."""
        self.act.set_reason(self.blocked())

    async def end(self, client: Client) -> Any:
        """Ask the server."""
        raise NotImplementedError

    def _submit(self) -> None:
        self.refresh()
        if self.act.reason is not None:
            return
        self._submission.send(
            self.end,
            name=self.objectName(),
            busy=tr("Asking the server… Leaving this dialog does not call it back."),
            done=lambda answer: self.finish(True if answer is None else answer),
        )

    def _store_changed(self, change: Change) -> None:
        if self.row.id in change.apps_removed and self.outcome is None and not self.busy:
            self.show_problem(tr("This application is no longer on the server."), tr("There is nothing left to do."))
            self.refresh()


class TurnOffAppDialog(EndingDialog):
    """Turns off the application that it is bound to."""

    def __init__(self, parent: QWidget, desk: Desk, row: AppRow) -> None:
        """Bind to ``row``."""
        signs_in = tr("Nobody can sign in with it, and its tokens open nothing until it is turned on again.")
        alone = tr("It gets no token, and those it has open nothing until it is turned on again.")
        super().__init__(
            parent, desk, row, title=tr("Turn off {name}", name=row.name), name="turn_off_app", act=tr("Turn off"),
            sentences=(alone if row.type == "service" else signs_in,
                       tr("Nothing else about it changes: whoever allowed it need not allow it again.")),
        )  # fmt: skip

    async def end(self, client: Client) -> AppRow:
        """Turn it off."""
        from bcdesk.actions.applications import disable_app

        return await disable_app(client=client, store=self._desk.store, app_id=self.row.id)


class DeleteAppDialog(EndingDialog):
    """Deletes the application that it is bound to, once its name was typed."""

    def __init__(self, parent: QWidget, desk: Desk, row: AppRow) -> None:
        """Bind to ``row``."""
        kept = tr("For 60 minutes it can be restored as it was. After that its client ID never comes back.")
        users = tr("It stops working at once for everyone who uses it: sign-in fails, and every token opens nothing.")
        alone = tr("It stops working at once: it gets no token, and those it has open nothing.")
        super().__init__(
            parent, desk, row, title=tr("Delete {name}", name=row.name), name="delete_app", act=tr("Delete"),
            sentences=(alone if row.type == "service" else users, kept),
        )  # fmt: skip
        self.typed = LineEdit(name="typed_name")
        self.add_field("/typed", Field(tr("Type its name"), self.typed, row.name))
        self.typed.changed.connect(self.refresh)
        self.refresh()

    def blocked(self) -> str | None:
        """Ask for the name."""
        typed = self.typed.value() == self.row.name.strip()
        return super().blocked() or (None if typed else tr("Type the application's name first."))

    async def end(self, client: Client) -> None:
        """Delete it."""
        from bcdesk.actions.applications import delete_app

        await delete_app(client=client, store=self._desk.store, app_id=self.row.id)


class DeleteSecretDialog(EndingDialog):
    """Ends one client secret now."""

    def __init__(self, parent: QWidget, desk: Desk, row: AppRow, secret: AppSecretRow) -> None:
        """Bind to ``secret`` of ``row``."""
        self._secret = secret
        now = desk.now()
        others = [one for one in live_secrets(row, now) if one.id != secret.id]
        if secret.last_used_at is None:
            used = tr("…{last4} was never used.", last4=secret.last4)
        else:
            used = tr("…{last4} was last used {when}.", last4=secret.last4, when=times.ago(secret.last_used_at, now))
        if others:
            left = tr("…{last4} works on. Make sure that the application has it.", last4=others[0].last4)
        else:
            left = tr("It is the only one: make a new secret first, or turn the application off.")
        super().__init__(
            parent, desk, row, title=tr("Delete the secret ending in {last4}", last4=secret.last4),
            name="delete_secret", act=tr("Delete"),
            sentences=(used, tr("Whoever proves itself by it gets no token from now on. This is final."), left),
        )  # fmt: skip
        self._only = not others and confidential(row.type)
        self.refresh()

    def blocked(self) -> str | None:
        """Refuse the only secret, as the server does."""
        return super().blocked() or (tr("It is the application's only secret.") if self._only else None)

    async def end(self, client: Client) -> None:
        """End it."""
        from bcdesk.actions.applications import delete_secret

        await delete_secret(client=client, store=self._desk.store, app_id=self.row.id, secret_id=self._secret.id)


class RevokeGrantsDialog(EndingDialog):
    """Takes back what all users allowed the application."""

    def __init__(self, parent: QWidget, desk: Desk, row: AppRow) -> None:
        """Bind to ``row``."""
        super().__init__(
            parent, desk, row, title=tr("Revoke every grant of {name}", name=row.name), name="revoke_grants",
            act=tr("Revoke all"),
            sentences=(tr("Everyone who allowed it is signed out of it at once: their tokens open nothing."),
                       tr("They can allow it again the next time they sign in. This cannot be taken back.")),
        )  # fmt: skip

    async def end(self, client: Client) -> None:
        """Take them back."""
        from bcdesk.actions.applications import revoke_grants

        await revoke_grants(client=client, store=self._desk.store, app_id=self.row.id)
