"""The fields of a key, shared by *New key…* and *Edit…*: judged as each is left, and again before sending."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bcdesk.contract import key_rules as rules
from bcdesk.contract.codes import Fault
from bcdesk.ui.field_form import FieldForm
from bcdesk.ui.keys.draft import FormValues, likely_range
from bcdesk.ui.keys.expiry import Expiry
from bcdesk.ui.keys.scope_list import ScopeList
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Button, ListEdit, Segmented

if TYPE_CHECKING:
    from collections.abc import Callable

    from bcdesk.contract.key_rules import FieldFault
    from bcdesk.contract.rows import KeyRow
    from bcdesk.ui.dialogs import Dialog

WIDTH: Final = 640
"""Width in pixels of a dialog with this form."""


class KeyForm(FieldForm):
    """Puts the fields of a key into a dialog, reads them, and says what is wrong with them at their place."""

    def __init__(
        self, dialog: Dialog, now: Callable[[], float], values: FormValues, *, row: KeyRow | None = None
    ) -> None:
        """Fill ``dialog`` from ``values``; with ``row`` the environment and the standing expiry belong to that key."""
        super().__init__(dialog)
        self._now, self._new = now, row is None
        self._standing = None if row is None else row.expires_at
        self._environment = values.environment
        self.describe(values, tr("Such as “Storefront server”"))
        self._scopes = ScopeList(values.scopes, values.environment)
        self._expiry = Expiry(now, keep=None if row is None else (values.expires_at,))
        self._cidrs = ListEdit(values.allowed_cidrs, placeholder="196.201.4.0/24", lines=2, name="allowed_cidrs")
        self._build()

    def values(self) -> FormValues:
        """Return what the fields hold."""
        return FormValues(
            name=self._name.value(),
            description=self._description.value(),
            owner=self._owner.value(),
            tags=tuple(self._tags.values()),
            environment=self._environment,
            scopes=self._scopes.values(),
            expires_at=self._expiry.value(),
            allowed_cidrs=tuple(self._cidrs.values()),
        )

    def fill(self, values: FormValues, *, standing: float | None) -> None:
        """Show ``values``; ``standing`` is the expiry that the key now has on the server."""
        self._standing = standing
        self.describe_again(values)
        self._scopes.set_values(values.scopes)
        self._expiry.set_standing(standing, values.expires_at)
        if tuple(self._cidrs.values()) != values.allowed_cidrs:
            self._cidrs.setPlainText("\n".join(values.allowed_cidrs))

    # ------------------------------------------------------------------ building

    def _build(self) -> None:
        add = self.add
        if self._new:
            choice = Segmented(
                [("sandbox", tr("Sandbox")), ("live", tr("Live"))],
                label=tr("Environment"),
                value=self._environment,
                name="environment",
            )
            choice.set_tone("live", "live")
            choice.chosen.connect(self._choose_environment)
            add("/environment", tr("Environment"), choice)
            self._choose_environment(self._environment)
        add("/scopes", tr("Scopes"), self._scopes)
        add("/expires_at", tr("Expires"), self._expiry, hint=self._expiry.words())
        add("/allowed_cidrs", tr("Allowed addresses"), self._cidrs, optional=True, hint=self._cidr_hint())
        self._meant = Button(
            tr("Use the range that was meant"), "link", name="use_range", on_click=self._use_likely_range
        )
        self._meant.hide()
        self._dialog.add(self._meant)
        self.watch()

    def _cidr_hint(self) -> str:
        return tr("One range a line. With none, the key works from any address.")

    def _choose_environment(self, environment: str) -> None:
        self._environment = environment
        self._scopes.set_environment(environment)
        limit = rules.LIMIT_PER_MINUTE[environment]
        if environment == "live":
            words = tr("Opens the live API: real purchases, real money. {n:,} requests a minute.", n=limit)
        else:
            words = tr("For testing: read scopes only, {n:,} requests a minute.", n=limit)
        self._fields["/environment"].set_hint(words)
        self.edited("/environment")

    # ------------------------------------------------------------------ judging

    def faults(self) -> list[FieldFault]:
        """Judge by the contract's rules."""
        return self.values().faults(self._now(), known_expiry=self._standing)

    def edited(self, pointer: str) -> None:
        """Say the expiry's day in words, and take back what was offered for another text."""
        if pointer == "/expires_at":
            self._fields[pointer].set_hint(self._expiry.words())
        if pointer == "/allowed_cidrs":
            self._meant.hide()
        super().edited(pointer)

    def judge(self, pointer: str) -> None:
        """Judge a field, and offer the range that was meant."""
        if pointer == "/allowed_cidrs":
            self._offer_likely_range()
        super().judge(pointer)

    def entries(self, name: str) -> list[str] | None:
        """Return the entries of a list."""
        return {"allowed_cidrs": self._cidrs.values(), "tags": self._tags.values()}.get(name)

    def sentence_of(self, entry: str, fault: FieldFault) -> str:
        """Name the range that an entry most likely means."""
        meant = likely_range(entry) if fault.code == Fault.HOST_BITS_SET else None
        if meant:
            return tr("{entry} names one address of a range. Did you mean {meant}?", entry=entry, meant=meant)
        return super().sentence_of(entry, fault)

    # ------------------------------------------------------------------ the range that was meant

    def _offer_likely_range(self) -> None:
        meant = next((m for entry in self._cidrs.values() if (m := likely_range(entry))), None)
        self._meant.setVisible(meant is not None)
        if meant is not None:
            self._meant.set_text(tr("Use {meant}", meant=meant))

    def _use_likely_range(self) -> None:
        self._cidrs.setPlainText("\n".join(likely_range(entry) or entry for entry in self._cidrs.values()))
        self.judge("/allowed_cidrs")
        self._fields["/allowed_cidrs"].focus()
