"""The check of an API key: one keyed hash and one prepared read, on the loop's own connection."""

import hashlib
import hmac
import json
from functools import lru_cache
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from starlette.concurrency import run_in_threadpool

from bcdesk.contract.codes import Code
from bcdesk.contract.key_format import parse
from bcdesk.contract.key_rules import address_allowed
from bcdesk.server.keys.first_use import record_first_use
from bcdesk.server.problems import ProblemError, challenge
from bcdesk.server.state import ServerState

_QUERY: Final = (
    "SELECT v.id, v.first_used_at, v.retires_at, v.ended_at, k.id, k.name, k.environment, k.scopes, k.allowed_cidrs,"
    " k.expires_at, k.disabled_at, k.revoked_at"
    " FROM key_versions v JOIN keys k ON k.id = v.key_id WHERE v.token_hmac = "
)
_RAW: Final = _QUERY + "?"
_PORTABLE: Final = sa.text(_QUERY + ":token_hmac")


class CheckedKey(NamedTuple):
    """A key that opens the API at this moment, and what it may do."""

    key_id: str
    version_id: str
    name: str
    environment: str
    scopes: frozenset[str]
    allowed_cidrs: tuple[str, ...]


async def check_key(state: ServerState, token: str, now: float, address: str) -> CheckedKey:
    """Return the key that ``token`` is, and record its first use before the call is answered.

    A call from an ``address`` that the key does not allow is no use of it: the caller refuses it.
    Raise 401 where the key is unknown, revoked, retired, expired or disabled; the problem does not say which.
    """
    if parse(token) is None:
        raise _refused()
    digest = hmac.digest(state.secret.pepper, hashlib.sha256(token.encode("ascii")).digest(), "sha256")
    for _ in range(2):
        if state.database.is_sqlite:
            row = state.database.points.execute(_RAW, (digest,)).fetchone()
        else:
            row = await run_in_threadpool(_read, state, digest)
        if row is None or not _works(row, now):
            raise _refused()
        version_id, first_used_at, _, _, key_id, name, environment, scopes, ranges = row[:9]
        key = CheckedKey(key_id, version_id, name, environment, _scopes(scopes), _ranges(ranges))
        if first_used_at is not None or not address_allowed(address, key.allowed_cidrs):
            return key
        if await run_in_threadpool(record_first_use, state, key_id, version_id, now, address):
            return key
        # Somebody ended the version between the read and the write: look again.
    raise _refused()


def _works(row: Any, now: float) -> bool:
    retires_at, ended_at, expires_at, disabled_at, revoked_at = row[2], row[3], row[9], row[10], row[11]
    return (
        revoked_at is None
        and ended_at is None
        and disabled_at is None
        and (retires_at is None or retires_at > now)
        and (expires_at is None or expires_at > now)
    )


def _read(state: ServerState, digest: bytes) -> Any:
    with state.database.read() as connection:
        return connection.execute(_PORTABLE, {"token_hmac": digest}).one_or_none()


def _refused() -> ProblemError:
    return ProblemError(
        401,
        Code.INVALID_TOKEN,
        "This key does not open the API: it is unknown, or no longer works.",
        headers=challenge("bcdesk /v1", "invalid_token"),
    )


@lru_cache(1024)
def _scopes(text: str) -> frozenset[str]:
    return frozenset(json.loads(text))


@lru_cache(1024)
def _ranges(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))
