"""*Rotate…*: a new secret under the same id, with the fate of the old one said in words beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from bcdesk.contract import key_rules
from bcdesk.ui import times
from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.keys import rotation
from bcdesk.ui.keys.about import KeyLine
from bcdesk.ui.keys.blocked import BlockedCard
from bcdesk.ui.submission import Submission
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Button, Card, Field, Label, NumberEdit, Segmented, clear

if TYPE_CHECKING:
    from bcdesk.client.client import Client
    from bcdesk.client.values import MadeVersion
    from bcdesk.contract.rows import KeyRow
    from bcdesk.ui.desk import Desk


class OverlapChoice(QWidget):
    """How long the old key goes on: a few spans, or days of one's own up to 90."""

    def __init__(self) -> None:
        """Begin with 24 hours."""
        super().__init__()
        self.setObjectName("overlap")
        options = [(str(seconds), rotation.choice_title(seconds)) for seconds in (*rotation.CHOICES, rotation.CUSTOM)]
        self.choice = Segmented(
            options, label=tr("Overlap"), value=str(key_rules.OVERLAP_DEFAULT), name="overlap_choice"
        )
        most = key_rules.OVERLAP_MAX // rotation.DAY
        self.days = NumberEdit(1, most, 14, unit=tr(" days"), name="overlap_days")
        self.days.setAccessibleName(tr("Days of overlap"))
        self.days.setMaximumWidth(130)
        self.days.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(self.choice)
        row.addWidget(self.days)
        row.addStretch(1)
        self.choice.chosen.connect(lambda key: self.days.setVisible(key == str(rotation.CUSTOM)))

    def focus(self) -> None:
        """Put the focus on the chosen span."""
        self.choice.button(self.choice.value).setFocus()

    def seconds(self) -> int:
        """Return the overlap in seconds."""
        chosen = int(self.choice.value)
        return self.days.value() * rotation.DAY if chosen == rotation.CUSTOM else chosen


class RotateDialog(Dialog):
    """Rotates the key that it is bound to; its outcome is the `MadeVersion`, ready to be handed over."""

    def __init__(self, parent: QWidget, desk: Desk, row: KeyRow) -> None:
        """Bind to ``row``; two live versions are explained instead of rotated."""
        super().__init__(parent, tr("Rotate {name}", name=row.name), name="rotate_key")
        self._desk, self._row = desk, row
        self._submission = Submission(self, desk)
        self.add(KeyLine(desk, row))
        self.blocked = BlockedCard(self)
        self.add(self.blocked)
        self._choices = QWidget()
        self._choices.setObjectName("rotate_choices")
        self._build_choices()
        self.add(self._choices)
        self.leave = self.add_leave()
        self.make = Button(tr("Make the new key"), "primary", name="rotate_key.make", on_click=self._submit)
        self.add_button(self.make, default=True)
        self.blocked.end_old.connect(self._end_old)
        self.blocked.replace_new.connect(self._replace_new)
        self._show_row()
        self.overlap.focus()

    def _build_choices(self) -> None:
        column = QVBoxLayout(self._choices)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.L)
        self.starts = Segmented(
            [("first_use", tr("When the new key is first used")), ("now", tr("Now"))],
            label=tr("The overlap begins"),
            name="starts",
        )
        self.overlap = OverlapChoice()
        self._fields = {}
        for pointer, field in (
            ("/overlap_seconds", Field(tr("The old key goes on for"), self.overlap)),
            ("/starts", Field(tr("Counted from"), self.starts)),
        ):
            self.register_field(pointer, field)
            column.addWidget(field)
        self._outlook = Card(name="outlook", title=tr("What will happen"))
        self._sentences = QVBoxLayout()
        self._sentences.setSpacing(Space.XS)
        self._outlook.body.addLayout(self._sentences)
        column.addWidget(self._outlook)
        self.starts.chosen.connect(lambda _key: self._say())
        self.overlap.choice.chosen.connect(lambda _key: self._say())
        self.overlap.days.valueChanged.connect(lambda _days: self._say())

    def _show_row(self) -> None:
        block = rotation.blocking(self._row)
        self.blocked.show_versions(block, self._desk.now())
        self._choices.setVisible(block is None)
        self.make.setVisible(block is None)
        self.set_default(self.make if block is None else None)
        self._say()

    def _say(self) -> None:
        clear(self._sentences)
        for sentence in rotation.consequences(
            self._row,
            overlap=self.overlap.seconds(),
            at_once=self.starts.value == "now",
            now=self._desk.now(),
            exact=lambda moment: times.short(moment, self._desk.now()),
        ):
            self._sentences.addWidget(Label(sentence, "body", wrap=True, name="consequence"))
        self.fit()

    # ------------------------------------------------------------------ sending

    def _submit(self) -> None:
        self._send(self._rotate)

    def _send(self, ask: object) -> None:
        self._submission.send(
            ask,  # type: ignore[arg-type]
            name="rotate key",
            busy=tr("Making the new key… If you leave now, it is discarded as soon as the server answers."),
            done=self.finish,
            failed=self._failed,
            orphaned=self._submission.throw_away,
        )

    async def _rotate(self, client: Client) -> MadeVersion:
        from bcdesk.actions.keys import rotate_key

        starts: Literal["first_use", "now"] = "now" if self.starts.value == "now" else "first_use"
        return await rotate_key(
            client=client,
            store=self._desk.store,
            journal=self._desk.journal,
            key_id=self._row.id,
            overlap_seconds=self.overlap.seconds(),
            starts=starts,
        )

    def _failed(self, error: BaseException) -> bool:
        """Show two live versions that this desk had not heard of yet."""
        from bcdesk.client.errors import Conflict
        from bcdesk.contract.codes import Code

        if not isinstance(error, Conflict) or error.code != Code.TOO_MANY_VERSIONS:
            return False
        self._submission.send(
            self._reread, name="read key again", busy=tr("Reading what the key is now…"), done=self._rebind
        )
        return True

    async def _reread(self, client: Client) -> KeyRow:
        from bcdesk.actions.keys import refresh_key

        return await refresh_key(client=client, store=self._desk.store, key_id=self._row.id)

    def _rebind(self, row: KeyRow) -> None:
        self._row = row
        self._show_row()

    # ------------------------------------------------------------------ two live versions

    def _end_old(self, version_id: str) -> None:
        async def retire(client: Client) -> KeyRow:
            from bcdesk.actions.keys import retire_version

            return await retire_version(
                client=client, store=self._desk.store, key_id=self._row.id, version_id=version_id
            )

        self._submission.send(retire, name="retire version", busy=tr("Ending the old key…"), done=self._rebind)

    def _replace_new(self, version_id: str) -> None:
        async def replace(client: Client) -> MadeVersion:
            from bcdesk.actions.handovers import replace_unused

            return await replace_unused(
                client=client,
                store=self._desk.store,
                journal=self._desk.journal,
                key_id=self._row.id,
                version_id=version_id,
            )

        self._send(replace)
