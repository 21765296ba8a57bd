"""The inspector: one member whole, with what an owner can change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from bcdesk.ui import times
from bcdesk.ui.members.columns import state_look
from bcdesk.ui.members.owners import is_me, owner_reason
from bcdesk.ui.members.words import state_sentence
from bcdesk.ui.page.detail import DetailPanel
from bcdesk.ui.page.need_cards import NeedCard, NeedsSection
from bcdesk.ui.roles import role_sentence, role_words
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Facts

if TYPE_CHECKING:
    from collections.abc import Callable

    from bcdesk.contract.rows import MemberRow
    from bcdesk.ui.commands import Registry
    from bcdesk.ui.desk import Desk
    from bcdesk.ui.page.moment import Moment


class MemberInspector(DetailPanel):
    """Shows the selected member."""

    def __init__(self, desk: Desk, registry: Registry, moment: Callable[[], Moment], parent: QWidget) -> None:
        """Build it empty; ``moment`` is the page's clock."""
        super().__init__(registry, tr("Choose a member to see their details."), parent)
        self._desk, self._moment = desk, moment
        self.needs = NeedsSection(registry, self.context)
        self.facts = Facts(label_width=76)
        for key, label in (
            ("role", tr("Role")), ("state", tr("State")), ("seen", tr("Last seen")),
            ("added", tr("Added")),
        ):  # fmt: skip
            self.facts.add(key, label, "")
        self.facts.add("id", tr("Id"), "", mono=True)
        self.role = self.button("members.edit")
        self.link = self.button("members.new_link")
        self.turn_on = self.button("members.enable")
        self.turn_off = self.button("members.disable", "danger")
        buttons = QWidget()
        buttons.setObjectName("inspector_buttons")
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        for button in (self.role, self.turn_on):
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(buttons)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addLayout(row)
        column.addWidget(self.link)
        self.column.addWidget(self.needs)
        self.column.addWidget(self.facts)
        self.column.addWidget(buttons)
        self.column.addStretch(1)
        self.column.addWidget(self.turn_off)
        self.show_row(None)

    def fill(self, row: MemberRow) -> None:
        """Show the parts of a member."""
        now, as_of = self._moment()
        me = is_me(self._desk.store, row)
        self.say_head(" · ".join(one for one in (row.email, tr("this is you") if me else "") if one), state_look(row))
        self.needs.show_cards(self._cards(row))
        said = tr("{role}. {sentence}", role=role_words(row.role), sentence=role_sentence(row.role))
        self.facts.set("role", said)
        self.facts.set("state", state_sentence(row.state))
        self.facts.set("seen", times.ago_in_full(row.last_seen_at, now, as_of=as_of), tip=times.exact(row.last_seen_at))
        self.facts.set("added", times.day(row.created_at), tip=times.exact(row.created_at))
        self.facts.set("id", row.id)
        self._registry.refresh()
        self.link.setVisible(row.state != "invited")  # there the card above offers it

    def _cards(self, row: MemberRow) -> tuple[NeedCard, ...]:
        """Return what is due: a link for who has not come in yet, and a second owner where there is one alone."""
        found = []
        if row.state == "invited":
            said = tr("A set-up link works for 15 minutes. If theirs was not used by then, make another.")
            found.append(NeedCard("invited", tr("Has not come in yet"), said, ("members.new_link",), "info"))
        if owner_reason(self._desk.store, row) is not None:
            said = tr("If they lose their password, only the server's own command line helps. A second owner would.")
            found.append(NeedCard("last_owner", tr("The only owner"), said, (), "info"))
        return tuple(found)
