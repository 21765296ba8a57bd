"""What the standards demand of the authorization server, as named rows; each runs against a server of its own."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

import httpx

from tests.contract.oauth_support import REDIRECT, OAuth, Pkce, TestApp, refusal, request_of, told

Check = Callable[[OAuth], Awaitable[None]]
GRANT = (400, "invalid_grant")
REQUEST = (400, "invalid_request")
CLIENT = (401, "invalid_client")
SCOPE = (400, "invalid_scope")


class Row(NamedTuple):
    """One demand: where it stands, what it says, and what has to happen."""

    standard: str
    says: str
    check: Check

    def __str__(self) -> str:
        return f"{self.standard}: {self.says}"


ROWS: list[Row] = []


def row(standard: str, says: str) -> Callable[[Check], Check]:
    """Put a check into the matrix under the section that demands it."""

    def keep(check: Check) -> Check:
        ROWS.append(Row(standard, says, check))
        return check

    return keep


async def ask(oauth: OAuth, app: TestApp, **asked: str) -> httpx.Response:
    """Open the authorization endpoint with a request that is sound but for what ``asked`` changes."""
    return await oauth.browser().get(request_of(app, None, **(Pkce().asked | asked)))


async def error_of(oauth: OAuth, app: TestApp, **asked: str) -> str:
    """Return the error that such a request leads to; it comes with the state and the issuer."""
    answer = told(await ask(oauth, app, **asked))
    assert answer["state"] == "s-1"
    assert answer["iss"] == oauth.state.issuer
    assert "code" not in answer
    return answer["error"]


def on_page(reply: httpx.Response) -> bool:
    """Tell whether a request ended on a page, with nothing sent to any application."""
    return reply.status_code in (400, 403) and "location" not in reply.headers and "<h1>" in reply.text


async def code_form(oauth: OAuth, app: TestApp, pkce: Pkce | None = None, **asked: str) -> dict[str, str]:
    """Go through both pages, and return the form that redeems the code."""
    pkce = pkce or Pkce()
    return {
        "grant_type": "authorization_code",
        "code": await oauth.consent(app, pkce, **asked),
        "code_verifier": pkce.verifier,
        "redirect_uri": asked.get("redirect_uri", REDIRECT),
    }


async def refused(oauth: OAuth, app: TestApp, **form: str) -> tuple[int, str]:
    """Ask the token endpoint for something, and return how it says no."""
    return refusal(await oauth.token(app, **form))


async def alive(oauth: OAuth, app: TestApp, token: str) -> bool:
    """Tell whether introspection and, of an access token, the API both know a token; they have to agree."""
    active: bool = (await oauth.introspect(app, token))["active"]
    if token.startswith("bct_"):
        assert await oauth.opens(token) == (200 if active else 401)
    return active
