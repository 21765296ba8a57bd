"""What a key's row asks of its owner, when it is over, and which rows a choice of filters shows: pure functions.

Moments are epoch seconds. The inspector's cards, the chips' counts and the filters all come from `needs`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, Literal, NamedTuple, Protocol

from bcdesk.contract.key_rules import status_at
from bcdesk.contract.packed import newest_made
from bcdesk.contract.rows import KeyRow

Environment = Literal["all", "live", "sandbox"]
Status = Literal["any", "needs", "ended"]
NeedId = Literal["handover", "expiring", "rotating", "old"]

DAY: Final = 86_400.0
EXPIRING: Final = 14 * DAY
OLD: Final = 90 * DAY
"""The age at which a key should have been rotated, as the guide recommends."""
HIDDEN_AFTER: Final = 90 * DAY
"""How long an ended row stays in the list before it hides."""
SHORT_LIST: Final = 20
"""A list of so few rows needs no tidying: none of them hides."""
_WORKING: Final = ("pending", "current", "retiring")
LIVE, NEEDS, ENDED, LONG_ENDED = 1, 2, 4, 8


class Need(NamedTuple):
    """One thing that a key asks for, and when that ends or began (None where it has no moment).

    ``handover``: its secret waits, until its hand-over expires · ``expiring``: it ends then · ``rotating``: the old
    version ends then, or None while nobody used the new one · ``old``: its newest version was made then.
    """

    id: NeedId
    moment: float | None


def status_of(row: KeyRow, now: float) -> str:
    """Return a key's status by this clock; what the server says is over stays over."""
    if row.status in ("revoked", "expired"):
        return row.status
    return status_at(now, revoked_at=row.revoked_at, expires_at=row.expires_at, disabled=row.status == "disabled")


def newest_version_at(row: KeyRow) -> float:
    """Return when the newest version that can still work was made."""
    made = newest_made(row.versions, _WORKING)
    return row.created_at if made is None else made


def needs(row: KeyRow, now: float) -> tuple[Need, ...]:
    """Return what a key asks for, most urgent first; a key that is over asks for nothing."""
    status = status_of(row, now)
    if status not in ("active", "disabled"):
        return ()
    found = []
    if waits(row, now) and row.handover is not None:
        found.append(Need("handover", row.handover.expires_at))
    if row.expires_at is not None and row.expires_at - now <= EXPIRING:
        found.append(Need("expiring", row.expires_at))
    if row.rotation is not None:
        found.append(Need("rotating", row.rotation.old_retires_at))
    elif status == "active" and now - row.created_at > OLD:
        newest = newest_version_at(row)
        if now - newest > OLD:
            found.append(Need("old", newest))
    return tuple(found)


def waits(row: KeyRow, now: float) -> bool:
    """Tell whether a secret of this key still waits to be handed over."""
    return row.handover is not None and row.handover.state == "waiting" and row.handover.expires_at > now


def ended_at(row: KeyRow, now: float) -> float | None:
    """Return when a key was over; None while it is not."""
    status = status_of(row, now)
    if status == "revoked":
        return row.revoked_at if row.revoked_at is not None else row.updated_at
    if status == "expired":
        return row.expires_at if row.expires_at is not None else row.updated_at
    return None


def facets(row: KeyRow, now: float) -> int:
    """Return what the filters ask of a row, as a sum of `NEEDS`, `ENDED`, `LONG_ENDED` with `LIVE`; 0 for nothing."""
    over = ended_at(row, now)
    if over is not None:
        found = ENDED | LONG_ENDED if now - over > HIDDEN_AFTER else ENDED
    else:
        found = NEEDS if needs(row, now) else 0
    return found | LIVE if found and row.environment == "live" else found


def next_change(row: KeyRow, now: float) -> float | None:
    """Return the next moment at which the clock alone changes what `facets` or the status say; None for never."""
    moments = [newest_version_at(row) + OLD]
    if row.expires_at is not None:
        moments += (row.expires_at - EXPIRING, row.expires_at, row.expires_at + HIDDEN_AFTER)
    if row.revoked_at is not None:
        moments.append(row.revoked_at + HIDDEN_AFTER)
    if row.handover is not None:
        moments.append(row.handover.expires_at)
    if row.rotation is not None and row.rotation.old_retires_at is not None:
        moments.append(row.rotation.old_retires_at)
    ahead = [moment for moment in moments if moment > now]
    return min(ahead) if ahead else None


class Tallied(Protocol):
    """What `selector` asks of a `bcdesk.ui.keys.tally.Tally`."""

    @property
    def long_ended(self) -> Collection[str]:
        """Return the ids of the rows that were over long enough to hide."""

    def having(self, facet: int) -> set[str]:
        """Return the ids of the rows that have ``facet``."""


def selector(
    rows: Mapping[str, KeyRow], tally: Tallied, environment: Environment, status: Status
) -> Callable[[Sequence[str]], list[str]]:
    """Return what a table filters ids with; it asks the tally each time, for the ids of that moment."""

    def select(ids: Sequence[str]) -> list[str]:
        if status == "any":
            hidden = tally.long_ended
            if hidden and len(rows) > SHORT_LIST:
                ids = [one for one in ids if one not in hidden]
        else:
            wanted = tally.having(NEEDS if status == "needs" else ENDED)
            ids = [one for one in ids if one in wanted]
        if environment != "all":
            ids = [one for one in ids if rows[one].environment == environment]
        return list(ids)

    return select
