"""Members in the sync: who sees to them has all of them, as of the last time that one changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bcdesk.client.errors import Forbidden, NotFound

if TYPE_CHECKING:
    from bcdesk.client.client import Client
    from bcdesk.contract.rows import MemberRow, SessionRow
    from bcdesk.store.cache import Cache
    from bcdesk.store.store import Store

NAME: Final = "members"


class MemberFeed:
    """Reads the whole list, which is short, whenever it may have changed."""

    def __init__(self, client: Client, store: Store, cache: Cache | None) -> None:
        """Read from ``client`` into ``store`` and ``cache``."""
        self._client, self._store, self._cache = client, store, cache
        self._due = True
        self._since: str | None = None

    def due(self) -> None:
        """Hear that a member changed."""
        self._due = True

    async def bring(self, session: SessionRow, since: str, *, told: bool) -> None:
        """Bring the list up to date within the present round of the offline copy.

        ``since`` is the server's change number now; where it does not tell of members by itself (``told``), any
        change may be one of theirs.
        """
        if not sees_members(session):
            if self._store.members:
                await self._take(())
            self._since, self._due = None, True
            return
        if self._since is not None and not self._due and (told or since == self._since):
            return
        self._due = False
        rows: tuple[MemberRow, ...] = ()
        try:
            rows = await self._client.members.list()
        except (Forbidden, NotFound):
            pass  # the role was taken away meanwhile, which the next round hears
        except BaseException:
            self._due = True
            raise
        await self._take(rows)
        self._since = since

    async def write(self) -> None:
        """Write all rows into an offline copy that begins anew."""
        if self._cache is not None:
            await self._cache.put(NAME, list(self._store.members.values()))

    async def _take(self, rows: tuple[MemberRow, ...]) -> None:
        self._store.replace_members(rows)
        if self._cache is not None:
            await self._cache.clear(NAME)
            await self.write()


def sees_members(session: SessionRow | None) -> bool:
    """Tell whether this member sees to the others, on a server that has them."""
    return session is not None and session.role == "owner" and "members" in session.capabilities
