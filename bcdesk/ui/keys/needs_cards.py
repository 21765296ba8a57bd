"""What a key asks of its owner, as cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.contract import key_rules
from bcdesk.ui import times
from bcdesk.ui.keys.filters import Need, needs, status_of
from bcdesk.ui.keys.rotation import span_words
from bcdesk.ui.page.need_cards import NeedCard
from bcdesk.ui.text import counted, tr

if TYPE_CHECKING:
    from bcdesk.contract.rows import KeyRow


def cards_of(row: KeyRow, now: float, *, knows_secret: bool) -> tuple[NeedCard, ...]:
    """Return the cards of ``row``; ``knows_secret`` tells whether this desk can still show a secret that waits."""
    cards = [card for need in needs(row, now) if (card := _card(row, need, now, knows_secret)) is not None]
    return (*cards, *_after_the_end(row, now))


def _card(row: KeyRow, need: Need, now: float, knows_secret: bool) -> NeedCard | None:
    if need.id == "handover":
        return _waiting(row, now, knows_secret)
    if need.id == "expiring" and need.moment is not None:
        return NeedCard(
            "expiring",
            tr("Expires in {span}", span=times.until(need.moment, now)),
            tr("It stops working {when}. Move the day, or make another key.", when=times.short(need.moment, now)),
            ("keys.edit",),
        )
    if need.id == "rotating":
        return None if row.handover is not None else _rotating(row, now)  # the card of its secret says it
    if need.id == "old":
        words = tr("Rotate it: the old version keeps working until 24 h after the new one is first used.")
        return NeedCard("old", tr("Older than 90 days"), words, ("keys.rotate",))
    return None


def _waiting(row: KeyRow, now: float, knows_secret: bool) -> NeedCard:
    until = times.short(row.handover.expires_at, now) if row.handover is not None else ""
    if knows_secret:
        return NeedCard(
            "handover",
            tr("Its secret waits"),
            tr("Nobody has it yet. It can be handed over until {until}, then it is discarded.", until=until),
            ("keys.hand_over",),
        )
    if row.rotation is not None:
        return NeedCard(
            "orphan_version",
            tr("A new version waits elsewhere"),
            tr("Its secret is not on this desk. Replace it, or leave it: it is discarded {until}, and the old "
               "version works on.", until=until),
            ("keys.replace_unused",),
        )  # fmt: skip
    return NeedCard(
        "orphan",
        tr("Nobody can hand this key over"),
        tr("Its secret is not on this desk: it was made elsewhere, or bcdesk was cut off. Replace it, or revoke it."),
        ("keys.replace_unused", "keys.revoke"),
    )


def _rotating(row: KeyRow, now: float) -> NeedCard | None:
    rotation = row.rotation
    if rotation is None:
        return None
    last4 = {version.id: version.last4 for version in row.versions}
    old, new = last4.get(rotation.old_version, ""), last4.get(rotation.new_version, "")
    if rotation.state == "waiting" or rotation.old_retires_at is None:
        words = tr("…{new} was not used yet. …{old} works on until then.", new=new, old=old)
        if rotation.overlap_seconds:
            span = span_words(rotation.overlap_seconds)
            words = tr("…{new} was not used yet. …{old} works on until {span} after that.", new=new, old=old, span=span)
        title = tr("The new version waits for its first use")
        return NeedCard("rotating", title, words, ("keys.replace_unused", "keys.discard_unused"))
    return NeedCard(
        "rotating",
        tr("The old version ends in {span}", span=times.until(rotation.old_retires_at, now)),
        tr("…{old} works until {when}. Make sure that everything calls with …{new}.",
           old=old, new=new, when=times.short(rotation.old_retires_at, now)),
        ("keys.retire", "keys.extend"),
    )  # fmt: skip


def _after_the_end(row: KeyRow, now: float) -> tuple[NeedCard, ...]:
    """Say what can still be done with a key that is over."""
    status = status_of(row, now)
    if status == "revoked" and key_rules.restorable(now, revoked_at=row.revoked_at, compromised=row.compromised):
        left = int(((row.revoked_at or now) + key_rules.RESTORE_SECONDS - now) // 60)
        words = counted(
            max(left, 1), "It can be restored for {n} more minute.", "It can be restored for {n} more minutes."
        )
        return (NeedCard("restorable", tr("Revoked"), words, ("keys.restore",), "info"),)
    if status == "revoked" and row.compromised and not row.replaced_by:
        words = tr("It was revoked as leaked and stays so. Whoever used it needs a new key.")
        return (NeedCard("unreplaced", tr("No key replaced it"), words, ("keys.replacement",), "info"),)
    if status == "expired" and not row.replaced_by:
        words = tr("Whoever still uses it gets 401. A new key can take its place.")
        return (NeedCard("unreplaced", tr("Expired"), words, ("keys.replacement",), "info"),)
    return ()
