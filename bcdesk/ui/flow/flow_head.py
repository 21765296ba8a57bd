"""The head of the page: title, what is tested, by which browser, the one primary action, and the tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from bcdesk.ui.applications.words import type_words
from bcdesk.ui.flow import target as targets
from bcdesk.ui.flow.choice import Finder
from bcdesk.ui.flow.tab_bar import TabBar
from bcdesk.ui.flow.words import title
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Label, Segmented

if TYPE_CHECKING:
    from bcdesk.store.store import Store
    from bcdesk.ui.commands import Registry
    from bcdesk.ui.flow.session import Session
    from bcdesk.ui.flow.target import Target

WIDTH: Final = 300


class FlowHead(QFrame):
    """Stands above every tab."""

    def __init__(self, registry: Registry) -> None:
        """Begin with nothing chosen."""
        super().__init__()
        self.setObjectName("head")
        self.target = Finder(label=tr("What is tested"), name="flow_target")
        self.target.setMaximumWidth(WIDTH)
        self.target.setMinimumWidth(120)
        self.way = Segmented(
            [("embedded", tr("Embedded browser")), ("system", tr("System browser"))],
            label=tr("Browser of the run"),
            name="flow_way",
        )
        self.way.setMinimumWidth(self.way.sizeHint().width())
        self.run = registry.button("flow.run", "primary", text=tr("Run"))
        self.cancel = registry.button("flow.cancel", text=tr("Cancel"))
        self.tabs = TabBar(
            [("run", tr("Run")), ("checks", tr("Checks")), ("lab", tr("Redirect lab")), ("watch", tr("Watch my app"))],
            label=tr("Parts of the flow tester"),
        )
        words = QVBoxLayout()
        words.setSpacing(Space.XS)
        words.addWidget(Label(title(), "title", name="page_title"))
        words.addWidget(self.target, 0, Qt.AlignmentFlag.AlignLeft)
        top = QHBoxLayout()
        top.setSpacing(Space.M)
        top.addLayout(words, 1)
        for part in (self.way, self.run, self.cancel):
            top.addWidget(part, 0, Qt.AlignmentFlag.AlignBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, 0)
        column.setSpacing(Space.S)
        column.addLayout(top)
        column.addWidget(self.tabs)
        self._running = False
        self._shown = True

    def show_state(
        self, store: Store, target: Target | None, foreign: Target | None, session: Session | None, *, asking: str
    ) -> None:
        """Show what can be chosen and what is, and whether something runs."""
        rows = sorted(store.apps.values(), key=lambda row: row.name.casefold())
        options = [(row.id, tr("{name} · {type}", name=row.name, type=type_words(row.type))) for row in rows]
        any_issuer = tr("Any issuer…") if foreign is None else tr("{issuer} · any issuer", issuer=foreign.name)
        options.append((targets.ISSUER, any_issuer))
        self.target.set_options(options, target.key if target is not None else "")
        if session is not None:
            self.way.choose(session.way)
        self._running = bool(asking) or (session is not None and session.running)
        self.run.set_text(tr("Run again") if session is not None and session.number else tr("Run"))
        for key in ("embedded", "system"):
            self.way.set_reason(key, tr("It is running.") if self._running else None)
        self._fit()

    def set_running_shown(self, shown: bool) -> None:
        """Show browser and action on the tab that they belong to."""
        self._shown = shown
        self._fit()

    def _fit(self) -> None:
        self.way.setVisible(self._shown)
        self.run.setVisible(self._shown and not self._running)
        self.cancel.setVisible(self._shown and self._running)
