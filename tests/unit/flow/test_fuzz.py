"""Whatever comes back from a browser: nothing crashes, and no token is asked for unless every check passed."""

import asyncio
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bcdesk.flow.failures import FlowError, Reason
from bcdesk.flow.run import Run
from bcdesk.flow.values import ServerFacts
from tests.unit.flow.foreign_server import ISSUER, REDIRECT, Foreign

STATE = "Yx0-cD3_kT5mN8qR1sV7wZ2bF4gH6jL9pA0eC3iK5oU"
FACTS = ServerFacts(ISSUER, f"{ISSUER}/authorization", f"{ISSUER}/token", iss_parameter_supported=True)
GOOD = (("code", "c0de-123456"), ("state", STATE), ("iss", ISSUER))

_anything = st.text(max_size=40)
_names = (
    st.sampled_from(("code", "state", "iss", "error", "error_description", "access_token", "x", "State")) | _anything
)
_values = (
    st.sampled_from(("", "c0de-123456", STATE, STATE[:20], STATE.lower(), ISSUER, f"{ISSUER}/", "access_denied"))
    | _anything
)
_pairs = st.lists(st.tuples(_names, _values), max_size=4)
_places = st.sampled_from(
    (REDIRECT, f"{REDIRECT}/", REDIRECT.upper(), "http://127.0.0.1:10/back", "http://127.0.0.1/back", "http://[::1]:9/back",
     "http://127.0.0.1:9/", "https://evil.example/back", "beatfusion://callback", "")
)  # fmt: skip


@st.composite
def callbacks(draw: st.DrawFn) -> str:
    """Draw an address: the right one, one that was changed in a place or two, or anything at all."""
    if draw(st.integers(0, 19)) == 0:
        return draw(st.text(max_size=200))
    pairs = list(GOOD)
    for _ in range(draw(st.integers(0, 2))):
        how = draw(st.integers(0, 3))
        at = draw(st.integers(0, max(0, len(pairs) - 1)))
        if how == 0 and pairs:
            pairs.pop(at)
        elif how == 1 and pairs:
            pairs[at] = (pairs[at][0], draw(_values))
        elif how == 2 and pairs:
            pairs.insert(draw(st.integers(0, len(pairs))), pairs[at])
        else:
            pairs[at:at] = draw(_pairs)
    place = REDIRECT if draw(st.booleans()) else draw(_places)
    encoded = draw(st.booleans())
    query = "&".join(f"{name}={quote(value, safe='', errors='replace') if encoded else value}" for name, value in pairs)
    behind = draw(
        st.sampled_from(("", "", "#", "#_=_", "#code=1", "#access_token=1&state=2")) | _anything.map("#".__add__)
    )
    return f"{place}?{query}{behind}"


def is_right(url: str) -> bool:
    """Say by another way than the program's whether a callback passes every check."""
    if not url.startswith(("http://127.0.0.1:", "http://127.0.0.1/back?")) or any(ord(each) < 32 for each in url):
        return False
    where, _, rest = url.partition("?")
    port = where.removeprefix("http://127.0.0.1").removesuffix("/back").removeprefix(":")
    if not where.endswith("/back") or (port and not port.isdigit()):
        return False
    query, _, fragment = rest.partition("#")
    pairs = parse_qsl(query, keep_blank_values=True)
    found = dict(pairs)
    behind = [name for name, _ in parse_qsl(fragment, keep_blank_values=True)]
    return (
        len(found) == len(pairs)
        and len(set(behind)) == len(behind)
        and not {"code", "error", "access_token", "id_token", "response"} & set(behind)
        and found.get("state") == STATE
        and found.get("iss") == ISSUER
        and "error" not in found
        and bool(found.get("code"))
    )


async def take(url: str) -> tuple[str, int, Run]:
    """Offer a callback to a run, go on whatever came of it, and return the verdict and the token requests."""
    server = Foreign()
    run = server.run(server=FACTS, state=STATE, scopes=("a",), timeout=60)
    await run.prepare()
    verdict = run.offer(url)
    reason: Reason | None = None
    try:
        await run.go_on()
    except FlowError as error:
        reason = error.reason
    assert reason in (verdict.reason, Reason.STEP_MISSING)
    await run.aclose()
    return verdict.kind, server.count("/tenant/token"), run


def judge_all(most: int) -> tuple[int, int]:
    """Offer ``most`` callbacks; return how many were taken and how many were refused."""
    taken = refused = 0
    with asyncio.Runner() as runner:

        @settings(max_examples=most)
        @given(callbacks())
        def judged(url: str) -> None:
            nonlocal taken, refused
            kind, requests, _ = runner.run(take(url))
            assert requests == (1 if is_right(url) else 0), url
            assert (kind == "code") is (requests == 1), url
            taken += requests
            refused += 1 - requests

        judged()
    return taken, refused


def test_that_no_token_is_asked_for_upon_a_callback_that_fails_a_check() -> None:
    taken, refused = judge_all(1_000)
    assert taken > 20
    assert refused > 500


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_that_ten_thousand_callbacks_start_no_token_request_but_the_right_ones() -> None:
    taken, refused = judge_all(10_000)
    assert taken > 200
    assert refused > 5_000


async def test_that_the_right_one_is_redeemed() -> None:
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in GOOD)
    kind, requests, run = await take(f"{REDIRECT}?{query}")
    assert (kind, requests) == ("code", 1)
    assert run.failure is None


@given(st.text(max_size=300), st.text(max_size=60))
def test_that_no_text_breaks_the_judgement(url: str, redirect_uri: str) -> None:
    from bcdesk.flow.callback import Expected, check

    for one in (url, redirect_uri + url, f"{redirect_uri}?{url}"):
        check(one, Expected(redirect_uri, STATE, ISSUER))


def test_that_the_other_way_of_judging_knows_right_from_wrong() -> None:
    right = f"{REDIRECT}?code=c&state={STATE}&iss={ISSUER}"
    assert is_right(right)
    assert urlsplit(right).path == "/back"
    for wrong in (f"{right}&code=d", right.replace("code", "cod"), f"{right}&error=e", f"{right}#code=1", right[:-1]):
        assert not is_right(wrong)
