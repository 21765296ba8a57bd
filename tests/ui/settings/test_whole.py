"""The settings page of the whole program: a section for each part that is there, following it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from bcdesk import settings
from bcdesk.program import Program
from bcdesk.ui.settings.row import SettingRow
from bcdesk.ui.widgets import Button, Chip, Label, Select
from tests.ui.walk import check_window
from tests.ui.whole import at_rest


@pytest.fixture
async def program(qapp: QApplication, tmp_path: Path) -> AsyncIterator[Program]:
    """Give the program, its settings shown, with nothing running."""
    async with at_rest(qapp, tmp_path) as made:
        made.window.go("settings")
        yield made


async def test_that_every_part_has_its_section(program: Program) -> None:
    page = program.pages.settings
    assert list(page.sections) == ["appearance", "connections", "lock", "clipboard", "offline", "vault", "about"]
    check_window(program.window)


async def test_that_the_minutes_of_the_lock_are_kept_and_never_is_said(program: Program) -> None:
    minutes = program.window.findChild(Select, "setting.lock")
    assert isinstance(minutes, Select)
    minutes.choose("0")
    assert program.choices.now.lock_minutes == 0
    assert "does not lock by itself" in minutes.accessibleDescription()
    minutes.choose("5")
    assert "does not lock by itself" not in minutes.accessibleDescription()
    assert settings.load(program.choices.now.data_dir).lock_minutes == 5


async def test_that_how_the_key_stands_is_said_with_a_way_to_change_it(program: Program) -> None:
    row = program.window.findChild(SettingRow, "setting_vault")
    assert isinstance(row, SettingRow)
    assert any(one.text().startswith("Not asked yet.") for one in row.findChildren(Label))
    assert [one.objectName() for one in row.findChildren(Button)] == ["vault.where"]


async def test_that_a_connection_that_is_added_is_listed_at_once(program: Program) -> None:
    page = program.pages.settings
    before = [one.text() for one in page.findChildren(Label, "setting_connection")]
    assert before == ["This computer", "Demo data"]
    added = program.connections.add(name="Studio", url="https://id.example.com")
    program.switcher.list_again()
    QApplication.processEvents()
    listed = page.sections["connections"]
    assert [one.text() for one in listed.findChildren(Label, "setting_connection")][-1] == "Studio (id.example.com)"
    names = [one.accessibleName() for one in listed.findChildren(Button, f"connection.go.{added.id}")]
    assert names == ["Switch to Studio (id.example.com)"]


async def test_that_the_connection_in_use_is_marked(program: Program) -> None:
    program.store.set_link(state="online", as_of=0.0)
    chips = program.pages.settings.findChildren(Chip, "setting_in_use")
    assert len(chips) == 1


async def test_that_the_sections_are_reached_by_the_keyboard_alone(program: Program) -> None:
    reached = set()
    program.pages.settings.sections["appearance"].focus()
    for _ in range(30):
        focused = program.window.focusWidget()
        reached |= {id for id, one in program.pages.settings.sections.items() if one.isAncestorOf(focused)}
        QTest.keyClick(program.window, Qt.Key.Key_Tab)
    assert {"appearance", "connections", "clipboard", "vault", "about"} <= reached
