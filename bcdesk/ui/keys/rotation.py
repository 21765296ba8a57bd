"""What a rotation will do, said in words before it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bcdesk.contract import key_rules
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from bcdesk.contract.rows import KeyRow, VersionRow

HOUR: Final = 3_600
DAY: Final = 86_400
CHOICES: Final = (0, HOUR, DAY, 7 * DAY, 30 * DAY)
CUSTOM: Final = -1
LIVE: Final = ("pending", "current", "retiring")


def span_words(seconds: int) -> str:
    """Return a span in words: ``24 hours``, ``7 days``."""
    if seconds % DAY == 0 and seconds != DAY:
        days = seconds // DAY
        return tr("1 day") if days == 1 else tr("{n} days", n=days)
    hours = seconds // HOUR
    return tr("1 hour") if hours == 1 else tr("{n} hours", n=hours)


def choice_title(seconds: int) -> str:
    """Return the title of an overlap choice."""
    if seconds == CUSTOM:
        return tr("Other")
    return tr("None") if seconds == 0 else span_words(seconds)


def consequences(
    row: KeyRow, *, overlap: int, at_once: bool, now: float, exact: Callable[[float], str]
) -> tuple[str, ...]:
    """Return the sentences that say what becomes of the old key; ``exact`` turns a moment into words."""
    end = now + overlap
    if at_once and overlap == 0:
        said = [
            tr("The old key ends as soon as the new one is made."),
            tr("Whoever still calls with it gets 401 from then on."),
        ]
    elif at_once:
        if row.expires_at is not None and end > row.expires_at:
            said = [tr("The old key works until it expires, {when}.", when=exact(row.expires_at))]
        else:
            said = [tr("The old key works until {when}.", when=exact(end))]
    elif overlap == 0:
        said = [
            tr("The old key works until the new one is first used, and ends in that moment."),
            tr("A new key that nobody takes breaks nothing."),
        ]
    else:
        said = [
            tr("The old key works until {span} after the new one is first used.", span=span_words(overlap)),
            tr("A new key that nobody takes breaks nothing."),
        ]
    if not at_once and row.expires_at is not None:
        said.append(tr("Both end when the key expires, {when}.", when=exact(row.expires_at)))
    said.append(tr("Name, scopes and id stay as they are."))
    return tuple(said)


def blocking(row: KeyRow) -> tuple[VersionRow, VersionRow] | None:
    """Return the two live versions (older, newer) that forbid a third, or None."""
    live = [version for version in row.versions if version.state in LIVE]
    if len(live) < 2:
        return None
    older, newer = sorted(live, key=lambda version: (version.created_at, version.id))[-2:]
    return older, newer


def within_limit(overlap: int) -> bool:
    """Tell whether the contract takes ``overlap`` (seconds)."""
    return 0 <= overlap <= key_rules.OVERLAP_MAX
