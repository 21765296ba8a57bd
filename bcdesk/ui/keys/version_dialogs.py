"""*Retire now…* and *Extend…*: the end of an old version, brought forward or put off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bcdesk.ui import times
from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.keys.about import KeyLine
from bcdesk.ui.keys.rotation import DAY
from bcdesk.ui.submission import Submission
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Button, Field, Label, Segmented

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from bcdesk.client.client import Client
    from bcdesk.contract.rows import KeyRow, VersionRow
    from bcdesk.ui.desk import Desk

SPANS: Final = (DAY, 3 * DAY, 7 * DAY, 30 * DAY)


class RetireDialog(Dialog):
    """Ends an old version now; its outcome is the row as it then is."""

    def __init__(self, parent: QWidget, desk: Desk, row: KeyRow, version: VersionRow) -> None:
        """Bind to ``version`` of ``row``."""
        title = tr("Retire …{last4} now", last4=version.last4)
        super().__init__(parent, title, name="retire_version", destructive=True)
        self._desk, self._row, self._version = desk, row, version
        self.add(KeyLine(desk, row))
        current = next((one.last4 for one in row.versions if one.state in ("current", "pending")), "")
        words = tr("…{old} ends at once; whoever still calls with it gets 401. …{new} goes on as before.",
                   old=version.last4, new=current)  # fmt: skip
        self.add(Label(words, "body", wrap=True, name="retire_words"))
        used = times.ago(version.last_used_at, desk.now())
        label = Label(tr("…{last4} was last used: {when}", last4=version.last4, when=used), "muted", wrap=True)
        label.setToolTip(times.exact(version.last_used_at))
        self.add(label)
        self._submission = Submission(self, desk)
        self.add_leave()
        self.retire = Button(tr("Retire now"), "destroy", name="retire_version.retire", on_click=self._submit)
        self.add_button(self.retire)

    def _submit(self) -> None:
        self._submission.send(
            self._retire,
            name="retire version",
            busy=tr("Retiring… Leaving this dialog does not call it back."),
            done=self.finish,
        )

    async def _retire(self, client: Client) -> KeyRow:
        from bcdesk.actions.keys import retire_version

        return await retire_version(
            client=client, store=self._desk.store, key_id=self._row.id, version_id=self._version.id
        )


class ExtendDialog(Dialog):
    """Puts off the end of an old version; its outcome is the row as it then is."""

    def __init__(self, parent: QWidget, desk: Desk, row: KeyRow, version: VersionRow) -> None:
        """Bind to ``version`` of ``row``."""
        super().__init__(parent, tr("Extend …{last4}", last4=version.last4), name="extend_version")
        self._desk, self._row, self._version = desk, row, version
        self.add(KeyLine(desk, row))
        self.span = Segmented(
            [(str(span), times.span(span)) for span in SPANS], label=tr("Goes on for"), value=str(7 * DAY), name="span"
        )
        self._field = Field(tr("It goes on for, from now"), self.span)
        self.add_field("/retires_at", self._field)
        self._submission = Submission(self, desk)
        self.add_leave()
        self.extend = Button(tr("Extend"), "primary", name="extend_version.extend", on_click=self._submit)
        self.add_button(self.extend, default=True)
        self.span.chosen.connect(lambda _span: self._say())
        self._say()

    def retires_at(self) -> float:
        """Return the chosen end, never past the key's own expiry."""
        end = self._desk.now() + int(self.span.value)
        return end if self._row.expires_at is None else min(end, self._row.expires_at)

    def _say(self) -> None:
        now, end = self._desk.now(), self.retires_at()
        words = tr("…{last4} works until {when}.", last4=self._version.last4, when=times.short(end, now))
        if end == self._row.expires_at:
            words = tr("{words} Then the whole key expires.", words=words)
        if self._version.retires_at is not None:
            words = tr("{words} Now it ends {was}.", words=words, was=times.short(self._version.retires_at, now))
        self._field.set_hint(words)
        self.fit()

    def _submit(self) -> None:
        self._submission.send(
            self._extend,
            name="extend version",
            busy=tr("Extending… If you leave now, the server may still do it."),
            done=self.finish,
        )

    async def _extend(self, client: Client) -> KeyRow:
        from bcdesk.actions.keys import extend_version

        return await extend_version(
            client=client,
            store=self._desk.store,
            key_id=self._row.id,
            version_id=self._version.id,
            retires_at=self.retires_at(),
        )
