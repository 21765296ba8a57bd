"""Stored applications as typed tuples, in the order of the tables' columns, with their lists read."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bcdesk.server import handovers
from bcdesk.server.handovers import HandoverRecord
from bcdesk.server.tables_apps import app_secrets, applications


class AppRecord(NamedTuple):
    """A row of ``applications``; moments in seconds since the epoch, lifetimes in seconds."""

    id: str
    client_id: str
    name: str
    description: str
    owner: str
    tags: tuple[str, ...]
    type: str
    redirect_uris: tuple[str, ...]
    scopes: tuple[str, ...]
    grant_types: tuple[str, ...]
    token_endpoint_auth_method: str
    pkce_required: bool
    access_token_ttl: int
    refresh_token_ttl: int
    contacts: tuple[str, ...]
    client_uri: str
    created_at: float
    created_by: str
    updated_at: float
    last_used_at: float | None
    disabled_at: float | None
    deleted_at: float | None
    registration_token_hmac: bytes | None
    revision: int
    field_revisions: str
    changed: int

    @property
    def status(self) -> str:
        """Return active or disabled."""
        return "active" if self.disabled_at is None else "disabled"

    def __repr__(self) -> str:
        return f"<AppRecord {self.id}>"


class SecretRecord(NamedTuple):
    """A row of ``app_secrets``, less its hash."""

    id: str
    app_id: str
    last4: str
    created_at: float
    last_used_at: float | None
    expires_at: float | None
    ended_at: float | None
    undo: str | None

    def live(self, now: float) -> bool:
        """Tell whether the secret opens anything, were its application in order."""
        return self.ended_at is None and (self.expires_at is None or self.expires_at > now)

    @property
    def undoes(self) -> dict[str, dict[str, float | None]]:
        """Return what discarding this secret's hand-over puts back: values of columns by secret."""
        found: dict[str, dict[str, float | None]] = json.loads(self.undo) if self.undo else {}
        return found


class LoadedApp(NamedTuple):
    """An application with its live secrets, oldest first, and the hand-over that waits, if any."""

    app: AppRecord
    secrets: tuple[SecretRecord, ...]
    handover: HandoverRecord | None


LISTS: Final = frozenset({"tags", "redirect_uris", "scopes", "grant_types", "contacts"})
"""The members that are stored as JSON."""
SELECT_APPS: Final = sa.select(*(applications.c[name] for name in AppRecord._fields))
SELECT_SECRETS: Final = sa.select(*(app_secrets.c[name] for name in SecretRecord._fields)).order_by(
    app_secrets.c.created_at, app_secrets.c.id
)
_PLACES: Final = [place for place, name in enumerate(AppRecord._fields) if name in LISTS]
_AT_ONCE: Final = 500
_BY_ID: Final = SELECT_APPS.where(applications.c.id == sa.bindparam("app_id"))


def find(connection: Connection, app_id: str) -> AppRecord | None:
    """Return the application of that id, a deleted one too."""
    row = connection.execute(_BY_ID, {"app_id": app_id}).one_or_none()
    return None if row is None else record(row)


def load(connection: Connection, app_id: str, now: float) -> LoadedApp | None:
    """Return an application that is not deleted, or None."""
    app = find(connection, app_id)
    return None if app is None or app.deleted_at is not None else load_around(connection, [app], now)[0]


def load_around(connection: Connection, found: Sequence[AppRecord], now: float) -> list[LoadedApp]:
    """Return ``found`` with their live secrets and hand-overs, read together."""
    names = [app.id for app in found]
    secrets: dict[str, list[SecretRecord]] = {name: [] for name in names}
    waiting: dict[str, HandoverRecord] = {}
    for start in range(0, len(names), _AT_ONCE):
        some = names[start : start + _AT_ONCE]
        for row in connection.execute(SELECT_SECRETS.where(app_secrets.c.app_id.in_(some))):
            secret = SecretRecord._make(row)
            if secret.live(now):
                secrets[secret.app_id].append(secret)
        waiting |= handovers.waiting(connection, some, now)
    return [LoadedApp(app, tuple(secrets[app.id]), waiting.get(app.id)) for app in found]


def record(row: Row[Any]) -> AppRecord:
    """Return a row of `SELECT_APPS` with its lists read."""
    values = list(row)
    for place in _PLACES:
        values[place] = _texts(values[place])
    return AppRecord._make(values)


def secrets_of(connection: Connection, app_id: str) -> list[SecretRecord]:
    """Return every secret that an application ever had, oldest first."""
    return [SecretRecord._make(row) for row in connection.execute(SELECT_SECRETS.where(app_secrets.c.app_id == app_id))]


@lru_cache(4096)
def _texts(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))
