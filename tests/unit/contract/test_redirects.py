"""The redirect rules: what may be registered and why not, and which candidate goes where."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcdesk.contract import uri_schemes
from bcdesk.contract.redirects import (
    APP_TYPES,
    Caution,
    Reason,
    Verdict,
    is_custom_scheme,
    is_loopback_ip,
    judge,
    origin_of,
    parts_of,
)
from tests.unit.contract.redirect_forms import REFUSED, TAKEN


@pytest.mark.parametrize(("uri", "reason"), REFUSED.values(), ids=REFUSED)
def test_that_no_type_registers(uri: str, reason: Reason) -> None:
    verdict = judge(uri, app_type="mobile")
    assert (verdict.ok, verdict.reason, verdict.cautions) == (False, reason, ())
    assert verdict.at is not None
    assert 0 <= verdict.at <= len(uri)
    assert not any(judge(uri, app_type=other).ok for other in APP_TYPES)


@pytest.mark.parametrize(("uri", "cautions"), TAKEN.values(), ids=TAKEN)
def test_that_a_mobile_app_registers(uri: str, cautions: tuple[Caution, ...]) -> None:
    assert judge(uri, app_type="mobile") == Verdict(True, Reason.OK, cautions)


@pytest.mark.parametrize("scheme", sorted(uri_schemes.IANA_PERMANENT - {"http", "https"}))
def test_that_no_permanent_scheme_but_http_is_registered(scheme: str) -> None:
    assert judge(f"{scheme}://callback", app_type="mobile").reason in (Reason.SCHEME_RESERVED, Reason.SCHEME_DANGEROUS)


@pytest.mark.parametrize("app_type", ["web", "spa"])
def test_that_a_custom_scheme_is_for_mobile_apps_alone(app_type: str) -> None:
    assert judge("com.beatfusion.app:/cb", app_type=app_type).reason is Reason.CUSTOM_SCHEME_NOT_MOBILE


def test_that_a_service_registers_no_redirect_at_all() -> None:
    assert judge("https://studio.example/cb", app_type="service").reason is Reason.SERVICE_TAKES_NONE


MATCHES = {
    "the same": ("https://studio.example/cb", "https://studio.example/cb", Reason.EXACT),
    "another port of 127.0.0.1": ("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb", Reason.LOOPBACK_PORT),
    "another port of ::1": ("http://[::1]:5000/cb", "http://[::1]:5001/cb", Reason.LOOPBACK_PORT),
    "no port where one is registered": ("http://127.0.0.1:80/cb", "http://127.0.0.1/cb", Reason.LOOPBACK_PORT),
}
DIFFERENT = {
    "a port of localhost": ("http://localhost:5000/cb", "http://localhost:5001/cb"),
    "localhost for 127.0.0.1": ("http://127.0.0.1/cb", "http://localhost/cb"),
    "IPv6 for IPv4": ("http://127.0.0.1/cb", "http://[::1]/cb"),
    "https on loopback with another port": ("https://127.0.0.1:1/cb", "https://127.0.0.1:2/cb"),
    "another path of loopback": ("http://127.0.0.1/cb", "http://127.0.0.1:9/cb/"),
    "another query of loopback": ("http://127.0.0.1/cb", "http://127.0.0.1:9/cb?x"),
    "a slash more": ("https://studio.example/cb", "https://studio.example/cb/"),
    "a query more": ("https://studio.example/cb", "https://studio.example/cb?x=1"),
    "the default port": ("https://studio.example/cb", "https://studio.example:443/cb"),
    "a host in capitals": ("https://studio.example/cb", "https://STUDIO.example/cb"),
    "a path in capitals": ("https://studio.example/cb", "https://studio.example/CB"),
    "an encoded letter": ("https://studio.example/~cb", "https://studio.example/%7Ecb"),
    "a host that goes on": ("https://studio.example", "https://studio.example.evil.example"),
    "http for https": ("https://127.0.0.1/cb", "http://127.0.0.1/cb"),
    "a scheme in capitals": ("beatfusion://callback", "BeatFusion://callback"),
    "a scheme with a slash more": ("beatfusion://callback", "beatfusion://callback/"),
}
REFUSED_CANDIDATES = {
    "a fragment": ("https://studio.example/cb", "https://studio.example/cb#x", Reason.FRAGMENT),
    "a user": ("https://studio.example/cb", "https://studio.example@evil.example/cb", Reason.USERINFO),
    "a user on loopback": ("http://127.0.0.1/cb", "http://user@127.0.0.1:9/cb", Reason.USERINFO),
    "a backslash": ("https://studio.example/cb", "https://evil.example\\@studio.example/cb", Reason.BACKSLASH),
    "a line feed": ("https://studio.example/cb", "https://studio.example/cb\r\n", Reason.CONTROL_CHARACTER),
    "dots": ("https://studio.example/cb", "https://studio.example/x/../cb", Reason.DOT_SEGMENT),
    "a port beyond all": ("http://127.0.0.1/cb", "http://127.0.0.1:99999/cb", Reason.BAD_PORT),
}


@pytest.mark.parametrize(("entry", "uri", "reason"), MATCHES.values(), ids=MATCHES)
def test_that_a_candidate_goes_to(entry: str, uri: str, reason: Reason) -> None:
    verdict = judge(uri, app_type="mobile", registered=["https://other.example/cb", entry])
    assert (verdict.ok, verdict.reason, verdict.registered) == (True, reason, entry)


@pytest.mark.parametrize(("entry", "uri"), DIFFERENT.values(), ids=DIFFERENT)
def test_that_a_candidate_differs_by(entry: str, uri: str) -> None:
    verdict = judge(uri, app_type="mobile", registered=[entry])
    assert (verdict.ok, verdict.reason, verdict.registered) == (False, Reason.DIFFERS, entry)
    assert verdict.differs_at is not None
    assert uri[: verdict.differs_at] == entry[: verdict.differs_at]
    assert uri[verdict.differs_at :][:1] != entry[verdict.differs_at :][:1]


@pytest.mark.parametrize(("entry", "uri", "reason"), REFUSED_CANDIDATES.values(), ids=REFUSED_CANDIDATES)
def test_that_a_candidate_is_refused_for(entry: str, uri: str, reason: Reason) -> None:
    verdict = judge(uri, app_type="mobile", registered=[entry])
    assert (verdict.ok, verdict.reason, verdict.registered) == (False, reason, entry)


def test_that_a_candidate_is_compared_with_the_nearest_entry() -> None:
    entries = ["https://a.example/cb", "https://studio.example/callback", "beatfusion://callback"]
    verdict = judge("https://studio.example/call", app_type="web", registered=entries)
    assert (verdict.registered, verdict.differs_at) == (entries[1], len("https://studio.example/call"))


def test_that_without_entries_nothing_is_registered() -> None:
    assert judge("https://studio.example/", app_type="web", registered=[]).reason is Reason.NOT_REGISTERED


def test_that_parts_origins_and_kinds_are_told() -> None:
    assert parts_of("https://u:p@Studio.example:8443/cb?x#y") == (
        "https", "u:p", "Studio.example", "8443", "/cb?x#y", len("https://u:p@Studio.example:8443"),
    )  # fmt: skip
    assert parts_of("com.app:/cb") == ("com.app", None, None, None, "/cb", 8)
    assert parts_of("1a:/cb") is None
    assert origin_of("HTTPS://Studio.Example:443/cb") == "https://studio.example"
    assert origin_of("http://127.0.0.1:5000/cb") == "http://127.0.0.1:5000"
    assert origin_of("http://[::1]:80/") == "http://[::1]"
    assert [origin_of(uri) for uri in ("beatfusion://callback", "https:///cb", "no")] == [None] * 3
    assert is_custom_scheme("beatfusion://callback")
    assert not is_custom_scheme("HTTPS://studio.example")
    assert is_loopback_ip("http://[::1]:1/")
    assert not is_loopback_ip("http://localhost/")


HOSTILE = st.text(
    st.one_of(
        st.sampled_from(string.ascii_letters + string.digits + ":/?#[]@!$&'()*+,;=-._~%\\ \t\r\n"), st.characters()
    ),
    max_size=60,
)
URIS = st.one_of(
    HOSTILE,
    st.tuples(
        st.sampled_from(
            ["https://", "http://", "HTTP://", "beatfusion:", "javascript:", "//", "http://127.0.0.1", "http://[::1]"]
        ),
        HOSTILE,
    ).map("".join),
)


@given(URIS, st.sampled_from(APP_TYPES), st.none() | st.lists(URIS, max_size=4))
def test_that_any_text_is_judged(uri: str, app_type: str, registered: list[str] | None) -> None:
    verdict = judge(uri, app_type=app_type, registered=registered)
    assert verdict.ok == (verdict.reason in (Reason.OK, Reason.EXACT, Reason.LOOPBACK_PORT))
    assert verdict.at is None or 0 <= verdict.at <= len(uri)
    origin_of(uri)


@given(URIS, st.lists(URIS, max_size=3))
def test_that_a_registered_uri_always_matches_itself(uri: str, others: list[str]) -> None:
    verdict = judge(uri, app_type="web", registered=[*others, uri])
    assert (verdict.ok, verdict.reason, verdict.registered) == (True, Reason.EXACT, uri)


@given(URIS, st.lists(URIS, min_size=1, max_size=4))
def test_that_what_matches_is_the_same_text_or_loopback(uri: str, registered: list[str]) -> None:
    verdict = judge(uri, app_type="mobile", registered=registered)
    if verdict.ok and uri not in registered:
        assert verdict.reason is Reason.LOOPBACK_PORT
        assert is_loopback_ip(uri)
        assert uri.startswith(("http://127.0.0.1", "http://[::1]"))


@given(URIS)
def test_that_what_is_registered_is_plain_text_without_traps(uri: str) -> None:
    if judge(uri, app_type="mobile").ok:
        assert uri.isascii()
        assert uri.isprintable()
        assert not set(uri) & set('\\#*"<> ')
        parts = parts_of(uri)
        assert parts is not None
        assert parts.userinfo is None
        assert parts.scheme.lower() not in uri_schemes.IANA_PERMANENT - {"http", "https"}
        assert parts.scheme.lower() != "http" or (parts.host or "").lower() in ("127.0.0.1", "[::1]", "localhost")


@given(st.integers(0, 65535), st.integers(0, 65535), st.sampled_from(["127.0.0.1", "[::1]"]))
def test_that_loopback_takes_any_port(one: int, other: int, host: str) -> None:
    assert judge(f"http://{host}:{other}/cb", app_type="mobile", registered=[f"http://{host}:{one}/cb"]).ok
