"""Demo data: the three keys and the two applications of the portal page, put into an empty database once.

No demo secret exists anywhere: each key is drawn at the first start so that it ends as the page shows, its keyed
hash is stored, and the key itself is dropped. A database with demo data says so for ever (``meta.demo``).
"""

import json
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from ulid import ULID

from bcdesk.contract import app_rules
from bcdesk.server import users
from bcdesk.server.apps import make
from bcdesk.server.audit import SERVER
from bcdesk.server.changes import next_change
from bcdesk.server.demo_tokens import keys_ending_in
from bcdesk.server.schema import read_meta, write_meta
from bcdesk.server.state import ServerState
from bcdesk.server.tables import audit, callers, key_versions, keys

CREATED_BY: Final = "Demo data"
_OWNER: Final = "Platform"
_HOUR: Final = 3600


class _Use(NamedTuple):
    """Calls of one program: how many an hour, in which hours before the last one."""

    address: str
    user_agent: str
    hourly: int
    hours: tuple[int, ...]


class _DemoKey(NamedTuple):
    name: str
    description: str
    environment: str
    last4: str
    scopes: tuple[str, ...]
    created: datetime
    last_used: datetime | float
    """A day, or seconds before the first start."""
    uses: tuple[_Use, ...] = ()
    revoked: datetime | None = None
    revoked_reason: str | None = None
    replaced_by: int | None = None


def _noon(year: int, month: int, day: int) -> datetime:
    """Return noon UTC, which is the same day nearly everywhere."""
    return datetime(year, month, day, 12, tzinfo=UTC)


KEYS: Final = (
    _DemoKey(
        "Production Key",
        "For live environment",
        "live",
        "a4f2",
        ("user.profile", "beats.read", "purchases.write"),
        _noon(2023, 5, 5),
        2 * _HOUR,
        (
            _Use("203.0.113.24", "beat-storefront/4.2", 118, tuple(range(0, 160, 3))),
            _Use("203.0.113.25", "beat-storefront/4.2", 31, tuple(range(1, 160, 5))),
            _Use("198.51.100.7", "royalty-report/1.9", 4, (6, 30, 54, 78, 102, 126, 150)),
        ),
    ),
    _DemoKey(
        "Sandbox Key",
        "For testing environment",
        "sandbox",
        "b3e7",
        ("user.profile", "beats.read"),
        _noon(2023, 5, 5),
        24 * _HOUR,
        (_Use("192.0.2.44", "curl/8.5.0", 6, (0, 1, 24, 25, 49)),),
    ),
    _DemoKey(
        "Old Production Key",
        "Replaced by new key",
        "live",
        "c8d5",
        ("user.profile", "beats.read", "purchases.write"),
        _noon(2023, 1, 10),
        _noon(2023, 5, 4),
        (),
        _noon(2023, 5, 5),
        "Replaced by new key",
        0,
    ),
)

APPLICATIONS: Final = (
    (
        "Beat Fusion App",
        "mobile",
        "client_5f82a4b7e9d287a3b5",
        ("beatfusion://callback",),
        ("user.profile", "beats.read", "purchases.write"),
    ),
    (
        "Beat Marketplace",
        "web",
        "client_7d93c8e5f2a16b4d9c",
        ("https://beatmarketplace.com/oauth/callback",),
        ("user.profile", "beats.read", "purchases.write", "user.subscription"),
    ),
)


def seed(state: ServerState) -> bool:
    """Put the demo data into the database if nothing ever happened in it; tell whether it did."""
    with state.database.write() as connection:
        if connection.execute(sa.select(audit.c.seq).limit(1)).first() is not None:
            return False
        now = state.now()
        ids = [_id("key", one.created.timestamp()) for one in KEYS]
        tokens = keys_ending_in([(one.environment, one.last4) for one in KEYS])
        for place, (one, token) in enumerate(zip(KEYS, tokens, strict=True)):
            _insert_key(state, connection, ids, place, one, state.secret.token_hmac(token), now)
        for application in APPLICATIONS:
            _insert_application(state, connection, application, now)
        users.seed_demo(state, connection, now)
        write_meta(connection, "demo", "1")
    return True


def is_demo(connection: Connection) -> bool:
    """Tell whether demo data was ever put into this database."""
    return read_meta(connection, "demo") == "1"


def _insert_key(
    state: ServerState, connection: Connection, ids: list[str], place: int, one: _DemoKey, token_hmac: bytes, now: float
) -> None:
    created = one.created.timestamp()
    used = one.last_used.timestamp() if isinstance(one.last_used, datetime) else now - one.last_used
    revoked = one.revoked.timestamp() if one.revoked else None
    replaced = next((other for other, key in enumerate(KEYS) if key.replaced_by == place), None)
    used_from = one.uses[0].address if one.uses else None
    row: dict[str, Any] = {
        "id": ids[place],
        "name": one.name,
        "description": one.description,
        "owner": _OWNER,
        "tags": "[]",
        "environment": one.environment,
        "scopes": json.dumps(one.scopes),
        "allowed_cidrs": "[]",
        "created_at": created,
        "created_by": CREATED_BY,
        "updated_at": revoked or created,
        "last_used_at": used,
        "last_used_from": used_from,
        "revoked_at": revoked,
        "revoked_reason": one.revoked_reason,
        "compromised": False,
        "replaces": None if replaced is None else ids[replaced],
        "replaced_by": None if one.replaced_by is None else ids[one.replaced_by],
        "revision": 1,
        "field_revisions": "{}",
        "changed": next_change(connection),
    }
    connection.execute(keys.insert().values(row))
    version = {
        "id": _id("ver", created),
        "key_id": ids[place],
        "token_hmac": token_hmac,
        "prefix": "bca_live_" if one.environment == "live" else "bca_test_",
        "last4": one.last4,
        "created_at": created,
        "activated_at": created,
        "first_used_at": created,
        "last_used_at": used,
        "last_used_from": used_from,
        "overlap_seconds": 0,
    }
    connection.execute(key_versions.insert().values(version))
    calls = [_call(one_use, ago, ids[place], version["id"], used) for one_use in one.uses for ago in one_use.hours]
    if calls:
        connection.execute(callers.insert(), calls)
    state.audit.append(
        connection, at=now, actor=SERVER, action="key.seeded", target=ids[place], name=one.name, last4=one.last4
    )


def _call(use: _Use, ago: int, key_id: str, version_id: object, used: float) -> dict[str, object]:
    seen = used - ago * _HOUR
    return {
        "key_id": key_id,
        "hour": int(seen // _HOUR),
        "address": use.address,
        "user_agent": use.user_agent,
        "version_id": version_id,
        "count": use.hourly,
        "limited": 0,
        "last_seen_at": seen,
    }


def _insert_application(
    state: ServerState,
    connection: Connection,
    application: tuple[str, str, str, tuple[str, ...], tuple[str, ...]],
    now: float,
) -> None:
    name, kind, client_id, redirect_uris, scopes = application
    created = _noon(2023, 5, 5).timestamp()
    app_id = _id("app", created)
    values = {
        **make.defaults(kind),
        "id": app_id,
        "client_id": client_id,
        "name": name,
        "owner": _OWNER,
        "type": kind,
        "redirect_uris": redirect_uris,
        "scopes": scopes,
    }
    make.insert(connection, values, created_at=created, created_by=CREATED_BY)
    if app_rules.confidential(kind):
        make.draw(state, connection, app_id, created, secret_id=_id("sec", created))  # nobody ever has it
    state.audit.append(
        connection, at=now, actor=SERVER, action="app.seeded", target=app_id, name=name, client_id=client_id
    )


def _id(kind: str, born: float) -> str:
    return f"{kind}_{ULID.from_timestamp(born)}"
