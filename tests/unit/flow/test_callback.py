"""A callback is judged before anything else is done with it: each rule, and that the first one that fails tells."""

from urllib.parse import quote

import pytest

from bcdesk.flow.callback import Expected, Verdict, check
from bcdesk.flow.failures import Reason

STATE = "Yx0-cD3_kT5mN8qR1sV7wZ2bF4gH6jL9pA0eC3iK5oU"
ISSUER = "https://id.example"
REDIRECT = "https://shop.example/back"
EXPECTED = Expected(REDIRECT, STATE, ISSUER, iss_supported=True, earlier=(("older", 10.0),), started_at=100.0)
GOOD = f"code=c0de&state={STATE}&iss={quote(ISSUER, safe='')}"


def judged(query: str, redirect_uri: str = REDIRECT, **changes: object) -> Verdict:
    expected = Expected(redirect_uri, STATE, ISSUER, **{"iss_supported": True, **changes})  # type: ignore[arg-type]
    return check(redirect_uri + query, expected)


def test_that_a_right_answer_gives_its_code() -> None:
    verdict = judged(f"?{GOOD}")
    assert (verdict.kind, verdict.reason) == ("code", None)
    assert verdict.code is not None
    assert verdict.code.show() == "c0de"


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        (f"?{GOOD}&code=other#access_token=1", Reason.CALLBACK_REPEATED),
        (f"?code=c&state={STATE}&state={STATE}", Reason.CALLBACK_REPEATED),
        (f"?{GOOD}&unknown=1&unknown=1", Reason.CALLBACK_REPEATED),
        (f"?error=e&error=f&state={STATE}", Reason.CALLBACK_REPEATED),
        (f"?{GOOD}&=&=", Reason.CALLBACK_REPEATED),
        (f"??{GOOD}", Reason.CALLBACK_NO_CODE),
        (f"#access_token=a&state={STATE}", Reason.CALLBACK_FRAGMENT),
        ("?state=foreign#code=c", Reason.CALLBACK_FRAGMENT),
        ("#id_token=a&id_token=b", Reason.CALLBACK_REPEATED),
        ("", Reason.CALLBACK_QUERY_LOST),
        ("?utm=1", Reason.CALLBACK_QUERY_LOST),
        ("#_=_", Reason.CALLBACK_QUERY_LOST),
        ("?error=access_denied", Reason.CALLBACK_NO_STATE),
        ("?code=c&iss=https://evil.example", Reason.CALLBACK_NO_STATE),
        ("?code=c&state=", Reason.CALLBACK_NO_STATE),
        ("?error=e&state=foreign&iss=https://evil.example", Reason.CALLBACK_FOREIGN_STATE),
        (f"?error=e&state={STATE}", Reason.CALLBACK_NO_ISS),
        (f"?error=e&state={STATE}&iss=https://evil.example", Reason.CALLBACK_FOREIGN_ISS),
        (f"?code=c&state={STATE}&iss={ISSUER}/", Reason.CALLBACK_FOREIGN_ISS),
        (f"?code=c&error=e&state={STATE}&iss={ISSUER}", Reason.CALLBACK_ERROR),
        (f"?state={STATE}&iss={ISSUER}", Reason.CALLBACK_NO_CODE),
        (f"?code=&state={STATE}&iss={ISSUER}", Reason.CALLBACK_NO_CODE),
    ],
)
def test_that_the_first_rule_that_fails_tells(query: str, reason: Reason) -> None:
    verdict = judged(query)
    assert verdict.reason is reason
    assert verdict.code is None
    assert verdict.kind == {Reason.CALLBACK_ERROR: "error", Reason.CALLBACK_FOREIGN_STATE: "foreign"}.get(
        reason, "refused"
    )


def test_that_an_iss_must_match_also_where_the_server_promised_none() -> None:
    assert judged(f"?code=c&state={STATE}", iss_supported=False).kind == "code"
    verdict = judged(f"?code=c&state={STATE}&iss=https://evil.example", iss_supported=False)
    assert verdict.reason is Reason.CALLBACK_FOREIGN_ISS


@pytest.mark.parametrize(
    ("redirect_uri", "url"),
    [
        ("http://127.0.0.1:8765/back", "http://127.0.0.1:50123/back"),
        ("http://127.0.0.1/back", "http://127.0.0.1:50123/back"),
        ("http://[::1]:1/back", "http://[::1]:2/back"),
        ("http://127.0.0.1:8765", "http://127.0.0.1:8765/"),
        ("https://Shop.Example/Back", "https://shop.example/Back"),
        ("https://shop.example/back?app=1", "https://shop.example/back?app=1"),
        ("beatfusion://callback", "beatfusion://callback"),
        ("com.example.app:/back", "com.example.app:/back"),
    ],
)
def test_that_an_answer_at_the_redirect_is_taken(redirect_uri: str, url: str) -> None:
    expected = Expected(redirect_uri, STATE, ISSUER, iss_supported=True)
    assert check(f"{url}{'&' if '?' in url else '?'}{GOOD}", expected).kind == "code"


@pytest.mark.parametrize(
    ("redirect_uri", "url"),
    [
        (REDIRECT, "https://shop.example/back/"),
        (REDIRECT, "https://shop.example/Back"),
        (REDIRECT, "https://shop.example/backdoor"),
        (REDIRECT, "http://shop.example/back"),
        (REDIRECT, "https://shop.example:443/back"),
        (REDIRECT, "https://shop.example.evil.example/back"),
        (REDIRECT, "https://shop.example@evil.example/back"),
        ("http://127.0.0.1:1/back", "http://127.0.0.1:2/other"),
        ("http://127.0.0.1:1/back", "http://[::1]:1/back"),
        ("http://127.0.0.1:1/back", "http://127.0.0.1@evil.example/back"),
        ("http://localhost:1/back", "http://localhost:2/back"),
        ("https://shop.example/back?app=1", "https://shop.example/back"),
        ("https://shop.example/back?app=1", "https://shop.example/back?app=12"),
        ("beatfusion://callback", "beatfusion://callback/"),
        ("beatfusion://callback", "BEATFUSION://callback"),
        ("https://shop.example", "https://shop.example.evil.example/"),
    ],
)
def test_that_another_address_is_not_this_runs(redirect_uri: str, url: str) -> None:
    expected = Expected(redirect_uri, STATE, ISSUER, iss_supported=True)
    verdict = check(f"{url}{'&' if '?' in url else '?'}{GOOD}", expected)
    assert (verdict.kind, verdict.reason) == ("foreign", Reason.CALLBACK_NOT_REDIRECT)
    assert "c0de" not in str(verdict.facts)


@pytest.mark.parametrize(
    ("got", "cause", "kind"),
    [
        ("older", "earlier_run", "foreign"),
        (STATE[:20], "altered", "refused"),
        (STATE + "x", "altered", "refused"),
        (STATE.lower(), "altered", "refused"),
        (STATE[:-1] + "!", "altered", "refused"),
        (STATE[10:], "altered", "refused"),
        ("A" * len(STATE), "forged", "foreign"),
        (STATE[:4] + "A" * 39, "forged", "foreign"),
    ],
)
def test_that_a_foreign_state_is_told_by_its_cause(got: str, cause: str, kind: str) -> None:
    verdict = check(f"{REDIRECT}?code=c&state={quote(got)}&iss={ISSUER}", EXPECTED)
    assert (verdict.kind, verdict.reason) == (kind, Reason.CALLBACK_FOREIGN_STATE)
    assert verdict.facts["cause"] == cause
    assert (verdict.facts["expected"], verdict.facts["got"]) == (STATE, got)
    assert verdict.facts.get("age") == ("90" if cause == "earlier_run" else None)


@pytest.mark.parametrize(
    ("state", "came"), [("a+b/c=d", "a b/c=d"), ("a%2Bb", "a+b"), ("a&b", "a&amp;b"), ("q", '"q"')]
)
def test_that_a_state_decoded_once_too_often_is_called_altered(state: str, came: str) -> None:
    verdict = check(f"{REDIRECT}?code=c&state={quote(came, safe='')}", Expected(REDIRECT, state, ISSUER))
    assert verdict.facts["cause"] == "altered"


def test_that_the_states_characters_survive_their_encoding() -> None:
    state = "ä+ &=%\u20ac"
    assert check(f"{REDIRECT}?code=c&state={quote(state, safe='')}", Expected(REDIRECT, state, ISSUER)).kind == "code"
