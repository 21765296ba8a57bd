"""Lying replies through the real client, models, store and tables: nothing unforeseen, no long stop, no rich text."""

import asyncio
import json
import logging
import random
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import stamina
from PySide6 import QtGui
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from bcdesk.client.errors import ClientError
from bcdesk.ui.collector import Collector
from bcdesk.ui.tasks import TaskScope
from tests.bench.heartbeat import Gap, Heartbeat
from tests.ui.applications.app_studio import AppStudio
from tests.ui.keys.conftest import served as served
from tests.ui.keys.studio import TOP, Served

GAP_SECONDS = 0.05
SHORT, FULL = 500, 10_000
LISTS = ("keys", "apps", "members")


class Liar:
    """A lying server in a process of its own, and a desk on it."""

    def __init__(self, studio: AppStudio, seed: int) -> None:
        self.studio = studio
        self.dice = random.Random(seed)
        self.replies = self.rounds = self.taken = 0
        self.gaps: list[Gap] = []

    async def go_on(self, wanted: int) -> None:
        """Sync, ask, look and choose until that many replies came."""
        pulse = Heartbeat()
        while self.replies < wanted:
            pulse.start()
            await self._round()
            if not self.rounds % 4:
                await self._look()
            self.gaps.append(pulse.stop())
            if not self.rounds % 20:
                self._check_no_rich_text()
            self.rounds += 1

    async def _round(self) -> None:
        store = self.studio.store
        if self.dice.random() < 0.5:
            store.set_link(since=None, apps_since=None, apps=None)
        if self.dice.random() < 0.3:
            self.studio.loop._fresh = True
        await self._allowed(self.studio.loop.once())
        for ask in self.dice.sample(self._asks(), 3):
            await self._allowed(ask())
        if self.dice.random() < 0.02 and store.keys:
            store.apply_keys((), list(store.keys))

    def _asks(self) -> list[Callable[[], Any]]:
        client = self.studio.client
        return [
            client.members.list, client.scopes, lambda: client.keys.callers("key_1"), lambda: client.keys.get("key_1"),
            lambda: client.apps.get("app_1"), lambda: client.apps.grants("app_1"),
            lambda: client.flow_trace.list(client_id="client_1"), self._follow,
        ]  # fmt: skip

    async def _follow(self) -> None:
        async with aclosing(self.studio.client.changes.follow(self.studio.store.link.since)) as parts:
            async for _told in parts:
                pass

    async def _allowed(self, ask: Any) -> None:
        """Let the client say what it makes of a reply; anything but its own errors is a mistake of ours."""
        self.replies += 1
        try:
            await ask
        except ClientError as error:
            self.studio.loop._failed(error)
        else:
            self.taken += 1

    async def _look(self) -> None:
        """Let the window paint, on one page or the other, with a row chosen."""
        page = self.dice.choice(("keys", "apps"))
        self.studio.window.go(page)
        self.studio.tell_window()
        shown: Any = self.studio.page if page == "keys" else self.studio.apps
        ids = list(shown.kind.rows)
        if ids:
            shown.reveal_row(self.dice.choice(ids))
        shown.search(self.dice.choice(("", "", "e", "<b>")))
        for _ in range(3):
            await asyncio.sleep(0)
        shown.table.viewport().repaint()
        shown._tick()

    def _check_no_rich_text(self) -> None:
        for label in self.studio.window.findChildren(QLabel):
            assert label.textFormat() == Qt.TextFormat.PlainText, label.objectName()
        for widget in self.studio.window.findChildren(QWidget):
            assert not _rich(widget.toolTip()), widget.toolTip()
        for page in (self.studio.page, self.studio.apps):
            model = page.listing.model
            for row in range(min(model.rowCount(), 5)):
                for column in range(model.columnCount()):
                    tip = str(model.data(model.index(row, column), Qt.ItemDataRole.ToolTipRole) or "")
                    assert not _rich(tip), tip


def _rich(tip: str) -> bool:
    """Tell whether Qt would draw a tooltip as rich text with something of the server's in it."""
    might: Callable[[str], bool] = QtGui.Qt.mightBeRichText
    return might(tip) and not tip.startswith("<qt>")


def true_replies(served: Served) -> dict[str, Any]:
    """Return what a server really says, by path, and by the last part of what has an id in its path."""
    headers = {"Authorization": f"Bearer {served.token}"}
    with httpx.Client(base_url=served.base_url, headers=headers, trust_env=False) as client:

        def get(path: str) -> Any:
            reply = client.get(f"/manage/v1/{path}")
            assert reply.status_code == 200, (path, reply.text)
            return reply.json()

        paths = ("session", "scopes", "members", "keys", "apps", "events")
        found: dict[str, Any] = {f"/manage/v1/{path}": get(path) for path in paths}
        key, app = found["/manage/v1/keys"]["items"][0], found["/manage/v1/apps"]["items"][0]
        found["/manage/v1/keys/key_1"], found["/manage/v1/apps/app_1"] = key, app
        found["/manage/v1/keys/key_1/callers"] = get(f"keys/{key['id']}/callers")
        found["/manage/v1/apps/app_1/grants"] = get(f"apps/{app['id']}/grants")
        found["/manage/v1/flow-trace"] = get(f"flow-trace?client_id={app['client_id']}")
    found["/manage/v1/events"] = {"kind": "keys", "ids": [key["id"]]}
    return found


@contextmanager
def lying(true: dict[str, Any], seed: int) -> Iterator[str]:
    """Run the server that lies, and yield its address."""
    command = [sys.executable, "-m", "tests.ui.fuzz_server", str(seed)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=TOP) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(true) + "\n")
        process.stdin.flush()
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        process.stdin.close()


@pytest.fixture
async def liar(served: Served, qapp: QApplication, scope: TaskScope, tmp_path: Path) -> AsyncIterator[Liar]:
    """Show the window of a desk on a server that lies."""
    seed = int.from_bytes(random.randbytes(4), "big")
    sys.stdout.write(f"seed {seed}\n")  # what failed can be done again
    with lying(true_replies(served), seed) as address:
        studio = AppStudio(Served(address, "bct_x", served.folder), "bct_x", scope, tmp_path, now=time.time)
        studio.now = studio.store.clock.now
        studio.line_up = True
        studio.window.resize(1280, 800)
        studio.window.show()
        collector = Collector()
        with stamina.set_testing(True, attempts=1):  # a pause between attempts finds out nothing
            yield Liar(studio, seed)
        collector.stop()
        await studio.close()


async def _lied_to(liar: Liar, replies: int, caplog: pytest.LogCaptureFixture) -> None:
    try:
        await liar.go_on(replies)
    finally:
        await liar.studio.desk.scope.close()  # a task must not go on between test and teardown, where no loop runs
    assert liar.taken > replies / 20, "the control: some of it was taken"
    assert liar.taken < replies * 0.9, "the control: some of it was not"
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    worst = max(liar.gaps, key=lambda gap: gap.computed)
    assert worst.computed < GAP_SECONDS, worst


async def test_that_lying_replies_do_no_harm(liar: Liar, caplog: pytest.LogCaptureFixture) -> None:
    await _lied_to(liar, SHORT, caplog)


@pytest.mark.slow
@pytest.mark.timeout(1_800)
async def test_that_ten_thousand_lying_replies_do_no_harm(liar: Liar, caplog: pytest.LogCaptureFixture) -> None:
    await _lied_to(liar, FULL, caplog)
