"""What a run of the flow tester asks of the desk's own server beside the flow itself."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from bcdesk.actions.applications import edit_app
from bcdesk.client.errors import ClientError

if TYPE_CHECKING:
    from bcdesk.client.client import Client
    from bcdesk.contract.rows import AppRow
    from bcdesk.flow.held import Held
    from bcdesk.store.store import Store

LASTS_SECONDS: Final = 3_600
"""How long a secret made for a run works, should nobody delete it."""
_ENDING_SECONDS: Final = 5.0


class Minted(NamedTuple):
    """A client secret made for one run: nobody is handed it, and it ends with the run or by itself."""

    secret: Held
    secret_id: str
    last4: str


async def add_loopback_redirect(*, client: Client, store: Store, app_id: str, uri: str) -> AppRow:
    """Add ``uri`` to the redirect URIs of an application, against the revision that the store knows."""
    row = store.apps[app_id]
    if uri in row.redirect_uris:
        return row
    changes = {"redirect_uris": [*row.redirect_uris, uri]}
    return await edit_app(client=client, store=store, app_id=app_id, changes=changes, revision=row.revision)


async def remove_redirect(*, client: Client, store: Store, app_id: str, uri: str) -> AppRow:
    """Take ``uri`` out of the redirect URIs again."""
    row = store.apps[app_id]
    changes = {"redirect_uris": [one for one in row.redirect_uris if one != uri]}
    return await edit_app(client=client, store=store, app_id=app_id, changes=changes, revision=row.revision)


async def mint_secret_for_run(*, client: Client, store: Store, app_id: str) -> Minted:
    """Make a passing client secret: it ends within the hour by itself and leaves every other one as it is.

    It stands in no journal: after a crash nobody wants it again.
    """
    from bcdesk.flow.held import Held

    body = {"overlap_seconds": 0, "replaces_secret": None, "lasts_seconds": LASTS_SECONDS}
    made = await client.apps.add_secret_from(app_id, body, secrets.token_urlsafe(32))
    minted = Minted(Held(made.secret.take()), made.version.id, made.version.last4)
    store.apply_apps([made.app])
    return minted


async def end_minted_secret(*, client: Client, store: Store, app_id: str, minted: Minted) -> bool:
    """Wipe and delete a secret made for a run; False where the server did not hear of it: it then ends by itself."""
    minted.secret.discard()
    try:
        async with asyncio.timeout(_ENDING_SECONDS):
            await client.apps.delete_secret(app_id, minted.secret_id)
    except (ClientError, TimeoutError):
        return False
    with suppress(ClientError, TimeoutError):
        async with asyncio.timeout(_ENDING_SECONDS):
            store.apply_apps([await client.apps.get(app_id)])
    return True
