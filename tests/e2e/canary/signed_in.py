"""A whole desk that is signed in at a studio's server, and what it must leave nowhere: locked, nor in its memory."""

import asyncio
import json
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from bcdesk.actions.offline import restore
from bcdesk.store.cache import Cache
from bcdesk.store.connections import Connections
from bcdesk.store.store import Store
from bcdesk.store.vault import Vault
from tests.e2e.canary.places import found_in_process, in_files, in_processes, in_text
from tests.e2e.kill.program import Program
from tests.e2e.lock.memory import in_memory
from tests.e2e.serving import Served, make_key, serving
from tests.e2e.signing_in.studio import Browser, Member, join, let_access_expire
from tests.unit.store import keyrings

MODULE = "tests.e2e.canary.driven_studio"
PATIENCE = 30.0
ROWS = 5


class Report(Protocol):
    """Takes what each search found."""

    def add(self, detector: str, looked_at: int, found: list[str], control: bool) -> None:
        """Note a search."""


class SignedIn:
    """Goes from the passphrase to the lock, and looks for everything at every step."""

    def __init__(self, folder: Path, home: Path, report: Report) -> None:
        """Begin with nothing; ``home`` is where this user's programs keep their files."""
        self.data, self.logs, self.studio = folder / "data", folder / "logs", folder / "studio"
        self.home, self.report = home, report
        for one in (self.data, self.logs):
            one.mkdir(parents=True)
        self.passphrase = f"seven unlikely lanterns {secrets.token_urlsafe(24)}"
        self.rows = [f"Kestrel {secrets.token_urlsafe(24)}" for _ in range(ROWS)]
        self.member = f"Wren {secrets.token_urlsafe(24)}"
        self.tokens: dict[str, str] = {}
        """Every secret so far, by what it is."""
        self.printed = f"printed {secrets.token_urlsafe(24)}"
        self.looked = 0
        self.shown: list[str] = []
        self.files: list[str] = []

    @property
    def all(self) -> list[str]:
        """Return what stands in plain nowhere on this computer, names of rows included."""
        return [*self.tokens.values(), self.passphrase, *self.rows, self.member]

    def run(self) -> None:
        """Do everything, and report."""
        with serving(self.studio) as served:
            who = asyncio.run(join(served, "owner"))
            self.tokens |= {"password": who.password, "link of the member": who.link}
            with served.client() as owner:
                for name in self.rows:
                    make_key(owner, name=name)
            connections = Connections(self.data / "desk")
            self.connection = connections.add(name="Studio", url=served.base_url).id
            connections.use(self.connection)
            asyncio.run(self._choose())
            self._work(served, who)
        kept = list(self.tokens.values())  # the names of rows are the server's to know
        found = in_files([self.studio], [*kept, self.passphrase])
        said = served.errors.read_text() + (self.logs / "desk").read_text("utf-8", "replace")
        self.report.add(
            "signed in: files of the studio's server", _count(self.studio), found, bool(_planted(self.studio))
        )
        words = in_text(said, [*kept, self.passphrase])
        self.report.add("signed in: logs of desk and server", len(said), words, bool(in_text(said, [self.printed])))

    def _work(self, served: Served, who: Member) -> None:
        program = self._start()
        try:
            self._sign_in(program, served, who)
            self._renew(program, served)
            self._copy_a_key(program)
            program.kill()  # what had not been written is lost, what lay beside the copy stays
            program.drain()
            self._look()
            assert self.rows[0] in asyncio.run(self._known()), "the copy does hold the rows"
            program = self._start()
            program.online()
            self._invite(program)
            self._look()
            self._lock(program)
            self._look()
        finally:
            program.kill()
            program.drain()
        self.report.add("signed in: files of the desk, logs, home", self.looked, self.files, bool(_planted(self.data)))
        drawn = secrets.token_urlsafe(32)
        planted = found_in_process(drawn) and found_in_process(drawn, variable=True)
        self.report.add("signed in: arguments and environments", len(self.all), self.shown, planted)

    # ------------------------------------------------------------------ steps

    def _start(self) -> Program:
        program = Program(self.data, self.logs / "desk", module=MODULE, BCDESK_LOG="DEBUG")
        program.do("type", name="passphrase", text=self.passphrase)
        program.do("press", name="unlock.unlock")
        program.do("gone", name="unlock")
        return program

    def _sign_in(self, program: Program, served: Served, who: Member) -> None:
        """Sign in by the pages, which a browser shows that is no process of this desk."""
        program.do("press", name="connection.sign_in")
        program.do("press", name="sign_in.copy")
        address = str(program.do("address")["address"])

        async def answer() -> str:
            async with Browser(served) as browser:
                return str((await browser.sign_in(address, who)).url)

        program.tell(do="gone", name="sign_in")
        self.tokens["code"] = asyncio.run(answer()).partition("code=")[2].partition("&")[0]
        program.online()
        self._session(program)
        self._look()

    def _renew(self, program: Program, served: Served) -> None:
        """Go on past the end of the access token."""
        let_access_expire(served)
        program.do("key", keys="F5")
        end = time.monotonic() + PATIENCE
        while (program.do("session"))["access"] == self.tokens["access 1"]:
            assert time.monotonic() < end, "it was never renewed"
        self._session(program)
        self._look()

    def _session(self, program: Program) -> None:
        held = program.do("session")
        number = sum(what.startswith("access") for what in self.tokens) + 1
        self.tokens |= {f"access {number}": held["access"], f"refresh {number}": held["refresh"]}

    def _copy_a_key(self, program: Program) -> None:
        """Make a key and copy it; while its secret waits, its name lies in the journal."""
        name = f"Merlin {secrets.token_urlsafe(24)}"
        self.rows.append(name)
        program.do("key", keys="Ctrl+N")
        program.do("type", name="name", text=name)
        program.do("press", name="create_key.make")
        self._waits(program, "key")
        assert list((self.data / "desk" / "journal").iterdir()), "there is a journal to look into"
        self._look()
        program.do("press", name="reveal_copy")
        program.do("press", name="reveal_done")
        program.do("gone", name="reveal")

    def _invite(self, program: Program) -> None:
        """Have a set-up link wait."""
        program.do("press", name="page.members")
        program.do("key", keys="Ctrl+N")
        program.do("type", name="name", text=self.member)
        program.do("press", name="invite_member.make")
        self._waits(program, "set-up link")

    def _waits(self, program: Program, what: str) -> None:
        program.do("wait", name="reveal_copy")
        self.tokens[what] = str(program.do("peek")["secret"]).partition("#")[2] or str(program.do("peek")["secret"])

    def _lock(self, program: Program) -> None:
        """Look through the memory of the desk, lock it, and look through that of what it became."""
        self._session(program)
        held = f"held {secrets.token_urlsafe(24)}"
        program.do("hold", text=held)
        program.do("print", text=self.printed)
        newest = [max(one for one in self.tokens if one.startswith(what)) for what in ("access", "refresh")]
        expected = {what: self.tokens[what] for what in (*newest, "set-up link")}
        expected |= {f"row {number}": name for number, name in enumerate(self.rows)}
        expected |= {"a member": self.member, "held": held}
        wanted = {**expected, **self.tokens, "passphrase": self.passphrase}
        root = os.geteuid() == 0  # nobody else may look into a process that closed itself
        before = in_memory(program.pid, wanted) if root else {}
        program.do("lock")
        end = time.monotonic() + PATIENCE
        while not any(word.startswith("--locked") for word in _arguments(program.pid)):
            assert time.monotonic() < end, "it never locked"
        if root:
            self._until_shown(program)
            after = in_memory(program.pid, wanted)
            found = [f"{what} ({times})" for what, times in after.items() if times]
            control = all(before[what] for what in expected)
            print(f"    before: {', '.join(f'{what} {times}' for what, times in before.items())}", flush=True)
            self.report.add("signed in: memory of the locked desk", sum(before.values()), found, control)

    def _until_shown(self, program: Program) -> None:
        """Wait until the locked window stands: by then all is imported and read that ever is."""
        title = {"title": "bcdesk is locked"}
        end = time.monotonic() + PATIENCE
        while not in_memory(program.pid, title)["title"]:
            assert time.monotonic() < end, "the locked window never came"

    # ------------------------------------------------------------------ looking

    def _look(self) -> None:
        """Look through every file of the desk and its user, and every process of this machine."""
        self.looked += sum(map(_count, (self.data, self.logs, self.home)))
        studios = self.studio.rglob(
            "*"
        )  # which is another machine, as it were; its files are looked through at the end
        self.files += in_files([self.data, self.logs, self.home], self.all, studios)
        self.shown += in_processes(self.all)

    async def _choose(self) -> None:
        vault = Vault(self.data / "desk")
        await vault.change("passphrase", self.passphrase, anew=keyrings.remove_nothing)
        vault.close()

    async def _known(self) -> set[str]:
        """Return the names of the keys in the offline copy."""
        vault, store = Vault(self.data / "desk"), Store()
        await vault.open()
        assert await vault.unlock(self.passphrase)
        cache = Cache(self.data / "desk" / "cache", vault, connection=self.connection)
        try:
            await restore(cache=cache, store=store)
            return {row.name for row in store.keys.values()}
        finally:
            await cache.close()
            vault.close()


def _arguments(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")


def _count(folder: Path) -> int:
    return sum(one.is_file() for one in folder.rglob("*"))


def _planted(folder: Path) -> list[str]:
    """Return what is found of a text that lies in a database, and of one in its log."""
    from sqlcipher3 import dbapi2

    name = f"Kestrel {secrets.token_urlsafe(24)}"
    file = folder / "planted.db"
    connection = dbapi2.connect(str(file))
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE rows (row)")
        connection.execute("INSERT INTO rows VALUES (?)", [json.dumps({"name": name})])
        connection.commit()
        found = in_files([folder], [name])
        return found if any("-wal" in one for one in found) else []
    finally:
        connection.close()
        for one in _parts(file):
            one.unlink(missing_ok=True)


def _parts(file: Path) -> Iterator[Path]:
    yield from (file.with_name(file.name + end) for end in ("", "-wal", "-shm"))


def run(folder: Path, home: Path, report: Any) -> None:
    """Do everything in ``folder`` and report."""
    SignedIn(folder, home, report).run()
