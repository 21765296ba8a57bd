"""Makes a secret so that a crash or a cut line at any moment leaves none and loses none.

What is asked for is in the journal before it is sent; a definite refusal takes it out; anything less than
definite leaves it there for `bcdesk.actions.handovers.recover`.
"""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, TypeVar

from ulid import ULID

from bcdesk.client.client import Client
from bcdesk.client.errors import ClientError, Conflict, Refused
from bcdesk.client.values import Made, MadeApp, MadeKey, MadeMember, MadeSecret, MadeVersion
from bcdesk.contract import app_routes, first_party, key_format, routes
from bcdesk.contract.app_rules import SECRET_PREFIX
from bcdesk.contract.codes import Code
from bcdesk.contract.rows import AppRow
from bcdesk.store.journal import Journal, Kind, Pending
from bcdesk.store.store import Store

M = TypeVar("M", MadeKey, MadeVersion, MadeSecret, MadeMember)
LIFETIME: Final = 24 * 3600.0
"""How long the server keeps a secret that nobody took, in seconds."""
_SAME_EXPIRY: Final = 900.0


async def make_key(
    *, client: Client, store: Store, journal: Journal, body: dict[str, Any], clock: Callable[[], float]
) -> MadeKey:
    """Make a key from the JSON that *create* takes."""
    entry = _begun(store, journal, "create", None, body, clock())
    return _a(MadeKey, await send(client=client, store=store, journal=journal, entry=entry))


async def make_version(
    *, client: Client, store: Store, journal: Journal, key_id: str, body: dict[str, Any], clock: Callable[[], float]
) -> MadeVersion:
    """Make a version from the JSON that *rotate* takes."""
    entry = _begun(store, journal, "rotate", key_id, body, clock())
    return _a(MadeVersion, await send(client=client, store=store, journal=journal, entry=entry))


async def make_app(
    *, client: Client, store: Store, journal: Journal, body: dict[str, Any], clock: Callable[[], float]
) -> MadeApp | AppRow:
    """Register an application from the JSON that *register* takes; a public one has no secret."""
    entry = _begun(store, journal, "app", None, body, clock())
    made = await send(client=client, store=store, journal=journal, entry=entry)
    if not isinstance(made, MadeApp | AppRow):  # pragma: no cover - the route decides
        raise TypeError(MadeApp.__name__)
    return made


async def make_secret(
    *, client: Client, store: Store, journal: Journal, app_id: str, body: dict[str, Any], clock: Callable[[], float]
) -> MadeSecret:
    """Make a client secret from the JSON that a new one takes."""
    entry = _begun(store, journal, "app_secret", app_id, body, clock())
    return _a(MadeSecret, await send(client=client, store=store, journal=journal, entry=entry))


async def make_member(
    *, client: Client, store: Store, journal: Journal, body: dict[str, Any], clock: Callable[[], float]
) -> MadeMember:
    """Invite a member from the JSON that *invite* takes."""
    entry = _begun(store, journal, "member", None, body, clock())
    return _a(MadeMember, await send(client=client, store=store, journal=journal, entry=entry))


async def make_link(
    *, client: Client, store: Store, journal: Journal, member_id: str, clock: Callable[[], float]
) -> MadeMember:
    """Make a set-up link for a member."""
    entry = _begun(store, journal, "member_link", member_id, {}, clock())
    return _a(MadeMember, await send(client=client, store=store, journal=journal, entry=entry))


async def send(*, client: Client, store: Store, journal: Journal, entry: Pending) -> Made | AppRow:
    """Send a claimed entry's exact request, for the first time or again; the claim stays only with its answer.

    Sent again, an earlier attempt may have been carried out, so what is raised is ``uncertain``. What has no secret
    leaves the journal with its answer.
    """
    done, again = False, journal.holds(entry.id)
    try:
        await journal.put(entry)
        made = await _sent(client, entry)
        if isinstance(made, AppRow):
            journal.made[entry.id] = made.id
            await journal.remove(entry.id)
        else:
            await journal.update(
                entry.id,
                state="waiting",
                key_id=made.row.id,
                version_id=made.version_id,
                handover_id=made.handover.id,
                masked=_masked(made),
            )
        done = True
    except ClientError as error:
        error.uncertain = error.uncertain or again
        if settled(error):
            await journal.remove(entry.id)
        raise
    finally:
        if not done:
            journal.claimed.discard(entry.id)
    store.apply_row(made if isinstance(made, AppRow) else made.row)
    return made


def settled(error: ClientError) -> bool:
    """Tell whether ``error`` proves that the request did nothing, or that its hand-over ended."""
    if isinstance(error, Conflict) and error.code == Code.IDEMPOTENCY_IN_FLIGHT:
        return False
    if not error.uncertain:
        return True
    # An earlier attempt may have been carried out. The server answers a known Idempotency-Key before it
    # judges values, so a judgement of those means that it did not know the key.
    return isinstance(error, Refused) and error.status in (400, 404, 409, 422)


async def _sent(client: Client, entry: Pending) -> Made | AppRow:
    row_id, body, key = entry.key_id or "", entry.body, entry.idempotency_key
    if entry.kind == "create":
        return await client.keys.create_from(body, key)
    if entry.kind == "rotate":
        return await client.keys.rotate_from(row_id, body, key)
    if entry.about == "member":
        made = await (
            client.members.setup(row_id, idempotency_key=key)
            if entry.kind == "member_link"
            else client.members.create_from(body, key)
        )
        ends = min(made.handover.expires_at, entry.started_at + first_party.SETUP_SECONDS)
        return replace(made, handover=made.handover._replace(expires_at=ends))
    if entry.kind == "app":
        return await client.apps.create_from(body, key)
    return await client.apps.add_secret_from(row_id, body, key)


def _masked(made: Made) -> str:
    if isinstance(made, MadeKey | MadeVersion):
        last4 = made.key.masked[-4:] if isinstance(made, MadeKey) else made.version.last4
        return made.key.masked[:-4] + last4
    prefix = first_party.SETUP_PREFIX if isinstance(made, MadeMember) else SECRET_PREFIX
    return key_format.mask(prefix, made.secret.last4)


def _route(kind: Kind, row_id: str | None) -> str:
    makes = {"create": routes.KEYS_CREATE, "app": app_routes.APPS_CREATE, "member": routes.MEMBERS_CREATE}
    if row_id is None:
        return makes[kind].path
    if kind == "member_link":
        return routes.MEMBERS_SETUP.at(member_id=row_id)
    return routes.KEYS_ROTATE.at(key_id=row_id) if kind == "rotate" else app_routes.SECRETS_CREATE.at(app_id=row_id)


def _begun(store: Store, journal: Journal, kind: Kind, row_id: str | None, body: dict[str, Any], now: float) -> Pending:
    """Claim an attempt at the same thing whose outcome is unknown, so that it is not doubled; else a new entry."""
    connection, member = ("", "") if store.session is None else (store.session.server_id, store.session.member.id)
    route = _route(kind, row_id)
    entry = _unsettled(journal, (connection, member, route), body, now) or Pending(
        id=f"pen_{ULID()}",
        kind=kind,
        route=route,
        body=body,
        idempotency_key=secrets.token_urlsafe(32),
        started_at=now,
        changed_at=now,
        connection=connection,
        member=member,
        key_id=row_id,
    )
    journal.claimed.add(entry.id)
    return entry


def _a(kind: type[M], made: Made | AppRow) -> M:
    if not isinstance(made, kind):  # pragma: no cover - the route decides
        raise TypeError(kind.__name__)
    return made


def _unsettled(journal: Journal, place: tuple[str, str, str], body: dict[str, Any], now: float) -> Pending | None:
    """Return an attempt whose outcome is unknown and which asked for the same."""
    for entry in journal.pending():
        if (
            entry.state == "sealed"
            and entry.id not in journal.claimed
            and (entry.connection, entry.member, entry.route) == place
            and now - entry.started_at < LIFETIME
            and _same(entry.body, body)
        ):
            return entry
    return None


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Compare two bodies; expiries a few minutes apart are the same choice made again."""
    if {**one, "expires_at": None} != {**other, "expires_at": None}:
        return False
    first, second = one.get("expires_at"), other.get("expires_at")
    if first is None or second is None:
        return first is second
    apart = datetime.fromisoformat(first) - datetime.fromisoformat(second)
    return abs(apart.total_seconds()) < _SAME_EXPIRY
