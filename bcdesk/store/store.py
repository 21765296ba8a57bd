"""The last known rows and the link to the server, told to whoever listens; only the server's answers write it."""

import gc
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeVar

from bcdesk.contract.rows import AppRow, KeyRow, MemberRow, SessionRow
from bcdesk.store.server_clock import ServerClock

R = TypeVar("R", KeyRow, AppRow, MemberRow)

LinkState = Literal[
    "unchosen", "starting", "reading", "cached", "loading", "online", "offline", "signed_out", "forbidden", "error"
]
"""``unchosen``: there is no server to ask yet; ``reading``: the offline copy is coming in; ``cached``: it is there, and
the server has not answered yet; ``signed_out``: it answers nobody but who signs in."""
FREEZE_EVERY: Final = 2_000
"""New rows after which the collector is spared them."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Link:
    """The link to the server: ``as_of`` is the server's time of what is known (epoch seconds), None before the first.

    ``since`` asks for the keys that changed after it; ``progress`` counts the rows of a full load so far.
    ``apps`` tells whether the server has applications at all, None before it said; ``apps_since`` is theirs.
    ``copy`` is what became of the offline copy: a `bcdesk.store.cache.CopyState`.
    """

    state: LinkState = "starting"
    as_of: float | None = None
    since: str | None = None
    error: Exception | None = None
    progress: int = 0
    apps: bool | None = None
    apps_since: str | None = None
    copy: str = "unopened"

    @property
    def coming(self) -> bool:
        """Tell whether the first rows are still on their way: what shows so far is not all."""
        return self.state in ("starting", "reading", "loading")

    @property
    def live(self) -> bool:
        """Tell whether rows are as fresh as the server has them: what is not says of which moment it is."""
        return self.state in ("online", "loading")


@dataclass(frozen=True, slots=True)
class Change:
    """What one write changed: ids of keys, applications and members, and whether link or session changed."""

    keys_added: tuple[str, ...] = ()
    keys_changed: tuple[str, ...] = ()
    keys_removed: tuple[str, ...] = ()
    apps_added: tuple[str, ...] = ()
    apps_changed: tuple[str, ...] = ()
    apps_removed: tuple[str, ...] = ()
    members_added: tuple[str, ...] = ()
    members_changed: tuple[str, ...] = ()
    members_removed: tuple[str, ...] = ()
    link: bool = False
    session: bool = False

    def __bool__(self) -> bool:
        return bool(self.keys or self.apps or self.members or self.link or self.session)

    @property
    def keys(self) -> bool:
        """Tell whether any key came, changed or went."""
        return bool(self.keys_added or self.keys_changed or self.keys_removed)

    @property
    def apps(self) -> bool:
        """Tell whether any application came, changed or went."""
        return bool(self.apps_added or self.apps_changed or self.apps_removed)

    @property
    def members(self) -> bool:
        """Tell whether any member came, changed or went."""
        return bool(self.members_added or self.members_changed or self.members_removed)

    def brought(self, id: str) -> bool:
        """Tell whether the key, application or member of that id came or changed."""
        keys, apps = (self.keys_added, self.keys_changed), (self.apps_added, self.apps_changed)
        return any(id in ids for ids in (*keys, *apps, self.members_added, self.members_changed))


class Store:
    """Holds rows by id; each write tells every listener once, synchronously, what changed."""

    def __init__(self) -> None:
        """Start empty, with a link that is starting."""
        self.keys: dict[str, KeyRow] = {}
        self.apps: dict[str, AppRow] = {}
        self.members: dict[str, MemberRow] = {}
        """Who runs the studio, where this member sees to that; empty for all others."""
        self.session: SessionRow | None = None
        self.link = Link()
        self.clock = ServerClock()
        """The time as the server has it."""
        self._unfrozen = 0
        self._listeners: list[Callable[[Change], None]] = []

    def listen(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Call ``callback`` after each write until the returned function is called."""
        listener = _Listener(callback)
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def apply_keys(self, rows: Iterable[KeyRow], removed: Iterable[str] = (), *, force: bool = False) -> Change:
        """Put rows in and take ids out; a row older than the known one is left out unless ``force``."""
        added, changed, gone = _applied(self.keys, rows, removed, force)
        self._spare_the_collector(len(added))
        return self._tell(Change(keys_added=added, keys_changed=changed, keys_removed=gone))

    def apply_apps(self, rows: Iterable[AppRow], removed: Iterable[str] = (), *, force: bool = False) -> Change:
        """Do with applications as `apply_keys` does with keys."""
        added, changed, gone = _applied(self.apps, rows, removed, force)
        self._spare_the_collector(len(added))
        return self._tell(Change(apps_added=added, apps_changed=changed, apps_removed=gone))

    def apply_members(self, rows: Iterable[MemberRow], removed: Iterable[str] = (), *, force: bool = False) -> Change:
        """Do with members as `apply_keys` does with keys."""
        added, changed, gone = _applied(self.members, rows, removed, force)
        return self._tell(Change(members_added=added, members_changed=changed, members_removed=gone))

    def apply_row(self, row: KeyRow | AppRow | MemberRow) -> Change:
        """Put one row where it belongs."""
        if isinstance(row, KeyRow):
            return self.apply_keys([row])
        return self.apply_apps([row]) if isinstance(row, AppRow) else self.apply_members([row])

    def find(self, id: str | None) -> KeyRow | AppRow | MemberRow | None:
        """Return the key, application or member of that id."""
        return None if id is None else self.keys.get(id) or self.apps.get(id) or self.members.get(id)

    def replace_keys(self, rows: Iterable[KeyRow]) -> Change:
        """Make ``rows`` all there is, in one step: for hundreds; thousands go through `apply_keys` in slices."""
        rows = list(rows)
        kept = {row.id for row in rows}
        return self.apply_keys(rows, [id for id in self.keys if id not in kept], force=True)

    def forget(self) -> Change:
        """Be empty again, with a link that is starting: another server is next."""
        keys, apps, members = tuple(self.keys), tuple(self.apps), tuple(self.members)
        for rows in (self.keys, self.apps, self.members):
            rows.clear()
        self.session, self.link, self._unfrozen = None, Link(), 0
        self.clock.forget()
        return self._tell(
            Change(keys_removed=keys, apps_removed=apps, members_removed=members, link=True, session=True)
        )

    def replace_members(self, rows: Iterable[MemberRow]) -> Change:
        """Make ``rows`` all there is of members, in one step."""
        rows = list(rows)
        kept = {row.id for row in rows}
        return self.apply_members(rows, [id for id in self.members if id not in kept], force=True)

    def _spare_the_collector(self, added: int) -> None:
        """Take many new rows out of the cyclic collector's sight: they hold no cycle and stay.

        Looking through a hundred thousand rows again and again stopped the window for 80 ms at a time.
        """
        self._unfrozen += added
        if self._unfrozen >= FREEZE_EVERY:
            self._unfrozen = 0
            gc.collect(1)
            gc.freeze()

    def set_link(self, **changes: Any) -> Change:
        """Change fields of the link."""
        link = replace(self.link, **changes)
        if link == self.link:
            return Change()
        self.link = link
        return self._tell(Change(link=True))

    def set_session(self, session: SessionRow | None) -> Change:
        """Take over who the desk is on this server."""
        if session == self.session:
            return Change()
        self.session = session
        return self._tell(Change(session=True))

    def _tell(self, change: Change) -> Change:
        if change:
            for listener in tuple(self._listeners):
                try:
                    listener(change)
                except Exception:  # noqa: BLE001 - one listener's mistake must not keep the others from knowing
                    _log.exception("a listener of the store failed")
        return change


class _Listener:
    """Makes each registration its own, so that one callback may listen twice."""

    __slots__ = ("_callback",)

    def __init__(self, callback: Callable[[Change], None]) -> None:
        self._callback = callback

    def __call__(self, change: Change) -> None:
        self._callback(change)


def _applied(
    known_rows: dict[str, R], rows: Iterable[R], removed: Iterable[str], force: bool
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    added, changed = [], []
    for row in rows:
        known = known_rows.get(row.id)
        if known is None:
            added.append(row.id)
        elif known == row or not (force or _newer(row, known)):
            continue
        else:
            changed.append(row.id)
        known_rows[row.id] = row
    gone = [id for id in removed if known_rows.pop(id, None) is not None]
    return tuple(added), tuple(changed), tuple(gone)


def _newer(row: KeyRow | AppRow | MemberRow, known: KeyRow | AppRow | MemberRow) -> bool:
    """Tell whether ``row`` may replace ``known``: an answer can overtake another on the way here."""
    return _state(row) >= _state(known)


def _state(row: KeyRow | AppRow | MemberRow) -> tuple[int, float]:
    seen = row.last_seen_at if isinstance(row, MemberRow) else row.last_used_at
    return row.revision, seen or 0.0
