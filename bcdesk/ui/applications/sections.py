"""The plain sections of the inspector: client id, redirect URIs with their verdicts, scopes, tokens and facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from bcdesk.contract.scopes import BY_NAME
from bcdesk.ui import times
from bcdesk.ui.applications.redirect_words import of_uri
from bcdesk.ui.applications.words import grant_words, lifetime, method_words, pkce_words
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Button, Chip, Dot, Facts, Label, chip_size, clear

if TYPE_CHECKING:
    from collections.abc import Callable

    from bcdesk.contract.rows import AppRow

ROOM = 260
"""Width in pixels that chips have beside each other."""


class Section(QWidget):
    """A part of the inspector under its title, built anew only when what it shows changed."""

    def __init__(self, title: str, name: str) -> None:
        """Begin empty."""
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self._shown: object = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(Space.S)
        outer.addWidget(Label(title, "section", name=f"{name}_title"))
        self.column = QVBoxLayout()
        self.column.setSpacing(Space.S)
        outer.addLayout(self.column)

    def show_row(self, row: AppRow) -> None:
        """Show ``row``; what does not concern this section leaves it as it stands."""
        seen = self.seen(row)
        if seen != self._shown:
            self._shown = seen
            clear(self.column)
            self.build(row)

    def seen(self, row: AppRow) -> object:
        """Return all of ``row`` that this section shows."""
        raise NotImplementedError

    def build(self, row: AppRow) -> None:
        """Fill the column."""
        raise NotImplementedError


class ClientIdSection(Section):
    """The client id with its *Copy*: it is no secret."""

    copy_id = Signal()

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__(tr("Client ID"), "client_id")

    def seen(self, row: AppRow) -> object:
        """Return the id."""
        return row.client_id

    def build(self, row: AppRow) -> None:
        """Show the id whole, beside its button."""
        line = QHBoxLayout()
        line.setSpacing(Space.XS)
        line.addWidget(Label(row.client_id, "mono", selectable=True, name="client_id_text"), 1)
        copy = Button(tr("Copy"), "link", name="client_id_copy", on_click=self.copy_id.emit)
        copy.setAccessibleName(tr("Copy client ID"))
        line.addWidget(copy)
        self.column.addLayout(line)


class RedirectsSection(Section):
    """Each redirect URI with what the rules say of it."""

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__(tr("Redirect URIs"), "redirects")

    def seen(self, row: AppRow) -> object:
        """Return the URIs, and the type that they are judged by."""
        return (row.redirect_uris, row.type)

    def build(self, row: AppRow) -> None:
        """Show a line for each URI and its verdict beneath."""
        if not row.redirect_uris:
            self.column.addWidget(Label(tr("None: a service is never redirected to."), "muted", wrap=True))
        for index, uri in enumerate(row.redirect_uris):
            self.column.addWidget(_redirect(uri, row.type, index))


def _redirect(uri: str, app_type: str, index: int) -> QWidget:
    said = of_uri(uri, app_type)
    box = QWidget()
    box.setObjectName(f"redirect.{index}")
    box.setAccessibleName(tr("{uri}: {words}", uri=uri, words=said.words))
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    shown = Label(uri, "mono", wrap=True, selectable=True, name=f"redirect.{index}.uri")
    shown.setToolTip(uri)
    column.addWidget(shown)
    line = QHBoxLayout()
    line.setSpacing(6)
    tone, glyph = {"warn": ("warn", "triangle"), "bad": ("bad", "cross")}.get(said.tone, ("ok", "check"))
    mark = QVBoxLayout()
    mark.addSpacing(Space.XS)
    mark.addWidget(Dot(tone, glyph, size=8), 0, Qt.AlignmentFlag.AlignTop)  # type: ignore[arg-type]
    line.addLayout(mark)
    tones = {"warn": "warn", "bad": "bad"}.get(said.tone, "muted")
    line.addWidget(Label(said.words, "muted", tone=tones, wrap=True, name=f"redirect.{index}.verdict"), 1)
    column.addLayout(line)
    return box


class ScopesSection(Section):
    """The scopes as chips, each with its sentence in the tooltip."""

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__(tr("Scopes"), "scope_chips")

    def seen(self, row: AppRow) -> object:
        """Return the scopes."""
        return row.scopes

    def build(self, row: AppRow) -> None:
        """Put the chips into as few lines as they fit in."""
        self.column.addWidget(chips(row.scopes))


def chips(scopes: tuple[str, ...]) -> QWidget:
    """Return scopes as chips in as few lines as they fit in."""
    box = QWidget()
    box.setObjectName("chips")
    box.setAccessibleName(", ".join(scopes))
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(Space.XS)
    line, left = QHBoxLayout(), 0
    for name in scopes:
        size: QSize = chip_size(name)
        if size.width() > left:
            line, left = QHBoxLayout(), ROOM
            line.setSpacing(Space.XS)
            line.addStretch(1)
            column.addLayout(line)
        chip = Chip(name, name=f"scope_chip.{name}")
        known = BY_NAME.get(name)
        chip.setToolTip(tr(known.sentence) if known is not None else tr("This desk does not know this scope."))
        chip.setAccessibleDescription(chip.toolTip())
        line.insertWidget(line.count() - 1, chip)
        left -= size.width() + Space.XS
    return box


class AppFacts(Section):
    """How it signs in, how long its tokens live, who answers for it."""

    def __init__(self, now: Callable[[], float]) -> None:
        """Say days by ``now``."""
        super().__init__(tr("Tokens and facts"), "app_facts")
        self._now = now

    def seen(self, row: AppRow) -> object:
        """Return what the facts are made of."""
        return (
            row.grant_types, row.token_endpoint_auth_method, row.pkce_required, row.access_token_ttl,
            row.refresh_token_ttl, row.owner, row.tags, row.contacts, row.client_uri, row.created_at, row.created_by,
            row.type, times.day(self._now()),
        )  # fmt: skip

    def build(self, row: AppRow) -> None:
        """Show the facts."""
        facts = Facts(parent=self)
        facts.add("grants", tr("Grants"), "\n".join(grant_words(one) for one in row.grant_types))
        facts.add("method", tr("Signs in"), method_words(row.token_endpoint_auth_method))
        facts.add("pkce", tr("PKCE"), pkce_words(row.pkce_required, row.type))
        facts.add("access", tr("Access token"), tr("Works for {span}", span=lifetime(row.access_token_ttl)))
        if "refresh_token" in row.grant_types:
            facts.add("refresh", tr("Refresh token"), tr("Works for {span}", span=lifetime(row.refresh_token_ttl)))
        for key, label, value in (
            ("owner", tr("Owner"), row.owner),
            ("tags", tr("Tags"), ", ".join(row.tags)),
            ("contacts", tr("Contacts"), "\n".join(row.contacts)),
            ("home", tr("Home page"), row.client_uri),
        ):
            if value:
                facts.add(key, label, value)
        day = times.day(row.created_at)
        made = tr("{day} by {member}", day=day, member=row.created_by) if row.created_by else day
        facts.add("created", tr("Registered"), made, tip=times.exact(row.created_at))
        self.column.addWidget(facts)
