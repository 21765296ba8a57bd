"""A desk knows many servers and works on one: what is asked once, what opens by itself, and what a switch leaves."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from bcdesk.program import Program
from bcdesk.store.connections import Connections
from bcdesk.ui.connections.first_run import FirstRun
from tests.profiles import at_demo
from tests.ui.connections.conftest import Running, followed, standing
from tests.ui.keys.studio import says, until


async def online(program: Program, at: str) -> None:
    await until(lambda: program.connection.record.id == at and not program.connection.switching, "the switch")
    await followed(program)


def seen(program: Program, name: str) -> bool:
    return any(one.isVisible() for one in program.window.findChildren(QAbstractButton, name))


async def test_that_a_new_desk_asks_once_and_then_opens_what_was_chosen(running: Running, tmp_path: Path) -> None:
    async with running(tmp_path) as program:
        asked = await standing(FirstRun)
        assert program.store.link.state == "unchosen"
        assert program.connection.server_pid == 0, "no server runs before anybody chose one"
        assert program.window.windowTitle() == "Authentication Management – No connection yet – bcdesk"
        await until(asked.cards.radio("remote").hasFocus, "the focus")
        QTest.keyClick(asked.cards.radio("remote"), Qt.Key.Key_Down)
        QTest.keyClick(asked.cards.radio("local"), Qt.Key.Key_Down)
        assert asked.cards.value == "demo"
        QTest.keyClick(asked, Qt.Key.Key_Return)
        await online(program, "demo")
        assert program.store.keys
        assert program.connection.facts.demo
    assert Connections(tmp_path / "desk").last is not None
    async with running(tmp_path) as program:
        await online(program, "demo")
        assert QApplication.activeModalWidget() is None
        assert program.connection.record.id == "demo"


async def test_that_whoever_leaves_the_question_finds_it_again_on_every_page(running: Running, tmp_path: Path) -> None:
    async with running(tmp_path) as program:
        (await standing(FirstRun)).reject()
        await until(lambda: seen(program, "connection.choose"), "the button")
        assert program.registry.reason("keys.new") == "No connection yet: choose one first."
        await until(lambda: program.switcher.reason() is None, "the end of the question")
        program.registry.run("connection.choose")
        asked = await standing(FirstRun)
        asked.cards.radio("local").setChecked(True)
        asked.go_on.click()
        await online(program, "local")
        assert not program.store.keys, "a studio of one's own begins empty"
        assert not program.connection.facts.demo
        assert "Pre-release demo" not in says(program.window)


async def test_that_who_had_a_desk_before_keeps_its_demo_data(running: Running, tmp_path: Path) -> None:
    (tmp_path / "server").mkdir(parents=True)
    async with running(tmp_path) as program:
        await online(program, "demo")
        assert program.connection.record.id == "demo"
        assert "Demo data" in program.window.windowTitle()


async def test_that_nothing_of_one_connection_shows_at_the_other(running: Running, tmp_path: Path) -> None:
    async with running(at_demo(tmp_path)) as program:
        await online(program, "demo")
        program.keys.undo.offer("key_1", "It is off.", lambda: None)
        keys, first = set(program.store.keys), program.connection.server_pid
        states: list[tuple[str, int]] = []
        program.connection.switched.connect(lambda: states.append((program.store.link.state, len(program.store.keys))))
        assert program.registry.run("connection.go.local")
        await until(lambda: bool(states), "the switch")
        assert states == [("starting", 0)]
        assert program.keys.undo.isHidden()
        await online(program, "local")
        assert program.connection.server_pid not in (0, first)
        assert not program.store.keys
        assert program.keys.listing.model.rowCount() == 0
        assert "This computer" in program.window.windowTitle()
        assert "Pre-release demo" not in says(program.window)
        assert program.registry.run("connection.go.demo")
        await online(program, "demo")
        assert set(program.store.keys) == keys
        assert "Pre-release demo" in says(program.window)


async def test_that_each_connection_has_its_own_offline_copy(running: Running, tmp_path: Path) -> None:
    async with running(at_demo(tmp_path)) as program:
        await online(program, "demo")
        keys = set(program.store.keys)
        program.registry.run("connection.go.local")
        await online(program, "local")
        seen: list[tuple[str, set[str]]] = []
        program.store.listen(lambda _change: seen.append((program.store.link.state, set(program.store.keys))))
        program.registry.run("connection.go.demo")
        await online(program, "demo")
        assert ("cached", keys) in seen, "the copy is on the screen before the server answers"


async def test_that_a_waiting_secret_and_a_run_keep_the_connection(running: Running, tmp_path: Path) -> None:
    class Holder:
        def seal(self) -> None:
            """Nothing is held."""

    async with running(at_demo(tmp_path)) as program:
        await online(program, "demo")
        reason = program.switcher.reason
        assert reason() is None
        async with program.gate.turn(Holder()):
            assert reason() == "A secret waits to be handed over. Hand it over or discard it first."
            assert not program.registry.run("connection.go.local")
        program.registry.run("connection.add")
        await until(QApplication.activeModalWidget, "the dialog")
        assert reason() == "A dialog is open. Finish it first."


async def test_that_an_app_that_is_watched_is_watched_no_more_at_another_server(
    running: Running, tmp_path: Path
) -> None:
    async with running(at_demo(tmp_path)) as program:
        await online(program, "demo")
        program.window.go("flow")
        program.flow.show_tab("watch")
        watch: Any = program.flow.tabs["watch"]
        watch.start()
        await until(lambda: watch.log.state == "listening", "the watch")
        program.registry.run("connection.go.local")
        await online(program, "local")
        assert watch.logs == {}
        assert program.flow.app_id is None
        assert "watch app" not in program.scope.names
