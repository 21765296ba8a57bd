"""The trace of everything that the matrix does holds no secret: not one code, token, verifier, state or password."""

import re
from contextlib import suppress

import httpx
import pytest

from bcdesk.server import hop_notes as notes
from bcdesk.server.hops import Asked, Kept
from tests.contract.oauth.matrix import ROWS, Row
from tests.contract.oauth.test_matrix import STANDARDS
from tests.contract.oauth_support import OAuth, put_app

_SECRET = re.compile(r"\bbc[a-z]_[A-Za-z0-9_-]{20,}|urn:ietf:params:oauth:request_uri:[A-Za-z0-9_-]{43}")
_MEMBERS = ("code", "code_verifier", "client_secret", "refresh_token", "token", "password", "ticket", "state")
_AUTHORIZATION = re.compile(r"^(?:Basic|Bearer) (\S{9,})$", re.IGNORECASE)
assert STANDARDS  # the rows are read by the matrix


class Seen:
    """Every secret that went over the wire, either way."""

    def __init__(self) -> None:
        self.secrets: set[str] = set()

    async def request(self, request: httpx.Request) -> None:
        content = (await request.aread()).decode("utf-8", "replace")
        for text in (content, request.url.query.decode()):
            with suppress(ValueError):
                for name, value in httpx.QueryParams(text).multi_items():
                    if name in _MEMBERS and len(value) > 8:
                        self.secrets.add(value)
        if (found := _AUTHORIZATION.match(request.headers.get("authorization", ""))) is not None:
            self.secrets.add(found[1])

    async def response(self, response: httpx.Response) -> None:
        text = (await response.aread()).decode("utf-8", "replace")
        for told in (text, *response.headers.values()):
            self.secrets.update(_SECRET.findall(told))


def _watched(oauth: OAuth, monkeypatch: pytest.MonkeyPatch) -> Seen:
    """Look at whatever any client of this server sends and gets."""
    seen = Seen()
    make = httpx.AsyncClient.__init__

    def init(self: httpx.AsyncClient, *args: object, **more: object) -> None:
        make(self, *args, **more)  # type: ignore[arg-type]
        self.event_hooks = {"request": [seen.request], "response": [seen.response]}

    monkeypatch.setattr(httpx.AsyncClient, "__init__", init)
    oauth.http.event_hooks = {"request": [seen.request], "response": [seen.response]}
    return seen


def _kept(oauth: OAuth) -> str:
    hops = oauth.state.hops
    found: list[Kept] = [hop for kept in hops._places(Asked(run="")) for hop in kept]
    return "\n".join(repr(hop.row()) + repr(hop.notes.rules) for hop in found)


@pytest.mark.parametrize("row", ROWS, ids=str)
async def test_that_the_trace_of_a_row_holds_no_secret(row: Row, oauth: OAuth, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = _watched(oauth, monkeypatch)
    await row.check(oauth)
    told = _kept(oauth)
    assert [secret for secret in seen.secrets if secret in told] == []


def _as_it_is(text: str, _most: int = 0) -> str:
    return text


async def test_that_a_planted_secret_would_be_found(oauth: OAuth, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = _watched(oauth, monkeypatch)
    monkeypatch.setattr(notes, "clean", _as_it_is)
    app = put_app(oauth.state)
    secret = f"bcs_{'s' * 43}"
    await oauth.browser().get({"client_id": app.client_id, "redirect_uri": f"https://a.example/?state={secret}"})
    await oauth.token(app, grant_type="refresh_token", refresh_token=secret)
    assert secret in seen.secrets
    assert secret in _kept(oauth)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("https://a.example/?x=bcs_0123456789abcdef", "https://a.example/?x=…"),
        ("https://me:hunter2@a.example/", "https://me:…@a.example/"),
        ("a\r\nb\x00", "ab"),
        ("x" * 2_000, "x" * notes.TEXT_MAX),
    ],
)
def test_that_what_strangers_send_is_kept_bounded_and_without_what_looks_like_a_secret(sent: str, kept: str) -> None:
    assert notes.clean(sent) == kept


async def test_that_a_secret_as_client_id_is_not_kept(oauth: OAuth) -> None:
    secret = put_app(oauth.state).secret or ""
    await oauth.browser().get({"client_id": secret, "state": "s-1"})
    assert secret not in _kept(oauth)
    await oauth.post("/oauth/token", {"client_id": secret, "grant_type": "refresh_token"})
    assert secret not in _kept(oauth)
