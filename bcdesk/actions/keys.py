"""What a user can do with API keys; each applies the server's answer to the store and returns it."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from bcdesk.actions.making import make_key, make_version
from bcdesk.client.client import Client
from bcdesk.client.values import KeyDraft, MadeKey, MadeVersion
from bcdesk.contract.key_rules import OVERLAP_DEFAULT
from bcdesk.contract.rows import CallersRow, IdentifiedRow, KeyRow
from bcdesk.store.journal import Journal
from bcdesk.store.store import Store


async def create_key(
    *, client: Client, store: Store, journal: Journal, draft: KeyDraft, clock: Callable[[], float] | None = None
) -> MadeKey:
    """Make a key; its secret waits for its one hand-over."""
    return await make_key(
        client=client, store=store, journal=journal, body=draft.body(), clock=clock or store.clock.now
    )


async def rotate_key(
    *,
    client: Client,
    store: Store,
    journal: Journal,
    key_id: str,
    overlap_seconds: int = OVERLAP_DEFAULT,
    starts: Literal["first_use", "now"] = "first_use",
    replaces_version: str | None = None,
    clock: Callable[[], float] | None = None,
) -> MadeVersion:
    """Make a new version; the old one goes on for ``overlap_seconds`` after the first use of the new one, or now."""
    body = {"overlap_seconds": overlap_seconds, "starts": starts, "replaces_version": replaces_version}
    return await make_version(
        client=client, store=store, journal=journal, key_id=key_id, body=body, clock=clock or store.clock.now
    )


async def revoke_key(*, client: Client, store: Store, key_id: str, reason: str, compromised: bool) -> KeyRow:
    """End a key: to be restored within 60 minutes, or for good where it is ``compromised``."""
    return _applied(store, await client.keys.revoke(key_id, reason=reason, compromised=compromised))


async def restore_key(*, client: Client, store: Store, key_id: str) -> KeyRow:
    """Take a revocation back."""
    return _applied(store, await client.keys.restore(key_id))


async def disable_key(*, client: Client, store: Store, key_id: str) -> KeyRow:
    """Turn a key off."""
    return _applied(store, await client.keys.disable(key_id))


async def enable_key(*, client: Client, store: Store, key_id: str) -> KeyRow:
    """Turn a key on again."""
    return _applied(store, await client.keys.enable(key_id))


async def edit_key(*, client: Client, store: Store, key_id: str, changes: Mapping[str, Any], revision: int) -> KeyRow:
    """Change fields of the key as it was at ``revision``; raise `bcdesk.client.errors.Stale` where it changed since."""
    return _applied(store, await client.keys.patch(key_id, changes, revision))


async def retire_version(*, client: Client, store: Store, key_id: str, version_id: str) -> KeyRow:
    """End a version now."""
    return _applied(store, await client.keys.retire(key_id, version_id))


async def extend_version(*, client: Client, store: Store, key_id: str, version_id: str, retires_at: float) -> KeyRow:
    """Move the end of a retiring version to ``retires_at`` (epoch seconds)."""
    return _applied(store, await client.keys.extend(key_id, version_id, retires_at))


async def refresh_key(*, client: Client, store: Store, key_id: str) -> KeyRow:
    """Fetch one key anew, as after a `bcdesk.client.errors.Stale`."""
    return _applied(store, await client.keys.get(key_id))


async def identify_key(*, client: Client, token_sha256: str) -> IdentifiedRow | None:
    """Return the key and version that a pasted key belongs to, by the hex SHA-256 of the whole key; None if none."""
    return next(iter(await client.keys.identify([token_sha256])), None)


async def key_callers(*, client: Client, key_id: str) -> CallersRow:
    """Return who called with a key in the last 24 hours and 7 days."""
    return await client.keys.callers(key_id)


def _applied(store: Store, row: KeyRow) -> KeyRow:
    store.apply_keys([row])
    return row
