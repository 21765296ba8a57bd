"""The one hand-over of each secret: waiting until acknowledged, discarded or 24 hours old.

What ends a hand-over also drops the sealed reply, so that nobody gets the secret again. A secret that was used was
evidently handed over: it can no longer be discarded, and after 24 hours it counts as handed over.
"""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bcdesk.contract.codes import Code
from bcdesk.contract.key_rules import HANDOVER_SECONDS
from bcdesk.contract.moments import format_moment
from bcdesk.server.audit import SERVER
from bcdesk.server.ids import is_id, new_id
from bcdesk.server.problems import ProblemError
from bcdesk.server.state import ServerState
from bcdesk.server.tables import handovers, idempotency


class HandoverRecord(NamedTuple):
    """A row of ``handovers``."""

    id: str
    kind: str
    row_id: str
    secret_id: str
    member_id: str
    state: str
    how: str | None
    created_at: float
    expires_at: float
    ended_at: float | None

    @property
    def about(self) -> str:
        """Return what it is a secret of: key, app or member."""
        kind = self.row_id.partition("_")[0]
        return "member" if kind == "mem" else kind


SELECT_HANDOVERS = sa.select(*(handovers.c[name] for name in HandoverRecord._fields))
_OVERDUE = sa.select(handovers.c.id).where(
    handovers.c.state == "waiting", handovers.c.expires_at <= sa.bindparam("now")
)
_ONE = SELECT_HANDOVERS.where(handovers.c.id == sa.bindparam("handover_id"))
_WAITING: Final = (
    SELECT_HANDOVERS.where(
        handovers.c.row_id.in_(sa.bindparam("row_ids", expanding=True)),
        handovers.c.state == "waiting",
        handovers.c.expires_at > sa.bindparam("now"),
    )
).order_by(handovers.c.created_at, handovers.c.id)


def open_(connection: Connection, kind: str, row_id: str, secret_id: str, member_id: str, now: float) -> str:
    """Open the hand-over of a fresh secret and return its id."""
    handover_id = new_id("hnd")
    connection.execute(
        handovers.insert().values(
            id=handover_id,
            kind=kind,
            row_id=row_id,
            secret_id=secret_id,
            member_id=member_id,
            state="waiting",
            created_at=now,
            expires_at=now + HANDOVER_SECONDS,
        )
    )
    return handover_id


def find(connection: Connection, handover_id: str) -> HandoverRecord:
    """Return a hand-over; raise 404 where there is none of that id."""
    row = connection.execute(_ONE, {"handover_id": handover_id}).one_or_none() if is_id("hnd", handover_id) else None
    if row is None:
        raise ProblemError(404, Code.NOT_FOUND, "There is no hand-over of that id.")
    return HandoverRecord._make(row)


def waiting(connection: Connection, row_ids: Iterable[str], now: float) -> dict[str, HandoverRecord]:
    """Return the newest hand-over that waits of each key or application that has one; at most 500 at once."""
    found = connection.execute(_WAITING, {"row_ids": list(row_ids), "now": now})
    return {row.row_id: HandoverRecord._make(row) for row in found}


def acknowledge(
    state: ServerState, connection: Connection, member_id: str, handover_id: str, how: str, now: float
) -> HandoverRecord:
    """Note that a secret was handed over; again changes nothing; raise 409 ``handover_ended`` once discarded."""
    handover = find(connection, handover_id)
    if handover.state == "handed_over":
        return handover
    if handover.state == "discarded":
        raise ended(handover)
    _acknowledged(state, connection, member_id, handover, how, now)
    return find(connection, handover_id)


def discard(state: ServerState, connection: Connection, member_id: str, handover_id: str, now: float) -> HandoverRecord:
    """Take a secret back that nobody got: what was created is gone, a rotated key is as it was; again changes nothing.

    Raise 409 ``handover_ended`` once handed over, 409 ``version_used`` where somebody used it already.
    """
    handover = find(connection, handover_id)
    if handover.state == "discarded":
        return handover
    if handover.state == "handed_over":
        raise ended(handover)
    if state.secret_kinds[handover.kind].used(connection, handover.secret_id):
        raise ProblemError(409, Code.VERSION_USED, "Somebody has used this secret already: it was handed over.")
    _discard(state, connection, member_id, handover, now)
    return find(connection, handover_id)


def settle(state: ServerState, now: float) -> int:
    """End every hand-over that is 24 hours old and return how many; called before what depends on them, and hourly."""
    with state.database.read() as connection:
        if not connection.execute(_OVERDUE.limit(1), {"now": now}).first():
            return 0
    with state.database.write() as connection:
        overdue = list(connection.scalars(_OVERDUE, {"now": now}))
        for handover_id in overdue:
            handover = find(connection, handover_id)
            if state.secret_kinds[handover.kind].used(connection, handover.secret_id):
                _acknowledged(state, connection, SERVER, handover, "used", now)
            else:
                _discard(state, connection, SERVER, handover, now)
    return len(overdue)


def end_waiting(connection: Connection, secret_id: str, now: float) -> bool:
    """End the hand-over of a secret that ends; tell whether one still waited."""
    its = sa.select(handovers.c.id).where(handovers.c.secret_id == secret_id, handovers.c.state == "waiting")
    handover_id = connection.scalars(its).one_or_none()
    if handover_id is None:
        return False
    _end(connection, handover_id, "discarded", now)
    return True


def ended(handover: HandoverRecord) -> ProblemError:
    """Return the 409 of a hand-over that is over, naming the key or application and how it ended."""
    told: dict[str, Any] = {
        f"{handover.about}_id": handover.row_id,
        "handover": {"id": handover.id, "state": handover.state, "expires_at": format_moment(handover.expires_at)},
    }
    sentence = "This secret was handed over or discarded; it does not come again."
    return ProblemError(409, Code.HANDOVER_ENDED, sentence, **told)


def _acknowledged(
    state: ServerState, connection: Connection, actor: str, handover: HandoverRecord, how: str, now: float
) -> None:
    _end(connection, handover.id, "handed_over", now, how)
    state.secret_kinds[handover.kind].mark_changed(connection, handover.row_id)
    state.audit.append(
        connection, at=now, actor=actor, action="handover.acknowledged", target=handover.id, how=how,
        **_named(handover),
    )  # fmt: skip


def _discard(state: ServerState, connection: Connection, actor: str, handover: HandoverRecord, now: float) -> None:
    _end(connection, handover.id, "discarded", now)
    kept = state.secret_kinds[handover.kind].take_back(connection, handover.row_id, handover.secret_id, now)
    state.audit.append(
        connection, at=now, actor=actor, action="handover.discarded", target=handover.id, kind=handover.kind,
        **_named(handover), **{f"{handover.about}_kept": kept},
    )  # fmt: skip


def _named(handover: HandoverRecord) -> dict[str, str]:
    secret = "version" if handover.about == "key" else "secret"
    return {handover.about: handover.row_id, secret: handover.secret_id}


def _end(connection: Connection, handover_id: str, state: str, now: float, how: str | None = None) -> None:
    connection.execute(
        handovers.update().where(handovers.c.id == handover_id).values(state=state, ended_at=now, how=how)
    )
    connection.execute(idempotency.update().where(idempotency.c.handover_id == handover_id).values(sealed_reply=None))
