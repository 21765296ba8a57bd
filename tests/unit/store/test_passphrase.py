"""A passphrase becomes the same key wherever it is typed, and is judged honestly."""

import unicodedata

import pytest

from bcdesk.store.passphrase import COST, LEAST, Cost, derive, strength

CHEAP = Cost(1, 64, 1)
SALT = bytes(16)


def test_that_the_same_passphrase_gives_the_same_key_and_any_other_another() -> None:
    key = derive("seven unlikely lanterns", SALT, CHEAP)
    assert len(key) == 32
    assert derive("seven unlikely lanterns", SALT, CHEAP) == key
    others = [
        derive("seven unlikely lantern", SALT, CHEAP),
        derive(" seven unlikely lanterns", SALT, CHEAP),
        derive("seven unlikely lanterns", bytes(15) + b"\1", CHEAP),
        derive("seven unlikely lanterns", SALT, Cost(2, 64, 1)),
    ]
    assert key not in others
    assert len(set(others)) == len(others)


def test_that_composed_and_decomposed_letters_are_the_same_passphrase() -> None:
    text = "größere Übungen für Köche"
    assert derive(unicodedata.normalize("NFD", text), SALT, CHEAP) == derive(text, SALT, CHEAP)


def test_that_a_guess_costs_at_least_what_the_standard_recommends() -> None:
    assert (COST.passes, COST.lanes) == (3, 4)
    assert COST.memory_kib >= 64 * 1024  # RFC 9106 §4, the second choice
    assert COST.bearable


@pytest.mark.parametrize(
    "cost", [Cost(0, 64, 1), Cost(1, 2**21, 1), Cost(1, 8, 4), Cost(1000, 64, 1), Cost(1, 512, 64)]
)
def test_that_numbers_that_no_desk_wrote_are_refused(cost: Cost) -> None:
    assert not cost.bearable


@pytest.mark.parametrize(
    ("passphrase", "judged"),
    [
        ("", "short"),
        ("x" * (LEAST - 1), "short"),
        ("aaaaaaaaaaaaaaaaaaaaaaaa", "weak"),
        ("abcdefghijklmnopqrstuvwxyz", "weak"),
        ("123456789012345", "weak"),
        ("passwordpassword", "weak"),
        ("lanterns drift", "weak"),
        ("seven unlikely lanterns", "fair"),
        ("seven unlikely lanterns drift", "strong"),
        ("gT4#kq9!Lz2$wP", "strong"),
    ],
)
def test_that_length_counts_and_repetition_does_not(passphrase: str, judged: str) -> None:
    assert strength(passphrase) == judged
