"""What the search field takes for a key."""

import hashlib

import pytest

from bcdesk.contract import key_format
from bcdesk.ui.keys.recogniser import recognise, unfinished


@pytest.mark.parametrize("environment", ["live", "sandbox"])
@pytest.mark.parametrize("around", ["{}", "  {}\n", "BEATCONNECT_API_KEY={}", "Authorization: Bearer {}", '"{}",'])
def test_that_a_whole_key_is_recognised_in_whatever_it_was_copied_with(environment: str, around: str) -> None:
    token = key_format.generate(environment)
    found = recognise(around.format(token), in_one_piece=True)
    assert found is not None
    assert found.sound
    assert found.masked == key_format.mask_token(token)
    assert found.sha256 == hashlib.sha256(token.encode()).hexdigest()


def test_that_a_mistyped_key_is_masked_and_called_mistyped() -> None:
    token = key_format.generate("live")
    wrong = token[:20] + ("A" if token[20] != "A" else "B") + token[21:]
    found = recognise(wrong, in_one_piece=True)
    assert found is not None
    assert not found.sound
    assert found.sha256 == ""
    assert wrong[9:40] not in repr(found)


def test_that_a_cut_key_is_masked_when_it_comes_in_one_piece() -> None:
    cut = key_format.generate("live")[:30]
    found = recognise(cut, in_one_piece=True)
    assert found is not None
    assert not found.sound


def test_that_a_key_being_typed_is_left_alone_until_it_is_whole() -> None:
    token = key_format.generate("live")
    assert recognise(token[:44], in_one_piece=False) is None
    assert unfinished(token[:44])
    assert recognise(token, in_one_piece=False) is not None


@pytest.mark.parametrize("text", ["", "production", "bca_live_", "bca_live_*************a4f2", "a4f2", "key_01J"])
def test_that_ordinary_text_is_no_key(text: str) -> None:
    assert recognise(text, in_one_piece=True) is None
    assert not unfinished(text)
