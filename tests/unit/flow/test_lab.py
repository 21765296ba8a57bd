"""A candidate is compared with what is registered: what differs, where, and what a paste may not leave behind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcdesk.contract.redirects import judge
from bcdesk.flow.lab import Cause, Note, compare, is_invisible, read
from bcdesk.flow.receivers import SOURCES, Does, Fact, Kind, Platform, receivers

HTTPS = "https://app.example.com/oauth/callback"


@pytest.mark.parametrize(
    ("candidate", "registered", "cause", "at", "got", "expected"),
    [
        (HTTPS, HTTPS, Cause.EXACT, None, "", ""),
        ("http://127.0.0.1:5312/cb", "http://127.0.0.1/cb", Cause.ANY_PORT, 16, ":", "/"),
        (HTTPS + "/", HTTPS, Cause.TRAILING_SLASH, 38, "/", ""),
        (HTTPS, HTTPS + "/", Cause.TRAILING_SLASH, 38, "", "/"),
        ("https://app.example.com", "https://app.example.com/", Cause.TRAILING_SLASH, 23, "", "/"),
        ("https://a.example/%7Euser", "https://a.example/~user", Cause.PERCENT, 18, "%7E", "~"),
        ("https://a.example/%2fx", "https://a.example/%2Fx", Cause.PERCENT, 20, "%2f", "%2F"),
        ("https://a.example/%252Fx", "https://a.example/%2Fx", Cause.ENCODED_AGAIN, 20, "%25", "%2F"),
        ("https://App.example.com/oauth/callback", HTTPS, Cause.HOST_CASE, 8, "A", "a"),
        ("HTTPS://app.example.com/oauth/callback", HTTPS, Cause.SCHEME_CASE, 0, "H", "h"),
        ("https://app.example.com/OAuth/callback", HTTPS, Cause.PATH_CASE, 24, "O", "o"),
        ("http://app.example.com/oauth/callback", HTTPS, Cause.SCHEME_HTTP, 4, ":", "s"),
        ("https://www.app.example.com/oauth/callback", HTTPS, Cause.WWW, 8, "w", "a"),
        ("https://app.example.org/oauth/callback", HTTPS, Cause.HOST, 20, "o", "c"),
        ("https://app.example.com:443/oauth/callback", HTTPS, Cause.DEFAULT_PORT, 23, ":", "/"),
        ("https://app.example.com:8443/oauth/callback", HTTPS, Cause.PORT, 23, ":", "/"),
        ("http://localhost:8400/cb", "http://localhost:8401/cb", Cause.LOCALHOST_PORT, 20, "0", "1"),
        ("http://localhost:8400/cb", "http://127.0.0.1:8400/cb", Cause.LOOPBACK_NAME, 7, "l", "1"),
        ("http://[::1]/cb", "http://127.0.0.1/cb", Cause.LOOPBACK_NAME, 7, "[", "1"),
        (HTTPS + "/extra", HTTPS, Cause.PATH_LONGER, 38, "/", ""),
        ("https://app.example.com/oauth", HTTPS, Cause.PATH_SHORTER, 29, "", "/"),
        ("https://app.example.com/oauth/call", HTTPS, Cause.PATH_SHORTER, 34, "", "b"),
        ("https://app.example.com/auth/callback", HTTPS, Cause.PATH, 24, "a", "o"),
        (HTTPS + "?tenant=1", HTTPS, Cause.QUERY_ADDED, 38, "?", ""),
        (HTTPS, HTTPS + "?tenant=1", Cause.QUERY_MISSING, 38, "", "?"),
        (HTTPS + "?b=1&a=2", HTTPS + "?a=2&b=1", Cause.QUERY_ORDER, 39, "b", "a"),
        (HTTPS + "#", HTTPS, Cause.FRAGMENT, 38, "#", ""),
        ("https://me@app.example.com/oauth/callback", HTTPS, Cause.USERINFO, 8, "m", "a"),
        ("beatfusion:/callback", "beatfusion://callback", Cause.SLASHES, 12, "c", "/"),
        ("beatfusion:///callback", "beatfusion://callback", Cause.SLASHES, 13, "/", "c"),
        ("beatfusion://callback/", "beatfusion://callback", Cause.TRAILING_SLASH, 21, "/", ""),
        ("BeatFusion://callback", "beatfusion://callback", Cause.SCHEME_CASE, 0, "B", "b"),
        ("other://callback", "beatfusion://callback", Cause.SCHEME, 0, "o", "b"),
        (HTTPS + "\u200b", HTTPS, Cause.INVISIBLE, 38, "\u200b", ""),
        ("https://app.example.com/oauth /callback", HTTPS, Cause.INVISIBLE, 29, " ", "/"),
        ("https://\u0430pp.example.com/oauth/callback", HTTPS, Cause.LOOKALIKE, 8, "\u0430", "a"),
        ("no scheme", HTTPS, Cause.SCHEME, 0, "n", "h"),
        ("", HTTPS, Cause.SCHEME, 0, "", "h"),
    ],
)
def test_that_a_mistake_is_named_with_the_first_character_that_differs(
    candidate: str, registered: str, cause: Cause, at: int | None, got: str, expected: str
) -> None:
    (found,) = compare(candidate, (registered,), "mobile")
    assert (found.cause, found.at, found.got, found.expected) == (cause, at, got, expected)
    assert found.sources


def test_that_the_nearest_registered_uri_comes_first() -> None:
    entries = ("beatfusion://callback", "https://app.example.com/", HTTPS)
    found = compare(HTTPS + "/", entries, "mobile")
    assert found[0].registered == HTTPS
    assert compare("https://app.example.com/", entries, "mobile")[0].outcome == "exact"


URIS = st.sampled_from(
    (HTTPS, HTTPS + "/", "http://127.0.0.1/cb", "http://127.0.0.1:9/cb", "beatfusion://callback", "HTTPS://A/%7e", "")
) | st.text(max_size=40)


@given(candidate=URIS, entry=URIS, app_type=st.sampled_from(("web", "mobile", "spa", "service")))
def test_that_the_lab_and_the_rules_never_disagree(candidate: str, entry: str, app_type: str) -> None:
    (found,) = compare(candidate, (entry,), app_type)
    verdict = judge(candidate, app_type=app_type, registered=(entry,))
    assert (found.outcome != "refused") == verdict.ok
    assert (found.at is None) == (candidate == entry)
    if found.at is not None:
        assert candidate[: found.at] == entry[: found.at]
        assert candidate[found.at : found.at + 1] != entry[found.at : found.at + 1]
    receivers(candidate)


@pytest.mark.parametrize(
    ("pasted", "uri", "notes"),
    [
        (HTTPS, HTTPS, ()),
        (HTTPS + "?code=SECRET&state=x", HTTPS, (Note.QUERY_CUT,)),
        (HTTPS + "?tenant=1&state=x&code=SECRET", HTTPS, (Note.QUERY_CUT,)),
        (HTTPS + "?c%6Fde=SECRET", HTTPS, (Note.QUERY_CUT,)),
        (HTTPS + "?CODE=SECRET", HTTPS, (Note.QUERY_CUT,)),
        (HTTPS + "?a=1&;code=1&code=SECRET#_=_", HTTPS, (Note.QUERY_CUT,)),
        (HTTPS + "#access_token=SECRET&token_type=bearer", HTTPS, (Note.QUERY_CUT,)),
        (HTTPS + "#?code=SECRET", HTTPS, (Note.QUERY_CUT,)),
        (HTTPS + "?tenant=1", HTTPS + "?tenant=1", ()),
        (f"  {HTTPS}\n", HTTPS, (Note.BLANKS,)),
        (f'12:04 "GET {HTTPS}?code=SECRET HTTP/1.1" 302', HTTPS, (Note.LOG_LINE, Note.QUERY_CUT)),
        (
            "https://as.example/oauth/authorize?client_id=x&redirect_uri=https%3A%2F%2Fapp.example.com%2Foauth%2Fcallback&state=S",
            HTTPS,
            (Note.AUTHORIZE,),
        ),
        (f'{{"redirect_uri": "{HTTPS}", "code": "SECRET"}}', HTTPS, (Note.AUTHORIZE,)),
        ("https%3A%2F%2Fapp.example.com%2Foauth%2Fcallback", HTTPS, (Note.DECODED,)),
        ("beatfusion://callback?code=SECRET", "beatfusion://callback", (Note.QUERY_CUT,)),
        ("com.example.app:callback?code=SECRET", "com.example.app:callback", (Note.QUERY_CUT,)),
    ],
)
def test_that_a_paste_is_read_and_what_could_hold_a_code_is_left_out(
    pasted: str, uri: str, notes: tuple[Note, ...]
) -> None:
    assert read(pasted) == (uri, notes)


def test_that_a_query_of_the_registration_itself_stays() -> None:
    registered = (HTTPS + "?tenant=1",)
    assert read(HTTPS + "?tenant=1&code=SECRET&state=x", registered).uri == registered[0]


@given(st.sampled_from((HTTPS, "beatfusion://callback", "x", "/cb")), st.lists(st.sampled_from(
    ("code=SECRET", "state=s", "a=b", "iss=i", "", "%63ode=SECRET", "access_token=SECRET")), max_size=6),
    st.sampled_from("?#"))  # fmt: skip
def test_that_no_code_survives_a_paste(base: str, parameters: list[str], mark: str) -> None:
    assert "SECRET" not in read(base + mark + "&".join(parameters), (HTTPS + "?a=b",)).uri


def test_that_a_huge_paste_is_taken_quickly() -> None:
    huge = "https://app.example.com/" + "a" * 1_000_000
    candidate = read(huge).uri
    assert len(candidate) == 65_536
    assert compare(candidate, (HTTPS,), "web")[0].outcome == "refused"


@pytest.mark.parametrize(
    ("uri", "kind"),
    [
        (HTTPS, Kind.HTTPS),
        ("http://127.0.0.1:0/cb", Kind.BLOCKED_PORT),
        ("http://127.0.0.1/cb", Kind.LOOPBACK_V4),
        ("http://[::1]:4000/cb", Kind.LOOPBACK_V6),
        ("http://localhost:4000", Kind.LOCALHOST),
        ("http://app.example.com", Kind.HTTP),
        ("https://app.example.com:6000/cb", Kind.BLOCKED_PORT),
        ("com.example.app://cb", Kind.CUSTOM_REVERSE),
        ("beatfusion://callback", Kind.CUSTOM_PLAIN),
        ("javascript:alert(1)", Kind.NEVER),
        ("mailto:x@example.com", Kind.NONE),
        ("nothing", Kind.NONE),
        ("https://", Kind.NONE),
        ("https://a.example:99999999/cb", Kind.HTTPS),
        ("https://a.example:\u0661\u0662/cb", Kind.HTTPS),
    ],
)
def test_that_each_kind_of_uri_is_told_apart(uri: str, kind: Kind) -> None:
    told = receivers(uri)
    assert told.kind is kind
    assert bool(told.rows) == (kind is not Kind.NONE)


def test_that_every_row_of_receivers_is_whole() -> None:
    for uri in (HTTPS, "http://127.0.0.1/cb", "beatfusion://callback", "https://a.example:25/"):
        rows = receivers(uri).rows
        assert [row.platform for row in rows] == list(Platform)
        assert all((row.safari is not None) == (row.platform in ("macos", "ios")) for row in rows)
    assert set(SOURCES) == set(Fact)
    assert Does.REFUSES_PORT in receivers("https://a.example:25/").rows[0]


def test_that_invisible_characters_are_known() -> None:
    assert all(map(is_invisible, " \t\u00a0\u200b\u200d\u2028\ufeff\u202e\x7f\u0301"))
    assert not any(map(is_invisible, "a~%/?#\u0430"))
