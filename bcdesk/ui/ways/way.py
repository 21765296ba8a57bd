"""What a way to a server is, and what it hands its client to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bcdesk.client.client import Client
    from bcdesk.store.cache import Cache


class Follower(Protocol):
    """What follows a server: `bcdesk.ui.connecting.Connecting`."""

    @property
    def cache(self) -> Cache | None:
        """Return the offline copy of the connection, where there is one."""

    async def before_contact(self) -> None:
        """Return when a first request may be sent."""

    async def follow(self, client: Client, host: str) -> None:
        """Keep the store by ``client`` from now on."""

    async def leave_server(self) -> None:
        """Ask the server nothing any more; what is known stays."""

    def forget(self) -> None:
        """Let nothing stay on the screen of what this server said."""

    def pause(self) -> None:
        """Stop the loop where its server is gone; the next client starts another."""


class Way(Protocol):
    """Goes to one server, from its start until its end."""

    @property
    def pid(self) -> int:
        """Return the process id of a server that this desk runs; 0 where none does."""

    def start(self) -> None:
        """Go; the rest follows by itself."""

    def retry(self) -> None:
        """Go again, where that failed."""

    async def end(self) -> None:
        """Leave the server, and return when nothing is left of the way."""
