"""The page of OAuth applications: what sets it apart from other pages with a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.contract.codes import Code
from bcdesk.ui.applications.choose import ChooseDialog
from bcdesk.ui.applications.commands import ROW_MENU, AppCommands
from bcdesk.ui.applications.filter_bar import AppFilters
from bcdesk.ui.applications.inspector import AppInspector
from bcdesk.ui.applications.listing import AppListing
from bcdesk.ui.applications.verbs import AppVerbs
from bcdesk.ui.applications.words import subtitle, title
from bcdesk.ui.commands import Command
from bcdesk.ui.dialogs import ask
from bcdesk.ui.page.list_page import ListPage, PageKind
from bcdesk.ui.page.states import StateWords
from bcdesk.ui.problems import Words
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from bcdesk.ui.commands import Registry
    from bcdesk.ui.desk import Desk


class AppsPage(ListPage):
    """Composes the page; what an application can undergo is in `commands`, what it does in `verbs`."""

    filters: AppFilters
    listing: AppListing
    inspector: AppInspector

    def __init__(self, desk: Desk, registry: Registry, parent: QWidget | None = None) -> None:
        """Show the applications of the desk's store, and add the page's commands to ``registry``."""
        kind = PageKind(
            id="apps",
            title=title(),
            subtitle=subtitle(),
            choose=tr("Choose an application first."),
            commands={
                "search": tr("Search apps"),
                "clear_filters": tr("Clear the filters of apps"),
                "sort_again": tr("Sort apps again"),
                "details": tr("Details of the app"),
                "reset_columns": tr("Reset the columns of apps"),
            },
            states=_states(),
            rows=desk.store.apps,
            changed=lambda change: change.apps_changed,
            menu=ROW_MENU,
        )
        super().__init__(desk, registry, kind, parent)
        self.listing = AppListing(desk.store, now=desk.now, parent=self)
        self.verbs = AppVerbs(desk, self, self.undo, failed=self.tell, select=self.reveal_row)
        self.commands = AppCommands(desk, self.verbs)
        registry.add(*self.commands.all(), page="apps")
        registry.add(self._choose_command())
        self.filters = AppFilters()
        self.inspector = AppInspector(desk, registry, self.listing.moment, self.commands.knows_secret, self)
        self.verbs.grants_changed = self.inspector.show_grants_again
        new = registry.button("apps.new", "primary", parent=self)
        bring = registry.button("apps.import", text=tr("Import…"), parent=self)
        self.build((bring, new))
        desk.gate.changed.connect(registry.refresh)

    def _choose_command(self) -> Command:
        return Command(
            "new.choose", tr("New…"), lambda _context: self._desk.scope.start(self._choose_new(), name="choose new"),
            shortcut="Ctrl+Shift+N", icon="plus", group=tr("Desk"), enabled=self.commands.new_reason,
            shown=self.commands.manages, aliases=(tr("key or app"), tr("who will use this")),
        )  # fmt: skip

    async def _choose_new(self) -> None:
        chosen = await ask(ChooseDialog(self.window()))
        if chosen is not None:
            self._registry.run(chosen)

    def explain(self, error: BaseException) -> Words:
        """Say of applications what the general words say of keys."""
        return app_words().get(getattr(error, "code", "")) or super().explain(error)

    def narrow(self) -> None:
        """Show a type and a status."""
        self.listing.set_filters(self.filters.type.value, self.filters.status.value)

    def count(self) -> None:
        """Show how many applications need someone and how many are off."""
        self.filters.set_counts(self.listing.needing(), self.listing.off())


def app_words() -> dict[str, Words]:
    """Return the words of those problems that are another thing for an application than for a key."""
    return {
        Code.RESTORE_EXPIRED: Words(
            tr("This application can no longer be restored."),
            tr("More than 60 minutes have passed since it was deleted."),
            tr("Register it anew; it gets another client ID."),
        ),
        Code.HANDOVER_ENDED: Words(
            tr("This secret cannot be shown any more."),
            tr("It was handed over or discarded, or 24 hours have passed."),
            tr("Make a new secret for the application."),
        ),
        Code.VERSION_USED: Words(
            tr("The secret was already used."),
            tr("Something signs in with it, so replacing it would break that."),
            tr("Make a new secret instead: both work meanwhile."),
        ),
    }


def _states() -> StateWords:
    return StateWords(
        new="apps.new",
        clear="apps.clear_filters",
        icon="apps",
        empty=tr("No OAuth apps yet"),
        first=tr("Register one, and your users can sign in to it with their BeatConnect account."),
        ask=tr("An owner or a manager of the studio can register one."),
        no_match=tr("No application matches"),
        unknown=tr("No application is known here yet. bcdesk keeps trying."),
        forbidden=tr("You may not see these applications."),
        failed=tr("The applications could not be loaded."),
    )
