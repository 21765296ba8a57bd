"""The one loop between server and store: everything once, then what changed, as soon as the server tells of it.

A server that tells nothing (`bcdesk.actions.following`) is asked every 2 seconds, and one that does each half minute.
Keys and applications are two lists with a ``since`` each. A server without applications is asked for them once a
connection; without them it is as good as any. What comes goes into the store and, where there is one, into the
offline copy: a round's rows and the ``since`` after them at once, so that the next desk goes on from there.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from bcdesk.actions.following import Following
from bcdesk.actions.member_feed import MemberFeed
from bcdesk.actions.pauses import Pauses, within
from bcdesk.client.client import Client
from bcdesk.client.errors import (
    ClientError,
    Forbidden,
    Garbled,
    NotFound,
    RateLimited,
    Refused,
    ServerFault,
    Unreachable,
)
from bcdesk.client.values import PageRows
from bcdesk.contract.codes import Code
from bcdesk.contract.rows import AppRow, DeletedRow, KeyRow, SessionRow
from bcdesk.store.cache import Cache
from bcdesk.store.cache_state import Known
from bcdesk.store.memory import LARGE, give_back
from bcdesk.store.store import Change, Store

R = TypeVar("R", KeyRow, AppRow)
POLL_SECONDS: Final = 2.0
BACKOFF_FIRST: Final = 0.5
BACKOFF_MOST: Final = 3.0
"""The longest pause between two attempts: a server that is back is in sync within 5 s."""
PAGE: Final = 500
SLICE: Final = 100
"""How many rows go into the store before the loop gets a turn."""
PROBE_SECONDS: Final = 3.0
"""How long the first request of all, and the one after a loss, waits for an answer; after each failure longer."""
PROBES_MOST: Final = 4
PAGE_SECONDS: Final = 15.0
"""How long a page may take of a server that just answered."""


@dataclass(frozen=True, slots=True)
class _Feed(Generic[R]):
    """One list: its name, where it is read from, what is known of it, and how that is changed."""

    name: str
    list: Callable[..., Awaitable[PageRows[R]]]
    known: Mapping[str, R]
    apply: Callable[..., Change]


class SyncLoop:
    """Keeps the store equal to the server; waits by the monotonic clock, so that a stepped clock changes nothing."""

    def __init__(
        self, client: Client, store: Store, *, cache: Cache | None = None, poll_seconds: float = POLL_SECONDS
    ) -> None:
        """Read from ``client`` into ``store`` and ``cache``."""
        self._client = client
        self._store = store
        self._cache = cache
        self._poll_seconds = poll_seconds
        self._pauses = Pauses(poll_seconds)
        self._fresh = True
        self._failures = 0
        self._loaded = 0
        self._members = MemberFeed(client, store, cache)
        self._following = Following(
            client, store, fetch=self.nudge, lost=self._look_again, renew=self._renew, members=self._members.due
        )
        self._keys: _Feed[KeyRow] = _Feed("keys", client.keys.list, store.keys, store.apply_keys)
        self._apps: _Feed[AppRow] = _Feed("apps", client.apps.list, store.apps, store.apply_apps)

    def nudge(self) -> None:
        """Poll now instead of at the end of the pause."""
        self._pauses.nudge()

    async def run(self) -> None:
        """Sync until cancelled; failures show in the store's link and are retried with growing, random pauses."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._following.run(), name="following")
                while True:
                    await self._round()
        except BaseExceptionGroup as unforeseen:
            raise unforeseen.exceptions[0] from None

    async def _round(self) -> None:
        """Sync once, then wait until it is time for the next."""
        self._pauses.begin()
        try:
            await self.once()
        except ClientError as error:
            self._following.out_of_sync()
            pause = self._failed(error)
        else:
            self._failures = 0
            self._following.in_sync()
            pause = self._poll_seconds
        await self._pauses.wait(pause, longer=self._following.live.is_set)
        if self._pauses.slept:
            self._woke()

    def _look_again(self) -> None:
        """Ask at once whether the server is still there: what told of changes broke off."""
        self._fresh = True
        self.nudge()

    def _woke(self) -> None:
        """Take nothing for fresh after the machine slept, until the server answered."""
        self._fresh = True
        if self._store.link.live and self._store.link.as_of is not None:
            self._store.set_link(state="cached")

    def _renew(self) -> None:
        """Ask with the next round who the desk is: the server says that this is another."""
        self._fresh = True

    async def once(self) -> None:
        """Bring the store up to date once; raise a `ClientError` where that fails."""
        if self._cache is None:
            await self._bring()
            return
        async with self._cache.turn:
            try:
                await self._bring()
            except BaseException:
                self._cache.abandon()
                raise

    async def _bring(self) -> None:
        store = self._store
        fresh, known = self._fresh, store.session
        session = await self._meet() if fresh or known is None else known
        if self._cache is not None and (fresh or not self._cache.follows):
            await self._cache.attach(session)
            if not self._cache.follows and store.link.since is store.link.apps_since is None:
                await self._cache.begin_anew()
        keys = await self._read(self._keys, store.link.since)
        if store.link.apps and keys.since == store.link.since == store.link.apps_since:
            apps_since: str | None = keys.since  # the change numbers are of the whole server: nothing changed at all
        else:
            apps = await self._read_apps()
            apps_since = None if apps is None else apps.since
        await self._members.bring(session, keys.since, told=self._following.live.is_set())
        await self._keep(Known(session, keys.as_of, {"keys": keys.since, "apps": apps_since}))
        store.set_link(
            state="online",
            as_of=keys.as_of,
            since=keys.since,
            error=None,
            apps=apps_since is not None,
            apps_since=apps_since,
            copy=store.link.copy if self._cache is None else self._cache.state.value,
        )
        if self._loaded > LARGE:
            give_back()
        self._loaded = 0

    async def _meet(self) -> SessionRow:
        """Ask who the desk is on this server; what was known of another server, or by another member, is read anew."""
        store, known = self._store, self._store.session
        patience = PROBE_SECONDS * min(1 + self._failures, PROBES_MOST)
        session = await within(patience, self._client.session(attempts=1))
        other = known is not None and (known.server_id, known.member.id) != (session.server_id, session.member.id)
        store.set_session(session)
        self._fresh = False
        if other:
            store.set_link(since=None, apps=None, apps_since=None)
        elif store.link.apps is False:
            store.set_link(apps=None)
        return session

    async def _keep(self, known: Known) -> None:
        """End the round of the offline copy; one that did not come along so far is written whole."""
        cache = self._cache
        if cache is None:
            return
        if not cache.follows:
            await cache.begin_anew()
            for feed in (self._keys, self._apps):
                rows = list(feed.known.values())
                for start in range(0, len(rows), PAGE):
                    await cache.put(feed.name, rows[start : start + PAGE])
            await self._members.write()
        await cache.commit(known)

    async def _read_apps(self) -> PageRows[AppRow] | None:
        """Bring the applications up to date; None where the server has none of their routes."""
        if self._store.link.apps is False:
            return None
        try:
            return await self._read(self._apps, self._store.link.apps_since)
        except (NotFound, Garbled) as error:
            if error.status != 404:
                raise
        await self._remove(self._apps, list(self._apps.known))
        if self._cache is not None:
            await self._cache.clear(self._apps.name)
        return None

    async def _read(self, feed: _Feed[R], since: str | None) -> PageRows[R]:
        """Load what changed after ``since``, or all where it is None or of another database."""
        if since is not None:
            try:
                return await self._changes(feed, since)
            except Refused as error:
                if error.code != Code.UNKNOWN_SINCE:
                    raise
        return await self._all(feed)

    async def _all(self, feed: _Feed[R]) -> PageRows[R]:
        """Load every row and return the first page without its items; rows show as they come, the gone leave last."""
        store = self._store
        before = set(feed.known)
        first: PageRows[R] | None = None
        cursor: str | None = None
        if store.link.as_of is None:
            store.set_link(state="loading", error=None)
        if self._cache is not None:
            await self._cache.clear(feed.name)
        while first is None or cursor is not None:
            page = await within(PAGE_SECONDS, feed.list(PAGE, cursor, None, attempts=1))
            store.clock.heard(page.as_of)
            first = first or page._replace(items=())
            cursor = page.next_cursor
            await self._apply(feed, page, force=True)
            before.difference_update([item.id for item in page.items])
            self._loaded += len(page.items)
            store.set_link(progress=self._loaded)
        await self._remove(feed, before)
        return first

    async def _changes(self, feed: _Feed[R], since: str) -> PageRows[R]:
        """Load what changed after ``since``, which moves on only once every page is applied; return the last page.

        Each page begins where the one before ended, so the last one's ``since`` covers them all.
        """
        cursor: str | None = None
        while True:
            page = await within(PAGE_SECONDS, feed.list(PAGE, cursor, since, attempts=1))
            self._store.clock.heard(page.as_of)
            await self._apply(feed, page, force=False)
            if page.next_cursor is None:
                return page
            cursor = page.next_cursor

    async def _apply(self, feed: _Feed[R], page: PageRows[R], *, force: bool) -> None:
        for start in range(0, len(page.items), SLICE):
            part = page.items[start : start + SLICE]
            rows = [item for item in part if not isinstance(item, DeletedRow)]
            gone = [item.id for item in part if isinstance(item, DeletedRow)]
            feed.apply(rows, gone, force=force)
            await asyncio.sleep(0)
        if self._cache is not None:
            deleted = [item.id for item in page.items if isinstance(item, DeletedRow)]
            kept = [item for item in page.items if not isinstance(item, DeletedRow)] if deleted else page.items
            await self._cache.put(feed.name, kept, deleted)

    async def _remove(self, feed: _Feed[R], ids: Iterable[str]) -> None:
        gone = list(ids)
        for start in range(0, len(gone), SLICE):
            feed.apply([], gone[start : start + SLICE])
            await asyncio.sleep(0)

    def _failed(self, error: ClientError) -> float:
        """Show the failure in the link and return the seconds to wait; what is known, and its time, stay."""
        self._failures += 1
        self._fresh = True
        self._loaded = 0
        error = error.with_traceback(None)
        if isinstance(error, RateLimited):
            return max(error.retry_after, self._poll_seconds)
        if isinstance(error, Unreachable) or (isinstance(error, ServerFault) and error.status in (502, 503, 504)):
            self._store.set_link(state="offline", error=error)
        elif isinstance(error, Forbidden):
            self._store.set_link(state="forbidden", error=error)
        else:
            self._store.set_link(state="error", error=error)
        most = min(BACKOFF_MOST, BACKOFF_FIRST * 2.0 ** min(self._failures - 1, 10))
        pause = max(0.05, random.uniform(0.0, most))  # noqa: S311 - spreads retries, guards nothing
        return max(pause, getattr(error, "retry_after", None) or 0.0)
