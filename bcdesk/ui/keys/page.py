"""The page of API keys: what sets it apart from other pages with a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.ui.commands import Command
from bcdesk.ui.keys.commands import ROW_MENU, KeyCommands
from bcdesk.ui.keys.filter_bar import KeyFilters
from bcdesk.ui.keys.head import subtitle, title
from bcdesk.ui.keys.identify import IdentifyLine
from bcdesk.ui.keys.inspector import Inspector
from bcdesk.ui.keys.listing import KeyListing
from bcdesk.ui.keys.verbs import KeyVerbs
from bcdesk.ui.page.list_page import ListPage, PageKind
from bcdesk.ui.page.states import StateWords
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from bcdesk.ui.commands import Registry
    from bcdesk.ui.desk import Desk
    from bcdesk.ui.keys.recogniser import Recognised


class KeysPage(ListPage):
    """Composes the page; what a key can undergo is in `commands`, what it does in `verbs`."""

    filters: KeyFilters
    listing: KeyListing
    inspector: Inspector

    def __init__(self, desk: Desk, registry: Registry, parent: QWidget | None = None) -> None:
        """Show the keys of the desk's store, and add the page's commands to ``registry``."""
        kind = PageKind(
            id="keys",
            title=title(),
            subtitle=subtitle(),
            choose=tr("Choose a key first."),
            commands={
                "search": tr("Search keys"),
                "clear_filters": tr("Clear filters"),
                "sort_again": tr("Sort again"),
                "details": tr("Details"),
                "reset_columns": tr("Reset columns"),
            },
            states=_states(),
            rows=desk.store.keys,
            changed=lambda change: change.keys_changed,
            menu=ROW_MENU,
        )
        super().__init__(desk, registry, kind, parent)
        self.listing = KeyListing(desk.store, now=desk.now, parent=self)
        self.verbs = KeyVerbs(desk, self, self.undo, failed=self.tell, select=self.reveal_row)
        self.commands = KeyCommands(desk, self.verbs)
        registry.add(*self.commands.all(), page="keys")
        registry.add(_sync_command(desk))
        self.filters = KeyFilters()
        self.identified = IdentifyLine(desk, self)
        self.inspector = Inspector(desk, registry, self.listing.moment, self.commands.knows_secret, self)
        self.build((registry.button("keys.new", "primary", parent=self),), self.identified)
        self.filters.search.recognised.connect(self._recognised)
        self.identified.found.connect(self.reveal_row)
        self.inspector.follow.connect(self.reveal_row)
        desk.gate.changed.connect(registry.refresh)

    def search(self, text: str) -> None:
        """Look for ``text``, and forget the key that was pasted before."""
        if not self.filters.search.holds_key:
            self.identified.forget()
        super().search(text)

    def narrow(self) -> None:
        """Show an environment and a status."""
        self.listing.set_filters(*self.filters.values())

    def clear_filters(self) -> None:
        """Show every key again, and forget the one that was pasted."""
        self.identified.forget()
        super().clear_filters()

    def count(self) -> None:
        """Show how many keys need someone and how many are over."""
        tally = self.listing.tally
        self.filters.set_counts(tally.needing(), tally.ended(), tally.hidden())

    def _recognised(self, key: Recognised) -> None:
        self.identified.identify(key)


def _sync_command(desk: Desk) -> Command:
    return Command("sync.now", tr("Sync now"), lambda _context: desk.sync_now(), shortcut="F5", icon="refresh",
                   group=tr("Desk"), aliases=(tr("refresh"), tr("retry"), tr("reload")))  # fmt: skip


def _states() -> StateWords:
    return StateWords(
        new="keys.new",
        clear="keys.clear_filters",
        icon="key",
        empty=tr("No API keys yet"),
        first=tr("A key lets your server call the BeatConnect API. It is shown once, when you make it."),
        ask=tr("An owner or a manager of the studio can make one."),
        no_match=tr("No key matches"),
        unknown=tr("No key is known here yet. bcdesk keeps trying."),
        forbidden=tr("You may not see these keys."),
        failed=tr("The keys could not be loaded."),
    )
