"""A desk at a studio's server: signed in by the browser, ended there, signed out here, and what a role is offered."""

import asyncio
from collections.abc import Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from bcdesk.program import Program
from bcdesk.store.connections import Connections
from bcdesk.ui.connections.connection_dialog import ConnectionDialog
from bcdesk.ui.connections.first_run import FirstRun
from bcdesk.ui.connections.leaving import LeaveDialog
from bcdesk.ui.connections.sign_in_dialog import SignInDialog
from bcdesk.ui.widgets import Button
from tests.e2e.serving import Served, serving
from tests.e2e.signing_in.studio import Browser, Member, join, let_refresh_expire
from tests.ui.connections.conftest import Running, followed, standing
from tests.ui.keys.studio import says, until


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    arguments = ("--demo", "--trusted-proxy", "127.0.0.1/32")
    with serving(tmp_path_factory.mktemp("studio") / "data", *arguments) as server:
        yield server


class Person:
    """Sits at the browser that the desk opens."""

    def __init__(self, served: Served, member: Member, action: str = "allow") -> None:
        self.served, self.member, self.action = served, member, action
        self.walks: list[asyncio.Task[Any]] = []

    def open(self, address: str) -> bool:
        self.walks.append(asyncio.get_event_loop().create_task(self._walk(address)))
        return True

    async def _walk(self, address: str) -> None:
        async with Browser(self.served) as browser:
            await browser.sign_in(address, self.member, action=self.action)


def at_server(data: Path, served: Served) -> Path:
    """Let the desk of ``data`` open that server by itself."""
    (data / "desk").mkdir(parents=True)
    connections = Connections(data / "desk")
    connections.use(connections.add(name="Our studio", url=served.base_url).id)
    return data


@asynccontextmanager
async def signed_in(running: Running, data: Path, served: Served, role: str) -> Any:
    """Run a desk at the server, and sign a new member in."""
    person = Person(served, await join(served, role))
    async with running(at_server(data, served)) as program:
        program.switcher.open_browser = person.open
        await state(program, "signed_out")
        assert program.registry.run("connection.sign_in")
        await online(program)
        await asyncio.gather(*person.walks)
        yield program, person


async def state(program: Program, wanted: str) -> None:
    await until(lambda: program.store.link.state == wanted, wanted)


async def online(program: Program) -> None:
    await followed(program)
    await until(lambda: QApplication.activeModalWidget() is None and program.switcher.reason() is None, "no dialog")


def pressable(program: Program) -> list[Button]:
    return [one for one in program.window.findChildren(Button) if one.isVisible()]


async def test_that_a_desk_signs_in_once_and_the_next_one_goes_on(
    running: Running, tmp_path: Path, served: Served
) -> None:
    async with signed_in(running, tmp_path, served, "manager") as (program, _person):
        card = program.window.rail.card.accessibleName()
        assert f"Connection: Our studio, manager · {served.authority}, connected" in card
        assert program.store.keys
    async with running(tmp_path) as program:
        await online(program)
        assert QApplication.activeModalWidget() is None
        assert program.store.session is not None
        assert program.store.session.role == "manager"


async def test_that_a_session_that_ended_leaves_the_rows_with_their_age_and_one_button(
    running: Running, tmp_path: Path, served: Served
) -> None:
    async with signed_in(running, tmp_path, served, "manager") as (program, person):
        keys = set(program.store.keys)
        let_refresh_expire(served)
        program.connection.sync_now()
        await state(program, "signed_out")
        assert set(program.store.keys) == keys
        await until(lambda: "You are signed out. What you see is as of" in says(program.window), "the strip")
        assert program.registry.reason("keys.new") == "You are signed out: sign in first."
        sign_in = next(one for one in pressable(program) if one.objectName() == "connection.sign_in")
        sign_in.click()
        await online(program)
        await asyncio.gather(*person.walks)
        assert program.registry.reason("keys.new") is None


async def test_that_who_says_no_is_told_so_and_can_try_again(running: Running, tmp_path: Path, served: Served) -> None:
    person = Person(served, await join(served, "viewer"), "deny")
    async with running(at_server(tmp_path, served)) as program:
        program.switcher.open_browser = person.open
        await state(program, "signed_out")
        program.registry.run("connection.sign_in")
        dialog = await standing(SignInDialog)
        await until(lambda: dialog.problem.text, "the reason")
        assert dialog.problem.text.startswith("The sign-in was declined in the browser.")
        person.action = "allow"
        dialog.retry.click()
        await online(program)
        await asyncio.gather(*person.walks)


async def test_that_leaving_the_dialog_ends_the_sign_in(running: Running, tmp_path: Path, served: Served) -> None:
    addresses: list[str] = []

    def not_opened(address: str) -> bool:
        addresses.append(address)
        return False

    async with running(at_server(tmp_path, served)) as program:
        program.switcher.open_browser = not_opened
        await state(program, "signed_out")
        program.registry.run("connection.sign_in")
        dialog = await standing(SignInDialog)
        await until(lambda: "Your browser did not open" in says(dialog), "the wait")
        dialog.copy.click()
        assert QApplication.clipboard().text() == addresses[0]
        dialog.reject()
        await until(lambda: program.switcher.reason() is None, "the end")
        await until(lambda: "sign in" not in program.scope.names, "the end of the sign-in")
        assert program.store.link.state == "signed_out"


async def test_that_signing_out_wipes_what_lay_here_and_nothing_shows(
    running: Running, tmp_path: Path, served: Served
) -> None:
    async with signed_in(running, tmp_path, served, "owner") as (program, _person):
        desk = tmp_path / "desk"
        assert [*(desk / "sessions").iterdir()]
        assert [*(desk / "cache").glob("*.db")]
        program.registry.run("connection.sign_out")
        dialog = await standing(LeaveDialog)
        dialog.go.click()
        await state(program, "signed_out")
        await until(lambda: program.switcher.reason() is None, "the end")
        assert not [*(desk / "sessions").iterdir()]
        assert not [*(desk / "cache").glob("*.db")]
        assert not program.store.keys
        assert program.store.session is None
        assert program.window.status.label.text() == "Signed out. The server ended the session."


async def test_that_a_removed_connection_is_gone_and_the_desk_asks_which(
    running: Running, tmp_path: Path, served: Served
) -> None:
    async with signed_in(running, tmp_path, served, "manager") as (program, _person):
        record = program.connection.record
        program.registry.run("connection.remove")
        dialog = await standing(LeaveDialog)
        dialog.go.click()
        await state(program, "unchosen")
        await until(lambda: isinstance(QApplication.activeModalWidget(), FirstRun), "the choice")
        assert program.connections.find(record.id) is None
        assert f"connection.go.{record.id}" not in {one.id for one in program.registry.all()}
        assert not [*(tmp_path / "desk" / "sessions").iterdir()]


async def test_that_a_viewer_finds_no_dead_button(running: Running, tmp_path: Path, served: Served) -> None:
    async with signed_in(running, tmp_path, served, "viewer") as (program, _person):
        for page in ("keys", "apps", "flow"):
            program.window.go(page)
            await until(lambda: not program.store.link.coming, "the rows")
            await asyncio.sleep(0)
            dead = [one.objectName() for one in pressable(program) if "role" in (one.reason or "")]
            assert dead == [], page
        assert "members" not in program.window.pages


async def test_that_another_address_gets_nothing_of_the_session(
    running: Running, tmp_path: Path, served: Served
) -> None:
    async with signed_in(running, tmp_path, served, "manager") as (program, _person):
        record = program.connection.record
        program.registry.run("connection.edit")
        dialog = await standing(ConnectionDialog)
        dialog.url.setText("http://127.0.0.1:9")
        dialog.keep.click()
        await until(lambda: program.connection.record.url == "http://127.0.0.1:9", "the switch")
        await state(program, "signed_out")
        assert program.connection.record.id == record.id
        assert not program.store.keys
        assert not [*(tmp_path / "desk" / "sessions").iterdir()]
        await until(lambda: program.switcher.reason() is None, "the end")


async def test_that_who_signs_out_without_the_server_is_told_what_stays_there(running: Running, tmp_path: Path) -> None:
    with serving(tmp_path / "served", "--trusted-proxy", "127.0.0.1/32") as own:
        async with signed_in(running, tmp_path / "desk", own, "manager") as (program, _person):
            own.stop()
            await state(program, "offline")
            program.registry.run("connection.sign_out")
            dialog = await standing(LeaveDialog)
            dialog.go.click()
            await state(program, "signed_out")
            await until(lambda: program.switcher.reason() is None, "the end")
            said = "Signed out here. The server could not be told: there the session ends within 30 days."
            assert program.window.status.label.text() == said
            assert not [*(tmp_path / "desk" / "desk" / "sessions").iterdir()]
