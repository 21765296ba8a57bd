"""What a build brings along for release notes."""

import json

import pytest

from bcdesk.client.release_keys import BuildKeys, build_keys, read, release_key, written
from tests.unit.client.releasing import KEY, NEXT_KEY, base64_of


def test_that_a_build_from_the_sources_has_neither_key_nor_address() -> None:
    assert build_keys() == BuildKeys((), "")


def test_that_what_packaging_writes_is_read_again() -> None:
    both = BuildKeys((KEY, NEXT_KEY), "https://releases.example/release.json")
    assert read(written(both)) == both


def test_that_an_id_is_made_from_its_key() -> None:
    assert release_key(KEY.public) == KEY
    assert len(KEY.id) == 16
    assert KEY.id != NEXT_KEY.id


@pytest.mark.parametrize(
    "keys",
    [["AAAA"], ["not base64"], [base64_of(KEY.public)] * 2, [base64_of(bytes([n]) * 32) for n in range(3)], [1], None],
)
def test_that_what_is_no_key_or_one_too_many_is_not_taken(keys: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        read(json.dumps({"keys": keys}).encode())
