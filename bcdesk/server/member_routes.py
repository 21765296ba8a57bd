"""The routes of members: whoever may, invites others, makes them set-up links, and changes what they are."""

import json

from fastapi import FastAPI, Request
from sqlalchemy.engine import Connection
from starlette.responses import Response

from bcdesk.contract import routes, wire
from bcdesk.contract.moments import format_moment
from bcdesk.server import handovers, members, setups
from bcdesk.server.auth import demand_still
from bcdesk.server.changes import current_change
from bcdesk.server.idempotency import Reply
from bcdesk.server.json_text import as_text, handover_json
from bcdesk.server.listing import since_at
from bcdesk.server.manage import Caller, State, add, if_match, reply, reply_once
from bcdesk.server.preconditions import etag
from bcdesk.server.state import ServerState


def list_members(state: State) -> Response:
    """List every member, on one page."""
    with state.database.read() as connection:
        items = [members.as_json(member) for member in members.every(connection)]
        since = since_at(state, current_change(connection))
    return reply({"items": items, "next_cursor": None, "as_of": format_moment(state.now()), "since": since})


def create_member(state: State, member: Caller, request: Request, body: wire.MemberNew) -> Response:
    """Invite a member; the secret is the token of a set-up link."""
    now = state.now()

    def work(connection: Connection) -> Reply:
        made = members.add(
            state, connection, actor=member.id, name=body.name, role=body.role, email=body.email, now=now
        )
        return _linked(state, connection, "member", made.id, member.id, now)

    return reply_once(state, member, request, now, work)


def make_setup_link(state: State, member: Caller, request: Request, member_id: str) -> Response:
    """Make a member a new set-up link, to come in or to set a new password; those of before end."""
    now = state.now()
    return reply_once(
        state,
        member,
        request,
        now,
        lambda connection: _linked(state, connection, "setup", member_id, member.id, now),
    )


def patch_member(state: State, member: Caller, request: Request, member_id: str, body: wire.MemberPatch) -> Response:
    """Change a member's role, or disable or enable the member."""
    with state.database.write() as connection:
        demand_still(connection, member.id, routes.MEMBERS_PATCH.role or "owner")
        row = members.patch(state, connection, member_id, body, if_match(request), actor=member.id, now=state.now())
    return reply(members.as_json(row), headers=etag(row.revision))


def _linked(state: ServerState, connection: Connection, kind: str, member_id: str, actor: str, now: float) -> Reply:
    link = setups.make(state, connection, member_id, actor=actor, now=now)
    handover_id = handovers.open_(connection, kind, member_id, link.id, actor, now)
    row = json.dumps(members.as_json(members.find(connection, member_id)), ensure_ascii=False, separators=(",", ":"))
    handover = handover_json(handovers.find(connection, handover_id))
    text = f'{{"member":{row},"secret":{as_text(link.token)},"handover":{handover}}}'
    return Reply(text.encode("utf-8"), member_id, handover_id)


def add_routes(app: FastAPI) -> None:
    """Serve the routes of this file, and tell what the hand-overs of members are about."""
    state: ServerState = app.state.server
    state.secret_kinds.update(setups.kinds())
    add(app, routes.MEMBERS_LIST, list_members, wire.MemberPage)
    add(app, routes.MEMBERS_CREATE, create_member, wire.MemberMade)
    add(app, routes.MEMBERS_SETUP, make_setup_link, wire.MemberMade)
    add(app, routes.MEMBERS_PATCH, patch_member, wire.Member)
