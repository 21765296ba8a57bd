"""The routes of the session, the scopes, the members and the hand-overs."""

from fastapi import FastAPI, Request
from starlette.responses import Response

from bcdesk.contract import routes, scopes, wire
from bcdesk.contract.moments import format_moment
from bcdesk.server import handovers, members
from bcdesk.server.changes import current_change
from bcdesk.server.json_text import handover_json
from bcdesk.server.listing import since_at
from bcdesk.server.manage import Caller, State, add, if_match, reply
from bcdesk.server.preconditions import etag

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
            "capabilities": [*CAPABILITIES, *([DEMO] if state.demo else [])],
        }
    )


async def list_scopes() -> Response:
    """List every scope that a key can carry."""
    return reply({"items": [scope._asdict() for scope in scopes.SCOPES]})


def list_members(state: State) -> Response:
    """List every member, on one page."""
    with state.database.read() as connection:
        items = [members.as_json(member) for member in members.every(connection)]
        since = since_at(state, current_change(connection))
    return reply({"items": items, "next_cursor": None, "as_of": format_moment(state.now()), "since": since})


def create_member(state: State, member: Caller, body: wire.MemberNew) -> Response:
    """Add a member."""
    with state.database.write() as connection:
        made = members.add(
            state, connection, actor=member.id, name=body.name, role=body.role, email=body.email, now=state.now()
        )
    return reply(members.as_json(made), 201, etag(made.revision))


def patch_member(state: State, member: Caller, request: Request, member_id: str, body: wire.MemberPatch) -> Response:
    """Change a member's role, or disable or enable the member."""
    with state.database.write() as connection:
        row = members.patch(state, connection, member_id, body, if_match(request), actor=member.id, now=state.now())
    return reply(members.as_json(row), headers=etag(row.revision))


def acknowledge_handover(state: State, member: Caller, handover_id: str, body: wire.AckBody) -> Response:
    """Note that a secret was handed over; it never comes again."""
    now = state.now()
    handovers.settle(state, now)
    with state.database.write() as connection:
        return reply(handover_json(handovers.acknowledge(state, connection, member.id, handover_id, body.how, now)))


def discard_handover(state: State, member: Caller, handover_id: str) -> Response:
    """Take back a secret that nobody got."""
    now = state.now()
    handovers.settle(state, now)
    with state.database.write() as connection:
        return reply(handover_json(handovers.discard(state, connection, member.id, handover_id, now)))


def add_routes(app: FastAPI) -> None:
    """Serve the routes of this file."""
    add(app, routes.SESSION, get_session, wire.Session)
    add(app, routes.SCOPES, list_scopes, wire.ScopeList)
    add(app, routes.MEMBERS_LIST, list_members, wire.MemberPage)
    add(app, routes.MEMBERS_CREATE, create_member, wire.Member)
    add(app, routes.MEMBERS_PATCH, patch_member, wire.Member)
    add(app, routes.HANDOVERS_ACK, acknowledge_handover, wire.Handover)
    add(app, routes.HANDOVERS_DISCARD, discard_handover, wire.Handover)
