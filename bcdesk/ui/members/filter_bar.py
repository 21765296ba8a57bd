"""Search, role and state of the members page."""

from __future__ import annotations

from bcdesk.ui.page.filter_bar import FilterBar
from bcdesk.ui.page.search_line import SearchLine
from bcdesk.ui.roles import ROLES, role_words
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Segmented


class MemberFilters(FilterBar):
    """Narrows the members by text, role and state."""

    search: SearchLine

    def __init__(self) -> None:
        """Begin with every member shown."""
        roles = [("all", tr("All")), *((one, role_words(one)) for one in ROLES)]
        self.role = Segmented(roles, label=tr("Role"), name="filter.role")
        states = [("any", tr("Any")), ("invited", tr("Invited")), ("disabled", tr("Off"))]
        self.state = Segmented(states, label=tr("State"), name="filter.state")
        search = SearchLine(tr("Search members"), tr("Search name or address"), name="members-search")
        super().__init__(search, self.role, self.state)

    def set_count(self, invited: int) -> None:
        """Show how many are invited and did not come in yet."""
        self.state.set_text("invited", tr("Invited {n:,}", n=invited) if invited else tr("Invited"))
