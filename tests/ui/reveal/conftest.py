"""A desk on a real server process for the tests of the reveal, and how to reach what its dialog shows."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import httpx
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from bcdesk.actions.keys import create_key
from bcdesk.client.bearer import Bearer
from bcdesk.client.client import Client
from bcdesk.client.transport import Transport
from bcdesk.client.values import KeyDraft, Made, MadeKey
from bcdesk.settings import Settings
from bcdesk.store.journal import Journal
from bcdesk.store.store import Store
from bcdesk.ui.clipboard import ClipboardGuard
from bcdesk.ui.desk import Connection, Desk
from bcdesk.ui.gate import RevealGate
from bcdesk.ui.keys.reveal import Outcome, hand_over
from bcdesk.ui.keys.reveal_dialog import RevealDialog
from bcdesk.ui.tasks import TaskScope
from bcdesk.ui.widgets import Button, Label
from tests.ui.reveal.sealing import open_vault

TOP = Path(__file__).resolve().parents[3]
TURNS = 2000
T = TypeVar("T")


@dataclass
class Served:
    """A server process: where it answers, and the owner's token."""

    base_url: str
    token: str = field(repr=False)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Run one real local server for all tests here."""
    folder = tmp_path_factory.mktemp("server")
    command = [sys.executable, "-m", "bcdesk", "serve", "--demo", "--owner-token", "--exit-with-parent"]
    with subprocess.Popen(
        [*command, "--data", str(folder / "data")],
        cwd=TOP,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        facts = json.loads(process.stdout.readline())
        yield Served(facts["base_url"], facts["owner_token"])
        process.terminate()


@dataclass
class Bench:
    """A desk with its window, and what the tests do to it."""

    desk: Desk
    window: QWidget
    client: Client
    base_url: str
    line: dict[str, bool]
    began: set[RevealDialog] = field(default_factory=set)

    async def make(self, *, environment: str = "live", name: str = "Storefront 2", **more: object) -> MadeKey:
        """Make a key on the server."""
        draft = KeyDraft(name=name, environment=environment, scopes=("beats.read",), **more)  # type: ignore[arg-type]
        return await create_key(client=self.client, store=self.desk.store, journal=self.desk.journal, draft=draft)

    def reveal(self, made: Made, intro: str = "") -> "asyncio.Task[Outcome]":
        """Start a hand-over."""
        return self.desk.scope.start(hand_over(self.window, made, desk=self.desk, intro=intro), name="hand over")

    async def dialog(self, face: str = "waiting") -> RevealDialog:
        """Return the open dialog once it shows ``face``."""

        def found() -> RevealDialog | None:
            for one in self.window.findChildren(RevealDialog):
                if one.isActiveWindow():
                    self.began.add(one)  # only now does its focus count; offscreen it can lose that later
            open_ones = (one for one in self.began if isValid(one) and one.isVisible())
            return next((one for one in open_ones if one.face == face and not one.busy), None)

        return await until(found)

    async def first_use(self, value: str) -> int:
        """Call the API with a key, let the server write it down, and bring the row here."""
        async with httpx.AsyncClient(trust_env=False) as caller:
            reply = await caller.get(f"{self.base_url}/v1/beats", headers={"Authorization": f"Bearer {value}"})
        return reply.status_code

    async def end(self, task: "asyncio.Task[Outcome]") -> Outcome:
        """Return what became of a hand-over, once all that it started has ended."""
        outcome = await task
        await self.quiet()
        return outcome

    async def quiet_but(self, task: "asyncio.Task[Outcome]") -> None:
        """Wait until nothing but ``task`` runs."""
        await until(lambda: self.desk.scope.names == (task.get_name(),))

    async def quiet(self) -> None:
        """Wait until no task of the desk runs."""
        await until(lambda: not self.desk.scope.names)

    def offline(self, off: bool = True) -> None:
        """Take the connection away, or give it back."""
        self.line["up"] = not off


async def until(found: Callable[[], T | None]) -> T:
    """Return what ``found`` finds, asked at each turn of the loop; fail where it never does."""
    for turn in range(TURNS):
        result = found()
        if result:
            return result
        await asyncio.sleep(0 if turn < 50 else 0.005)
    raise AssertionError("it never came, but " + "; ".join(_open()))


def _open() -> list[str]:
    found = [one for one in QApplication.topLevelWidgets() if isinstance(one, RevealDialog) and one.isVisible()]
    return [f"{one.face} active={one.isActiveWindow()} busy={one.busy} {one.problem.text}" for one in found]


def button(root: QWidget, name: str) -> Button:
    """Return the one visible button of that name."""
    found = [one for one in root.findChildren(Button, name) if one.isVisible()]
    assert len(found) == 1, f"{name}: {len(found)}"
    return found[0]


def press(target: Button) -> None:
    """Press a button with the pointer."""
    QTest.mouseClick(target, Qt.MouseButton.LeftButton)


def says(root: QWidget) -> str:
    """Return all that visible labels say."""
    return "\n".join(one.text() for one in root.findChildren(Label) if one.isVisible() and one.text())


@pytest.fixture
async def bench(served: Served, host: QWidget, scope: TaskScope, tmp_path: Path) -> AsyncIterator[Bench]:
    """Give a desk on the real server, with an open vault and a durable journal."""
    QGuiApplication.clipboard().clear()
    client = Client(Transport(served.base_url, Bearer(served.token)))
    store, vault = Store(), open_vault(tmp_path)
    store.set_session(await client.session())
    journal = Journal(tmp_path / "journal", vault)
    guard = ClipboardGuard(QGuiApplication.clipboard())
    line = {"up": True}
    desk = Desk(
        scope=scope,
        store=store,
        journal=journal,
        vault=vault,
        settings=Settings(data_dir=tmp_path),
        clipboard=guard,
        gate=RevealGate(),
        client_of=lambda: client if line["up"] else None,
        connection_of=lambda: Connection("Local server", served.base_url.removeprefix("http://"), demo=True),
        sync_now=lambda: None,
    )
    yield Bench(desk, host, client, served.base_url, line)
    await scope.close()
    guard.close()
    journal.close()
    vault.close()
    await client.aclose()
    QGuiApplication.clipboard().clear()


def at(desk: Desk, now: Callable[[], float]) -> Desk:
    """Return the desk with another clock."""
    return replace(desk, now=now)
