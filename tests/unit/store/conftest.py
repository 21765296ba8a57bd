"""A keyring of the test's choice in place of the system's."""

from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend

from bcdesk.store import vault_keyring
from bcdesk.store.vault import Vault, VaultState
from tests.unit.store import keyrings


@pytest.fixture
def use_keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[KeyringBackend], None]]:
    """Return how to make a keyring the system's, and accept the tests' own ones."""
    monkeypatch.setattr(vault_keyring, "ACCEPTED", vault_keyring.ACCEPTED | {keyrings.__name__})
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


@pytest.fixture
async def ready_vault(tmp_path: Path, use_keyring: Callable[[KeyringBackend], None]) -> Vault:
    """Return a vault whose keyring works."""
    use_keyring(keyrings.Working())
    made = Vault(tmp_path)
    assert await made.open() is VaultState.READY
    return made
