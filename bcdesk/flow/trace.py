"""The record of a run: every hop of both channels, redacted before it is kept."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from bcdesk.contract.flow_rows import HopRow
from bcdesk.flow.failures import Failure


class Channel(StrEnum):
    """Which way a hop went: through the browser, or from program to server."""

    LOCAL = "local"
    FRONT = "front"
    BACK = "back"


class Hidden(NamedTuple):
    """What stands in the place of a secret: what it was, how long, and the start of its SHA-256 to tell two apart."""

    kind: str
    length: int
    fingerprint: str

    def __str__(self) -> str:
        return "••••••••"


Value = str | Hidden
Pairs = tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Message:
    """One side of a hop: its first line's parts, headers, and the body as parameters, or as text where it has none.

    ``query`` holds the parameters of ``url``, which itself ends before the question mark.
    """

    method: str = ""
    url: str = ""
    status: int | None = None
    query: Pairs = ()
    headers: Pairs = ()
    form: Pairs = ()
    json: Pairs = ()
    text: str = ""


@dataclass(slots=True)
class Hop:
    """One step of a run.

    ``name`` is discovery, prepare, authorize, browser, callback, token, refresh, introspect, userinfo, call, revoke,
    keys (the server's, which sign an ID token), or page: one that the browser opened on its way.
    """

    id: int
    name: str
    channel: Channel
    started_at: float
    """Seconds since the epoch."""
    milliseconds: float | None = None
    sent: Message | None = None
    received: Message | None = None
    ok: bool | None = None
    """None while it is under way."""
    failure: Failure | None = None
    facts: dict[str, str] = field(default_factory=dict)
    server: list[HopRow] = field(default_factory=list)
    """What our server said of it."""


class Trace:
    """The hops of one run in order; ``listen`` tells of each that is added or changed."""

    def __init__(self) -> None:
        """Begin with none."""
        self.hops: list[Hop] = []
        self._listeners: list[Callable[[Hop], None]] = []

    def listen(self, heard: Callable[[Hop], None]) -> Callable[[], None]:
        """Call ``heard`` with each hop that is added or changed, until what is returned is called."""
        self._listeners.append(heard)
        return lambda: self._listeners.remove(heard)

    def add(self, hop: Hop) -> Hop:
        """Append a hop."""
        self.hops.append(hop)
        self.touch(hop)
        return hop

    def touch(self, hop: Hop) -> None:
        """Tell that a hop changed."""
        for heard in tuple(self._listeners):
            heard(hop)
