"""SECRETS: each client secret as a card: last four, last use, end, and *Delete…*."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout

from bcdesk.contract.app_rules import confidential
from bcdesk.contract.moments import UNKNOWN
from bcdesk.ui import times
from bcdesk.ui.applications.needs import live_secrets, waits
from bcdesk.ui.applications.sections import Section
from bcdesk.ui.commands import Context
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Card, Chip, Label

if TYPE_CHECKING:
    from collections.abc import Callable

    from bcdesk.contract.rows import AppRow, AppSecretRow
    from bcdesk.ui.commands import Registry
    from bcdesk.ui.page.moment import Moment


class SecretsSection(Section):
    """Shows the secrets of one application, newest first; a public one has none and says so."""

    def __init__(self, registry: Registry, context: Callable[[], Context], moment: Callable[[], Moment]) -> None:
        """Make buttons of ``registry``; ``moment`` is the clock of the page."""
        super().__init__(tr("Client secrets"), "app_secrets")
        self._registry, self._context, self._moment = registry, context, moment

    def seen(self, row: AppRow) -> object:
        """Return the secrets as they are said now."""
        now = self._moment().now
        living = live_secrets(row, now)
        shown = self._registry.command("apps.new_secret").shown(self._context())
        return (row.id, row.type, row.handover, shown, tuple((one.id, self._line(one)) for one in living))

    def build(self, row: AppRow) -> None:
        """Show a card for each secret that works, and the button for a further one."""
        living = live_secrets(row, self._moment().now)
        if not confidential(row.type):
            words = tr("None: it runs on people's devices, where none could be kept. PKCE proves it instead.")
            self.column.addWidget(Label(words, "muted", wrap=True, name="no_secrets"))
            return
        for one in living:
            newest = one is living[0]
            waiting = newest and waits(row, self._now())
            self.column.addWidget(self._card(row, one, newest=newest, waiting=waiting, only=len(living) == 1))
        if not living:
            self.column.addWidget(Label(tr("None works now."), "muted", wrap=True, name="no_secrets"))
        button = self._registry.button("apps.new_secret", context=self._context, parent=self)
        self.column.addWidget(button)

    def _now(self) -> float:
        return self._moment().now

    def _card(self, row: AppRow, one: AppSecretRow, *, newest: bool, waiting: bool, only: bool) -> Card:
        card = Card(name=f"secret.{one.last4}")
        text, tone, glyph = _look(one, newest=newest, waiting=waiting)
        card.setAccessibleName(tr("Secret ending {last4}, {state}", last4=" ".join(one.last4), state=text))
        top = QHBoxLayout()
        top.addWidget(Label(tr("…{last4}", last4=one.last4), "mono", name="secret_last4"))
        top.addStretch(1)
        top.addWidget(Chip(text, tone, glyph, name="secret_state"), 0, Qt.AlignmentFlag.AlignTop)  # type: ignore[arg-type]
        card.body.addLayout(top)
        line = Label(self._line(one), "muted", wrap=True, name="secret_line")
        line.setToolTip(
            tr("Made {made}\nLast used {used}", made=times.exact(one.created_at), used=times.exact(one.last_used_at))
        )
        card.body.addWidget(line)
        target = Context((row.id, one.id), self)
        command = self._registry.command("apps.delete_secret")
        if not only and command.shown(target):  # the only one ends with the application, or after a new one
            end = self._registry.button("apps.delete_secret", "danger", text=command.brief, context=lambda: target)
            card.body.addWidget(end)
        return card

    def _line(self, one: AppSecretRow) -> str:
        now, as_of = self._moment()
        if one.last_used_at == UNKNOWN:
            used = tr("last use unknown")
        elif one.last_used_at is None:
            used = tr("not used yet")
        else:
            used = tr("last used {when}", when=times.ago(one.last_used_at, now, as_of=as_of))
        parts = [times.day(one.created_at), used]
        if one.expires_at is not None:
            parts.append(tr("works until {when}", when=times.short(one.expires_at, now)))
        return " · ".join(parts)


def _look(one: AppSecretRow, *, newest: bool, waiting: bool) -> tuple[str, str, str]:
    if waiting:
        return tr("Waits"), "warn", "triangle"
    if one.expires_at is not None:
        return tr("Ending"), "warn", "triangle"
    if one.last_used_at is None and newest:
        return tr("Not used yet"), "neutral", "ring"
    return tr("Current"), "ok", "dot"
