"""The contract as Python calls: ``client.keys.revoke(id, …)``; every failure is a `ClientError`."""

from bcdesk.client import convert
from bcdesk.client.applications import Applications
from bcdesk.client.changes import Changes
from bcdesk.client.checked import read
from bcdesk.client.flow_trace import FlowTrace
from bcdesk.client.handovers import Handovers
from bcdesk.client.keys import Keys
from bcdesk.client.members import Members
from bcdesk.client.transport import ATTEMPTS, Transport
from bcdesk.contract import routes, wire
from bcdesk.contract.rows import ScopeRow, SessionRow


class Client:
    """One server, seen as one member; answers are light rows, times in epoch seconds."""

    def __init__(self, transport: Transport) -> None:
        """Use ``transport``, and close it in `aclose`."""
        self._transport = transport
        self.keys = Keys(transport)
        self.apps = Applications(transport)
        self.handovers = Handovers(transport)
        self.members = Members(transport)
        self.flow_trace = FlowTrace(transport)
        self.changes = Changes(transport)

    @property
    def base_url(self) -> str:
        """Return the server's address."""
        return self._transport.base_url

    async def session(self, *, attempts: int = ATTEMPTS) -> SessionRow:
        """Return who the desk is on this server, and what the server can do."""
        route = routes.SESSION
        reply = await self._transport.send(route.method, route.path, attempts=attempts)
        row = convert.session_row(read(wire.Session, reply))
        if not self.base_url.startswith("https:"):
            return row  # a server of this computer, at another port each time
        return row._replace(server_id=f"{row.server_id} at {self.base_url}")

    async def scopes(self) -> tuple[ScopeRow, ...]:
        """Return every scope that a key can carry."""
        route = routes.SCOPES
        found = read(wire.ScopeList, await self._transport.send(route.method, route.path, attempts=ATTEMPTS))
        return tuple(ScopeRow(item.name, item.sentence, item.writes) for item in found.items)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._transport.aclose()
