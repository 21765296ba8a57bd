"""*New secret…*: a further client secret, with the fate of the old one said in words beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.ui import times
from bcdesk.ui.applications.about import AppLine
from bcdesk.ui.applications.needs import live_secrets
from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.keys.rotate import OverlapChoice
from bcdesk.ui.submission import Submission
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Button, Card, Field, Label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from bcdesk.client.client import Client
    from bcdesk.client.values import MadeSecret
    from bcdesk.contract.rows import AppRow
    from bcdesk.ui.desk import Desk


class NewSecretDialog(Dialog):
    """Makes a client secret for the application that it is bound to; its outcome is the `MadeSecret`."""

    def __init__(self, parent: QWidget, desk: Desk, row: AppRow) -> None:
        """Bind to ``row``."""
        super().__init__(parent, tr("New secret for {name}", name=row.name), name="new_secret")
        self._desk, self._row = desk, row
        living = live_secrets(row, desk.now())
        self._old = living[0] if living else None
        self._submission = Submission(self, desk)
        self.add(AppLine(desk, row))
        self.overlap = OverlapChoice()
        field = Field(tr("The old secret goes on for"), self.overlap)
        self.add_field("/overlap_seconds", field)
        field.setVisible(self._old is not None)
        outlook = Card(name="outlook", title=tr("What will happen"))
        self._words = Label("", "body", wrap=True, name="consequence")
        outlook.body.addWidget(self._words)
        self.add(outlook)
        self.add_leave()
        self.make = Button(tr("Make the secret"), "primary", name="new_secret.make", on_click=self._submit)
        self.add_button(self.make, default=True)
        self.overlap.choice.chosen.connect(lambda _key: self._say())
        self.overlap.days.valueChanged.connect(lambda _days: self._say())
        self._say()
        self.overlap.focus()

    def _say(self) -> None:
        now, overlap = self._desk.now(), self.overlap.seconds()
        if self._old is None:
            words = tr("It gets its first secret, which is shown once. Put it where the application reads it.")
        elif overlap:
            words = tr(
                "The new secret is shown once. …{last4} works until {when}, so nothing breaks if the application has "
                "the new one by then.",
                last4=self._old.last4,
                when=times.short(now + overlap, now),
            )
        else:
            words = tr(
                "The new secret is shown once. …{last4} ends at once: the application gets no token until it has the "
                "new one. What was signed in stays signed in until its access token ends.",
                last4=self._old.last4,
            )
        self._words.setText(words)
        self.fit()

    def _submit(self) -> None:
        self._submission.send(
            self._make,
            name="new secret",
            busy=tr("Making the secret… If you leave now, it is discarded as soon as the server answers."),
            done=self.finish,
            orphaned=self._submission.throw_away,
        )

    async def _make(self, client: Client) -> MadeSecret:
        from bcdesk.actions.applications import add_secret

        return await add_secret(
            client=client,
            store=self._desk.store,
            journal=self._desk.journal,
            app_id=self._row.id,
            overlap_seconds=self.overlap.seconds(),
        )
