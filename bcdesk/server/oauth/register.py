"""Registration by protocol: RFC 7591 with a manager's token, and RFC 7592 with the token that it gave.

A reply tells a secret once, in the registration itself. A repeated one makes another application: whoever needs
more than that registers through the management API, whose requests carry an Idempotency-Key.
"""

from collections.abc import Mapping
from typing import Any, Final

import pydantic
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bcdesk.contract import wire
from bcdesk.contract.app_routes import REGISTRATION_GET
from bcdesk.contract.codes import Fault
from bcdesk.contract.key_rules import FieldFault
from bcdesk.contract.registration import NAMES, MetadataError, from_metadata, to_metadata
from bcdesk.server.apps import end, make
from bcdesk.server.apps.edit import edit
from bcdesk.server.apps.read import SELECT_APPS, AppRecord, record
from bcdesk.server.auth import CallingMember, bearer, demand, demand_still, member_of
from bcdesk.server.faults import SENTENCES, faults_of
from bcdesk.server.oauth import clients, tokens
from bcdesk.server.oauth.errors import (
    InvalidClientMetadataError,
    InvalidRedirectURIError,
    InvalidRequestError,
    InvalidTokenError,
    OAuth2Error,
)
from bcdesk.server.preconditions import etag
from bcdesk.server.problems import ProblemError
from bcdesk.server.state import ServerState
from bcdesk.server.strict_json import parse
from bcdesk.server.tables_apps import applications

TOKEN_PREFIX: Final = "bcg_"
_THEIRS: Final = {ours: theirs for theirs, ours in NAMES.items()} | {"scopes": "scope"}
_NEVER_SENT: Final = frozenset(
    {"registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at"}
)
_BY_TOKEN: Final = SELECT_APPS.where(
    applications.c.registration_token_hmac == sa.bindparam("token_hmac"),
    applications.c.client_id == sa.bindparam("client_id"),
    applications.c.deleted_at.is_(None),
)


def register(state: ServerState, body: bytes, authorization: list[str]) -> dict[str, Any]:
    """Register a client in the name of the manager who calls; return its information (RFC 7591 §3.2.1)."""
    member = _manager(state, authorization)
    new = _new(from_metadata_or_refuse(_object(body)))
    token = tokens.draw(TOKEN_PREFIX)
    now = state.now()
    with state.database.write() as connection:
        demand_still(connection, member.id, "manager")
        try:
            loaded, _, secret = make.register(
                state,
                connection,
                member,
                new,
                now,
                hand_over=False,
                registration_token_hmac=state.secret.token_hmac(token),
            )
        except ProblemError as problem:
            raise _refused(problem) from None
    told = _information(state, loaded.app, token)
    if secret is not None:
        told |= {"client_secret": secret, "client_secret_expires_at": 0}
    return told


def read(state: ServerState, client_id: str, authorization: list[str]) -> dict[str, Any]:
    """Return what is registered (RFC 7592 §2.1); the secret is not told again."""
    token = _token(authorization)
    with state.database.read() as connection:
        return _information(state, _own(state, connection, client_id, token), token)


def update(state: ServerState, client_id: str, body: bytes, authorization: list[str]) -> dict[str, Any]:
    """Replace what is registered (RFC 7592 §2.2): what the body leaves out goes back to its default."""
    token, metadata, now = _token(authorization), _object(body), state.now()
    with state.database.write() as connection:
        app = _own(state, connection, client_id, token)
        _check_update(state, app, metadata, now)
        wanted = from_metadata_or_refuse(metadata)
        if (wanted.pop("type"), wanted.pop("token_endpoint_auth_method")) != (app.type, app.token_endpoint_auth_method):
            raise InvalidClientMetadataError(
                "token_endpoint_auth_method: Type and authentication of a client never change; register another one."
            )
        wanted = {"contacts": None, "client_uri": None, "redirect_uris": None} | wanted
        try:
            patch = wire.AppPatch.model_validate(wanted)
            loaded = edit(state, connection, _itself(app), app.id, patch, etag(app.revision)["ETag"], now)
        except pydantic.ValidationError as error:
            raise _invalid(error) from None
        except ProblemError as problem:
            raise _refused(problem) from None
    return _information(state, loaded.app, token)


def delete(state: ServerState, client_id: str, authorization: list[str]) -> None:
    """Delete the client (RFC 7592 §2.3); for an hour a manager can restore it."""
    token, now = _token(authorization), state.now()
    with state.database.write() as connection:
        app = _own(state, connection, client_id, token)
        end.delete(state, connection, _itself(app), app.id, now)


def from_metadata_or_refuse(metadata: Mapping[str, object]) -> dict[str, Any]:
    """Do as `from_metadata`, but raise ``invalid_client_metadata``."""
    try:
        return from_metadata(metadata)
    except MetadataError as error:
        raise InvalidClientMetadataError(str(error)) from None


def _information(state: ServerState, app: AppRecord, token: str) -> dict[str, Any]:
    return {
        "client_id": app.client_id,
        "client_id_issued_at": int(app.created_at),
        **to_metadata(app),
        "registration_access_token": token,
        "registration_client_uri": state.issuer.rstrip("/") + REGISTRATION_GET.at(client_id=app.client_id),
    }


def _manager(state: ServerState, authorization: list[str]) -> CallingMember:
    try:
        member = member_of(state, _token(authorization))
        demand(member, "manager")
    except ProblemError as problem:
        # A member's token of too low a role is good, but not for this (RFC 6750 §3.1).
        if problem.status != 403:
            raise InvalidTokenError("The initial access token is a manager's, and this one is not.") from None
        refused = OAuth2Error("Registering a client needs a manager's token.", error="insufficient_scope")
        refused.status_code = 403
        refused.challenge = problem.headers["WWW-Authenticate"]
        raise refused from None
    return member


def _token(authorization: list[str]) -> str:
    token = bearer(authorization)
    if token is None:
        raise InvalidTokenError("This takes one bearer token.")
    return token


def _own(state: ServerState, connection: Connection, client_id: str, token: str) -> AppRecord:
    """Return the client that the token was given for; 401 for any other (RFC 7592 §3)."""
    found = connection.execute(
        _BY_TOKEN, {"token_hmac": state.secret.token_hmac(token), "client_id": client_id}
    ).one_or_none()
    if found is None:
        raise InvalidTokenError("This registration access token is not one of this client.")
    return record(found)


def _itself(app: AppRecord) -> CallingMember:
    """Return the client as the one who acts on itself: its id stands in the audit."""
    return CallingMember(app.id, app.name, "", "viewer", app.created_at)


def _check_update(state: ServerState, app: AppRecord, metadata: Mapping[str, object], now: float) -> None:
    if sent := sorted(_NEVER_SENT & metadata.keys()):
        raise InvalidRequestError(f"{sent[0]} is told by the server, and never sent to it.")
    if metadata.get("client_id") != app.client_id:
        raise InvalidRequestError("client_id has to be sent, and is this client's.")
    secret = metadata.get("client_secret")
    if secret is not None:
        known = isinstance(secret, str) and clients.find_with_secret(state, app.client_id, secret, now)
        if not known or known.secret_id is None:
            raise InvalidClientMetadataError("client_secret: This is not the secret of the client.")


def _object(body: bytes) -> dict[str, object]:
    try:
        found = parse(body)
    except ProblemError:
        found = None
    if not isinstance(found, dict):
        raise InvalidClientMetadataError("The body is a JSON object.")
    return found


def _new(fields: Mapping[str, Any]) -> wire.AppNew:
    try:
        return wire.AppNew.model_validate(fields)
    except pydantic.ValidationError as error:
        raise _invalid(error) from None


def _invalid(error: pydantic.ValidationError) -> OAuth2Error:
    return _metadata_error(faults_of(error.errors())[0])


def _refused(problem: ProblemError) -> OAuth2Error:
    """Return the error of RFC 7591 §3.2.2 for the first faulty field."""
    if not problem.errors:
        raise problem
    return _metadata_error(problem.errors[0])


def _metadata_error(fault: FieldFault) -> OAuth2Error:
    name = fault.pointer.split("/")[1]
    described = f"{_THEIRS.get(name, name)}: {SENTENCES[fault.code]}"
    if fault.code is Fault.BAD_REDIRECT_URI:
        return InvalidRedirectURIError(described)
    return InvalidClientMetadataError(described)
