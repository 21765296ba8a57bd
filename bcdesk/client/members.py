"""Members: who runs the studio."""

from collections.abc import Mapping
from typing import Any

from bcdesk.client import convert
from bcdesk.client.checked import read, read_secret
from bcdesk.client.replies import Reply
from bcdesk.client.resource import Resource
from bcdesk.client.transport import ATTEMPTS
from bcdesk.client.values import MadeMember
from bcdesk.contract import first_party, routes, wire
from bcdesk.contract.rows import MemberRow


class Members(Resource):
    """The routes below ``/manage/v1/members``."""

    async def list(self) -> tuple[MemberRow, ...]:
        """Return every member, page after page."""
        rows: list[MemberRow] = []
        query = {"limit": str(routes.PAGE_MAX)}
        while True:
            page = read(wire.MemberPage, await self._call(routes.MEMBERS_LIST, query=query, attempts=ATTEMPTS))
            rows += [convert.member_row(member) for member in page.items]
            if page.next_cursor is None:
                return tuple(rows)
            query["cursor"] = page.next_cursor

    async def create(self, *, name: str, email: str, role: str, idempotency_key: str) -> MadeMember:
        """Invite a member; the secret is the token of a set-up link that works once, for 15 minutes."""
        return await self.create_from({"name": name, "email": email, "role": role}, idempotency_key)

    async def create_from(self, body: Mapping[str, Any], idempotency_key: str) -> MadeMember:
        """Invite a member from the exact JSON, as a replay needs it."""
        return _made(await self._make(routes.MEMBERS_CREATE, {}, body, idempotency_key))

    async def setup(self, id: str, *, idempotency_key: str) -> MadeMember:
        """Make a member a new set-up link, which ends those before it: to come in first, or to set a new password."""
        return _made(await self._make(routes.MEMBERS_SETUP, {"member_id": id}, {}, idempotency_key))

    async def patch(self, id: str, changes: Mapping[str, Any], revision: int) -> MemberRow:
        """Change ``role`` or ``disabled`` of a member as it was at ``revision``; raise `Stale` where it changed since.

        Raise `Conflict` with ``last_owner`` where nobody would be left who may do this.
        """
        reply = await self._patch(routes.MEMBERS_PATCH, {"member_id": id}, changes, revision)
        return convert.member_row(read(wire.Member, reply))


def _made(reply: Reply) -> MadeMember:
    made, secret = read_secret(wire.MemberMade, reply, first_party.SETUP.fullmatch)
    return MadeMember(convert.member_row(made.member), convert.handover_row(made.handover), secret)
