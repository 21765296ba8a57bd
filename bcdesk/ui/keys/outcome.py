"""What became of a secret, for whoever asked for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bcdesk.actions.reveal import State

if TYPE_CHECKING:
    from bcdesk.actions.handing import Handing


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a hand-over ended; ``rotate`` asks the caller to go on with *Rotate…* for ``key_id``.

    Of a client secret, ``key_id`` names the application, and what it goes on with is *New secret…*.

    ``later``: the desk ended first, and the next start takes it up.
    """

    kind: Literal["handed_over", "discarded", "expired", "later"]
    key_id: str
    rotate: bool = False


def outcome_of(handing: Handing, *, expired: bool) -> Outcome:
    """Return how ``handing`` stands; ``expired`` tells a secret that ran out from one that was thrown away."""
    key_id = handing.made.row.id
    if handing.state is State.HANDED_OVER:
        return Outcome("handed_over", key_id)
    if handing.state is State.DISCARDED:
        return Outcome("expired" if expired else "discarded", key_id)
    return Outcome("later", key_id)
