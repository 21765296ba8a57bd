"""The sync engine of a desk without its window, in a process of its own that is killed at any moment.

``FOLDER BASE_URL`` as arguments, key and token as lines on stdin; says ``round`` after each round.
"""

import asyncio
import random
import sys
from pathlib import Path

from bcdesk.actions import sync
from bcdesk.actions.offline import restore
from bcdesk.client.bearer import Bearer
from bcdesk.client.client import Client
from bcdesk.client.transport import Transport
from bcdesk.store import cache as cache_module
from bcdesk.store.cache import Cache
from bcdesk.store.store import Store
from bcdesk.store.vault import Vault, VaultState

PAGE = 40


def vault_of(folder: Path, key: bytes) -> Vault:
    """Return a vault that is open with ``key``, without any keyring."""
    vault = Vault(folder)
    vault._key, vault.state = key, VaultState.READY
    return vault


async def main() -> None:
    """Sync without a pause, now by changes and now everything anew, each round written."""
    folder, base_url = Path(sys.argv[1]), sys.argv[2]
    key, token = bytes.fromhex(sys.stdin.readline().strip()), sys.stdin.readline().strip()
    sync.PAGE = PAGE  # type: ignore[misc]
    cache_module.QUIET_SECONDS = 0.0  # type: ignore[misc]
    cache, store = Cache(folder, vault_of(folder, key)), Store()
    await restore(cache=cache, store=store)
    loop = sync.SyncLoop(Client(Transport(base_url, Bearer(token))), store, cache=cache)
    while True:
        await loop.once()
        sys.stdout.write("round\n")
        sys.stdout.flush()
        if random.random() < 0.3:
            store.set_link(since=None, apps_since=None)


if __name__ == "__main__":
    asyncio.run(main())
