"""The vault on a real Secret Service (gnome-keyring) on a bus of its own: all that a keyring can do to a desk."""

import os
import shutil
import signal
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.keyring_real,
    pytest.mark.skipif(
        not (shutil.which("dbus-daemon") and shutil.which("gnome-keyring-daemon")), reason="needs gnome-keyring"
    ),
]
TOP = Path(__file__).resolve().parents[2]
PASSWORD = "test"

DESK = """
import asyncio, os, pathlib, signal, sys
from bcdesk.store.journal import Journal, Pending
from bcdesk.store.vault import Vault

folder = pathlib.Path(sys.argv[1])
entry = Pending("pen_1", "create", "/manage/v1/keys", {"name": "Shop"}, "k" * 43, 1.0, 1.0, "server")

async def main():
    vault = Vault(folder)
    print(await vault.open(), flush=True)
    journal = Journal(folder / "journal", vault)
    STEPS

asyncio.run(main())
"""
LEAVE = "await journal.put(entry); os.kill(os.getpid(), signal.SIGKILL)"
FIND = "print(await journal.load() == (entry,))"
LOCK = """
import secretstorage, sys
bus = secretstorage.dbus_init()
for collection in secretstorage.get_all_collections(bus):
    collection.lock()
"""
REMOVE = LOCK.replace("collection.lock()", "[item.delete() for item in collection.get_all_items()]")
REPLACE = LOCK.replace(
    "collection.lock()", "[item.set_secret(sys.argv[1].encode()) for item in collection.get_all_items()]"
)
READ = LOCK.replace("collection.lock()", "[print(item.get_secret().decode()) for item in collection.get_all_items()]")
OUTLIVE = "input(); print(vault.unseal(vault.seal(b'text', 'test'), 'test'), await Vault(folder).open())"


class SecretService:
    """A message bus and the keyring daemon on it."""

    def __init__(self, home: Path, display: str = "") -> None:
        # without a screen the daemon cannot ask; with one its prompt opens there, and waits for somebody to answer
        self.env = {**os.environ, "HOME": str(home)}
        for name in ("DISPLAY", "WAYLAND_DISPLAY"):
            self.env.pop(name, None)
        if display:
            self.env["DISPLAY"] = display
        for name in ("DATA_HOME", "CONFIG_HOME", "CACHE_HOME", "RUNTIME_DIR"):
            folder = home / name.lower()
            folder.mkdir(mode=0o700)
            self.env[f"XDG_{name}"] = str(folder)
        command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1"]
        self.bus = subprocess.Popen(command, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.bus.stdout is not None
        self.env["DBUS_SESSION_BUS_ADDRESS"] = self.bus.stdout.readline().strip()
        command = ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"]
        self.daemon = subprocess.Popen(
            command, env=self.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self.daemon.stdin is not None
        self.daemon.stdin.write(PASSWORD)
        self.daemon.stdin.close()
        assert self.daemon.stdout is not None
        self.daemon.stdout.readline()  # its first line comes once it is on the bus

    def close(self) -> None:
        for process in (self.daemon, self.bus):
            process.send_signal(signal.SIGKILL)
            process.wait()
            assert process.stdout is not None
            process.stdout.close()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[SecretService]:
    """Run a Secret Service whose default collection is open."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    made = SecretService(home)
    yield made
    made.close()


def desk(env: dict[str, str], folder: Path, steps: str = "pass") -> "subprocess.Popen[str]":
    """Start a process that opens the vault in ``folder`` and goes on with ``steps``."""
    command = [sys.executable, "-c", DESK.replace("STEPS", steps), str(folder)]
    return subprocess.Popen(command, env=env, cwd=TOP, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def said(process: "subprocess.Popen[str]") -> list[str]:
    """Wait for the end of a process and return its words."""
    out, _ = process.communicate(timeout=60)
    return out.split()


def test_that_the_key_is_kept_and_an_entry_outlives_a_killed_desk(service: SecretService, tmp_path: Path) -> None:
    first = desk(service.env, tmp_path / "desk", LEAVE)
    assert said(first) == ["ready"]
    assert first.returncode == -signal.SIGKILL
    assert said(desk(service.env, tmp_path / "desk", FIND)) == ["ready", "True"]


def test_that_a_locked_keyring_whose_prompt_cannot_open_is_not_ready(service: SecretService, tmp_path: Path) -> None:
    assert said(desk(service.env, tmp_path / "desk", LEAVE)) == ["ready"]
    subprocess.run([sys.executable, "-c", LOCK], env=service.env, check=True)
    assert said(desk(service.env, tmp_path / "desk", FIND)) == ["locked", "False"]
    assert (tmp_path / "desk" / "journal" / "pen_1.sealed").exists()


def test_that_an_open_vault_goes_on_when_the_keyring_dies(service: SecretService, tmp_path: Path) -> None:
    running = desk(service.env, tmp_path / "desk", OUTLIVE)
    assert running.stdout is not None
    assert running.stdout.readline() == "ready\n"
    service.bus.kill()
    service.bus.wait()
    out, _ = running.communicate("\n", timeout=60)
    assert out.split() == ["b'text'", "gone"]


def test_that_without_a_bus_there_is_no_keyring(tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("DBUS_")}
    env |= {"XDG_RUNTIME_DIR": str(tmp_path), "DISPLAY": ""}
    assert said(desk(env, tmp_path / "desk")) == ["none"]
    assert not (tmp_path / "desk").exists()


def on_the_ring(service: SecretService, script: str, *words: str) -> str:
    """Run what somebody else does with the keyring, and return what it printed."""
    command = [sys.executable, "-c", script, *words]
    return subprocess.run(command, env=service.env, check=True, stdout=subprocess.PIPE, text=True).stdout


@pytest.mark.parametrize(
    ("script", "words", "state"),
    [
        (REMOVE, (), "missing"),
        (REPLACE, ("not a key",), "wrong"),
        (REPLACE, (b64encode(bytes(32)).decode(),), "wrong"),
    ],
)
def test_that_a_key_that_was_deleted_or_replaced_is_told_and_nothing_is_touched(
    service: SecretService, tmp_path: Path, script: str, words: tuple[str, ...], state: str
) -> None:
    assert said(desk(service.env, tmp_path / "desk", LEAVE)) == ["ready"]
    on_the_ring(service, script, *words)
    assert said(desk(service.env, tmp_path / "desk", FIND)) == [state, "False"]
    assert (tmp_path / "desk" / "journal" / "pen_1.sealed").exists()
    assert on_the_ring(service, READ).split() == " ".join(words).split()


def test_that_no_file_holds_the_key_or_what_it_sealed_in_plain_text(service: SecretService, tmp_path: Path) -> None:
    assert said(desk(service.env, tmp_path / "desk", LEAVE)) == ["ready"]
    key = on_the_ring(service, READ).strip()
    raw = b64decode(key)
    traces = (key.encode(), raw, raw.hex().encode(), b"k" * 43, b"Shop")
    control = tmp_path / "control"
    control.write_bytes(raw)
    found = [file for file in tmp_path.rglob("*") if file.is_file() and any(one in file.read_bytes() for one in traces)]
    assert found == [control]
