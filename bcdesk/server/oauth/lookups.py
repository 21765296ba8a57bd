"""Introspection (RFC 7662) and revocation (RFC 7009): what a token is, and its end before its time."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.concurrency import run_in_threadpool

from bcdesk.contract.app_rules import REFRESH_PREFIX
from bcdesk.contract.codes import Code
from bcdesk.server import consents, families
from bcdesk.server import hop_notes as notes
from bcdesk.server.auth import CallingMember, bearer, member_of
from bcdesk.server.flow_trace import why
from bcdesk.server.hop_notes import Note
from bcdesk.server.oauth import client_auth, tokens
from bcdesk.server.oauth.access import find_access
from bcdesk.server.oauth.clients import Client, find_by_id
from bcdesk.server.oauth.errors import InvalidRequestError, InvalidTokenError
from bcdesk.server.problems import ProblemError
from bcdesk.server.state import ServerState

_LIVE: Final = (Note("token.live", "passed"),)
_INACTIVE: dict[str, Any] = {"active": False}


async def introspect(state: ServerState, form: Mapping[str, str], authorization: list[str]) -> dict[str, Any]:
    """Tell what a token is: a client learns of its own, a manager of all; of others only that they open nothing."""
    now = state.now()
    asking: Client | None = None
    if (token_of_member := bearer(authorization)) is not None:
        if "client_secret" in form:
            raise InvalidRequestError("Two credentials were presented.")
        await run_in_threadpool(_demand_manager, state, token_of_member)
    else:
        asking = await client_auth.authenticate_soon(state, form, authorization, now)
        state.usage.apps.record(asking.id, asking.secret_id, None, now)
    token = form.get("token")
    if token is None:
        notes.failed("token.live", "missing")
        raise InvalidRequestError("The parameter token is missing.")
    if token.startswith(REFRESH_PREFIX):
        return await run_in_threadpool(_introspect_refresh, state, asking, token, now)
    access = await find_access(state, token, now)
    if access is None or (asking is not None and access.app_id != asking.id):
        await run_in_threadpool(why.no_access, state, token, now, None if asking is None else asking.id)
        return _INACTIVE
    notes.asked_by(access.client_id, access.app_id)
    notes.of_grant(access.grant_id)
    notes.kept(_LIVE)
    told: dict[str, Any] = {
        "active": True,
        "scope": access.scope,
        "client_id": access.client_id,
        "token_type": "Bearer",
        "exp": int(access.expires_at),
        "iat": int(access.created_at),
        "sub": access.user_id or access.client_id,
        "iss": state.issuer,
    }
    if access.user_name is not None:
        told["username"] = access.user_name
    return told


def revoke(state: ServerState, form: Mapping[str, str], authorization: list[str]) -> None:
    """End a token of the client that asks; a refresh token takes its family with it.

    What is not this client's, or no token at all, is left alone and not told apart (RFC 7009 §2.2).
    """
    now = state.now()
    client = client_auth.authenticate(state, form, authorization, now, client_auth.METHODS)
    token, family = form.get("token"), families.of(client.id)
    if token is None:
        notes.failed("token.live", "missing")
        raise InvalidRequestError("The parameter token is missing.")
    state.usage.apps.record(client.id, client.secret_id, None, now)
    if token.startswith(REFRESH_PREFIX):
        refresh = tokens.find_refresh(state, token, family)
        if refresh is None or refresh.app_id != client.id:
            notes.advise("token.live", "unknown" if refresh is None else "other_client")
            return
        notes.of_grant(refresh.grant_id)
        who = client.id if family is families.APPS else refresh.user_id  # a member signs out by the desk
        with state.database.write() as connection:
            ended = consents.revoke(
                state, connection, refresh.grant_id, actor=who, reason=consents.BY_CLIENT, now=now, family=family
            )
        if ended:
            notes.effect("family_revoked")
        return
    its = family.access.c
    # A member's token that the command line made was given for no client.
    whose = its.app_id == client.id if "app_id" in its else its.grant_id.is_not(None)
    with state.database.write() as connection:
        gone = connection.execute(
            family.access.update()
            .where(its.token_hmac == state.secret.token_hmac(token), whose, its.revoked_at.is_(None))
            .values(revoked_at=now)
            .returning(its.grant_id)
        ).one_or_none()
        if gone is not None:
            state.audit.append(
                connection, at=now, actor=client.id, action="token.revoked", target=client.id, grant=gone.grant_id
            )
    if gone is None:
        notes.advise("token.live", "unknown")
    else:
        notes.of_grant(gone.grant_id)
        notes.effect("token_revoked")


def _introspect_refresh(state: ServerState, asking: Client | None, token: str, now: float) -> dict[str, Any]:
    refresh = tokens.find_refresh(state, token)
    owner = asking
    if refresh is not None and asking is None:
        owner = find_by_id(state, refresh.app_id)
        if owner is not None:
            notes.asked_by(owner.client_id, owner.id)
    if refresh is None or owner is None or owner.id != refresh.app_id:
        notes.failed(
            "token.live", "unknown" if refresh is None else "app_disabled" if owner is None else "other_client"
        )
        return _INACTIVE
    notes.of_grant(refresh.grant_id)
    if not refresh.lives(now) or refresh.used_at is not None:
        expired = refresh.expires_at <= now
        used = refresh.used_at is not None and refresh.revoked_at is None
        notes.failed("token.live", "expired" if expired else "used" if used else "revoked")
        return _INACTIVE
    notes.passed("token.live")
    return {
        "active": True,
        "scope": refresh.scope,
        "client_id": owner.client_id,
        "exp": int(refresh.expires_at),
        "iat": int(refresh.created_at),
        "sub": refresh.user_id,
        "iss": state.issuer,
    }


def _demand_manager(state: ServerState, token: str) -> CallingMember:
    """Return the manager whose token this is; any other token is not one for introspection (RFC 7662 §2.3)."""
    try:
        member = member_of(state, token)
    except ProblemError as error:
        if error.code == Code.UNAVAILABLE:
            raise
        raise InvalidTokenError("Only a manager's token, or a client for its own, may ask.") from None
    if not member.may("manager"):
        raise InvalidTokenError("Only a manager's token, or a client for its own, may ask.")
    return member
