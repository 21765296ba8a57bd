"""What a line of free text may hold: no secret, and nothing that makes it read otherwise than it is."""

import secrets

import pytest

from bcdesk.contract.codes import Fault
from bcdesk.contract.key_format import generate, mask_token
from bcdesk.contract.key_rules import check_line


def faults(text: str) -> list[Fault]:
    return [fault.code for fault in check_line("/name", text, 280)]


@pytest.mark.parametrize("environment", ["live", "sandbox"])
def test_that_a_whole_key_is_no_text(environment: str) -> None:
    key = generate(environment)
    for text in (key, f"leaked: {key}", f"see ({key}), found today", f"X{key}."):
        assert faults(text) == [Fault.HOLDS_SECRET]
    assert faults(mask_token(key)) == faults(key[:-1]) == faults(f"ends in {key[-4:]}") == []


@pytest.mark.parametrize("prefix", ["bct_", "bcs_", "bcr_"])
def test_that_a_token_is_no_text(prefix: str) -> None:
    assert faults(f"mine is {prefix}{secrets.token_urlsafe(32)}") == [Fault.HOLDS_SECRET]
    assert faults(f"{prefix}client") == []


@pytest.mark.parametrize("turning", ["\u202a", "\u202b", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"])
def test_that_nothing_turns_a_name_around(turning: str) -> None:
    assert faults(f"Sandbox {turning}yek evil") == [Fault.CONTROL_CHARACTER]


@pytest.mark.parametrize("name", ["מפתח", "\u200fמפתח 2\u200e", "鍵", "कुंजी", "👩\u200d💻", "Zoë’s key"])
def test_that_every_script_is_a_name(name: str) -> None:
    assert faults(name) == []
