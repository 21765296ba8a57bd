"""The copy-once reveal as a table: which state of a hand-over follows which event, and what each allows.

A secret lies in memory while its hand-over is ``waiting`` and at no other time. ``copying`` is written down
before the clipboard or a file is touched, so that a desk that dies in between knows that it does not know.
"""

from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where a hand-over stands; ``DOUBTFUL`` is ``copying`` as a restarted desk finds it."""

    SEALED = "sealed"
    WAITING = "waiting"
    COPYING = "copying"
    DOUBTFUL = "doubtful"
    HANDED_OVER = "handed_over"
    DISCARDED = "discarded"


class Event(StrEnum):
    """What can happen to a hand-over."""

    ANSWERED = "answered"
    LOCKED = "locked"
    COPY_BEGUN = "copy_begun"
    COPY_REFUSED = "copy_refused"
    READ_BACK = "read_back"
    THROWN_AWAY = "thrown_away"
    EXPIRED = "expired"
    RESTARTED = "restarted"
    CLAIMED = "claimed"
    REPLACED = "replaced"


class NotNowError(Exception):
    """The event has no place in the state; nothing changed."""


LIFETIME_SECONDS: Final = 24 * 3600.0
"""How long the server keeps a secret that nobody took."""

TABLE: Final[dict[tuple[State, Event], State]] = {
    (State.SEALED, Event.ANSWERED): State.WAITING,
    (State.SEALED, Event.LOCKED): State.SEALED,
    (State.SEALED, Event.THROWN_AWAY): State.DISCARDED,
    (State.SEALED, Event.EXPIRED): State.DISCARDED,
    (State.SEALED, Event.RESTARTED): State.SEALED,
    (State.WAITING, Event.LOCKED): State.SEALED,
    (State.WAITING, Event.COPY_BEGUN): State.COPYING,
    (State.WAITING, Event.THROWN_AWAY): State.DISCARDED,
    (State.WAITING, Event.EXPIRED): State.DISCARDED,
    (State.WAITING, Event.RESTARTED): State.SEALED,
    (State.COPYING, Event.COPY_REFUSED): State.WAITING,
    (State.COPYING, Event.READ_BACK): State.HANDED_OVER,
    (State.COPYING, Event.RESTARTED): State.DOUBTFUL,
    (State.DOUBTFUL, Event.CLAIMED): State.HANDED_OVER,
    (State.DOUBTFUL, Event.REPLACED): State.DISCARDED,
    (State.DOUBTFUL, Event.RESTARTED): State.DOUBTFUL,
    (State.HANDED_OVER, Event.LOCKED): State.HANDED_OVER,
    (State.HANDED_OVER, Event.RESTARTED): State.HANDED_OVER,
    (State.HANDED_OVER, Event.REPLACED): State.DISCARDED,
}


def step(state: State, event: Event) -> State:
    """Return the state after ``event``; raise `NotNowError` where the table has no such step."""
    try:
        return TABLE[state, event]
    except KeyError:
        raise NotNowError(f"{event} in {state}") from None


def allows(state: State, event: Event) -> bool:
    """Tell whether ``event`` has a place in ``state``."""
    return (state, event) in TABLE


def holds_secret(state: State) -> bool:
    """Tell whether the secret lies in memory: only then can it be shown."""
    return state in (State.WAITING, State.COPYING)


def journal_state(state: State) -> str:
    """Return the word that the journal keeps for ``state``."""
    return State.COPYING.value if state is State.DOUBTFUL else state.value


def state_at_restart(journalled: str) -> State:
    """Return where a hand-over stands when a new desk reads ``journalled`` in its journal."""
    return step(State(journalled), Event.RESTARTED)
