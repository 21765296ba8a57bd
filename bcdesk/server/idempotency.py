"""``Idempotency-Key``: a repeated secret-making request gets the very reply of the first, and makes nothing anew.

The reply is sealed under a key drawn from the Idempotency-Key, which the database does not hold: whoever steals the
database opens nothing. It is bound to member, route and body, and dropped once the hand-over ends.
"""

import hashlib
import hmac
import re
from collections.abc import Callable
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from bcdesk.contract.codes import Code
from bcdesk.contract.routes import IDEMPOTENCY_KEY
from bcdesk.server import handovers
from bcdesk.server.auth import demand_still
from bcdesk.server.problems import ProblemError
from bcdesk.server.server_secret import SealBrokenError
from bcdesk.server.state import ServerState
from bcdesk.server.strict_json import canonical
from bcdesk.server.tables import idempotency

_FORM: Final = re.compile(IDEMPOTENCY_KEY)


class Reply(NamedTuple):
    """The body of a secret-making reply, with what its row is found by."""

    body: bytes
    row_id: str
    handover_id: str | None
    """None: the reply holds no secret, and comes again for ever."""

    def __repr__(self) -> str:
        return f"<Reply {self.row_id}>"


def once(
    state: ServerState,
    *,
    member_id: str,
    route: str,
    given: list[str],
    body: object,
    now: float,
    make: Callable[[Connection], Reply],
    role: str = "manager",
) -> bytes:
    """Return the reply of ``make``, run at most once for a member, route and Idempotency-Key.

    ``role`` is what the member still has to be when it is written.
    Raise 400 where the header is missing or malformed, 409 while the first request is under way, 422 where the key
    came with another body, 409 ``handover_ended`` where the secret is no longer to be had.
    """
    key = _demand_key(given)
    place = (member_id, route, state.secret.idempotency_hmac(key))
    if place in state.in_flight:
        raise _in_flight()
    state.in_flight.add(place)
    try:
        handovers.settle(state, now)
        return _once(state, place, key, hashlib.sha256(canonical(body)).digest(), now, make, role)
    finally:
        state.in_flight.discard(place)


def _once(
    state: ServerState,
    place: tuple[str, str, bytes],
    key: str,
    body_sha256: bytes,
    now: float,
    make: Callable[[Connection], Reply],
    role: str,
) -> bytes:
    member_id, route, key_hmac = place
    bound_to = canonical([member_id, route, body_sha256.hex()])
    try:
        with state.database.write() as connection:
            demand_still(connection, member_id, role)
            found = _replay(state, connection, place, key, body_sha256, bound_to)
            if found is not None:
                return found
            reply = make(connection)
            connection.execute(
                idempotency.insert().values(
                    member_id=member_id,
                    route=route,
                    key_hmac=key_hmac,
                    body_sha256=body_sha256,
                    sealed_reply=state.secret.seal(reply.body, idempotency_key=key, bound_to=bound_to),
                    handover_id=reply.handover_id,
                    row_id=reply.row_id,
                    created_at=now,
                )
            )
            return reply.body
    except IntegrityError:
        raise _in_flight() from None


def _replay(
    state: ServerState,
    connection: Connection,
    place: tuple[str, str, bytes],
    key: str,
    body_sha256: bytes,
    bound_to: bytes,
) -> bytes | None:
    member_id, route, key_hmac = place
    row = connection.execute(
        sa.select(idempotency).where(
            idempotency.c.member_id == member_id, idempotency.c.route == route, idempotency.c.key_hmac == key_hmac
        )
    ).one_or_none()
    if row is None:
        return None
    if not hmac.compare_digest(bytes(row.body_sha256), body_sha256):
        raise ProblemError(
            422, Code.IDEMPOTENCY_KEY_REUSED, "This Idempotency-Key came with another body before; draw a new one."
        )
    if row.handover_id is not None:
        handover = handovers.find(connection, row.handover_id)
        if handover.state != "waiting" or row.sealed_reply is None:
            raise handovers.ended(handover)
    try:
        return state.secret.unseal(bytes(row.sealed_reply), idempotency_key=key, bound_to=bound_to)
    except SealBrokenError:
        raise ProblemError(
            500, Code.INTERNAL, "The kept reply cannot be opened; the server's key has changed."
        ) from None


def _demand_key(given: list[str]) -> str:
    if not given:
        raise ProblemError(400, Code.IDEMPOTENCY_KEY_MISSING, "Send an Idempotency-Key, so that a repetition is safe.")
    if len(given) > 1 or not _FORM.fullmatch(given[0]):
        raise ProblemError(
            400,
            Code.IDEMPOTENCY_KEY_INVALID,
            "An Idempotency-Key is 32 to 128 letters, digits, hyphens or underscores.",
        )
    return given[0]


def _in_flight() -> ProblemError:
    return ProblemError(
        409, Code.IDEMPOTENCY_IN_FLIGHT, "The first request with this Idempotency-Key is still under way.",
        headers={"Retry-After": "1"},
    )  # fmt: skip
