"""The keys page in its window on a real server process: what the tests and the pictures are made with."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from bcdesk.actions.keys import create_key
from bcdesk.actions.sync import SyncLoop
from bcdesk.client.bearer import Bearer
from bcdesk.client.client import Client
from bcdesk.client.transport import Transport
from bcdesk.client.values import KeyDraft, MadeKey
from bcdesk.contract.rows import KeyRow
from bcdesk.settings import Settings
from bcdesk.store.journal import Journal
from bcdesk.store.store import Store
from bcdesk.ui.clipboard import ClipboardGuard
from bcdesk.ui.commands import Registry
from bcdesk.ui.desk import Connection, Desk
from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.gate import RevealGate
from bcdesk.ui.keys.page import KeysPage
from bcdesk.ui.main_window import MainWindow
from bcdesk.ui.rail import Page
from bcdesk.ui.tasks import TaskScope
from bcdesk.ui.widgets import Button, Label
from tests.ui.reveal.sealing import open_vault

if TYPE_CHECKING:
    from httpx import AsyncBaseTransport

    from tests.e2e.cutting import Cutting

TOP = Path(__file__).resolve().parents[3]
TURNS = 2000
T = TypeVar("T")
D = TypeVar("D", bound=Dialog)


@dataclass
class Served:
    """A server process: where it answers, the owner's token, and where its data lies."""

    base_url: str
    token: str = field(repr=False)
    folder: Path

    def member_token(self, role: str) -> str:
        """Make a member of ``role`` by the command line and return a token of theirs."""
        self._run("member", "add", f"A {role}", "--role", role)
        listed = self._run("member", "list").splitlines()
        line = next(line for line in listed if f"A {role}" in line)
        member_id = next(word for word in line.split() if word.startswith("mem_"))
        return self._run("member", "token", member_id).strip().splitlines()[-1]

    def _run(self, *words: str) -> str:
        command = [sys.executable, "-m", "bcdesk", *words, "--data", str(self.folder)]
        done = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=True)
        return done.stdout


@contextmanager
def serving(folder: Path, *, demo: bool = True) -> Iterator[Served]:
    """Run a real local server on ``folder``."""
    command = [sys.executable, "-m", "bcdesk", "serve", "--owner-token", "--exit-with-parent", "--data", str(folder)]
    with subprocess.Popen(
        [*command, *(["--demo"] if demo else [])],
        cwd=TOP,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        facts = json.loads(process.stdout.readline())
        yield Served(facts["base_url"], facts["owner_token"], folder)
        process.terminate()


class Studio:
    """A desk whose window shows the keys page, and what a test does to both."""

    def __init__(self, served: Served, token: str, scope: TaskScope, folder: Path, *, now: Callable[[], float]) -> None:
        """Build it all, offline until `connect`."""
        self.served, self.now, self._token = served, now, token
        self.client = self.new_client()
        self.line_up = False
        self.synced = 0
        self.store, self.vault = Store(), open_vault(folder)
        self.journal = Journal(folder / "journal", self.vault)
        self.guard = ClipboardGuard(QGuiApplication.clipboard())
        self.loop = SyncLoop(self.client, self.store)
        self.demo = True
        self.desk = Desk(
            scope=scope,
            store=self.store,
            journal=self.journal,
            vault=self.vault,
            settings=Settings(data_dir=folder),
            clipboard=self.guard,
            gate=RevealGate(),
            client_of=lambda: self.client if self.line_up else None,
            connection_of=lambda: Connection("Local server", served.base_url.removeprefix("http://"), self.demo),
            sync_now=self._sync_asked,
            now=self._now,
        )
        self.registry = Registry()
        self.window = MainWindow(self.registry)
        self.page = KeysPage(self.desk, self.registry)
        self.window.add_page(Page("keys", "API keys", "key", self.page))

    def new_client(self, inner: "AsyncBaseTransport | None" = None) -> Client:
        """Return a further client of the server, with this member's token."""
        return Client(Transport(self.served.base_url, Bearer(self._token), inner=inner))

    def _now(self) -> float:
        return self.now()  # a test may set another clock later

    def _sync_asked(self) -> None:
        self.synced += 1

    async def connect(self) -> None:
        """Go online and load every key."""
        self.line_up = True
        await self.sync()

    async def go_through(self, proxy: "Cutting | None") -> None:
        """Call the server through a proxy from now on, or straight again."""
        from tests.e2e.cutting import through

        await self.client.aclose()
        self.client = self.new_client(through(proxy) if proxy is not None else None)
        self.loop = SyncLoop(self.client, self.store)

    async def sync(self) -> None:
        """Bring the store up to date, once."""
        await self.loop.once()
        self.tell_window()

    def tell_window(self) -> None:
        """Let rail and status say what the store knows, as the program does."""
        self.window.show_connection(self.desk.connection, self.store.session, self.store.link)

    async def close(self) -> None:
        """Take everything down, with every task."""
        await self.desk.scope.close()
        self.page.close_down()
        self.guard.close()
        self.journal.close()
        self.vault.close()
        await self.client.aclose()
        self.window.status.stop()
        self.window.hide()
        self.window.deleteLater()

    # ------------------------------------------------------------------ what the server does

    async def make(self, name: str, **more: object) -> MadeKey:
        """Make a key as this desk makes one, its hand-over waiting."""
        values: dict[str, object] = {"environment": "live", "scopes": ("beats.read",), **more}
        draft = KeyDraft(name=name, **values)  # type: ignore[arg-type]
        return await create_key(client=self.client, store=self.store, journal=self.journal, draft=draft)

    async def made(self, name: str, **more: object) -> KeyRow:
        """Make a key and hand it over; return its row as the store has it."""
        made = await self.make(name, **more)
        await self.client.handovers.ack(made.handover.id, "copy")
        entry = self.journal.find(made.handover.id)
        if entry is not None:
            await self.journal.remove(entry.id)
        made.secret.discard()
        row = await self.client.keys.get(made.key.id)
        self.store.apply_keys([row])
        return row

    def row(self, key_id: str) -> KeyRow:
        """Return a key as the store has it."""
        return self.store.keys[key_id]

    # ------------------------------------------------------------------ what a person does

    def select(self, key_id: str) -> None:
        """Choose a row by a click in its first cell; one that hides is brought out first."""
        if self.page.listing.model.place_of(key_id) < 0:
            self.page.reveal_row(key_id)
        place = self.page.listing.model.place_of(key_id)
        assert place >= 0, "the row is not shown"
        self.page.table.scrollTo(self.page.listing.model.index(place, 0))
        at = self.page.table.visualRect(self.page.listing.model.index(place, 0)).center()
        QTest.mouseClick(self.page.table.viewport(), Qt.MouseButton.LeftButton, pos=at)

    async def dialog(self, kind: type[D]) -> D:
        """Return the open dialog of that kind, once it is there and has the keyboard."""
        found = await until(
            lambda: next((one for one in self.window.findChildren(kind) if one.isVisible()), None), kind.__name__
        )
        found.activateWindow()
        await until(found.isActiveWindow, "the keyboard")
        return found

    async def back(self) -> None:
        """Wait until no dialog is open and the window has the keyboard again, as a window manager sees to."""
        await until(lambda: not any(one.isVisible() for one in self.window.findChildren(Dialog)), "the end of dialogs")
        await until(lambda: not set(self.desk.scope.names) - {"callers"}, "the end of tasks")
        self.window.activateWindow()
        await until(self.window.isActiveWindow, "the keyboard")

    def picture(self) -> QImage:
        """Return the window with its dialog over it, as a person sees them."""
        image = self.window.grab().toImage()
        painter = QPainter(image)
        corner = self.window.mapToGlobal(QPoint(0, 0))
        for one in self.window.findChildren(Dialog):
            if one.isVisible():
                painter.drawPixmap(one.mapToGlobal(QPoint(0, 0)) - corner, one.grab())
        painter.end()
        return image


async def until(found: Callable[[], T | None], what: str = "it") -> T:
    """Return what ``found`` finds, asked at each turn of the loop; fail where it never does."""
    for turn in range(TURNS):
        result = found()
        if result:
            return result
        await asyncio.sleep(0 if turn < 50 else 0.005)
    raise AssertionError(f"{what} never came")


def button(root: QWidget, name: str) -> Button:
    """Return the one visible button of that name."""
    found = [one for one in root.findChildren(Button, name) if one.isVisible()]
    assert len(found) == 1, f"{name}: {len(found)}"
    return found[0]


def buttons(root: QWidget, name: str) -> list[Button]:
    """Return every visible button of that name."""
    return [one for one in root.findChildren(Button, name) if one.isVisible()]


def press(root: QWidget, name: str) -> None:
    """Click the one visible button of that name."""
    one = button(root, name)
    assert one.isEnabled(), f"{name} cannot be pressed: {one.reason}"
    QTest.mouseClick(one, Qt.MouseButton.LeftButton)


def says(root: QWidget) -> str:
    """Return all that visible labels say."""
    return "\n".join(one.text() for one in root.findChildren(Label) if one.isVisible() and one.text())


async def hear(root: QWidget, *words: str) -> None:
    """Wait until visible labels say each of ``words``; Qt shows what a layout takes in a turn later."""
    for one in words:
        try:
            await until(lambda one=one: one in says(root), one)  # type: ignore[misc]
        except AssertionError:
            raise AssertionError(f"{one!r} was never said, but: {says(root)!r}") from None
