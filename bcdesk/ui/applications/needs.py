"""What an application asks of its owner: pure functions over its row; moments are epoch seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bcdesk.contract.app_rules import SECRETS_MAX, confidential
from bcdesk.contract.moments import UNKNOWN
from bcdesk.contract.redirects import Caution, judge
from bcdesk.contract.scopes import SCOPES
from bcdesk.ui import times
from bcdesk.ui.page.need_cards import NeedCard
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from bcdesk.contract.rows import AppRow, AppSecretRow

DAY: Final = 86_400.0
UNUSED_AFTER: Final = 30 * DAY
"""The age at which a client secret that nobody used is asked about."""


def waits(row: AppRow, now: float) -> bool:
    """Tell whether a client secret of this application still waits to be handed over."""
    return row.handover is not None and row.handover.state == "waiting" and row.handover.expires_at > now


def live_secrets(row: AppRow, now: float) -> list[AppSecretRow]:
    """Return the secrets that still work, newest first."""
    living = [one for one in row.secrets if one.expires_at is None or one.expires_at > now]
    return sorted(living, key=lambda one: (one.created_at, one.id), reverse=True)


def unused_secret(row: AppRow, now: float) -> AppSecretRow | None:
    """Return the newest secret of ``row`` where nobody used it yet, or None."""
    living = live_secrets(row, now)
    return living[0] if living and living[0].last_used_at is None else None


def cards_of(row: AppRow, now: float, *, knows_secret: bool = False) -> tuple[NeedCard, ...]:
    """Return the cards of ``row``; ``knows_secret`` tells whether this desk can still show a secret that waits."""
    cards = [_waiting(row, now, knows_secret), *_secrets(row, now), *_safety(row)]
    if row.status == "disabled":
        words = tr("Nobody can sign in with it, and its tokens open nothing until it is on again.")
        cards.insert(0, NeedCard("disabled", tr("Turned off"), words, ("apps.enable",), "info"))
    return tuple(card for card in cards if card is not None)


def asks(row: AppRow, now: float) -> bool:
    """Tell whether an application needs someone."""
    return any(card.tone == "warn" for card in cards_of(row, now))


def ending(last4: str) -> str:
    """Return how a secret is named in a sentence, with no line break within."""
    return tr("…\u2060{last4}", last4=last4)


def _waiting(row: AppRow, now: float, knows_secret: bool) -> NeedCard | None:
    if not waits(row, now) or row.handover is None:
        return None
    until = times.short(row.handover.expires_at, now)
    if knows_secret:
        words = tr("Nobody has it yet. It can be handed over until {until}, then it is discarded.", until=until)
        return NeedCard("handover", tr("Its secret waits"), words, ("apps.hand_over",))
    words = tr("It is not on this desk. Replace it, or leave it: it is discarded {until}.", until=until)
    return NeedCard("orphan", tr("A secret waits elsewhere"), words, ("apps.replace_unused",))


def _secrets(row: AppRow, now: float) -> list[NeedCard]:
    if not confidential(row.type):
        return []
    living = live_secrets(row, now)
    if not living:
        words = tr("Without one it cannot get a token.")
        return [NeedCard("no_secret", tr("It has no secret"), words, ("apps.new_secret",))]
    if len(living) >= SECRETS_MAX:
        return [_two(living, now)]
    only = living[0]
    if only.last_used_at is None and now - only.created_at > UNUSED_AFTER and not waits(row, now):
        words = tr("{last4} was made {day} and never used. If nobody has it, replace it.",
                   last4=ending(only.last4), day=times.day(only.created_at))  # fmt: skip
        return [NeedCard("unused", tr("Its secret was never used"), words, ("apps.replace_unused",))]
    return []


def _two(living: list[AppSecretRow], now: float) -> NeedCard:
    new, old = living[0], living[1]
    if old.expires_at is None:
        words = tr("{old} and {new} both work without end. Delete the one that nothing uses.",
                   old=ending(old.last4), new=ending(new.last4))  # fmt: skip
        return NeedCard("two", tr("Two secrets work"), words)
    if new.last_used_at is None or new.last_used_at == UNKNOWN:
        words = tr("{old} works until {when}, and {new} was not used yet.",
                   old=ending(old.last4), new=ending(new.last4), when=times.short(old.expires_at, now))  # fmt: skip
    else:
        words = tr("{old} works until {when}. {new} is in use already.",
                   old=ending(old.last4), new=ending(new.last4), when=times.short(old.expires_at, now))  # fmt: skip
    return NeedCard("two", tr("The old secret ends in {span}", span=times.until(old.expires_at, now)), words)


def _safety(row: AppRow) -> list[NeedCard]:
    found = []
    if row.type != "service" and not row.pkce_required:
        words = tr("A stolen code could be used by someone else. Every current library does PKCE by itself.")
        found.append(NeedCard("pkce", tr("PKCE is off"), words, ("apps.edit",)))
    if any(Caution.LOCALHOST in judge(uri, app_type=row.type).cautions for uri in row.redirect_uris):
        words = tr("The name can be made to lead elsewhere, and takes one port only. Write 127.0.0.1 instead.")
        found.append(NeedCard("localhost", tr("It redirects to localhost"), words, ("apps.edit",)))
    if {scope.name for scope in SCOPES} <= set(row.scopes):
        words = tr("It may do everything, purchases included. Leave it what it uses.")
        found.append(NeedCard("all_scopes", tr("It has every scope"), words, ("apps.edit",)))
    return found
