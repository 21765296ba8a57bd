"""The inspector: one application whole, what is due first, what ends it alone at the foot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from bcdesk.ui import times
from bcdesk.ui.applications.columns import status_look
from bcdesk.ui.applications.grants import GrantsSection
from bcdesk.ui.applications.needs import cards_of
from bcdesk.ui.applications.secrets import SecretsSection
from bcdesk.ui.applications.sections import AppFacts, ClientIdSection, RedirectsSection, ScopesSection, Section
from bcdesk.ui.applications.words import kind_words
from bcdesk.ui.page.detail import DetailPanel
from bcdesk.ui.page.need_cards import NeedsSection
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Label

if TYPE_CHECKING:
    from collections.abc import Callable

    from bcdesk.contract.rows import AppRow
    from bcdesk.ui.commands import Registry
    from bcdesk.ui.desk import Desk
    from bcdesk.ui.page.moment import Moment


class AppInspector(DetailPanel):
    """Shows the selected application."""

    def __init__(
        self,
        desk: Desk,
        registry: Registry,
        moment: Callable[[], Moment],
        knows_secret: Callable[[AppRow], bool],
        parent: QWidget,
    ) -> None:
        """Build it empty; ``moment`` is the page's clock, ``knows_secret`` asks the journal."""
        super().__init__(registry, tr("Choose an application to see its details."), parent)
        self._moment, self._knows_secret = moment, knows_secret
        context = self.context
        self.needs = NeedsSection(registry, context)
        self.client_id = ClientIdSection()
        self.client_id.copy_id.connect(lambda: registry.run("apps.copy_client_id", self.context()))
        self.used = LastUse(moment)
        self.secrets = SecretsSection(registry, context, moment)
        self.grants = GrantsSection(desk, registry, context, moment)
        self.sections: tuple[Section | LastUse, ...] = (
            self.client_id, self.used, RedirectsSection(), ScopesSection(), self.secrets, self.grants,
            AppFacts(desk.now),
        )  # fmt: skip
        self.test = self.button("apps.test")
        self.edit = self.button("apps.edit")
        self.turn_off = self.button("apps.disable")
        self.turn_on = self.button("apps.enable")
        self.export = self.button("apps.export")
        self.delete = self.button("apps.delete", "danger")
        buttons = QWidget()
        buttons.setObjectName("inspector_buttons")
        column = QVBoxLayout(buttons)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        for button in (self.test, self.edit, self.turn_off, self.turn_on):
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self.export)
        self.column.addWidget(self.needs)
        for section in self.sections:
            self.column.addWidget(section)
        self.column.addWidget(buttons)
        self.column.addSpacing(Space.S)
        self.column.addStretch(1)
        self.column.addWidget(self.delete)
        self.show_row(None)

    def fill(self, row: AppRow) -> None:
        """Show the parts of an application."""
        now = self._moment().now
        kind = kind_words(row.type)
        self.say_head(" · ".join(part for part in (row.description, kind) if part), status_look(row, now))
        self.needs.show_cards(cards_of(row, now, knows_secret=self._knows_secret(row)))
        for section in self.sections:
            section.show_row(row)
        self._registry.refresh()

    def show_grants_again(self, app_id: str) -> None:
        """Ask for the grants anew, where those of that application are shown."""
        if app_id == self.row_id:
            self.grants.again(self._row)


class LastUse(QWidget):
    """LAST USE: when the application last got or used a token."""

    def __init__(self, moment: Callable[[], Moment]) -> None:
        """Say it by ``moment``, the clock of the page."""
        super().__init__()
        self.setObjectName("app_last_use")
        self.setAccessibleName(tr("Last use"))
        self._moment = moment
        self._when = Label("", "body", wrap=True, name="app_last_use_when")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addWidget(Label(tr("Last use"), "section", name="app_last_use_title"))
        column.addWidget(self._when)

    def show_row(self, row: AppRow) -> None:
        """Show ``row`` by the clock; *Never* and *Unknown* are different answers."""
        now, as_of = self._moment()
        self._when.setText(times.ago_in_full(row.last_used_at, now, as_of=as_of))
        self._when.setToolTip(times.exact(row.last_used_at))
