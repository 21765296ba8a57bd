"""The facts of a key in the inspector: what it may do, who answers for it, when it ends, what it replaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from bcdesk.contract.scopes import BY_NAME
from bcdesk.ui import times
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Button, Facts, Label, clear

if TYPE_CHECKING:
    from collections.abc import Callable

    from bcdesk.contract.rows import KeyRow
    from bcdesk.store.store import Store


class FactsSection(QWidget):
    """Shows the facts of one key; ``follow`` carries the id of a key that it names."""

    follow = Signal(str)
    copy_id = Signal()

    def __init__(self, store: Store, now: Callable[[], float]) -> None:
        """Look up the names of other keys in ``store``."""
        super().__init__()
        self.setObjectName("facts")
        self.setAccessibleName(tr("Facts"))
        self._store, self._now = store, now
        self._shown: object = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def show_row(self, row: KeyRow) -> None:
        """Show ``row``; what does not concern the facts leaves them as they stand."""
        seen = (
            row.id, row.scopes, row.owner, row.tags, row.created_at, row.created_by, row.expires_at, row.allowed_cidrs,
            row.replaces, row.replaced_by, row.revoked_at, row.revoked_reason, row.compromised,
            self._name_of(row.replaces), self._name_of(row.replaced_by), times.day(self._now()),
        )  # fmt: skip
        if seen == self._shown:
            return
        self._shown = seen
        clear(self._column)
        self._column.addWidget(self._build(row))

    def _build(self, row: KeyRow) -> Facts:
        facts = Facts(parent=self)
        facts.add("scopes", tr("Scopes"), self._scopes(row))
        if row.owner:
            facts.add("owner", tr("Owner"), row.owner)
        if row.tags:
            facts.add("tags", tr("Tags"), ", ".join(row.tags))
        facts.add("created", tr("Created"), self._created(row), tip=times.exact(row.created_at))
        if row.revoked_at is not None:
            why = tr("as leaked") if row.compromised else ""
            when = times.short(row.revoked_at, self._now())
            facts.add("revoked", tr("Revoked"), f"{when} {why}".strip(), tip=times.exact(row.revoked_at))
            if row.revoked_reason:
                facts.add("reason", tr("Reason"), row.revoked_reason)
        facts.add("expires", tr("Expires"), self._expires(row), tip=times.exact(row.expires_at))
        any_address = tr("Any")
        addresses = "\n".join(row.allowed_cidrs) or any_address
        facts.add("addresses", tr("Addresses"), addresses, mono=addresses != any_address)
        if row.replaces:
            facts.add("replaces", tr("Replaces"), self._link(row.replaces, "fact.replaces.link"))
        if row.replaced_by:
            facts.add("replaced_by", tr("Replaced by"), self._link(row.replaced_by, "fact.replaced_by.link"))
        facts.add("id", tr("Id"), self._id(row))
        return facts

    def _scopes(self, row: KeyRow) -> QWidget:
        box = QWidget()
        box.setObjectName("fact.scopes")
        box.setAccessibleName(", ".join(row.scopes))
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for name in row.scopes:
            label = Label(name, "body", name=f"fact.scope.{name}")
            known = BY_NAME.get(name)
            label.setToolTip(tr(known.sentence) if known is not None else tr("This desk does not know this scope."))
            label.setAccessibleDescription(label.toolTip())
            column.addWidget(label)
        return box

    def _created(self, row: KeyRow) -> str:
        day = times.day(row.created_at)
        return tr("{day} by {member}", day=day, member=row.created_by) if row.created_by else day

    def _expires(self, row: KeyRow) -> str:
        now = self._now()
        if row.expires_at is None:
            return tr("Never")
        if row.expires_at <= now:
            return times.day(row.expires_at)
        return tr("{day}, in {span}", day=times.day(row.expires_at), span=times.until(row.expires_at, now))

    def _id(self, row: KeyRow) -> QWidget:
        box = QWidget()
        box.setObjectName("fact.id")
        line = QHBoxLayout(box)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Space.XS)
        label = Label(row.id, "mono", elide=True, name="fact.id.text")
        line.addWidget(label, 1)
        copy = Button(tr("Copy"), "link", name="fact.id.copy", on_click=self.copy_id.emit)
        copy.setAccessibleName(tr("Copy id"))
        line.addWidget(copy)
        return box

    def _link(self, key_id: str, name: str) -> QWidget:
        other = self._name_of(key_id)
        if not other:
            return Label(key_id, "mono", elide=True, name=name)
        return Button(other, "link", name=name, on_click=lambda: self.follow.emit(key_id))

    def _name_of(self, key_id: str | None) -> str:
        row = self._store.keys.get(key_id) if key_id else None
        return row.name if row is not None else ""
