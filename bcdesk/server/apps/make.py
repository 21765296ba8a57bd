"""Making applications and their client secrets, for the management API and for registration (RFC 7591) alike."""

import json
import secrets
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from sqlalchemy.engine import Connection

from bcdesk.contract import app_rules, wire
from bcdesk.contract.app_rules import SECRET_PREFIX
from bcdesk.contract.codes import Code, Fault
from bcdesk.contract.key_rules import FieldFault
from bcdesk.server import handovers
from bcdesk.server.apps.gone import is_used, stand_in
from bcdesk.server.apps.read import LISTS, AppRecord, LoadedApp, SecretRecord, secrets_of
from bcdesk.server.apps.store import demand_secrets, get, set_secret, touch
from bcdesk.server.auth import CallingMember
from bcdesk.server.changes import next_change
from bcdesk.server.ids import new_id
from bcdesk.server.json_text import as_list
from bcdesk.server.problems import ProblemError, invalid
from bcdesk.server.state import ServerState
from bcdesk.server.tables_apps import app_secrets, applications

_CLIENT_BYTES: Final = 9
_SECRET_BYTES: Final = 32


class Made(NamedTuple):
    """An application with its fresh secret; a public one has none."""

    loaded: LoadedApp
    version: SecretRecord | None
    secret: str | None

    def __repr__(self) -> str:
        return f"<Made {self.loaded.app.id}>"


def defaults(app_type: str) -> dict[str, Any]:
    """Return what each member that is left out, or null in a patch, becomes."""
    return {
        "name": "",
        "description": "",
        "owner": "",
        "tags": [],
        "redirect_uris": [],
        "scopes": [],
        "grant_types": list(app_rules.DEFAULT_GRANTS[app_type]),
        "token_endpoint_auth_method": app_rules.TYPES[app_type].auth_methods[0],
        "pkce_required": True,
        "access_token_ttl": app_rules.ACCESS_TTL,
        "refresh_token_ttl": app_rules.REFRESH_TTL,
        "contacts": [],
        "client_uri": "",
    }


def register(
    state: ServerState,
    connection: Connection,
    member: CallingMember,
    body: wire.AppNew,
    now: float,
    *,
    hand_over: bool,
    registration_token_hmac: bytes | None = None,
) -> Made:
    """Make an application in the name of ``member``, with a secret unless its type is public.

    ``hand_over`` opens the hand-over of the secret: the reply can be asked for again until it is acknowledged, and
    without that there is no application after 24 hours. Raise 422 with every faulty field.
    """
    given = {name: value for name, value in body.model_dump(exclude={"type"}).items() if value is not None}
    values = {**defaults(body.type), **given}
    faults = app_rules.check_app(values, body.type)
    if faults:
        raise invalid(faults)
    app_id, client_id = new_id("app"), f"client_{secrets.token_hex(_CLIENT_BYTES)}"
    insert(
        connection, {**values, "id": app_id, "client_id": client_id, "type": body.type},
        created_at=now, created_by=member.name, registration_token_hmac=registration_token_hmac,
    )  # fmt: skip
    version_id = secret = handover_id = None
    if app_rules.confidential(body.type):
        version_id, secret = draw(state, connection, app_id, now)
        if hand_over:
            handover_id = handovers.open_(connection, "app", app_id, version_id, member.id, now)
    state.audit.append(
        connection, at=now, actor=member.id, action="app.created", target=app_id, name=body.name, type=body.type,
        client_id=client_id, redirect_uris=body.redirect_uris, scopes=body.scopes, secret=version_id,
        last4=secret and secret[-4:], handover=handover_id, by_protocol=registration_token_hmac is not None,
    )  # fmt: skip
    return _made(connection, app_id, version_id, secret, now)


def add_secret(
    state: ServerState, connection: Connection, member: CallingMember, app_id: str, body: wire.SecretNew, now: float
) -> Made:
    """Give an application a new secret; the one before works on for the overlap, counted from now.

    With ``replaces_secret`` an unused one ends and the new one takes exactly its place; with ``lasts_seconds`` it
    ends by itself and no other one is touched. Raise 404, 409 ``no_secrets``
    of a public application, ``too_many_secrets`` where two work already, ``version_used``, 422.
    """
    app, living, _ = get(connection, app_id, now)
    demand_secrets(app)
    if body.replaces_secret is not None:
        version_id, secret = _replace_unused(state, connection, app_id, body.replaces_secret, now)
        return _added(state, connection, member, app, body, version_id, secret, now)
    if len(living) >= app_rules.SECRETS_MAX:
        raise ProblemError(
            409, Code.TOO_MANY_SECRETS, "Two secrets of this application work already: delete one, or wait for its end."
        )
    if body.lasts_seconds is not None:
        version_id, secret = draw(state, connection, app_id, now, expires_at=now + body.lasts_seconds)
        return _added(state, connection, member, app, body, version_id, secret, now)
    end = now + body.overlap_seconds
    for old in living:
        set_secret(connection, old.id, expires_at=end if old.expires_at is None else min(old.expires_at, end))
    version_id, secret = draw(
        state, connection, app_id, now, undo={old.id: {"expires_at": old.expires_at} for old in living}
    )
    return _added(state, connection, member, app, body, version_id, secret, now)


def _replace_unused(
    state: ServerState, connection: Connection, app_id: str, unused_id: str, now: float
) -> tuple[str, str]:
    unused = next((one for one in secrets_of(connection, app_id) if one.id == unused_id and one.live(now)), None)
    if unused is None:
        raise invalid([FieldFault("/replaces_secret", Fault.UNKNOWN_VALUE)])
    if is_used(state, connection, unused.id):
        raise ProblemError(409, Code.VERSION_USED, "That secret is in use; make another one beside it.")
    # Discarding the new secret puts back what was: the one that somebody may hold, or what stood before it.
    delivered = not handovers.end_waiting(connection, unused.id, now)
    undo: dict[str, dict[str, float | None]] = {unused.id: {"ended_at": None}} if delivered else unused.undoes
    set_secret(connection, unused.id, ended_at=now)
    version_id, secret = draw(state, connection, app_id, now, undo=undo, expires_at=unused.expires_at)
    stand_in(connection, app_id, unused.id, version_id)
    return version_id, secret


def _added(
    state: ServerState,
    connection: Connection,
    member: CallingMember,
    app: AppRecord,
    body: wire.SecretNew,
    version_id: str,
    secret: str,
    now: float,
) -> Made:
    app_id = app.id
    handover_id = handovers.open_(connection, "secret", app_id, version_id, member.id, now)
    touch(connection, app, now, ["secrets"])
    state.audit.append(
        connection, at=now, actor=member.id, action="app.secret.created", target=app_id, secret=version_id,
        last4=secret[-4:], handover=handover_id, overlap_seconds=body.overlap_seconds,
        replaces_secret=body.replaces_secret, lasts_seconds=body.lasts_seconds,
    )  # fmt: skip
    return _made(connection, app_id, version_id, secret, now)


def insert(
    connection: Connection,
    values: Mapping[str, Any],
    *,
    created_at: float,
    created_by: str,
    registration_token_hmac: bytes | None = None,
) -> None:
    """Store a new application with every member that the contract names."""
    connection.execute(
        applications.insert().values(
            {name: as_list(value) if name in LISTS else value for name, value in values.items()}
            | {
                "created_at": created_at,
                "created_by": created_by,
                "updated_at": created_at,
                "registration_token_hmac": registration_token_hmac,
                "revision": 1,
                "field_revisions": "{}",
                "changed": next_change(connection),
            }
        )
    )


def draw(
    state: ServerState,
    connection: Connection,
    app_id: str,
    now: float,
    *,
    undo: Mapping[str, Mapping[str, float | None]] | None = None,
    expires_at: float | None = None,
    secret_id: str | None = None,
) -> tuple[str, str]:
    """Draw and store a client secret; return its id and the secret itself."""
    secret_id, secret = secret_id or new_id("sec"), SECRET_PREFIX + secrets.token_urlsafe(_SECRET_BYTES)
    connection.execute(
        app_secrets.insert().values(
            id=secret_id,
            app_id=app_id,
            secret_hmac=state.secret.token_hmac(secret),
            last4=secret[-4:],
            created_at=now,
            expires_at=expires_at,
            undo=json.dumps(undo) if undo else None,
        )
    )
    return secret_id, secret


def _made(connection: Connection, app_id: str, secret_id: str | None, secret: str | None, now: float) -> Made:
    loaded = get(connection, app_id, now)
    return Made(loaded, next((one for one in loaded.secrets if one.id == secret_id), None), secret)
