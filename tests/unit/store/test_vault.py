"""The vault tells apart every way in which a keyring can fail, and never falls back to plain text."""

import asyncio
import json
import os
import stat
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path

import keyring.backends.fail
import keyring.backends.null
import pytest
from keyring.backend import KeyringBackend

from bcdesk.store import vault_keyring
from bcdesk.store.sealing import derived
from bcdesk.store.vault import UnreadableError, Vault, VaultClosedError, VaultState
from bcdesk.store.vault_keyring import accepted_backend
from tests.unit.store import keyrings

Use = Callable[[KeyringBackend], None]


async def test_that_a_new_key_is_made_once_and_found_again(tmp_path: Path, use_keyring: Use) -> None:
    ring = keyrings.Working()
    use_keyring(ring)
    first, second = Vault(tmp_path), Vault(tmp_path)
    assert await first.open() is VaultState.READY
    assert await second.open() is VaultState.READY
    assert second.unseal(first.seal(b"text", "test"), "test") == b"text"
    ((service, name), stored) = next(iter(ring.held.items()))
    assert len(ring.held) == 1
    assert service == "bcdesk"
    assert name == json.loads((tmp_path / "vault.json").read_bytes())["name"]
    assert len(b64decode(stored)) == 32


async def test_that_two_data_folders_have_keys_of_their_own(tmp_path: Path, use_keyring: Use) -> None:
    use_keyring(keyrings.Working())
    one, other = Vault(tmp_path / "a"), Vault(tmp_path / "b")
    await one.open()
    await other.open()
    with pytest.raises(UnreadableError):
        other.unseal(one.seal(b"text", "test"), "test")


@pytest.mark.parametrize(
    ("ring", "state"),
    [
        (keyrings.Locked, VaultState.LOCKED),
        (keyrings.Dismissed, VaultState.DISMISSED),
        (keyrings.Died, VaultState.GONE),
        (keyrings.Forgetful, VaultState.GONE),
        (keyring.backends.fail.Keyring, VaultState.NONE),
        (keyring.backends.null.Keyring, VaultState.NONE),
    ],
)
async def test_that_each_failure_has_its_state(
    tmp_path: Path, use_keyring: Use, ring: type[KeyringBackend], state: VaultState
) -> None:
    use_keyring(ring())
    made = Vault(tmp_path)
    assert await made.open() is state
    with pytest.raises(VaultClosedError) as refused:
        made.seal(b"text", "test")
    assert refused.value.state is state


async def test_that_a_keyring_that_was_locked_can_be_asked_again(tmp_path: Path, use_keyring: Use) -> None:
    use_keyring(keyrings.Locked())
    made = Vault(tmp_path)
    assert await made.open() is VaultState.LOCKED
    use_keyring(keyrings.Working())
    assert await made.open() is VaultState.READY


def test_that_a_plain_text_keyring_is_refused(use_keyring: Use, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault_keyring, "ACCEPTED", vault_keyring.ACCEPTED - {keyrings.__name__})
    use_keyring(keyrings.Working())
    assert accepted_backend() is None


def test_that_of_a_chain_the_first_accepted_keyring_is_taken(use_keyring: Use, monkeypatch: pytest.MonkeyPatch) -> None:
    from keyring.backends.chainer import ChainerBackend

    good = keyrings.Working()
    monkeypatch.setattr(ChainerBackend, "backends", [keyring.backends.null.Keyring(), good])  # type: ignore[no-untyped-call]
    use_keyring(ChainerBackend())  # type: ignore[no-untyped-call]
    assert accepted_backend() is good


async def test_that_an_open_prompt_shows_as_waiting_and_blocks_nothing(tmp_path: Path, use_keyring: Use) -> None:
    ring = keyrings.Prompting()
    use_keyring(ring)
    made = Vault(tmp_path)
    seen: list[VaultState] = []
    opened = asyncio.Event()

    def note(state: VaultState) -> None:
        seen.append(state)
        if state is VaultState.READY:
            opened.set()

    made.listen(note)
    assert await made.open(patience=0.01) is VaultState.WAITING
    ring.answered.set()
    await opened.wait()
    assert seen == [VaultState.WAITING, VaultState.READY]


async def test_that_a_prompt_nobody_answers_can_be_given_up(tmp_path: Path, use_keyring: Use) -> None:
    ring = keyrings.Prompting()
    use_keyring(ring)
    made = Vault(tmp_path)
    await made.open(patience=0.01)
    made.give_up()
    assert made.state is VaultState.DISMISSED
    ring.answered.set()
    assert await made.open() is VaultState.READY


async def test_that_a_process_ends_while_a_prompt_is_open(tmp_path: Path) -> None:
    program = f"""
import asyncio, keyring, pathlib
from bcdesk.store import vault, vault_keyring
from tests.unit.store import keyrings
vault_keyring.ACCEPTED = vault_keyring.ACCEPTED | {{keyrings.__name__}}
keyring.set_keyring(keyrings.Prompting())
async def main():
    made = vault.Vault(pathlib.Path({str(tmp_path)!r}))
    print(await made.open(patience=0.01))
    made.close()
asyncio.run(main())
"""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[3]
    )
    async with asyncio.timeout(20):
        out, _ = await process.communicate()
    assert out.strip() == b"waiting"
    assert process.returncode == 0


async def test_that_what_is_sealed_opens_only_whole_and_for_its_purpose(ready_vault: Vault) -> None:
    sealed = ready_vault.seal(b"text", "journal/1")
    assert b"text" not in sealed
    assert ready_vault.unseal(sealed, "journal/1") == b"text"
    for broken in [b"", sealed[:-1], sealed[:12], sealed[:5], sealed + b"x", b"\0" + sealed[1:]]:
        with pytest.raises(UnreadableError):
            ready_vault.unseal(broken, "journal/1")
    with pytest.raises(UnreadableError):
        ready_vault.unseal(sealed, "journal/2")


async def test_that_each_purpose_has_a_key_of_its_own_and_none_is_the_keyrings(ready_vault: Vault) -> None:
    key = ready_vault._key
    assert key is not None
    keys = {derived(key, about) for about in ("journal/1", "journal/2", "clipboard")}
    assert len(keys) == 2
    assert key not in keys


async def test_that_a_closed_vault_seals_nothing(ready_vault: Vault) -> None:
    ready_vault.close()
    with pytest.raises(VaultClosedError):
        ready_vault.seal(b"text", "test")


async def test_that_a_listener_that_fails_keeps_no_other_from_knowing(
    tmp_path: Path, use_keyring: Use, caplog: pytest.LogCaptureFixture
) -> None:
    use_keyring(keyrings.Working())
    made = Vault(tmp_path)
    seen: list[VaultState] = []

    def fails(state: VaultState) -> None:
        raise RuntimeError("no")

    made.listen(fails)
    stop = made.listen(seen.append)
    await made.open()
    stop()
    stop()
    assert seen[-1] is VaultState.READY
    assert "a listener of the vault failed" in caplog.text


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX")
async def test_that_the_name_of_the_key_is_the_owners_to_read(tmp_path: Path, use_keyring: Use) -> None:
    use_keyring(keyrings.Working())
    before = os.umask(0)
    try:
        await Vault(tmp_path / "desk").open()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "desk" / "vault.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "desk").stat().st_mode) == 0o700


async def entry(folder: Path, ring: keyrings.Working) -> tuple[str, str]:
    """Make the key of a desk and return where the keyring holds it."""
    made = Vault(folder)
    assert await made.open() is VaultState.READY
    made.close()
    return next(iter(ring.held))


async def test_that_a_key_that_is_gone_from_the_keyring_is_missed_and_not_made_anew(
    tmp_path: Path, use_keyring: Use
) -> None:
    use_keyring(ring := keyrings.Working())
    del ring.held[await entry(tmp_path, ring)]
    made = Vault(tmp_path)
    assert await made.open() is VaultState.MISSING
    assert made.has_past
    assert not ring.held


@pytest.mark.parametrize("stored", ["", "not base64 !", b64encode(bytes(31)).decode(), b64encode(bytes(32)).decode()])
async def test_that_a_value_that_is_not_the_key_is_wrong_and_stays(
    tmp_path: Path, use_keyring: Use, stored: str
) -> None:
    use_keyring(ring := keyrings.Working())
    ring.held[where := await entry(tmp_path, ring)] = stored
    made = Vault(tmp_path)
    assert await made.open() is VaultState.WRONG
    assert ring.held == {where: stored}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[]",
        b"[" * 5000,
        b'{"version": 1, "kind": "keyring", "check": "AAAA", "name": "../../etc"}',
        b'{"version": 2, "kind": "keyring"}',
        b'{"version": 1, "kind": "passphrase", "check": "AAAA", "salt": "AAAA", "cost": {"memory_kib": 99999999}}',
    ],
)
async def test_that_damaged_knowledge_of_the_key_is_wrong_and_stays(
    tmp_path: Path, use_keyring: Use, content: bytes
) -> None:
    use_keyring(ring := keyrings.Working())
    await entry(tmp_path, ring)
    (tmp_path / "vault.json").write_bytes(content)
    made = Vault(tmp_path)
    assert await made.open() is VaultState.WRONG
    assert made.has_past
    assert (tmp_path / "vault.json").read_bytes() == content


async def test_that_after_the_key_was_missed_a_new_one_can_be_begun(tmp_path: Path, use_keyring: Use) -> None:
    use_keyring(ring := keyrings.Working())
    old = Vault(tmp_path)
    await old.open()
    sealed = old.seal(b"text", "test")
    ring.held.clear()
    made = Vault(tmp_path)
    await made.open()
    await made.change("keyring", anew=keyrings.remove_nothing)
    assert made.state is VaultState.READY
    with pytest.raises(UnreadableError):
        made.unseal(sealed, "test")
    await made.settle()
    again = Vault(tmp_path)
    assert await again.open() is VaultState.READY
    assert again.unseal(made.seal(b"new", "test"), "test") == b"new"
