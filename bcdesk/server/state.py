"""Everything a running server holds, built once by the runtime and handed to every route."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy.engine import Connection

from bcdesk.server.audit import Audit
from bcdesk.server.database import Database
from bcdesk.server.feed import Feed
from bcdesk.server.hops import Hops
from bcdesk.server.server_secret import ServerSecret

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection


class SecretKind(NamedTuple):
    """How the secret of one kind of hand-over belongs to its row; the ids are those of row and secret."""

    take_back: Callable[[Connection, str, str, float], bool]
    """Takes back a secret that nobody got (row, secret, moment) and tells whether its row is still there."""
    used: Callable[[Connection, str], bool]
    """Tells whether somebody has used the secret."""
    mark_changed: Callable[[Connection, str], None]
    """Has the row come with the next changes: its JSON shows the hand-over while it waits."""


@dataclass(eq=False)
class ServerState:
    """The long-lived objects of one server; ``clock`` answers seconds since the epoch and is faked in tests."""

    database: Database
    secret: ServerSecret = field(repr=False)
    server_id: str
    version: str
    data_dir: Path | None = None
    """Where the audit's head is kept beside the database; None keeps none."""
    base_url: str = "http://127.0.0.1"
    issuer: str = "http://127.0.0.1"
    also_at: tuple[str, ...] = ()
    """Further addresses that it is reached at: the bound one, where a proxy publishes another."""
    demo: bool = False
    clock: Callable[[], float] = time.time
    limiter: Any = None
    """The moving windows of `bcdesk.server.limits`."""
    usage: Any = None
    """The batching recorder of `bcdesk.server.usage`."""
    audit: Audit = field(init=False, repr=False)
    hops: Hops = field(init=False, repr=False)
    """What the requests of flows did in the last hour."""
    feed: Feed = field(init=False, repr=False)
    """What changes, for whoever follows."""
    owner_token_hmac: bytes | None = field(default=None, repr=False)
    """The keyed hash of the owner token handed over at start, held in memory only."""
    owner_member_id: str | None = None
    secret_kinds: dict[str, SecretKind] = field(default_factory=dict, repr=False)
    """What each kind of hand-over is about; each part of the program adds its own."""
    in_flight: set[tuple[str, str, bytes]] = field(default_factory=set, repr=False)
    """The (member, route, Idempotency-Key hash) of secret-making requests under way in this process."""

    def __post_init__(self) -> None:
        """Build what follows from the fields."""
        self.audit = Audit(self.secret, self.data_dir)
        self.hops = Hops(self.now)
        self.feed = Feed(self.database)

    def end_tails(self) -> None:
        """End all who follow something: the server stops."""
        self.hops.close()
        self.feed.close()

    def now(self) -> float:
        """Return the moment in seconds since the epoch, to the millisecond that the wire carries."""
        return round(self.clock(), 3)


def state_of(connection: "HTTPConnection") -> ServerState:
    """Return the state of the server that answers ``connection``."""
    state: ServerState = connection.app.state.server
    return state
