"""Users: who consents to an application. They never run the studio, and members never consent.

A demo user has no password and signs in with one click, on a server with demo data alone.
"""

from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bcdesk.contract import key_rules
from bcdesk.contract.codes import Fault
from bcdesk.contract.key_rules import FieldFault
from bcdesk.server.audit import SERVER
from bcdesk.server.ids import is_id, new_id
from bcdesk.server.passwords import PASSWORD_MAX, fits, hash_of
from bcdesk.server.problems import invalid
from bcdesk.server.state import ServerState
from bcdesk.server.tables_oauth import users

EMAIL_MAX: Final = 254
PASSWORD_MIN: Final = 8
"""Characters that a password has at least (NIST SP 800-63B §3.1.1.2)."""
DEMO: Final = (
    ("Demo listener", "listener@demo.example"),
    ("Demo producer", "producer@demo.example"),
    ("Demo label", "label@demo.example"),
)


class UserRecord(NamedTuple):
    """A row of ``users``."""

    id: str
    name: str
    email: str
    password_hash: str | None
    demo: bool
    created_at: float
    disabled_at: float | None

    def __repr__(self) -> str:
        return f"<UserRecord {self.id}>"


_SELECT: Final = sa.select(*(users.c[name] for name in UserRecord._fields))


def add(
    state: ServerState, connection: Connection, *, actor: str, name: str, email: str, password: str, now: float
) -> UserRecord:
    """Add a user who signs in with a password; raise 422 where a value cannot be taken."""
    email = email.strip().lower()
    faults = [
        *key_rules.check_line("/name", name, key_rules.NAME_MAX, required=True),
        *key_rules.check_line("/email", email, EMAIL_MAX, required=True),
    ]
    if not faults and "@" not in email:
        faults.append(FieldFault("/email", Fault.NOT_AN_EMAIL))
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        faults.append(FieldFault("/password", Fault.OUT_OF_RANGE))
    if not faults and find_by_email(connection, email) is not None:
        faults.append(FieldFault("/email", Fault.DUPLICATE))
    if faults:
        raise invalid(faults)
    return _insert(state, connection, actor, name, email, hash_of(password), demo=False, now=now)


def seed_demo(state: ServerState, connection: Connection, now: float) -> None:
    """Add the demo users that are not there yet."""
    for name, email in DEMO:
        if find_by_email(connection, email) is None:
            _insert(state, connection, SERVER, name, email, None, demo=True, now=now)


def find(connection: Connection, user_id: str) -> UserRecord | None:
    """Return the user of that id, or None."""
    if not is_id("usr", user_id):
        return None
    return _record(connection.execute(_SELECT.where(users.c.id == user_id)).one_or_none())


def find_by_email(connection: Connection, email: str) -> UserRecord | None:
    """Return the user of that address, or None; the case of letters does not matter."""
    return _record(connection.execute(_SELECT.where(users.c.email == email.strip().lower())).one_or_none())


def demo_users(connection: Connection) -> list[UserRecord]:
    """Return the demo users who may sign in, oldest first."""
    rows = connection.execute(_SELECT.where(users.c.demo, users.c.disabled_at.is_(None)).order_by(users.c.id))
    return [UserRecord._make(row) for row in rows]


def sign_in(state: ServerState, email: str, password: str) -> UserRecord | None:
    """Return the user whose password this is, or None; takes as long where there is no such user."""
    with state.database.read() as connection:
        user = find_by_email(connection, email)
    right = fits(None if user is None else user.password_hash, password)
    return user if user is not None and right and user.disabled_at is None else None


def _insert(
    state: ServerState,
    connection: Connection,
    actor: str,
    name: str,
    email: str,
    password_hash: str | None,
    *,
    demo: bool,
    now: float,
) -> UserRecord:
    user = UserRecord(new_id("usr"), name, email, password_hash, demo, now, None)
    connection.execute(users.insert().values(user._asdict()))
    state.audit.append(connection, at=now, actor=actor, action="user.added", target=user.id, name=name, demo=demo)
    return user


def _record(row: "sa.Row[tuple[object, ...]] | None") -> UserRecord | None:
    return None if row is None else UserRecord._make(row)
