"""The hops of the last hour, in the memory of this process: bounded for each client and for all of them together.

Written on the loop alone. What comes in numbers (introspection, calls of the API) has a place of its own, so that
it pushes out no sign-in, and of those that keep every rule some are passed over where they come thick: ten a second
of a client are kept, and the first twenty of each grant in any case. Clients that nobody registered share one room,
so that they push out nobody's.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from bcdesk.contract.first_party import CLIENT_ID
from bcdesk.contract.flow_rows import KEPT_SECONDS, HopRow, RuleRow
from bcdesk.contract.flow_rules import RULES
from bcdesk.server.hop_notes import Notes, clean, name_of

CLIENT_MAX: Final = 1_000
ALL_MAX: Final = 10_000
RUNS_MAX: Final = 10_000
TAILS_MAX: Final = 64
BUSY_SECONDS: Final = 0.1
BUSY_OF_GRANT: Final = 20
BUSY: Final = frozenset({"introspect", "userinfo", "api"})
BUSY_MAX: Final = CLIENT_MAX // 4


class Kept(NamedTuple):
    """A hop as it is kept: its number, what is known of its request and reply, and the notes."""

    number: int
    at: float
    client_id: str
    method: str
    status: int
    address: str
    agent: bytes
    request_id: str
    seconds: float
    notes: Notes

    def row(self) -> HopRow:
        """Return it as the contract has it."""
        notes = self.notes
        return HopRow(
            id=id_of(self.number),
            at=self.at,
            endpoint=notes.endpoint,
            method=self.method,
            status=self.status,
            error=notes.error,
            client_id=self.client_id,
            app_id=notes.app_id,
            run=notes.run,
            grant_type=notes.grant_type,
            address=self.address,
            user_agent=clean(self.agent.decode("latin-1")),
            request_id=self.request_id,
            milliseconds=round(self.seconds * 1000, 3),
            rules=tuple(RuleRow(one[0], RULES[one[0]], *one[1:]) for one in notes.rules),
            effects=notes.effects,
        )


class Asked(NamedTuple):
    """Whose hops are asked for: those of a run, or those of a client."""

    run: str | None = None
    client_id: str | None = None

    def fits(self, hop: Kept) -> bool:
        """Tell whether a hop is one of them."""
        return hop.notes.run == self.run if self.run is not None else hop.client_id == self.client_id


class _Origin:
    """Which run a grant came from, when that was seen last, and how many hops of it are kept in any case."""

    __slots__ = ("at", "left", "run")

    def __init__(self, run: str, at: float) -> None:
        self.run = run
        self.at = at
        self.left = BUSY_OF_GRANT


class _Room:
    """The hops of one client, oldest first; ``due`` is when the next of those that come in numbers is kept."""

    __slots__ = ("busy", "due", "steps")

    def __init__(self) -> None:
        self.due = 0.0
        self.steps: deque[Kept] = deque()
        self.busy: deque[Kept] = deque()

    def __len__(self) -> int:
        return len(self.steps) + len(self.busy)

    def longer(self) -> deque[Kept]:
        return self.busy if len(self.busy) > BUSY_MAX // 2 and self.busy else self.steps or self.busy


class Hops:
    """Keeps hops, finds them, and wakes whoever follows them; ``now`` answers seconds since the epoch."""

    def __init__(self, now: Callable[[], float]) -> None:
        """Begin with none; the numbers go on from those of the process before."""
        self._now: Final = now
        self.last = int(now() * 1_000_000)
        """The number that was given last; none that is kept is higher."""
        self._rooms: Final[dict[str, _Room]] = {}
        self._count = 0
        self._runs: Final[OrderedDict[str, _Origin]] = OrderedDict()
        self._tails: Final[set[asyncio.Event]] = set()
        self._open = True

    def __len__(self) -> int:
        return self._count

    def wants(self, notes: Notes, moment: float) -> bool:
        """Tell whether a hop of those that come in numbers is kept; ``moment`` is of `time.perf_counter`."""
        room = self._rooms.get(notes.client_id)
        if notes.failed or room is None:
            return True
        if moment >= room.due:
            room.due = moment + BUSY_SECONDS
            return True
        origin = self._runs.get(notes.grant_id) if notes.grant_id is not None else None
        if origin is None or not origin.left:
            return False
        origin.left -= 1
        return True

    def record(
        self, notes: Notes, method: str, status: int, address: str, agent: bytes, request_id: str, seconds: float
    ) -> None:
        """Keep the hop of a request that was answered; one that belongs to no client and no run is dropped."""
        if notes.client_id == CLIENT_ID:  # members sign in: that is nothing of an application's flow
            return
        now = self._now()
        if notes.grant_id is not None:
            notes.run = self._run_of(notes.grant_id, notes.run, now)
        client_id = name_of(notes)
        if not client_id and notes.run is None:
            return
        name = client_id if notes.app_id else ""
        room = self._rooms.get(name)
        if room is None:
            room = self._rooms[name] = _Room()
        busy = notes.endpoint in BUSY
        kept = room.busy if busy else room.steps
        self.last += 1
        kept.append(Kept(self.last, now, client_id, method, status, address, agent, request_id, seconds, notes))
        if len(kept) > (BUSY_MAX if busy else CLIENT_MAX - BUSY_MAX):
            kept.popleft()
        else:
            self._count += 1
            if self._count > ALL_MAX:
                self._make_room()
        for wake in self._tails:
            wake.set()

    def find(self, asked: Asked, after: int = 0) -> list[Kept]:
        """Return the hops that are asked for and younger than the number ``after``, oldest first."""
        eldest = self._now() - KEPT_SECONDS
        found = [hop for kept in self._places(asked) for hop in _since(kept, after, eldest) if asked.fits(hop)]
        found.sort()
        return found

    def settle(self) -> None:
        """Forget what is older than an hour."""
        eldest = self._now() - KEPT_SECONDS
        for name, room in list(self._rooms.items()):
            for kept in (room.steps, room.busy):
                while kept and kept[0].at < eldest:
                    kept.popleft()
                    self._count -= 1
            if not len(room):
                del self._rooms[name]
        while self._runs and next(iter(self._runs.values())).at < eldest:
            self._runs.popitem(last=False)

    @property
    def crowded(self) -> bool:
        """Tell whether as many follow as may."""
        return len(self._tails) >= TAILS_MAX

    def follow(self) -> asyncio.Event:
        """Return what is set with each new hop, until `leave`."""
        wake = asyncio.Event()
        self._tails.add(wake)
        return wake

    def leave(self, wake: asyncio.Event) -> None:
        """Follow no longer."""
        self._tails.discard(wake)

    def open(self) -> bool:
        """Tell whether who follows may go on."""
        return self._open

    def close(self) -> None:
        """End all who follow: the server stops."""
        self._open = False
        for wake in self._tails:
            wake.set()

    def _places(self, asked: Asked) -> Iterable[deque[Kept]]:
        rooms: Iterable[_Room] = self._rooms.values()
        if asked.client_id is not None:
            rooms = [self._rooms[name] for name in {asked.client_id, ""} if name in self._rooms]
        return [kept for room in rooms for kept in (room.steps, room.busy)]

    def _run_of(self, grant_id: str, run: str | None, now: float) -> str | None:
        """Return the run that a grant came from; remember it where the request itself tells it."""
        if run is None:
            known = self._runs.get(grant_id)
            return known.run if known is not None and now - known.at <= KEPT_SECONDS else None
        self._runs[grant_id] = _Origin(run, now)
        if len(self._runs) > RUNS_MAX:
            self._runs.popitem(last=False)
        return run

    def _make_room(self) -> None:
        """Forget what is old, then of the client with the most hops a tenth of them."""
        self.settle()
        while self._count > ALL_MAX:
            room = max(self._rooms.values(), key=len)
            for _ in range(max(1, len(room) // 10)):
                room.longer().popleft()
                self._count -= 1


def id_of(number: int) -> str:
    """Return the id of a hop."""
    return f"hop_{number:017d}"


def number_of(id: str) -> int | None:
    """Return the number in the id of a hop, or None where it is none."""
    digits = id.removeprefix("hop_")
    return int(digits) if id != digits and digits.isascii() and digits.isdigit() and len(digits) < 20 else None


def _since(kept: deque[Kept], after: int, eldest: float) -> Iterator[Kept]:
    for hop in reversed(kept):
        if hop.number <= after or hop.at < eldest:
            return
        yield hop
