"""What carries a sign-in from page to page: sealed in the form, bound to a short-lived cookie of this browser.

The ticket is the CSRF token too: a page elsewhere knows neither it nor the cookie. Nothing is stored, nobody stays
signed in, and the cookie is gone when the browser leaves.
"""

import base64
import binascii
import json
import re
import secrets
from collections.abc import Mapping
from typing import Final, NamedTuple

from bcdesk.contract.first_party import SETUP_PATH
from bcdesk.server.oauth.authorization import PageError
from bcdesk.server.server_secret import SealBrokenError
from bcdesk.server.state import ServerState

SECONDS: Final = 600
_VALUE: Final = re.compile(r"[A-Za-z0-9_-]{43}")


class Place(NamedTuple):
    """Which pages a ticket is for; those of other pages open no other's."""

    path: str
    name: str


AUTHORIZE: Final = Place("/oauth/authorize", "bcdesk-sign-in")
SETUP: Final = Place(SETUP_PATH, "bcdesk-set-up")


class Ticket(NamedTuple):
    """An authorization request under way, and who signed in for it, if anybody did."""

    parameters: dict[str, str]
    user_id: str | None
    expires_at: float

    @property
    def made_at(self) -> float:
        """Return when the page with it was shown."""
        return self.expires_at - SECONDS


def cookie_name(state: ServerState, place: Place = AUTHORIZE) -> str:
    """Return the cookie's name; over TLS it is one that no other host can set (RFC 6265bis §4.1.3)."""
    return f"__Host-{place.name}" if _secure(state) else place.name


def binding(state: ServerState, cookies: Mapping[str, str], place: Place = AUTHORIZE) -> str:
    """Return what binds to this browser: the value of its cookie, or a fresh one."""
    found = cookies.get(cookie_name(state, place), "")
    return found if _VALUE.fullmatch(found) else secrets.token_urlsafe(32)


def set_cookie(state: ServerState, value: str, seconds: int = SECONDS, place: Place = AUTHORIZE) -> str:
    """Return the ``Set-Cookie`` header that keeps ``value`` for a while; 0 seconds take it away."""
    where = "Path=/; Secure" if _secure(state) else f"Path={place.path}"
    return f"{cookie_name(state, place)}={value}; {where}; Max-Age={seconds}; HttpOnly; SameSite=Lax"


def seal(
    state: ServerState,
    bound_to: str,
    parameters: Mapping[str, str],
    user_id: str | None,
    now: float,
    place: Place = AUTHORIZE,
) -> str:
    """Return a ticket for the form of a page."""
    ticket = json.dumps([parameters, user_id, now + SECONDS], separators=(",", ":")).encode("utf-8")
    sealed = state.secret.seal_ticket(ticket, bound_to=_bound(place, bound_to))
    return base64.urlsafe_b64encode(sealed).decode("ascii").rstrip("=")


def unseal(
    state: ServerState, cookies: Mapping[str, str], ticket: str | None, now: float, place: Place = AUTHORIZE
) -> Ticket:
    """Open the ticket of a form; raise `PageError` where it is not this browser's, or too old."""
    bound_to = cookies.get(cookie_name(state, place), "")
    if ticket is None or not _VALUE.fullmatch(bound_to):
        raise PageError("expired_page")
    try:
        sealed = base64.urlsafe_b64decode(ticket + "=" * (-len(ticket) % 4))
        found = Ticket._make(json.loads(state.secret.unseal_ticket(sealed, bound_to=_bound(place, bound_to))))
    except (SealBrokenError, binascii.Error, UnicodeError, ValueError):
        raise PageError("expired_page") from None
    if found.expires_at <= now:
        raise PageError("expired_page")
    return found


def _bound(place: Place, bound_to: str) -> bytes:
    return f"{place.name}:{bound_to}".encode("ascii")


def _secure(state: ServerState) -> bool:
    return state.issuer.startswith("https://")
