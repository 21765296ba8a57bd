"""What a self-test tries: each check does the real thing once, in a folder that is gone afterwards."""

from __future__ import annotations

import asyncio
import secrets
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from bcdesk.ui.selftest.report import CheckFailedError

if TYPE_CHECKING:
    from bcdesk.client.client import Client
    from bcdesk.ui.local_server import LocalServer, Ready

T = TypeVar("T")

KEYRING_SERVICE: Final = "bcdesk-selftest"
_KEYRINGS: Final = {
    "linux": ("SecretService", "kwallet", "libsecret"),
    "darwin": ("macOS",),
    "win32": ("Windows",),
}
_SQLITE: Final = b"SQLite format 3"


async def keyring() -> str:
    """Find the keyrings of this system, and let the one in use keep a key for a moment."""
    for name in _KEYRINGS.get(sys.platform, ()):
        await asyncio.to_thread(import_module, f"keyring.backends.{name}")
    from bcdesk.store.vault_keyring import Entry
    from bcdesk.store.vault_states import VaultClosedError, VaultState

    entry = Entry(KEYRING_SERVICE, secrets.token_hex(16))
    try:
        await aside(entry.make)  # reads back what it wrote
    except VaultClosedError as closed:
        if closed.state is VaultState.NONE:
            return "no keyring runs here: the program asks for a passphrase"
        raise CheckFailedError(f"the keyring is {closed.state.value}") from None
    await aside(entry.remove)
    return "a key was kept, read back and removed"


async def aside(work: Callable[[], T]) -> T:
    """Return what ``work`` does in a thread that the program's end does not wait for: a prompt may stay open."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def tell(settle: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(lambda: None if answer.done() else settle())

    def run() -> None:
        try:
            found = work()
        except Exception as error:  # noqa: BLE001 - it is raised again where the answer is awaited
            failure = error
            tell(lambda: answer.set_exception(failure))
        else:
            tell(lambda: answer.set_result(found))

    threading.Thread(target=run, name="aside", daemon=True).start()
    return await answer


async def sqlcipher(folder: Path) -> str:
    """Write a sealed database, and see that only its key opens it."""
    return await asyncio.to_thread(_sqlcipher, folder / "selftest.db")


def _sqlcipher(file: Path) -> str:
    from sqlcipher3 import dbapi2

    right, wrong = (f"PRAGMA key = \"x'{secrets.token_hex(32)}'\"" for _ in range(2))
    with_key = dbapi2.connect(str(file))
    with_key.execute(right)
    with_key.execute("CREATE TABLE one (text)")
    with_key.execute("INSERT INTO one VALUES ('something')")
    with_key.commit()
    version = str(with_key.execute("PRAGMA cipher_version").fetchone()[0])
    with_key.close()
    written = file.read_bytes()
    if written.startswith(_SQLITE) or b"something" in written:
        raise CheckFailedError("the database is not encrypted")
    other = dbapi2.connect(str(file))
    try:
        other.execute("PRAGMA cipher_log_level = NONE")
        other.execute(wrong)
        other.execute("SELECT * FROM one").fetchone()
    except dbapi2.DatabaseError:
        return f"SQLCipher {version}, SQLite {dbapi2.sqlite_version}"
    finally:
        other.close()
    raise CheckFailedError("another key opens the database")


async def server(child: LocalServer) -> Ready:
    """Start the server as the desk does, and wait for its address."""
    from bcdesk.ui.local_server import ServerFailed

    answered: asyncio.Future[Ready | ServerFailed] = asyncio.get_running_loop().create_future()

    def answer(found: Ready | ServerFailed) -> None:
        if not answered.done():
            answered.set_result(found)

    child.ready.connect(answer)
    child.failed.connect(answer)
    child.start()
    found = await answered
    if isinstance(found, ServerFailed):
        last = found.last_words[-1] if found.last_words else ""
        raise CheckFailedError(f"the server ended with code {found.exit_code}: {last}")
    return found


async def key(client: Client) -> str:
    """Create an API key, use it, revoke it, and see that it ended."""
    from bcdesk.client.bearer import Bearer
    from bcdesk.client.errors import SignInNeeded
    from bcdesk.client.transport import Transport
    from bcdesk.client.values import KeyDraft

    draft = KeyDraft(name="Self-test", environment="sandbox", scopes=("beats.read",))
    made = await client.keys.create(draft, secrets.token_urlsafe(32))
    caller = Transport(client.base_url, Bearer(made.secret.take()))
    try:
        reply = await caller.send("GET", "/v1/beats", query={"limit": "1"})
        await client.keys.revoke(made.key.id, reason="self-test", compromised=False)
        try:
            await caller.send("GET", "/v1/beats")
        except SignInNeeded:
            return f"created, used ({reply.status}), revoked"
        raise CheckFailedError("a revoked key still works")
    finally:
        await caller.aclose()
