"""Offline copies for tests: one that is filled, and what another desk finds in it."""

from pathlib import Path
from typing import Any

from bcdesk.store.cache import Cache
from bcdesk.store.cache_state import Known
from bcdesk.store.vault import Vault
from tests.unit.store.sample_rows import SESSION, app, key

KNOWN = Known(SESSION, 10.0, {"keys": "db-7", "apps": "db-7"})


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


async def filled(folder: Path, vault: Vault, count: int = 3, **more: Any) -> Cache:
    """Return a copy of ``count`` keys and one application, after one round."""
    cache = Cache(folder, vault, **more)
    await cache.open()
    await cache.attach(SESSION)
    await cache.begin_anew()
    await cache.put("keys", [key(place) for place in range(count)])
    await cache.put("apps", [app(1)])
    await cache.commit(KNOWN)
    return cache


async def held(cache: Cache, name: str = "keys") -> list[Any]:
    return [row async for part in cache.parts(name) for row in part]
