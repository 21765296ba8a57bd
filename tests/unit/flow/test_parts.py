"""The small parts of a run: PKCE, how a client says who it is, what is held, and what a setup cannot be."""

import base64
import copy
import pickle
import re
from dataclasses import replace

import pytest

from bcdesk.flow.asking import address_with, check_setup
from bcdesk.flow.client_auth import proof
from bcdesk.flow.discovery import addresses_of
from bcdesk.flow.failures import FlowError, Reason
from bcdesk.flow.held import Held, HeldGoneError
from bcdesk.flow.pkce import challenge_of, draw
from bcdesk.flow.values import Setup

SETUP = Setup("https://id.example", "client_1", "https://shop.example/back")


def test_that_the_challenge_is_the_one_of_rfc_7636_appendix_b() -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge_of(verifier, "S256") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert challenge_of(verifier, "plain") == verifier


def test_that_each_run_draws_its_own_verifier() -> None:
    drawn = {held.show() for held in (draw("S256").verifier for _ in range(50)) if held is not None}
    assert len(drawn) == 50
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", verifier) for verifier in drawn)
    assert draw("none").challenge is None


def test_that_a_verifier_given_does_not_fit_the_challenge() -> None:
    pkce = draw("S256", "another")
    assert pkce.verifier is not None
    assert pkce.verifier.show() == "another"
    assert pkce.challenge != challenge_of("another", "S256")


def test_that_basic_is_form_encoded_first() -> None:
    headers, form = proof("client_secret_basic", "a:b", Held("p+ä %"))
    assert base64.b64decode(headers["Authorization"].removeprefix("Basic ")) == b"a%3Ab:p%2B%C3%A4+%25"
    assert form == {}


def test_that_the_other_ways_write_into_the_form() -> None:
    assert proof("client_secret_post", "a", Held("s")) == ({}, {"client_id": "a", "client_secret": "s"})
    assert proof("none", "a", None) == ({}, {"client_id": "a"})


@pytest.mark.parametrize(
    ("method", "secret"), [("client_secret_basic", None), ("client_secret_post", Held("")), ("x", None)]
)
def test_that_a_client_without_its_secret_asks_nothing(method: str, secret: Held | None) -> None:
    with pytest.raises(FlowError) as caught:
        proof(method, "a", secret)
    assert caught.value.reason is Reason.SETUP_INVALID


def test_that_what_is_held_gives_itself_away_to_nothing() -> None:
    held = Held("s3cret-\ud800")
    assert held.show() == "s3cret-\ud800"
    assert "s3cret" not in f"{held!r} {held!s} {held.hidden('code')!r} {held.hidden('code')}"
    for take in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            take(held)
    held.discard()
    held.discard()
    with pytest.raises(HeldGoneError):
        held.show()


@pytest.mark.parametrize(
    ("issuer", "first", "second"),
    [
        ("https://a.example", "https://a.example/.well-known/oauth-authorization-server",
         "https://a.example/.well-known/openid-configuration"),
        ("https://a.example/t/1/", "https://a.example/.well-known/oauth-authorization-server/t/1",
         "https://a.example/t/1/.well-known/openid-configuration"),
    ],
)  # fmt: skip
def test_that_metadata_is_looked_for_where_the_standards_say(issuer: str, first: str, second: str) -> None:
    assert addresses_of(issuer) == (first, second)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"issuer": ""}, "issuer"),
        ({"client_id": ""}, "client_id"),
        ({"redirect_uri": "back"}, "redirect_uri"),
        ({"redirect_uri": "https://a.example/b c"}, "redirect_uri"),
        ({"auth_method": "mtls"}, "auth_method"),
        ({"pkce": "S512"}, "pkce"),
        ({"then": ("dance",)}, "then"),
        ({"then": ("call",)}, "api_url"),
        ({"timeout": 0.0}, "timeout"),
        ({"timeout": float("nan")}, "timeout"),
    ],
)
def test_that_a_setup_that_cannot_run_says_what_is_wrong(change: dict[str, object], what: str) -> None:
    check_setup(SETUP)
    with pytest.raises(FlowError) as caught:
        check_setup(replace(SETUP, **change))  # type: ignore[arg-type]
    assert (caught.value.reason, caught.value.facts) == (Reason.SETUP_INVALID, {"what": what})


def test_that_an_endpoint_keeps_the_query_that_it_has() -> None:
    assert address_with("https://a.example/x?t=1", [("a", "b c")]) == "https://a.example/x?t=1&a=b%20c"
