"""Members stand in the rail of an owner and of nobody else, whatever the role becomes."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from bcdesk.contract.rows import MemberRow, SessionRow
from bcdesk.program import Program
from bcdesk.ui.widgets import Button
from tests.ui.walk import check_window
from tests.ui.whole import at_rest


def session(role: str, *capabilities: str) -> SessionRow:
    row = MemberRow("mem_1", "Somebody", "", role, False, 0.0)
    return SessionRow(row, role, "srv_1", "1", frozenset(capabilities or ("keys", "members")))


@pytest.fixture
async def program(qapp: QApplication, tmp_path: Path) -> AsyncIterator[Program]:
    """Give the program with nothing running."""
    async with at_rest(qapp, tmp_path) as made:
        yield made


def in_rail(program: Program) -> bool:
    QApplication.processEvents()  # a layout shows what is new in it a turn later
    found = program.window.rail.findChild(Button, "page.members")
    return isinstance(found, Button) and found.isVisible()


@pytest.mark.parametrize("role", ["viewer", "manager"])
async def test_that_others_have_no_members_at_all(program: Program, role: str) -> None:
    program.store.set_session(session(role))
    assert not in_rail(program)
    assert not any(command.id.startswith("members.") for command in program.registry.all())


async def test_that_a_server_without_members_has_no_such_page(program: Program) -> None:
    program.store.set_session(session("owner", "keys"))
    assert not in_rail(program)


async def test_that_an_owner_goes_there_by_rail_palette_and_keys(program: Program) -> None:
    program.store.set_session(session("owner"))
    assert in_rail(program)
    assert program.registry.run("go.members")
    assert program.window.stack.currentWidget() is program.pages.members
    check_window(program.window)


async def test_that_who_is_no_owner_any_more_is_led_away_and_finds_no_way_back(program: Program) -> None:
    program.store.set_session(session("owner"))
    program.window.go("members")
    program.store.set_session(session("manager"))
    assert not in_rail(program)
    assert program.window.stack.currentWidget() is program.keys
    assert not program.registry.run("go.members")
    assert not program.registry.run("members.invite")
    program.store.set_session(session("owner"))
    assert in_rail(program)


async def test_that_a_desk_which_was_locked_at_the_members_comes_back_to_them(program: Program) -> None:
    program.open("members", ())
    assert program.window.stack.currentWidget() is program.keys
    program.store.set_session(session("owner"))
    assert program.window.stack.currentWidget() is program.pages.members


async def test_that_who_went_elsewhere_meanwhile_stays_there(program: Program) -> None:
    program.open("members", ())
    program.window.go("apps")
    program.store.set_session(session("owner"))
    assert program.window.stack.currentWidget() is program.apps


async def test_that_the_columns_of_members_are_remembered_and_not_lost_by_who_sees_none(program: Program) -> None:
    assert "member_columns" not in program.pages.columns()
    program.store.set_session(session("owner"))
    assert program.pages.columns()["member_columns"]
