"""The page of members: what sets it apart from other pages with a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.contract.codes import Code
from bcdesk.ui.members.commands import ROW_MENU, MemberCommands
from bcdesk.ui.members.filter_bar import MemberFilters
from bcdesk.ui.members.inspector import MemberInspector
from bcdesk.ui.members.listing import MemberListing
from bcdesk.ui.members.verbs import MemberVerbs
from bcdesk.ui.members.words import subtitle, title
from bcdesk.ui.page.list_page import ListPage, PageKind
from bcdesk.ui.page.states import StateWords
from bcdesk.ui.problems import Words
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent
    from PySide6.QtWidgets import QWidget

    from bcdesk.ui.commands import Registry
    from bcdesk.ui.desk import Desk


class MembersPage(ListPage):
    """Composes the page; what a member can undergo is in `commands`, what it does in `verbs`."""

    filters: MemberFilters
    listing: MemberListing
    inspector: MemberInspector

    def __init__(self, desk: Desk, registry: Registry, parent: QWidget | None = None) -> None:
        """Show the members of the desk's store, and add the page's commands to ``registry``."""
        kind = PageKind(
            id="members",
            title=title(),
            subtitle=subtitle(),
            choose=tr("Choose a member first."),
            commands={
                "search": tr("Search members"),
                "clear_filters": tr("Clear the filters of members"),
                "sort_again": tr("Sort members again"),
                "details": tr("Details of the member"),
                "reset_columns": tr("Reset the columns of members"),
            },
            states=_states(),
            rows=desk.store.members,
            changed=lambda change: change.members_changed,
            menu=ROW_MENU,
        )
        super().__init__(desk, registry, kind, parent)
        self.listing = MemberListing(desk.store, now=desk.now, parent=self)
        self.verbs = MemberVerbs(desk, self, self.undo, failed=self.tell, select=self.reveal_row)
        self.commands = MemberCommands(desk, self.verbs)
        registry.add(*self.commands.all(), page="members")
        self.filters = MemberFilters()
        self.inspector = MemberInspector(desk, registry, self.listing.moment, self)
        self.build((registry.button("members.invite", "primary", parent=self),))

    def explain(self, error: BaseException) -> Words:
        """Say of members what the general words say of keys."""
        return member_words().get(getattr(error, "code", "")) or super().explain(error)

    def narrow(self) -> None:
        """Show a role and a state."""
        self.listing.set_filters(self.filters.role.value, self.filters.state.value)

    def count(self) -> None:
        """Show how many are invited."""
        self.filters.set_count(self.listing.count("invited"))

    def showEvent(self, event: QShowEvent) -> None:
        """Read them anew: when somebody was last seen moves without a change."""
        super().showEvent(event)
        self.verbs.refresh()


def member_words() -> dict[str, Words]:
    """Return the words of those problems that are another thing for a member than for a key."""
    return {
        Code.HANDOVER_ENDED: Words(
            tr("This set-up link cannot be shown any more."),
            tr("It was handed over or discarded, or its time is over."),
            tr("Make the member a new one."),
        ),
        Code.STALE: Words(
            tr("Someone else changed this member meanwhile."),
            tr("Nothing was done."),
            tr("Look at how it stands now, then try again."),
        ),
    }


def _states() -> StateWords:
    return StateWords(
        new="members.invite",
        clear="members.clear_filters",
        icon="people",
        empty=tr("No members yet"),
        first=tr("Invite the first one: they get a link with which they set a password."),
        ask=tr("An owner of the studio invites members."),
        no_match=tr("No member matches"),
        unknown=tr("No member is known here yet. bcdesk keeps trying."),
        forbidden=tr("You may not see the members."),
        failed=tr("The members could not be loaded."),
    )
