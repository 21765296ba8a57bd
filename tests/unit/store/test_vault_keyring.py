"""Only a keyring that encrypts what it keeps is asked, wherever it stands in a chain and whatever a user configured."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import keyring.backends.fail
import keyring.backends.null
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend

from bcdesk.store.vault import Vault, VaultState
from bcdesk.store.vault_keyring import accepted_backend
from tests.unit.store import keyrings

Use = Callable[[KeyringBackend], None]
TOP = Path(__file__).resolve().parents[3]
PLAIN = (
    "keyrings.alt.file.PlaintextKeyring",
    "keyrings.alt.file.EncryptedKeyring",
    "keyrings.alt.Gnome.Keyring",
    "keyrings.cryptfile.cryptfile.CryptFileKeyring",
    "keyring_pass.PasswordStoreBackend",
)


def of_module(path: str) -> keyrings.Working:
    """Return a keyring that works, and says that it is the one of that name."""
    module, _, name = path.rpartition(".")
    made: keyrings.Working = type(name, (keyrings.Working,), {"__module__": module, "priority": 99})()
    return made


def chain(*backends: KeyringBackend, monkeypatch: pytest.MonkeyPatch) -> KeyringBackend:
    """Return the chain of all that a system has, in the order of their priorities."""
    made: Iterable[KeyringBackend] = list(backends)
    monkeypatch.setattr(ChainerBackend, "backends", made)
    chained: KeyringBackend = ChainerBackend()  # type: ignore[no-untyped-call]
    return chained


@pytest.mark.parametrize("path", PLAIN)
async def test_that_no_keyring_of_another_kind_is_given_a_key(tmp_path: Path, use_keyring: Use, path: str) -> None:
    ring = of_module(path)
    use_keyring(ring)
    assert await Vault(tmp_path / "desk").open() is VaultState.NONE
    assert ring.held == {}
    assert not (tmp_path / "desk").exists()


@pytest.mark.parametrize("path", PLAIN)
async def test_that_of_a_chain_none_of_another_kind_is_taken_however_high_it_stands(
    tmp_path: Path, use_keyring: Use, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    plain, good = of_module(path), keyrings.Working()
    null: KeyringBackend = keyring.backends.null.Keyring()  # type: ignore[no-untyped-call]
    use_keyring(chain(plain, null, good, monkeypatch=monkeypatch))
    assert await Vault(tmp_path / "desk").open() is VaultState.READY
    assert plain.held == {}
    assert len(good.held) == 1
    use_keyring(chain(plain, null, monkeypatch=monkeypatch))
    assert accepted_backend() is None
    assert await Vault(tmp_path / "other").open() is VaultState.NONE


def test_that_a_keyring_set_by_the_environment_is_refused_too(tmp_path: Path) -> None:
    program = f"""
import asyncio, pathlib
from bcdesk.store.vault import Vault
print(asyncio.run(Vault(pathlib.Path({str(tmp_path / "desk")!r})).open()))
"""
    env = {**os.environ, "PYTHON_KEYRING_BACKEND": "tests.unit.store.keyrings.Working"}
    done = subprocess.run([sys.executable, "-c", program], env=env, cwd=TOP, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "none"
    assert not (tmp_path / "desk").exists()
