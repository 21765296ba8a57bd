"""A refresh token outlives the desk sealed, or lives in memory alone; a killed desk finds the old or the new one."""

import asyncio
import os
import signal
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend

from bcdesk.store.session_vault import SessionVault
from bcdesk.store.vault import Vault, VaultClosedError, VaultState
from tests.unit.store import keyrings

TOKEN = "bcr_canary-canary-canary-canary-canary-canary1"
OTHER = "bcr_canary-canary-canary-canary-canary-canary2"
PROGRAM = """
import asyncio, itertools, pathlib, sys
from bcdesk.store.session_vault import SessionVault
from bcdesk.store.vault import Vault
folder = pathlib.Path(sys.argv[1])
async def main():
    vault = Vault(folder)
    assert await vault.open() == "passphrase"
    assert await vault.unlock("a test")
    sessions = SessionVault(folder / "sessions", vault)
    for number in itertools.count():
        assert await sessions.save("con_1", "bcr_%08d" % number)
        print(number, flush=True)
asyncio.run(main())
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "sessions"


async def loaded(sessions: SessionVault, id: str = "con_1") -> str | None:
    secret = await sessions.load(id)
    return None if secret is None else secret.take()


async def test_that_a_session_is_found_by_the_next_desk(folder: Path, ready_vault: Vault) -> None:
    sessions = SessionVault(folder, ready_vault)
    assert await loaded(sessions) is None
    assert await sessions.save("con_1", OTHER) is True
    assert await sessions.save("con_1", TOKEN) is True
    assert await sessions.save("con_2", OTHER) is True
    sessions.close()
    later = SessionVault(folder, ready_vault)
    assert (await loaded(later), await loaded(later, "con_2")) == (TOKEN, OTHER)
    assert later.durable("con_1")


async def test_that_a_session_is_that_of_one_server_alone(folder: Path, ready_vault: Vault) -> None:
    sessions = SessionVault(folder, ready_vault)
    await sessions.save("con_1", TOKEN, "https://desk.example")
    later = SessionVault(folder, ready_vault)
    assert await later.load("con_1", "https://evil.example") is None
    assert list(folder.iterdir()) == []
    ready_vault.close()
    assert await sessions.save("con_1", TOKEN, "https://desk.example") is False
    assert await sessions.load("con_1", "https://evil.example") is None
    assert await sessions.load("con_1", "https://desk.example") is None


async def test_that_no_file_shows_it_and_only_its_owner_reads_the_file(folder: Path, ready_vault: Vault) -> None:
    sessions = SessionVault(folder, ready_vault)
    await sessions.save("con_1", TOKEN)
    files = [file for file in folder.parent.rglob("*") if file.is_file()]
    assert [file.name for file in folder.iterdir()] == ["con_1.session"]
    assert all(b"canary" not in file.read_bytes() for file in files)
    if sys.platform != "win32":
        assert stat.S_IMODE((folder / "con_1.session").stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert "canary" not in repr(sessions) + repr(vars(sessions)) + repr(await sessions.load("con_1"))


async def test_that_a_wiped_session_is_gone_with_what_a_crash_left_of_it(folder: Path, ready_vault: Vault) -> None:
    sessions = SessionVault(folder, ready_vault)
    await sessions.wipe("con_1")
    assert not folder.exists()
    await sessions.save("con_1", TOKEN)
    (folder / "con_1.session.123.tmp").write_bytes(b"half")
    await sessions.wipe("con_1")
    assert list(folder.iterdir()) == []
    assert await loaded(sessions) is None


async def test_that_one_session_does_not_pass_for_another(folder: Path, ready_vault: Vault) -> None:
    sessions = SessionVault(folder, ready_vault)
    await sessions.save("con_1", TOKEN)
    (folder / "con_1.session").rename(folder / "con_2.session")
    assert await loaded(sessions, "con_2") is None
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("damage", [b"", b"x", b"bcdesk session 1\n", b"bcdesk session 1\n" + bytes(60), "flip"])
async def test_that_an_unreadable_session_is_removed(folder: Path, ready_vault: Vault, damage: bytes | str) -> None:
    sessions = SessionVault(folder, ready_vault)
    await sessions.save("con_1", TOKEN)
    file = folder / "con_1.session"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(damage if isinstance(damage, bytes) else content)
    assert await loaded(sessions) is None
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "plain", [b"{", b"[]", b"{}", b'{"refresh": 3}', b'{"refresh": ""}', b'{"refresh": "\\u00e9"}']
)
async def test_that_what_was_sealed_otherwise_is_removed(folder: Path, ready_vault: Vault, plain: bytes) -> None:
    sessions = SessionVault(folder, ready_vault)
    await sessions.save("con_1", TOKEN)
    (folder / "con_1.session").write_bytes(b"bcdesk session 1\n" + ready_vault.seal(plain, "session/con_1"))
    assert await loaded(sessions) is None


@pytest.mark.parametrize("id", ["", "../con_1", "a/b", "con.1", "x" * 65, "con_1\n"])
async def test_that_an_id_is_no_path(folder: Path, ready_vault: Vault, id: str) -> None:
    with pytest.raises(ValueError, match="no id"):
        await SessionVault(folder, ready_vault).save(id, TOKEN)


async def test_that_without_the_key_a_session_lives_in_memory_and_no_old_one_stays(
    folder: Path, ready_vault: Vault, tmp_path: Path, use_keyring: Callable[[KeyringBackend], None]
) -> None:
    await SessionVault(folder, ready_vault).save("con_1", OTHER)
    use_keyring(keyrings.Locked())
    vault = Vault(tmp_path)
    assert await vault.open() is VaultState.LOCKED
    sessions = SessionVault(folder, vault)
    with pytest.raises(VaultClosedError) as closed:
        await sessions.load("con_1")
    assert closed.value.state is VaultState.LOCKED
    assert (folder / "con_1.session").exists()  # its key may come
    assert await sessions.save("con_1", TOKEN) is False
    assert list(folder.iterdir()) == []
    assert (await loaded(sessions), sessions.durable("con_1")) == (TOKEN, False)
    assert await loaded(sessions) == TOKEN
    assert "canary" not in repr(vars(sessions))
    sessions.close()
    assert await loaded(sessions) is None


async def test_that_a_session_in_memory_is_kept_once_the_key_comes(
    folder: Path, tmp_path: Path, use_keyring: Callable[[KeyringBackend], None]
) -> None:
    prompting = keyrings.Prompting()
    use_keyring(prompting)
    vault = Vault(tmp_path)
    assert await vault.open(patience=0) is VaultState.WAITING
    sessions = SessionVault(folder, vault)
    assert await sessions.save("con_1", TOKEN) is False
    prompting.answered.set()
    assert await vault.open() is VaultState.READY
    await sessions.keep_all()
    assert sessions.durable("con_1")
    assert await loaded(SessionVault(folder, vault)) == TOKEN


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="needs a file system to fill")
async def test_that_a_full_disk_leaves_no_old_session_behind(folder: Path, ready_vault: Vault) -> None:
    sessions = SessionVault(folder, ready_vault)
    await sessions.save("con_1", OTHER)
    blocked = folder / f"con_1.session.{os.getpid()}.tmp"
    blocked.mkdir()  # where the new one would be written first: the system says no, as it would without room
    assert await sessions.save("con_1", TOKEN) is False
    assert not (folder / "con_1.session").exists()
    assert await loaded(sessions) == TOKEN


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
async def test_that_a_desk_that_is_killed_finds_the_session_that_it_was_promised(
    folder: Path, ready_vault: Vault
) -> None:
    await ready_vault.change("passphrase", "a test")
    await ready_vault.settle()
    for attempt in range(6):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", PROGRAM, str(folder.parent), stdout=asyncio.subprocess.PIPE,
            cwd=Path(__file__).parents[3],
        )  # fmt: skip
        assert process.stdout is not None
        promised = [await process.stdout.readline() for _ in range(attempt + 1)]
        await asyncio.sleep(0.0007 * attempt)  # the moment of death is the thing varied here
        process.send_signal(signal.SIGKILL)
        promised += (await process.stdout.read()).split(b"\n")
        await process.wait()
        last = int([line for line in promised if line.strip()][-1])
        token = await loaded(SessionVault(folder, ready_vault))
        assert token is not None
        assert int(token.removeprefix("bcr_")) in (last, last + 1)


async def test_that_sessions_move_with_the_key(folder: Path, ready_vault: Vault) -> None:
    sessions = SessionVault(folder, ready_vault)
    for id in ("con_1", "con_2"):
        await sessions.save(id, TOKEN)
    (folder / "con_2.session").write_bytes(b"nothing of use")
    await ready_vault.change("passphrase", "a test")
    assert await loaded(sessions) == TOKEN
    await sessions.reseal()
    await ready_vault.settle()
    assert (await loaded(sessions), await loaded(sessions, "con_2")) == (TOKEN, None)
    assert [file.name for file in folder.iterdir()] == ["con_1.session"]


async def test_that_sessions_of_a_lost_key_are_removed(folder: Path, ready_vault: Vault) -> None:
    sessions = SessionVault(folder, ready_vault)
    await sessions.forget_sealed()
    await sessions.save("con_1", TOKEN)
    await sessions.save("con_2", TOKEN)
    await sessions.forget_sealed()
    assert list(folder.iterdir()) == []
    assert await loaded(sessions) is None
