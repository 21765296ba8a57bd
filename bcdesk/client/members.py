"""Members: who runs the studio."""

from bcdesk.client import convert
from bcdesk.client.checked import read
from bcdesk.client.transport import ATTEMPTS, Transport
from bcdesk.contract import routes, wire
from bcdesk.contract.rows import MemberRow


class Members:
    """The routes below ``/manage/v1/members``."""

    def __init__(self, transport: Transport) -> None:
        """Use ``transport`` for every call."""
        self._transport = transport

    async def list(self) -> tuple[MemberRow, ...]:
        """Return every member, page after page."""
        rows: list[MemberRow] = []
        query = {"limit": str(routes.PAGE_MAX)}
        while True:
            route = routes.MEMBERS_LIST
            reply = await self._transport.send(route.method, route.path, query=query, attempts=ATTEMPTS)
            page = read(wire.MemberPage, reply)
            rows += [convert.member_row(member) for member in page.items]
            if page.next_cursor is None:
                return tuple(rows)
            query["cursor"] = page.next_cursor
