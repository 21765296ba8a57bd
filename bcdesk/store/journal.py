"""The durable list of hand-overs that are not over: what was asked for and how far it got, never the secret.

One file an entry, sealed under the vault's key. An entry is on disk before its request is sent and gone after
the acknowledgement. Without the vault's key entries live in memory only (`Journal.durable` says so).
"""

import asyncio
import json
import logging
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields, replace
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal, get_args

from bcdesk.store.files import make_private, remove_durably, sync_folder, write_durably
from bcdesk.store.vault import UnreadableError, Vault, VaultState
from bcdesk.store.worker import Worker

Kind = Literal["create", "rotate", "app", "app_secret", "member", "member_link"]
"""What was asked for: a key, a version of one, an application, a client secret of one, a member, a link for one."""
State = Literal["sealed", "waiting", "copying", "handed_over", "discarded"]
_MAGIC: Final = b"bcdesk journal 1\n"
_SUFFIX: Final = ".sealed"
_log = logging.getLogger(__name__)


class JournalError(Exception):
    """The journal could not be written, so what it should vouch for must not go ahead."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A hand-over that is not over; times in epoch seconds, ``connection`` is the server's id.

    ``body`` and ``idempotency_key`` together open the sealed reply on the server, so no print shows them.
    ``key_id`` names the key or the application, ``version_id`` the version or the client secret.
    """

    id: str
    kind: Kind
    route: str
    body: dict[str, Any] = field(repr=False)
    idempotency_key: str = field(repr=False)
    started_at: float
    changed_at: float
    connection: str = ""
    state: State = "sealed"
    key_id: str | None = None
    version_id: str | None = None
    handover_id: str | None = None
    masked: str | None = None
    how: str | None = None
    copied_at: float | None = None
    member: str = ""
    """Who asked: the server gives the answer again to this member alone, and would make another for anybody else."""

    @property
    def about(self) -> Literal["key", "app", "member"]:
        """Tell what the secret is one of."""
        if self.kind in ("member", "member_link"):
            return "member"
        return "app" if self.kind in ("app", "app_secret") else "key"


class Journal:
    """Keeps `Pending` entries; each write is durable once awaited, or raises `JournalError`."""

    def __init__(self, folder: Path, vault: Vault, *, clock: Callable[[], float] = time.time) -> None:
        """Keep entries in ``folder``, sealed by ``vault``."""
        self.claimed: set[str] = set()
        """Entries that this process works on now: recovery leaves them alone."""
        self.set_aside: list[str] = []
        """Names of files that could not be read; they lie in the folder, renamed."""
        self.made: dict[str, str] = {}
        """What entries of this process came to that have no secret: the id of the row by the entry's id."""
        self._folder = folder
        self._vault = vault
        self._clock = clock
        self._entries: dict[str, Pending] = {}
        self._written: set[str] = set()
        self._loaded = False
        self._loading = asyncio.Lock()
        self._worker = Worker("journal")

    @property
    def durable(self) -> bool:
        """Tell whether entries outlive this process."""
        return self._vault.state is VaultState.READY

    def pending(self) -> tuple[Pending, ...]:
        """Return all entries, oldest first."""
        return tuple(sorted(self._entries.values(), key=lambda entry: (entry.started_at, entry.id)))

    def find(self, handover_id: str) -> Pending | None:
        """Return the entry of a hand-over."""
        return next((entry for entry in self._entries.values() if entry.handover_id == handover_id), None)

    def holds(self, id: str) -> bool:
        """Tell whether an entry of that id is there."""
        return id in self._entries

    async def load(self) -> tuple[Pending, ...]:
        """Read what an earlier desk left, and write down what so far was in memory only; then as `pending`."""
        async with self._loading:
            if self.durable and not self._loaded:
                for entry in await self._do(self._read_all):
                    self._entries.setdefault(entry.id, entry)
                    self._written.add(entry.id)
                self._loaded = True
                for entry in self.pending():
                    if entry.id not in self._written:
                        await self.put(entry)
        return self.pending()

    async def put(self, pending: Pending) -> None:
        """Add or replace an entry; a keyring that is being asked is waited for, a little."""
        if self._vault.state is VaultState.WAITING:
            await self._vault.open(patience=2.0)
        if self.durable:
            await self._write(pending)
            self._written.add(pending.id)
        self._entries[pending.id] = pending

    async def update(self, id: str, **changes: Any) -> Pending | None:
        """Change fields of an entry and return it; None where it is gone."""
        entry = self._entries.get(id)
        if entry is None:
            return None
        entry = replace(entry, changed_at=self._clock(), **changes)
        await self.put(entry)
        return entry

    async def remove(self, id: str) -> None:
        """Take an entry out; one that is gone already is fine."""
        self.claimed.discard(id)
        self._entries.pop(id, None)
        if id in self._written:
            self._written.discard(id)
            await self._do(lambda: remove_durably(self._file(id)))

    async def reseal(self) -> None:
        """Seal every entry on the disk under the vault's present key."""
        await self.load()
        for id in tuple(self._written):
            entry = self._entries.get(id)
            if entry is not None:
                await self._write(entry)  # a removal of it that comes meanwhile waits for its turn in the thread

    async def forget_sealed(self) -> None:
        """Remove every entry from the disk: the key is not had any more. What this process knows stays in memory."""
        self._written.clear()
        self._loaded = False
        for file in await self._do(lambda: sorted(self._folder.glob(f"*{_SUFFIX}"))):
            await self._do(partial(remove_durably, file))

    def close(self) -> None:
        """Let writes that are under way finish."""
        self._worker.stop()

    async def _write(self, entry: Pending) -> None:
        sealed = _MAGIC + self._vault.seal(json.dumps(asdict(entry)).encode(), _about(entry.id))
        await self._do(lambda: write_durably(self._file(entry.id), sealed))

    async def _do(self, call: Callable[[], Any]) -> Any:
        try:
            return await self._worker.submit(call)
        except OSError as error:
            failed = f"errno {error.errno}"
        raise JournalError(failed)

    def _file(self, id: str) -> Path:
        return self._folder / f"{id}{_SUFFIX}"

    def _read_all(self) -> list[Pending]:
        make_private(self._folder)
        for leftover in self._folder.glob("*.tmp"):
            leftover.unlink(missing_ok=True)  # never replaced its file, so nothing was done on its word
        entries = []
        for file in sorted(self._folder.glob(f"*{_SUFFIX}")):
            try:
                entries.append(self._read(file))
            except (UnreadableError, OSError, ValueError, TypeError, KeyError) as error:
                aside = file.with_name(f"{file.name}.unreadable-{int(self._clock())}")
                file.replace(aside)
                sync_folder(self._folder)
                self.set_aside.append(aside.name)
                _log.warning("a journal entry is unreadable (%s); it was set aside", type(error).__name__)
        return entries

    def _read(self, file: Path) -> Pending:
        content = file.read_bytes()
        if not content.startswith(_MAGIC):
            raise UnreadableError
        known = {one.name for one in fields(Pending)}
        id = file.name.removesuffix(_SUFFIX)
        members = json.loads(self._vault.unseal(content[len(_MAGIC) :], _about(id)))
        if not isinstance(members, dict):
            raise UnreadableError
        entry = Pending(**{name: value for name, value in members.items() if name in known})
        known_words = entry.state in get_args(State) and entry.kind in get_args(Kind)
        if entry.id != id or not known_words or not isinstance(entry.body, dict):
            raise UnreadableError
        return entry


def _about(id: str) -> str:
    return f"journal/{id}"
