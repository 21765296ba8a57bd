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

from bcdesk.server.oauth.authorization import PageError
from bcdesk.server.server_secret import SealBrokenError
from bcdesk.server.state import ServerState

SECONDS: Final = 600
_VALUE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_PATH: Final = "/oauth/authorize"


class Ticket(NamedTuple):
    """An authorization request under way, and who signed in for it, if anybody did."""

    parameters: dict[str, str]
    user_id: str | None
    expires_at: float


def cookie_name(state: ServerState) -> str:
    """Return the cookie's name; over TLS it is one that no other host can set (RFC 6265bis §4.1.3)."""
    return "__Host-bcdesk-sign-in" if _secure(state) else "bcdesk-sign-in"


def binding(state: ServerState, cookies: Mapping[str, str]) -> str:
    """Return what binds to this browser: the value of its cookie, or a fresh one."""
    found = cookies.get(cookie_name(state), "")
    return found if _VALUE.fullmatch(found) else secrets.token_urlsafe(32)


def set_cookie(state: ServerState, value: str, seconds: int = SECONDS) -> str:
    """Return the ``Set-Cookie`` header that keeps ``value`` for a while; 0 seconds take it away."""
    place = "Path=/; Secure" if _secure(state) else f"Path={_PATH}"
    return f"{cookie_name(state)}={value}; {place}; Max-Age={seconds}; HttpOnly; SameSite=Lax"


def seal(state: ServerState, bound_to: str, parameters: Mapping[str, str], user_id: str | None, now: float) -> str:
    """Return a ticket for the form of a page."""
    ticket = json.dumps([parameters, user_id, now + SECONDS], separators=(",", ":")).encode("utf-8")
    sealed = state.secret.seal_ticket(ticket, bound_to=bound_to.encode("ascii"))
    return base64.urlsafe_b64encode(sealed).decode("ascii").rstrip("=")


def unseal(state: ServerState, cookies: Mapping[str, str], ticket: str | None, now: float) -> Ticket:
    """Open the ticket of a form; raise `PageError` where it is not this browser's, or too old."""
    bound_to = cookies.get(cookie_name(state), "")
    if ticket is None or not _VALUE.fullmatch(bound_to):
        raise PageError("expired_page")
    try:
        sealed = base64.urlsafe_b64decode(ticket + "=" * (-len(ticket) % 4))
        found = Ticket._make(json.loads(state.secret.unseal_ticket(sealed, bound_to=bound_to.encode("ascii"))))
    except (SealBrokenError, binascii.Error, UnicodeError, ValueError):
        raise PageError("expired_page") from None
    if found.expires_at <= now:
        raise PageError("expired_page")
    return found


def _secure(state: ServerState) -> bool:
    return state.issuer.startswith("https://")
