"""What the desk knew when it was last in contact goes from the offline copy onto the screen, before any request."""

import asyncio
from typing import Final

from bcdesk.store.cache import Cache
from bcdesk.store.cache_file import UnusableError
from bcdesk.store.cache_state import CopyState
from bcdesk.store.memory import LARGE, give_back
from bcdesk.store.store import Store

SLICE: Final = 500
"""How many rows go into the store before the loop gets a turn: about 4 ms, with a page that counts and paints them."""


async def restore(*, cache: Cache, store: Store) -> CopyState:
    """Fill an empty store from the copy, and say in its link how that went; never raises for what is in the file.

    A store that knows something already stays as it is: the sync then writes the copy anew.
    """
    async with cache.turn:
        state = await cache.open()
        known = cache.known
        if state is CopyState.READY and known is not None and store.link.as_of is None and not store.keys:
            before = store.link.state
            store.clock.known(known.as_of)
            store.set_link(state="reading", as_of=known.as_of, apps=known.since.get("apps") is not None)
            store.set_session(known.session)
            try:
                await _fill(cache, store)
            except UnusableError as error:
                state = await cache.give_up(error.reason)
                _empty(store)
                store.set_link(state=before, as_of=None, apps=None, progress=0)
            else:
                cache.follows = True
                if len(store.keys) > LARGE:
                    give_back()
                store.set_link(
                    state=before if before in ("offline", "signed_out", "forbidden", "error") else "cached",
                    since=known.since.get("keys"),
                    apps_since=known.since.get("apps"),
                )
        store.set_link(copy=state.value)
    return state


async def forget(*, cache: Cache) -> bool:
    """Remove every offline copy, between two rounds of the sync; return whether the disk refused it."""
    await cache.forget_sealed()
    return cache.state is CopyState.FAILED


async def _fill(cache: Cache, store: Store) -> None:
    for name, apply in (("keys", store.apply_keys), ("apps", store.apply_apps), ("members", store.apply_members)):
        async for rows in cache.parts(name):
            for start in range(0, len(rows), SLICE):
                apply(rows[start : start + SLICE])
                await asyncio.sleep(0)


def _empty(store: Store) -> None:
    """Take out what came of a copy that proved damaged: a part of the rows would pass for all of them."""
    store.apply_keys((), list(store.keys))
    store.apply_apps((), list(store.apps))
    store.apply_members((), list(store.members))
    store.set_session(None)
