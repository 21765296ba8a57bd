"""A set-up as a ``bcdesk flow`` command: read by the verb's own parser it is the same set-up."""

import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcdesk.__main__ import parser
from bcdesk.flow.export.command import command
from bcdesk.flow.options import TIMEOUT_MAX, asked
from bcdesk.flow.values import AUTH_METHODS, PKCE_METHODS, THEN, Setup, TlsProfile
from tests.unit.flow.exporting import SETUP

_VARIABLES = {"BC_CLIENT_SECRET": "secret", "BC_ID_TOKEN_HINT": "hint", "BC_TICKET": 'it\'s a "ticket"'}
_words = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=20)
_params = st.tuples(_words.filter(lambda word: "=" not in word), _words | st.just(""))
_files = st.sampled_from([None, Path(__file__)])


def read(text: str) -> Setup:
    """Read a command as a shell and the verb do."""
    words = [word.replace("$BC_ID_TOKEN_HINT", "hint") for word in shlex.split(text.replace("\\\n", " "))]
    assert words[:2] == ["bcdesk", "flow"]
    return asked(parser().parse_args(words[1:]), _VARIABLES).setup


@st.composite
def setups(draw: st.DrawFn) -> Setup:
    then = tuple(draw(st.lists(st.sampled_from(THEN), unique=True)))
    certificate = draw(_files)
    return Setup(
        issuer=draw(_words),
        client_id=draw(_words),
        redirect_uri=draw(_words),
        scopes=tuple(draw(st.lists(_words, unique=True, max_size=3))),
        auth_method=draw(st.sampled_from(AUTH_METHODS)),
        pkce=draw(st.sampled_from(PKCE_METHODS)),
        params=tuple(
            draw(st.lists(st.tuples(_words.filter(lambda word: "=" not in word), _words | st.just("")), max_size=3))
        ),
        then=then,
        api_url=draw(_words) if "call" in then else None,
        timeout=draw(st.floats(0.001, TIMEOUT_MAX)),
        tls=TlsProfile(draw(_files), certificate, certificate, draw(st.none() | _words)),
    )


@given(setups())
def test_that_a_command_is_the_set_up_again(setup: Setup) -> None:
    assert read(command(setup)) == setup


@pytest.mark.parametrize(
    ("redirect", "browser"),
    [
        ("http://127.0.0.1:8080/callback", None),
        ("http://[::1]/callback", None),
        ("http://localhost:1/callback", None),
        ("https://beatmarketplace.com/oauth/callback", "embedded"),
        ("beatfusion://callback", "embedded"),
    ],
)
def test_that_the_browser_is_one_that_can_take_the_answer(redirect: str, browser: str | None) -> None:
    words = shlex.split(command(replace(SETUP, redirect_uri=redirect)).replace("\\\n", " "))
    assert (words[words.index("--browser") + 1] if "--browser" in words else None) == browser
    assert "--browser print" in command(SETUP, browser="print")


def test_that_a_secret_parameter_is_a_variable() -> None:
    setup = replace(SETUP, params=(("id_token_hint", "eyJ-nobody-may-see"),))
    said = command(setup)
    assert "eyJ" not in said
    assert '--param "id_token_hint=$BC_ID_TOKEN_HINT"' in said
    assert read(said) == replace(setup, params=(("id_token_hint", "hint"),))


def test_that_the_client_secret_is_named_by_its_variable() -> None:
    assert "--client-secret-env BC_CLIENT_SECRET" in command(SETUP)
    assert "--client-secret-env" not in command(replace(SETUP, auth_method="none"))
