"""Codes and tokens in the database: each step is one transaction with one winner, whoever else tries at once."""

import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bcdesk.contract.app_rules import CODE_TTL, REFRESH_GRACE
from bcdesk.server import consents, families
from bcdesk.server import hop_notes as notes
from bcdesk.server.audit import SERVER
from bcdesk.server.families import APPS, CodeRow, RefreshRow, Tables, into
from bcdesk.server.flow_trace import why
from bcdesk.server.oauth.clients import Client
from bcdesk.server.oauth.errors import InvalidScopeError
from bcdesk.server.server_secret import SealBrokenError
from bcdesk.server.state import ServerState

CODE_PREFIX: Final = "bco_"


def draw(prefix: str) -> str:
    """Draw a code or token: its prefix and 256 random bits."""
    return prefix + secrets.token_urlsafe(32)


def find_code(state: ServerState, code: str, family: Tables = APPS) -> CodeRow | None:
    """Return an authorization code, whatever became of it."""
    row = family.find_code.find(state.database, token_hmac=state.secret.token_hmac(code))
    return None if row is None else CodeRow._make(row)


def find_refresh(state: ServerState, token: str, family: Tables = APPS) -> RefreshRow | None:
    """Return a refresh token, whatever became of it."""
    row = family.find_refresh.find(state.database, token_hmac=state.secret.token_hmac(token))
    return None if row is None else RefreshRow._make(row)


def give_code(
    state: ServerState,
    client: Client,
    *,
    code: str,
    user_id: str,
    scopes: Sequence[str],
    redirect_uri: str,
    redirect_uri_sent: bool,
    code_challenge: str | None,
    now: float,
) -> None:
    """Open a grant and store its code, for ten minutes."""
    family = families.of(client.id)
    with state.database.write() as connection:
        grant_id = consents.open_(
            state, connection, app_id=client.id, user_id=user_id, scopes=scopes, now=now, family=family
        )
        row = family.row(
            family.codes,
            user_id,
            code_hmac=state.secret.token_hmac(code),
            app_id=client.id,
            grant_id=grant_id,
            redirect_uri=redirect_uri,
            redirect_uri_sent=redirect_uri_sent,
            code_challenge=code_challenge,
            scopes=json.dumps(scopes),
            created_at=now,
            expires_at=now + CODE_TTL,
        )
        connection.execute(into(family.codes), row)
    notes.of_grant(grant_id)
    notes.effect("code_issued")


def refuse_code(state: ServerState, code: CodeRow, now: float) -> None:
    """Burn a code that was presented wrongly; one that was used before takes all that it gave with it."""
    if code.revoked_at is not None:
        return
    family = families.of(code.app_id)
    with state.database.write() as connection:
        first = _use_code(connection, code, now, family)
        reason = consents.CODE_REFUSED if first else consents.CODE_REPLAY
        ended = consents.revoke(
            state, connection, code.grant_id, actor=SERVER, reason=reason, now=now, family=family
        )  # fmt: skip
    if first or ended:
        notes.effect("code_burned" if first else "family_revoked")


def redeem_code(state: ServerState, client: Client, code: CodeRow, pair: Mapping[str, Any], now: float) -> bool:
    """Spend a code for ``pair`` and tell whether it could be; of several at once, the first wins and the rest revoke.

    RFC 6749 §4.1.2: a code that comes twice may have been stolen, so what it gave ends.
    """
    family = families.of(client.id)
    with state.database.write() as connection:
        if not _use_code(connection, code, now, family):
            consents.revoke(
                state, connection, code.grant_id, actor=SERVER, reason=consents.CODE_REPLAY, now=now, family=family
            )
            notes.failed("code.unused", "used", got="0.0")  # another request was first while this one was judged
            notes.effect("family_revoked")
            return False
        if not consents.is_live(connection, code.grant_id, family):
            notes.failed("code.grant", "revoked")
            return False
        _store(state, connection, client, pair, grant_id=code.grant_id, user_id=code.user_id, now=now)
    notes.effect("code_spent")
    notes.effect("tokens_issued")
    return True


def give_access(state: ServerState, client: Client, token: Mapping[str, Any], now: float) -> None:
    """Store an access token with which an application acts for itself."""
    with state.database.write() as connection:
        _store(state, connection, client, token, grant_id=None, user_id=None, now=now)
    notes.effect("tokens_issued")


def rotate(
    state: ServerState, client: Client, old: RefreshRow, presented: str, pair: dict[str, Any], now: float
) -> bool:
    """Spend a refresh token for ``pair`` and tell whether it could be.

    A repetition within 60 s, while the successor was not used, changes ``pair`` into the one that the first got:
    a reply can be lost. Any other one means that two hold the token: the family ends (RFC 9700 §4.14.2).
    """
    family = families.of(client.id)
    tokens = family.refresh
    with state.database.write() as connection:
        if not consents.is_live(connection, old.grant_id, family):
            notes.failed("refresh.grant", "revoked")
            return False
        known = _state_of(connection, tokens, old.token_hmac)
        if known.used_at is not None:
            again = _repeated(state, connection, tokens, old, known, presented, now)
            if again is None:
                notes.failed("refresh.unused", "used", got=why.seconds(now - known.used_at))
                notes.effect("family_revoked")
                consents.revoke(
                    state, connection, old.grant_id, actor=SERVER, reason=consents.REFRESH_REUSE, now=now, family=family
                )
                return False
            if set(again["scope"].split()) != set(pair["scope"].split()):
                notes.failed("scope.within", "other_than_before", again["scope"], pair["scope"])
                raise InvalidScopeError("A repeated refresh asks for the scope that it asked for before.")
            notes.advise("refresh.unused", "repeated", str(REFRESH_GRACE), why.seconds(now - known.used_at))
            notes.effect("tokens_repeated")
            pair.clear()
            pair.update(again)
            return True
        refresh_hmac = state.secret.token_hmac(pair["refresh_token"])
        sealed = json.dumps({**pair, "expires_at": now + pair["expires_in"]}).encode("ascii")
        connection.execute(
            tokens.update()
            .where(tokens.c.token_hmac == old.token_hmac)
            .values(
                used_at=now,
                successor_hmac=refresh_hmac,
                sealed_pair=state.secret.seal(sealed, idempotency_key=presented, bound_to=bytes(old.token_hmac)),
            )
        )
        # Whoever uses this token got it: the pair that brought it is not asked for again.
        if old.parent_hmac is not None:
            connection.execute(tokens.update().where(tokens.c.token_hmac == old.parent_hmac).values(sealed_pair=None))
        _store(state, connection, client, pair, grant_id=old.grant_id, user_id=old.user_id, now=now, parent=old)
    notes.passed("refresh.unused")
    notes.effect("tokens_issued")
    return True


def _use_code(connection: Connection, code: CodeRow, now: float, family: Tables = APPS) -> bool:
    codes = family.codes
    used = connection.execute(
        codes.update().where(codes.c.code_hmac == code.code_hmac, codes.c.used_at.is_(None)).values(used_at=now)
    )
    return used.rowcount == 1


def _state_of(connection: Connection, tokens: sa.Table, token_hmac: bytes) -> Any:
    """Return what became of a refresh token, as this transaction sees it, or None where there is no such token."""
    read = sa.select(tokens.c.used_at, tokens.c.successor_hmac, tokens.c.sealed_pair)
    return connection.execute(read.where(tokens.c.token_hmac == token_hmac)).one_or_none()


def _repeated(
    state: ServerState,
    connection: Connection,
    tokens: sa.Table,
    old: RefreshRow,
    known: Any,
    presented: str,
    now: float,
) -> dict[str, Any] | None:
    """Return the pair that the first use of a token got, where it may be had once more."""
    if known.sealed_pair is None or now - known.used_at > REFRESH_GRACE:
        return None
    successor = _state_of(connection, tokens, known.successor_hmac)
    if successor is None or successor.used_at is not None:
        return None
    try:
        opened = state.secret.unseal(
            bytes(known.sealed_pair), idempotency_key=presented, bound_to=bytes(old.token_hmac)
        )
    except SealBrokenError:
        return None
    pair: dict[str, Any] = json.loads(opened)
    pair["expires_in"] = max(0, int(pair.pop("expires_at") - now))
    return pair


def _store(
    state: ServerState,
    connection: Connection,
    client: Client,
    pair: Mapping[str, Any],
    *,
    grant_id: str | None,
    user_id: str | None,
    now: float,
    parent: RefreshRow | None = None,
) -> None:
    family = families.of(client.id)
    scopes = json.dumps(pair["scope"].split())
    ends = now + pair["expires_in"]
    row = family.row(
        family.access,
        user_id,
        token_hmac=state.secret.token_hmac(pair["access_token"]),
        last4=pair["access_token"][-4:],
        app_id=client.id,
        grant_id=grant_id,
        scopes=scopes,
        created_at=now,
        expires_at=ends,
    )
    connection.execute(into(family.access), row)
    if grant_id is None:
        return
    if "refresh_token" in pair:
        ends = max(ends, now + client.refresh_token_ttl)
        row = family.row(
            family.refresh,
            user_id,
            token_hmac=state.secret.token_hmac(pair["refresh_token"]),
            grant_id=grant_id,
            app_id=client.id,
            # A refresh may narrow what its access token opens, never what the next refresh may ask (RFC 6749 §6).
            scopes=scopes if parent is None else parent.scopes,
            created_at=now,
            expires_at=now + client.refresh_token_ttl,
            parent_hmac=None if parent is None else parent.token_hmac,
        )
        connection.execute(into(family.refresh), row)
    consents.prolong(connection, grant_id, ends, family)
