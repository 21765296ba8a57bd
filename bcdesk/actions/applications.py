"""What a user can do with OAuth applications; each applies the server's answer to the store and returns it."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from bcdesk.actions.making import make_app, make_secret
from bcdesk.client.client import Client
from bcdesk.client.errors import ClientError
from bcdesk.client.values import AppDraft, GrantPageRows, MadeApp, MadeSecret
from bcdesk.contract.app_rules import OVERLAP_SECONDS
from bcdesk.contract.redirects import Verdict
from bcdesk.contract.rows import AppRow
from bcdesk.store.journal import Journal
from bcdesk.store.store import Store


async def register_app(
    *, client: Client, store: Store, journal: Journal, draft: AppDraft, clock: Callable[[], float] | None = None
) -> MadeApp | AppRow:
    """Register an application: its client secret waits for its one hand-over; a public one has none, and is its row."""
    return await make_app(
        client=client, store=store, journal=journal, body=draft.body(), clock=clock or store.clock.now
    )


async def add_secret(
    *,
    client: Client,
    store: Store,
    journal: Journal,
    app_id: str,
    overlap_seconds: int = OVERLAP_SECONDS,
    replaces_secret: str | None = None,
    clock: Callable[[], float] | None = None,
) -> MadeSecret:
    """Make a client secret; the one before goes on for ``overlap_seconds``, ``replaces_secret`` ends unused."""
    body = {"overlap_seconds": overlap_seconds, "replaces_secret": replaces_secret}
    return await make_secret(
        client=client, store=store, journal=journal, app_id=app_id, body=body, clock=clock or store.clock.now
    )


async def delete_secret(*, client: Client, store: Store, app_id: str, secret_id: str) -> None:
    """End a client secret now; the only live one is refused (``last_secret``)."""
    await client.apps.delete_secret(app_id, secret_id)
    await _fetch(client, store, app_id)


async def edit_app(*, client: Client, store: Store, app_id: str, changes: Mapping[str, Any], revision: int) -> AppRow:
    """Change fields of the application as it was at ``revision``; raise `Stale` where it changed since."""
    return _applied(store, await client.apps.patch(app_id, changes, revision))


async def disable_app(*, client: Client, store: Store, app_id: str) -> AppRow:
    """Turn an application off: its tokens open nothing until it is on again."""
    return _applied(store, await client.apps.disable(app_id))


async def enable_app(*, client: Client, store: Store, app_id: str) -> AppRow:
    """Turn an application on again."""
    return _applied(store, await client.apps.enable(app_id))


async def delete_app(*, client: Client, store: Store, app_id: str) -> None:
    """Delete an application, which takes it out of the store; `restore_app` brings it back within 60 minutes."""
    await client.apps.delete(app_id)
    store.apply_apps([], [app_id])


async def restore_app(*, client: Client, store: Store, app_id: str) -> AppRow:
    """Take a deletion back, with everything that the application had."""
    return _applied(store, await client.apps.restore(app_id))


async def refresh_app(*, client: Client, store: Store, app_id: str) -> AppRow:
    """Fetch one application anew, as after a `bcdesk.client.errors.Stale`."""
    return _applied(store, await client.apps.get(app_id))


async def list_grants(*, client: Client, app_id: str, cursor: str | None = None) -> GrantPageRows:
    """Return a page of what users allowed an application, newest first."""
    return await client.apps.grants(app_id, cursor=cursor)


async def revoke_grant(*, client: Client, store: Store, app_id: str, grant_id: str) -> None:
    """Take back what one user allowed: its tokens end at once."""
    await client.apps.revoke_grant(app_id, grant_id)
    await _fetch(client, store, app_id)


async def revoke_grants(*, client: Client, store: Store, app_id: str) -> None:
    """Take back what all users allowed: their tokens end at once."""
    await client.apps.revoke_grants(app_id)
    await _fetch(client, store, app_id)


async def check_redirect(*, client: Client, app_id: str, uri: str) -> Verdict:
    """Return what the server itself says of a candidate for a redirect URI."""
    return await client.apps.check_redirect(app_id, uri)


async def _fetch(client: Client, store: Store, app_id: str) -> None:
    """Bring the row up to date; where that fails the next sync does it."""
    with suppress(ClientError):
        _applied(store, await client.apps.get(app_id))


def _applied(store: Store, row: AppRow) -> AppRow:
    store.apply_apps([row])
    return row
