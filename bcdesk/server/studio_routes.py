"""The routes of the session, the scopes and the hand-overs."""

from fastapi import FastAPI
from sqlalchemy.engine import Connection
from starlette.responses import Response

from bcdesk.contract import routes, scopes, wire
from bcdesk.server import handovers, members
from bcdesk.server.auth import CallingMember, demand
from bcdesk.server.json_text import handover_json
from bcdesk.server.manage import Caller, State, add, reply

CAPABILITIES = ("keys", "members", "apps", "events")
DEMO = "demo"


def get_session(state: State, member: Caller) -> Response:
    """Tell who calls, and what this server can do."""
    with state.database.read() as connection:
        row = members.find(connection, member.id)
    return reply(
        {
            "member": members.as_json(row),
            "role": row.role,
            "server_id": state.server_id,
            "server_version": state.version,
            "signed_in_by": member.signed_in_by,
            "capabilities": [*CAPABILITIES, *([DEMO] if state.demo else [])],
        }
    )


async def list_scopes() -> Response:
    """List every scope that a key can carry."""
    return reply({"items": [scope._asdict() for scope in scopes.SCOPES]})


def acknowledge_handover(state: State, member: Caller, handover_id: str, body: wire.AckBody) -> Response:
    """Note that a secret was handed over; it never comes again."""
    now = state.now()
    handovers.settle(state, now)
    with state.database.write() as connection:
        _demand(connection, member, handover_id)
        return reply(handover_json(handovers.acknowledge(state, connection, member.id, handover_id, body.how, now)))


def discard_handover(state: State, member: Caller, handover_id: str) -> Response:
    """Take back a secret that nobody got."""
    now = state.now()
    handovers.settle(state, now)
    with state.database.write() as connection:
        _demand(connection, member, handover_id)
        return reply(handover_json(handovers.discard(state, connection, member.id, handover_id, now)))


def _demand(connection: Connection, member: CallingMember, handover_id: str) -> None:
    """Raise 403 where the hand-over is of an invitation, which an owner's is alone."""
    if handovers.find(connection, handover_id).about == "member":
        demand(member, routes.MEMBERS_CREATE.role or "owner")


def add_routes(app: FastAPI) -> None:
    """Serve the routes of this file."""
    add(app, routes.SESSION, get_session, wire.Session)
    add(app, routes.SCOPES, list_scopes, wire.ScopeList)
    add(app, routes.HANDOVERS_ACK, acknowledge_handover, wire.Handover)
    add(app, routes.HANDOVERS_DISCARD, discard_handover, wire.Handover)
