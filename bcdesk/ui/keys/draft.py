"""What a form holds, judged by the contract's rules before anything is sent: no widgets in here."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

from bcdesk.contract import key_rules as rules
from bcdesk.contract.moments import format_moment
from bcdesk.ui.times import local
from bcdesk.ui.values import Values

if TYPE_CHECKING:
    from bcdesk.client.values import KeyDraft

EXPIRY_DAYS: Final = {"30": 30, "90": 90, "365": 365}
DAY_SECONDS: Final = 86_400


@dataclass(frozen=True, slots=True)
class FormValues(Values):
    """The values of a key's form, as they would be sent."""

    name: str = ""
    description: str = ""
    owner: str = ""
    tags: tuple[str, ...] = ()
    environment: str = "sandbox"
    scopes: tuple[str, ...] = ()
    expires_at: float | None = None
    allowed_cidrs: tuple[str, ...] = ()

    FIXED: ClassVar = ("environment",)

    def still_valid(self, now: float) -> FormValues:
        """Return these values without an expiry that has passed."""
        if self.expires_at is None or self.expires_at > now:
            return self
        return replace(self, expires_at=None)

    def draft(self, *, replaces: str | None = None) -> KeyDraft:
        """Return what *create* takes; ``replaces`` is the id of the key whose place it takes."""
        from bcdesk.client.values import KeyDraft

        return KeyDraft(replaces=replaces, **{field.name: getattr(self, field.name) for field in fields(self)})

    def faults(self, now: float, *, known_expiry: float | None = None) -> list[rules.FieldFault]:
        """Return every fault by the contract's own rules; an expiry that stands already is not judged again."""
        found = [
            *rules.check_line("/name", self.name, rules.NAME_MAX, required=True),
            *rules.check_line("/description", self.description, rules.DESCRIPTION_MAX),
            *rules.check_line("/owner", self.owner, rules.OWNER_MAX),
            *rules.check_tags(self.tags),
            *rules.check_scopes(self.scopes, self.environment),
            *rules.check_cidrs(self.allowed_cidrs),
        ]
        if self.expires_at is None or self.expires_at != known_expiry:
            found += rules.check_expiry(self.expires_at, now)
        return found

    def sent(self, name: str) -> Any:
        """Return a field as the server takes it."""
        if name == "expires_at":
            return None if self.expires_at is None else format_moment(self.expires_at)
        return Values.sent(self, name)  # a dataclass with slots is made twice, which super() does not survive


def likely_range(text: str) -> str | None:
    """Return the range that ``text`` most likely means (``10.1.2.3/8`` means ``10.0.0.0/8``), or None."""
    try:
        meant = str(ipaddress.ip_network(text.strip(), strict=False))
    except ValueError:
        return None
    return meant if meant != text.strip() else None


def end_of_day(day: date) -> float:
    """Return the last second of ``day`` in local time, as epoch seconds."""
    return datetime.combine(day, time(23, 59, 59)).astimezone().timestamp()


def day_after(days: int, now: float) -> date:
    """Return the local day that lies ``days`` after ``now``."""
    try:
        return (local(now) + timedelta(days=days)).date()
    except OverflowError:  # the server's clock is at the end of the calendar
        return local(now).date()


def day_of(moment: float) -> date:
    """Return the local day of ``moment``."""
    return local(moment).date()
