"""*Revoke…*: no longer needed, or leaked; bound to the key at the press, and told what breaks beforehand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bcdesk.contract import key_rules
from bcdesk.ui.choice_cards import ChoiceCards
from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.keys.about import KeyLine
from bcdesk.ui.keys.callers import CallerCache, CallersBox
from bcdesk.ui.keys.replacement import ReplacementStage
from bcdesk.ui.problems import sentences
from bcdesk.ui.submission import Submission
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Button, Card, Field, LineEdit, announce

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from bcdesk.client.client import Client
    from bcdesk.client.values import MadeKey
    from bcdesk.contract.rows import KeyRow
    from bcdesk.store.store import Change
    from bcdesk.ui.desk import Desk


@dataclass(frozen=True, slots=True)
class Revoked:
    """What the dialog did: the key as it now is, and what comes next."""

    key: KeyRow
    replacement: MadeKey | None = None
    change_settings_first: bool = False


class RevokeDialog(Dialog):
    """Revokes the key that it is bound to; its outcome is a `Revoked`."""

    def __init__(self, parent: QWidget, desk: Desk, row: KeyRow) -> None:
        """Bind to ``row`` as it is at the press; a key that was revoked already can only turn out to be leaked."""
        super().__init__(parent, tr("Revoke {name}", name=row.name), name="revoke_key", destructive=True)
        self._desk, self._row = desk, row
        self._submission = Submission(self, desk)
        self.add(KeyLine(desk, row))
        self.kinds = ChoiceCards(
            [
                (
                    "unneeded",
                    tr("No longer needed"),
                    tr("It stops working at once. For 60 minutes it can be restored as it was."),
                ),
                (
                    "leaked",
                    tr("It may have leaked"),
                    tr("It stops working at once and for good. Next you can make a key with the same settings."),
                ),
            ],
            label=tr("Why it is revoked"),
            name="kind",
            value="leaked" if row.status == "revoked" else "",
        )
        if row.status == "revoked":
            self.kinds.set_reason("unneeded", tr("It is revoked already."))
        self.add(self.kinds)
        self._card = Card(name="who_calls", title=tr("Who called with it"))
        self.callers = CallersBox(desk, CallerCache(), both_spans=True)
        self._card.body.addWidget(self.callers)
        self.add(self._card)
        self.reason = LineEdit(most=key_rules.REASON_MAX, name="reason")
        self._reason_field = Field(tr("Reason, for the record"), self.reason, optional=True)
        self.add_field("/reason", self._reason_field)
        self.typed = LineEdit(name="typed_name")
        self._typed_field = Field(tr("This is a live key: type its name"), self.typed, row.name)
        self.add_field("/typed", self._typed_field)
        self._typed_field.setVisible(row.environment == "live")
        self.leave = self.add_leave()
        self.revoke = Button(tr("Revoke"), "destroy", name="revoke_key.revoke", on_click=self._submit)
        self.add_button(self.revoke)
        self.kinds.chosen.connect(lambda _kind: self._refresh())
        self.typed.changed.connect(self._refresh)
        self._stop_listening = desk.store.listen(self._store_changed)
        self.finished.connect(lambda _result: self._stop_listening())
        self.callers.show_row(row)
        self._refresh()

    @property
    def row(self) -> KeyRow:
        """Return the key as it was at the press."""
        return self._row

    def _refresh(self) -> None:
        reason = None
        if self._row.id not in self._desk.store.keys:
            reason = tr("This key is no longer on the server.")
        elif not self.kinds.value:
            reason = tr("Choose why first.")
        elif self._row.environment == "live" and self.typed.value() != self._row.name.strip():
            reason = tr("Type the key's name first.")
        self.revoke.set_reason(reason)

    def _store_changed(self, change: Change) -> None:
        if self.outcome is not None:
            return
        if self._row.id in change.keys_removed:
            self.show_problem(tr("This key is no longer on the server."), tr("There is nothing to revoke."))
            self._refresh()
        elif self._row.id in change.keys_changed and not self.busy:
            self._tell_change(self._desk.store.keys[self._row.id])

    def _tell_change(self, row: KeyRow) -> None:
        if row.status == "revoked" and self._row.status != "revoked":
            self.show_problem(tr("Someone else revoked this key meanwhile."), tone="warn")
            self.kinds.set_reason("unneeded", tr("It is revoked already."))
        elif row.name != self._row.name:
            self.show_problem(
                tr("This key is called {name} now.", name=row.name),
                tr("It is still the one that you chose: its id is the same."),
                tone="warn",
            )
        self._refresh()

    # ------------------------------------------------------------------ revoking

    def _submit(self) -> None:
        self._refresh()
        faults = sentences(key_rules.check_line("/reason", self.reason.value(), key_rules.REASON_MAX))
        if self.busy or self.revoke.reason is not None:
            return
        self.show_faults(faults)
        if faults:
            return
        self._submission.send(
            self._revoke,
            name="revoke key",
            busy=tr("Revoking… Leaving this dialog does not call it back."),
            done=self._revoked,
        )

    async def _revoke(self, client: Client) -> KeyRow:
        from bcdesk.actions.keys import revoke_key

        return await revoke_key(
            client=client,
            store=self._desk.store,
            key_id=self._row.id,
            reason=self.reason.value(),
            compromised=self.kinds.value == "leaked",
        )

    def _revoked(self, row: KeyRow) -> None:
        self.outcome = Revoked(row)
        if not row.compromised:
            self.finish(self.outcome)
            return
        self.title.setText(tr("{name} is revoked for good", name=self._row.name))
        for widget in (self.kinds, self._card, self._typed_field, self._reason_field, self.revoke):
            widget.hide()
        self.show_problem("")
        self.leave.set_text(tr("Close"))
        self._offer_replacement(row)

    # ------------------------------------------------------------------ the replacement

    def _offer_replacement(self, row: KeyRow) -> None:
        stage = ReplacementStage(self._desk, row)
        stage.make.connect(lambda: self._make_replacement(stage))
        stage.change_first.connect(lambda: self.finish(replace(self.outcome, change_settings_first=True)))
        self.add(stage)
        for button in stage.buttons():
            self.add_button(button)
        self.leave.setFocus()
        self.fit()
        announce(stage)

    def _make_replacement(self, stage: ReplacementStage) -> None:
        self._submission.send(
            stage.make_key,
            name="create replacement",
            busy=tr("Making the key… If you leave now, it is discarded as soon as the server answers."),
            done=lambda made: self.finish(replace(self.outcome, replacement=made)),
            orphaned=stage.discard,
        )
