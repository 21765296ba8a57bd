"""A desk without its windows on a real server: client, store and journal, with a line that can break."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keyring
import pytest
import stamina

from bcdesk.actions import keys
from bcdesk.actions.sync import SyncLoop
from bcdesk.client.bearer import Bearer
from bcdesk.client.client import Client
from bcdesk.client.transport import Transport
from bcdesk.client.values import KeyDraft, MadeKey, MadeVersion
from bcdesk.contract.rows import KeyRow
from bcdesk.store import vault_keyring
from bcdesk.store.journal import Journal
from bcdesk.store.store import Store
from bcdesk.store.vault import Vault, VaultState
from tests.contract.conftest import api as api
from tests.contract.conftest import clock as clock
from tests.contract.conftest import server_state as server_state
from tests.contract.conftest import template as template
from tests.contract.conftest import tokens as tokens
from tests.contract.support import Api, Clock
from tests.unit.line import Line
from tests.unit.store import keyrings


@pytest.fixture(autouse=True)
def no_waits_between_attempts() -> Iterator[None]:
    """Repeat at once what may be repeated; how long the pauses are is the transport's own test."""
    with stamina.set_testing(True, attempts=4, cap=True):
        yield


@pytest.fixture
def working_keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put a keyring in memory in place of the system's."""
    monkeypatch.setattr(vault_keyring, "ACCEPTED", vault_keyring.ACCEPTED | {keyrings.__name__})
    before = keyring.get_keyring()
    keyring.set_keyring(keyrings.Working())
    yield
    keyring.set_keyring(before)


@dataclass
class Bench:
    """One desk: what its actions need, and the line and the server behind them."""

    client: Client
    store: Store
    journal: Journal
    line: Line
    api: Api
    clock: Clock
    folder: Path

    async def create(self, **more: Any) -> MadeKey:
        draft = KeyDraft(**{"name": "Shop", "environment": "live", "scopes": ("beats.read",), **more})
        return await keys.create_key(
            client=self.client, store=self.store, journal=self.journal, draft=draft, clock=self.clock
        )

    async def rotate(self, key_id: str, **more: Any) -> MadeVersion:
        return await keys.rotate_key(
            client=self.client, store=self.store, journal=self.journal, key_id=key_id, clock=self.clock, **more
        )

    @property
    def parts(self) -> dict[str, Any]:
        """Return what most actions take."""
        return {"client": self.client, "store": self.store, "journal": self.journal}

    async def restart(self) -> None:
        """Go on as a new desk on the same folder would: what was only in memory is gone."""
        self.journal.close()
        vault = Vault(self.folder)
        assert await vault.open() is VaultState.READY
        self.journal = Journal(self.folder / "journal", vault, clock=self.clock)
        self.store = Store()
        await SyncLoop(self.client, self.store).once()

    async def names(self) -> list[str]:
        """Return the names of all keys that the server has."""
        page = await self.client.keys.list()
        return sorted(row.name for row in page.items if isinstance(row, KeyRow))


@pytest.fixture
async def bench(api: Api, clock: Clock, tmp_path: Path, working_keyring: None) -> AsyncIterator[Bench]:
    """Build a manager's desk, in sync."""
    line = Line(api.app)
    client = Client(Transport(api.state.base_url, Bearer(api.tokens["manager"]), inner=line))
    folder = tmp_path / "desk"
    vault = Vault(folder)
    assert await vault.open() is VaultState.READY
    journal = Journal(folder / "journal", vault, clock=clock)
    made = Bench(client, Store(), journal, line, api, clock, folder)
    await SyncLoop(client, made.store).once()
    yield made
    await client.aclose()
    made.journal.close()
