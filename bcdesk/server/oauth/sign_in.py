"""Signing a user in: with one click for demo users of a demo server, else with a password, five tries a minute."""

from collections.abc import Mapping

from bcdesk.server import users
from bcdesk.server.state import ServerState
from bcdesk.server.users import UserRecord


class SignInLimitedError(Exception):
    """There were too many tries for this account, or from this address; ``retry_after`` seconds have to pass."""

    def __init__(self, retry_after: int) -> None:
        """Say how long to wait."""
        super().__init__(retry_after)
        self.retry_after = retry_after


def sign_in(state: ServerState, form: Mapping[str, str], address: str) -> UserRecord | None:
    """Return who the form proves to be, or None; raise `SignInLimitedError` after too many tries."""
    if "user" in form:
        return _demo_user(state, form["user"])
    email, password = form.get("email", "").strip().lower(), form.get("password", "")
    if not email or not password:
        return None
    limited(state, f"address {address}", f"account {email}")
    return users.sign_in(state, email, password)


def limited(state: ServerState, *names: str) -> None:
    """Count a try under each name in turn; raise `SignInLimitedError` at the first that had too many in this minute.

    The address comes before the account: one that had its tries takes none away from accounts.
    """
    for name in names:
        wait = state.limiter.try_sign_in(name)
        if wait:
            raise SignInLimitedError(wait)


def _demo_user(state: ServerState, user_id: str) -> UserRecord | None:
    if not state.demo:
        return None
    with state.database.read() as connection:
        user = users.find(connection, user_id)
    return user if user is not None and user.demo and user.disabled_at is None else None
