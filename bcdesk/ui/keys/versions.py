"""VERSIONS: each secret of a key as a card, with what is left to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from bcdesk.contract.moments import UNKNOWN
from bcdesk.ui import times
from bcdesk.ui.keys.verbs import unused
from bcdesk.ui.page.need_cards import short_button
from bcdesk.ui.text import counted, tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Button, Card, Chip, Label, clear

if TYPE_CHECKING:
    from collections.abc import Callable

    from bcdesk.contract.rows import KeyRow, VersionRow
    from bcdesk.ui.commands import Context, Registry
    from bcdesk.ui.page.moment import Moment
    from bcdesk.ui.widgets.chips import Glyph

KEPT = 3


class Look(NamedTuple):
    """How a version's state is shown."""

    text: str
    tone: str
    glyph: Glyph


def look(state: str) -> Look:
    """Return the chip of a version's state."""
    return {
        "pending": Look(tr("Not used yet"), "warn", "ring"),
        "current": Look(tr("Current"), "ok", "dot"),
        "retiring": Look(tr("Retiring"), "warn", "triangle"),
        "retired": Look(tr("Retired"), "neutral", ""),
        "revoked": Look(tr("Revoked"), "bad", "cross"),
    }.get(state, Look(state, "neutral", ""))


class VersionsSection(QWidget):
    """Shows the versions of one key, newest first; long-gone ones are folded into a button."""

    def __init__(self, registry: Registry, context: Callable[[], Context], moment: Callable[[], Moment]) -> None:
        """Make buttons of ``registry`` that act on ``context``; ``moment`` is the clock of the page."""
        super().__init__()
        self.setObjectName("versions")
        self.setAccessibleName(tr("Versions"))
        self._registry, self._context, self._moment = registry, context, moment
        self._all = ""
        self._shown: object = None
        self._lines: dict[str, Label] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(Label(tr("Versions"), "section", name="versions_title"))
        self._cards = QVBoxLayout()
        self._cards.setSpacing(Space.S)
        column.addLayout(self._cards)

    def show_row(self, row: KeyRow) -> None:
        """Show the versions of ``row``; new times change in place, new states build the cards again."""
        newest = sorted(row.versions, key=lambda version: (version.created_at, version.id), reverse=True)
        some = newest if self._all == row.id else newest[:KEPT]
        fresh = unused(row)
        states = (
            row.id, tuple((version.id, version.state) for version in some), len(newest), fresh.id if fresh else "",
            row.handover, row.status, self._registry.command("keys.retire").shown(self._context()),
        )  # fmt: skip
        if states != self._shown:
            self._shown = states
            self._build(row, some, len(newest) - len(some), fresh)
        for version in some:
            self._say(version, fresh is not None and fresh.id == version.id)

    def _build(self, row: KeyRow, some: list[VersionRow], hidden: int, fresh: VersionRow | None) -> None:
        clear(self._cards)
        self._lines = {}
        for version in some:
            self._cards.addWidget(self._card(version, fresh is not None and fresh.id == version.id))
        if hidden:
            words = counted(hidden, "Show {n} older version", "Show {n} older versions")
            self._cards.addWidget(Button(words, "link", name="versions.more", on_click=lambda: self._show_all(row)))

    def _show_all(self, row: KeyRow) -> None:
        self._all = row.id
        self.show_row(row)

    def _card(self, version: VersionRow, fresh: bool) -> Card:
        card = Card(name=f"version.{version.last4}")
        shown = look(version.state)
        card.setAccessibleName(tr("Version ending {last4}, {state}", last4=" ".join(version.last4), state=shown.text))
        top = QHBoxLayout()
        top.setSpacing(Space.S)
        name = Label(tr("…{last4}", last4=version.last4), "mono", name="version_last4")
        top.addWidget(name)
        top.addStretch(1)
        top.addWidget(Chip(shown.text, shown.tone, shown.glyph, name="version_state"), 0, Qt.AlignmentFlag.AlignTop)
        card.body.addLayout(top)
        line = Label("", "muted", wrap=True, name="version_line")
        self._lines[version.id] = line
        card.body.addWidget(line)
        ids: tuple[str, ...] = ()
        if version.state == "retiring":
            ids = ("keys.retire", "keys.extend")
        elif fresh:
            ids = ("keys.replace_unused", "keys.discard_unused")
        known = [one for one in ids if self._registry.command(one).shown(self._context())]
        if known:
            buttons = QHBoxLayout()
            buttons.setContentsMargins(0, Space.XS, 0, 0)
            buttons.setSpacing(Space.S)
            for command_id in known:
                buttons.addWidget(short_button(self._registry, command_id, self._context, card))
            buttons.addStretch(1)
            card.body.addLayout(buttons)
        return card

    def _say(self, version: VersionRow, fresh: bool) -> None:
        now, as_of = self._moment()
        made = times.day(version.created_at)
        if version.last_used_at == UNKNOWN:
            used = tr("last use unknown")
        elif version.last_used_at is None:
            used = tr("not used yet") if fresh else tr("never used")
        else:
            used = tr("last used {when}", when=times.ago(version.last_used_at, now, as_of=as_of))
        parts = [made, used]
        if version.state == "retiring" and version.retires_at is not None:
            parts.append(tr("works until {when}", when=times.short(version.retires_at, now)))
        line = self._lines[version.id]
        line.setText(" · ".join(parts))
        line.setToolTip(
            tr("Made {made}\nLast used {used}", made=times.exact(version.created_at),
               used=times.exact(version.last_used_at))
        )  # fmt: skip
