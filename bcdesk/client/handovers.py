"""Hand-overs: how a secret's one way to its person ends."""

from urllib.parse import quote

from bcdesk.client import convert
from bcdesk.client.checked import read
from bcdesk.client.transport import ATTEMPTS, Transport
from bcdesk.contract import routes, wire
from bcdesk.contract.rows import HandoverRow


class Handovers:
    """The routes below ``/manage/v1/handovers``; both may be repeated."""

    def __init__(self, transport: Transport) -> None:
        """Use ``transport`` for every call."""
        self._transport = transport

    async def ack(self, id: str, how: str) -> HandoverRow:
        """Say that the secret was taken, ``how`` by ``copy`` or ``file``: it never comes again."""
        return await self._end(routes.HANDOVERS_ACK, id, {"how": how})

    async def discard(self, id: str) -> HandoverRow:
        """Say that nobody has the secret: a discarded create leaves no key, a discarded rotation the old version."""
        return await self._end(routes.HANDOVERS_DISCARD, id, {})

    async def _end(self, route: routes.Route, id: str, body: dict[str, str]) -> HandoverRow:
        path = route.at(handover_id=quote(id, safe=""))
        return convert.handover_row(
            read(wire.Handover, await self._transport.send(route.method, path, body=body, attempts=ATTEMPTS))
        )
