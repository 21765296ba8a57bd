"""Demo keys end as they are asked to, and are otherwise anybody's guess."""

import time

import pytest

from bcdesk.contract import key_format
from bcdesk.server.demo_tokens import keys_ending_in

SEED = [("live", "a4f2"), ("sandbox", "b3e7"), ("live", "c8d5")]


def test_that_the_keys_of_the_page_are_well_formed_and_end_as_it_shows() -> None:
    found = [key_format.parse(token) for token in keys_ending_in(SEED)]
    assert [(parts.environment, parts.last4) for parts in found if parts] == SEED


@pytest.mark.parametrize("last4", ["0000", "zzzz", "A1b2"])
def test_that_any_four_characters_can_be_had(last4: str) -> None:
    (token,) = keys_ending_in([("live", last4)])
    parts = key_format.parse(token)
    assert parts is not None
    assert parts.last4 == last4


def test_that_two_searches_never_find_the_same_key() -> None:
    assert len({token for _ in range(5) for token in keys_ending_in(SEED)}) == 15


def test_that_all_three_are_found_within_a_second() -> None:
    started = time.perf_counter()
    list(keys_ending_in(SEED))
    assert time.perf_counter() - started < 1
