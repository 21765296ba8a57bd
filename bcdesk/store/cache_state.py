"""How an offline copy stands, and what stands in it beside rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bcdesk.contract.rows import SessionRow
from bcdesk.store.cache_rows import session_of, session_text


class CopyState(StrEnum):
    """How the offline copy stands."""

    UNOPENED = "unopened"
    NONE = "none"
    """There is none of this connection yet."""
    READY = "ready"
    TOO_OLD = "too_old"
    """There was no contact for too long: it stays locked until there is."""
    UNREADABLE = "unreadable"
    """It was damaged, or its key is lost: it was set aside."""
    NEWER = "newer"
    """A newer bcdesk wrote it: it was set aside."""
    OFF = "off"
    """There is no key to encrypt it with, so there is none on the disk."""
    FAILED = "failed"
    """The disk did not take it; nothing more is written until the desk is started again."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a round knew: who asked, the server's time (epoch seconds), and where each list continues.

    ``since`` has None for a list that the server does not have.
    """

    session: SessionRow
    as_of: float
    since: Mapping[str, str | None]

    def members(self, now: float) -> dict[str, Any]:
        """Return it as JSON holds it, with the desk's clock at this contact."""
        return {
            "session": session_text(self.session),
            "as_of": self.as_of,
            "since": dict(self.since),
            "contact_at": now,
            "seen_at": now,
        }


def known_of(members: Mapping[str, Any]) -> tuple[Known, float, float]:
    """Return what `Known.members` told, when the contact was, and the latest that the desk's clock ever showed.

    Raise KeyError, TypeError or ValueError where it did not.
    """
    known = Known(session_of(members["session"]), float(members["as_of"]), dict(members["since"]))
    return known, float(members["contact_at"]), float(members["seen_at"])
