"""Who signs in for whom: users for applications, members for the desk. They never stand in for each other."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from bcdesk.server import member_sign_in, members, users
from bcdesk.server.ids import is_id
from bcdesk.server.oauth.clients import FIRST_PARTY, Client
from bcdesk.server.oauth.sign_in import limited, sign_in
from bcdesk.server.state import ServerState


class Person(NamedTuple):
    """Somebody who signed in; only members have a role."""

    id: str
    name: str
    email: str
    role: str = ""


class People(NamedTuple):
    """A kind of people: how they sign in, and what they are shown."""

    sign_in: Callable[[ServerState, Mapping[str, str], str], Person | None]
    """Returns who a form proves to be, by the browser's address; raises `SignInLimitedError`."""
    find: Callable[[ServerState, str, float], Person | None]
    """Returns somebody who signed in at that moment, a short while ago, and still may."""
    click: Callable[[ServerState], list[Person]]
    """Returns those who sign in with one click."""
    login: str
    consent: str


def people_of(client: Client) -> People:
    """Return who signs in for a client."""
    return _MEMBERS if client is FIRST_PARTY else _USERS


def _user(user: users.UserRecord | None) -> Person | None:
    return None if user is None or user.disabled_at is not None else Person(user.id, user.name, user.email)


def _sign_in_user(state: ServerState, form: Mapping[str, str], address: str) -> Person | None:
    return _user(sign_in(state, form, address))


def _find_user(state: ServerState, user_id: str, _at: float) -> Person | None:
    with state.database.read() as connection:
        return _user(users.find(connection, user_id))


def _demo_users(state: ServerState) -> list[Person]:
    if not state.demo:
        return []
    with state.database.read() as connection:
        return [Person(user.id, user.name, user.email) for user in users.demo_users(connection)]


def _sign_in_member(state: ServerState, form: Mapping[str, str], address: str) -> Person | None:
    email, password = form.get("email", "").strip().lower(), form.get("password", "")
    if not email or not password:
        return None
    limited(state, f"address {address}", f"member {email}")
    return _member(member_sign_in.sign_in(state, email, password, address))


def _find_member(state: ServerState, member_id: str, at: float) -> Person | None:
    """Return the member whose password was right at a moment; None where it is another one since."""
    if not is_id("mem", member_id):
        return None
    with state.database.read() as connection:
        member = members.find_by_id(connection, member_id)
    changed = member is not None and member.set_up_at is not None and member.set_up_at > at
    return None if changed else _member(member)


def _member(member: members.MemberRecord | None) -> Person | None:
    if member is None or member.disabled_at is not None:
        return None
    return Person(member.id, member.name, member.email, member.role)


_USERS: Final = People(_sign_in_user, _find_user, _demo_users, "login.html", "consent.html")
_MEMBERS: Final = People(_sign_in_member, _find_member, lambda _state: [], "member_login.html", "member_consent.html")
