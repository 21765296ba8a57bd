"""The real program on a stage: its window offscreen, its own server as its child, or one that is given to it."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from bcdesk import settings
from bcdesk.actions.keys import create_key
from bcdesk.app import Program
from bcdesk.client.client import Client
from bcdesk.client.values import KeyDraft, MadeKey
from bcdesk.contract.rows import KeyRow
from bcdesk.contract.secret import OneTimeSecret
from bcdesk.ui.frame import first_frame
from bcdesk.ui.local_server import Ready
from tests.e2e.serving import Served

TOP = Path(__file__).resolve().parents[2]
PATIENCE = 90.0
W = TypeVar("W", bound=QWidget)
T = TypeVar("T")
AT_REST = {"sync", "connection"}
RUNS = ("flow app_", "flow watch ", "flow issuer")
"""The tasks that last as long as a run of the flow tester."""
WITH_DIALOG = {
    "any issuer",
    "add loopback uri",
    "new key",
    "rotate",
    "edit",
    "revoke",
    "turn off",
    "retire",
    "extend",
    "hand over",
    "recovery",
    "register app",
    "import app",
    "edit app",
    "new secret",
    "turn app off",
    "delete app",
    "delete secret",
    "revoke grants",
    "export app",
    "choose new",
    "invite member",
    "member role",
    "new link",
    "turn member off",
    "settings forget copy",
    "settings licences",
    "check for updates",
}
"""The tasks that last as long as their dialog."""


class Stage:
    """A running program and what a person does with it."""

    def __init__(self, program: Program) -> None:
        """Direct ``program``."""
        self.program = program
        self.window, self.store, self.keys = program.window, program.store, program.keys
        self.run = program.registry.run

    @property
    def client(self) -> Client:
        """Return the client of the present connection."""
        assert self.program.connection.client is not None
        return self.program.connection.client

    def meet(self, served: Served, token: str = "") -> None:
        """Have the desk follow a server of ours, as its owner or with another member's ``token``."""
        facts = served.ready
        secret = OneTimeSecret(token or facts["owner_token"])
        ready = Ready(facts["base_url"], facts["issuer"], facts["version"], facts["pid"], secret)
        self.program.connection._way._on_ready(ready)  # type: ignore[attr-defined]

    async def online(self) -> None:
        """Wait until the desk is in sync and at rest."""
        await until(lambda: self.store.link.state == "online", "the sync")
        await self.rest()

    async def link(self, state: str) -> None:
        """Wait until the desk's line is in ``state``."""
        await until(lambda: self.store.link.state == state, state)

    async def rest(self) -> None:
        """Wait until no task is under way but the sync and those that wait for a person."""

        def busy() -> set[str]:
            waiting = WITH_DIALOG if QApplication.activeModalWidget() is not None else set()
            busy = set(self.program.scope.names) - AT_REST - waiting
            return {name for name in busy if not name.startswith(RUNS)}

        await until(lambda: not busy(), "the end of tasks")

    async def make(self, name: str, *, environment: str = "live", **more: Any) -> MadeKey:
        """Make a key by the desk's own action; its secret waits."""
        draft = KeyDraft(name, environment, more.pop("scopes", ("beats.read",)), **more)
        journal = self.program.journal
        return await create_key(client=self.client, store=self.store, journal=journal, draft=draft)

    async def made(self, name: str, **more: Any) -> tuple[KeyRow, str]:
        """Make a key that is handed over, and return it with its secret, for a caller of the API."""
        made = await self.make(name, **more)
        await self.hand_over(made)
        return await self.fresh(made.key.id), made.secret.take()

    async def hand_over(self, made: Any) -> None:
        """Tell the server that a secret was taken."""
        await self.client.handovers.ack(made.handover.id, "copy")
        entry = self.program.journal.find(made.handover.id)
        if entry is not None:
            await self.program.journal.remove(entry.id)

    async def fresh(self, key_id: str) -> KeyRow:
        """Return a key as the server has it, having told the store."""
        row = await self.client.keys.get(key_id)
        self.store.apply_keys([row])
        return row

    async def call(self, secret: str) -> int:
        """Call the API with a key and return the status."""
        url = f"http://{self.program.connection.facts.host}/v1/beats"
        async with httpx.AsyncClient(trust_env=False) as caller:
            headers = {"Authorization": f"Bearer {secret}", "User-Agent": "beat-storefront/4.2"}
            return (await caller.get(url, headers=headers)).status_code

    # ------------------------------------------------------------------ what a person does

    def row(self, name: str) -> KeyRow:
        """Return the newest key of that name."""
        return max((row for row in self.store.keys.values() if row.name == name), key=lambda row: row.created_at)

    async def choose(self, name: str) -> None:
        """Click on a row and wait for what the inspector asks the server."""
        key_id = self.row(name).id
        await until(lambda: self.keys.listing.model.place_of(key_id) >= 0, f"the row of {name}")
        index = self.keys.listing.model.index(self.keys.listing.model.place_of(key_id), 0)
        self.keys.table.scrollTo(index)
        at = self.keys.table.visualRect(index).center()
        QTest.mouseClick(self.keys.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
        await until(lambda: self.keys.inspector.key_id == key_id, "the inspector")
        await self.rest()

    async def find(self, kind: type[W], name: str = "") -> W:
        """Return a visible widget once it is there, the newest window's first."""
        return await until(lambda: seen(kind, name), f"{kind.__name__} {name}")

    async def press(self, name: str) -> None:
        """Click a button by its name, as soon as it can be pressed."""

        def ready() -> QAbstractButton | None:
            one = seen(QAbstractButton, name)
            return one if one is not None and one.isEnabled() else None

        found = await until(ready, f"the button {name}")
        QTest.mouseClick(found, Qt.MouseButton.LeftButton, pos=QPoint(8, found.height() // 2))

    async def type(self, name: str, text: str) -> None:
        """Type into a field by its name."""
        field = await self.find(QWidget, name)
        field.setFocus()
        QTest.keyClicks(field, text)

    async def hear(self, words: str) -> None:
        """Wait until a label says ``words``."""
        await until(lambda: words in says(), words)

    async def alone(self) -> None:
        """Wait until nothing stands over the window."""
        await until(lambda: QApplication.activeModalWidget() is None, "the end of dialogs")
        await self.rest()
        self.window.activateWindow()

    async def leave(self) -> None:
        """Press Escape until nothing stands over the window."""
        for _ in range(4):
            dialog = QApplication.activeModalWidget()
            if dialog is not None:
                QTest.keyClick(dialog, Qt.Key.Key_Escape)
                await asyncio.sleep(0.01)
        await self.alone()


@asynccontextmanager
async def desk(app: QApplication, data: Path) -> AsyncIterator[Stage]:
    """Run the program on ``data``, with nothing started yet; at the end it closes as by its window's button."""
    chosen = settings.load(data).with_changes(theme="light")
    program = Program(chosen, app, first_frame(chosen))
    program.window.show()
    program.window.activateWindow()
    async with asyncio.TaskGroup() as group:
        group.create_task(program.run())
        await asyncio.sleep(0)
        try:
            yield Stage(program)
        finally:
            program.window.close()
    program.window.deleteLater()


def member(folder: Path, role: str, *, disabled: bool = False) -> str:
    """Add a member to the studio in ``folder`` by the command line and return a token of theirs."""

    def run(*words: str) -> str:
        command = [sys.executable, "-m", "bcdesk", "member", *words, "--data", str(folder)]
        return subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=True).stdout

    run("add", f"A {role}", "--role", role)
    line = next(line for line in run("list").splitlines() if f"A {role}" in line)
    member_id = next(word for word in line.split() if word.startswith("mem_"))
    token = run("token", member_id).strip().splitlines()[-1]
    if disabled:
        run("disable", member_id)
    return token


def seen(kind: type[W], name: str = "") -> W | None:
    """Return a visible widget of that kind and name, the newest window's first; None where there is none."""
    for window in reversed(QApplication.topLevelWidgets()):
        if window.isVisible():
            for one in (window, *window.findChildren(QWidget)):
                if isinstance(one, kind) and one.isVisible() and (not name or one.objectName() == name):
                    return one
    return None


def says() -> str:
    """Return all that visible labels say."""
    windows = [one for one in QApplication.topLevelWidgets() if one.isVisible()]
    labels = [label for window in windows for label in window.findChildren(QLabel)]
    return "\n".join(label.text() for label in labels if label.isVisible())


async def until(found: Callable[[], T | None], what: str) -> T:
    """Return what ``found`` finds, asked at each turn of the loop; fail where it never does."""
    end = time.monotonic() + PATIENCE
    while not (result := found()):
        if time.monotonic() > end:
            raise AssertionError(f"{what} never came; on screen: {says()!r}")
        await asyncio.sleep(0.005)
    return result
