"""The table of the reveal: every pair of state and event, and what no run of events can reach."""

from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcdesk.actions.reveal import (
    TABLE,
    Event,
    NotNowError,
    State,
    allows,
    holds_secret,
    journal_state,
    state_at_restart,
)
from bcdesk.actions.reveal import step as go

runs = st.lists(st.sampled_from(Event), max_size=60)


def follow(events: list[Event]) -> list[State]:
    """Return every state of a run that begins sealed; events without a place are refused and change nothing."""
    states = [State.SEALED]
    for event in events:
        try:
            states.append(go(states[-1], event))
        except NotNowError:
            states.append(states[-1])
    return states


@pytest.mark.parametrize(("state", "event"), list(product(State, Event)))
def test_that_every_pair_is_a_step_or_is_refused(state: State, event: Event) -> None:
    if allows(state, event):
        assert go(state, event) is TABLE[state, event]
    else:
        with pytest.raises(NotNowError):
            go(state, event)


@given(runs)
def test_that_a_secret_is_handed_over_once_at_most(events: list[Event]) -> None:
    states = follow(events)
    arrivals = sum(b is State.HANDED_OVER and a is not b for a, b in pairwise(states))
    assert arrivals <= 1


@given(runs)
def test_that_nothing_shows_a_secret_again_after_its_hand_over_a_doubt_or_a_discard(events: list[Event]) -> None:
    over = False
    for state in follow(events):
        over = over or state in (State.HANDED_OVER, State.DOUBTFUL, State.DISCARDED)
        assert not (over and holds_secret(state))


@given(runs)
def test_that_only_a_copy_that_read_back_or_a_claim_hands_over(events: list[Event]) -> None:
    states = follow(events)
    for before, event, after in zip(states, events, states[1:], strict=False):
        if after is State.HANDED_OVER and before is not after:
            assert (before, event) in {(State.COPYING, Event.READ_BACK), (State.DOUBTFUL, Event.CLAIMED)}


@given(runs)
def test_that_a_discard_is_the_end(events: list[Event]) -> None:
    states = follow(events)
    if State.DISCARDED in states:
        first = states.index(State.DISCARDED)
        assert set(states[first:]) == {State.DISCARDED}


@given(runs)
def test_that_a_copy_is_never_interrupted_by_a_lock_or_a_discard(events: list[Event]) -> None:
    for event in (Event.LOCKED, Event.THROWN_AWAY, Event.EXPIRED, Event.COPY_BEGUN):
        assert not allows(State.COPYING, event)
    assert State.SEALED in follow(events)


@given(runs)
def test_that_a_refused_copy_can_be_tried_again(events: list[Event]) -> None:
    if follow(events)[-1] is State.COPYING:
        assert follow([*events, Event.COPY_REFUSED, Event.COPY_BEGUN, Event.READ_BACK])[-1] is State.HANDED_OVER


@pytest.mark.parametrize(
    ("journalled", "state"),
    [
        ("sealed", State.SEALED),
        ("waiting", State.SEALED),
        ("copying", State.DOUBTFUL),
        ("handed_over", State.HANDED_OVER),
    ],
)
def test_that_a_restart_reads_the_journal_with_care(journalled: str, state: State) -> None:
    assert state_at_restart(journalled) is state


def test_that_a_doubt_is_journalled_as_copying() -> None:
    assert journal_state(State.DOUBTFUL) == "copying"
    assert {journal_state(state) for state in State} == {
        "sealed", "waiting", "copying", "handed_over", "discarded",
    }  # fmt: skip
