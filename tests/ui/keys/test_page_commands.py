"""Who finds which command on the page of keys, by menu, key and click, and why one cannot run."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from bcdesk.ui.keys.commands import ROW_MENU
from bcdesk.ui.keys.edit import EditDialog
from bcdesk.ui.keys.revoke import RevokeDialog
from tests.ui.keys.paging import by_name, instead
from tests.ui.keys.studio import Studio, buttons, says, until

MANAGER_ONLY = {
    "keys.new", "keys.rotate", "keys.edit", "keys.disable", "keys.enable", "keys.revoke", "keys.restore",
    "keys.replacement", "keys.retire", "keys.extend", "keys.hand_over", "keys.replace_unused", "keys.discard_unused",
    "keys.leaked",
}  # fmt: skip


async def test_that_a_viewer_finds_no_command_of_a_manager(viewing: Studio) -> None:
    for name in ("Production Key", "Old Production Key", "Sandbox Key"):
        viewing.select(by_name(viewing, name))
        context = viewing.page.context()
        for command in viewing.registry.all():
            if command.id in MANAGER_ONLY:
                assert not command.shown(context), command.id
                assert not viewing.registry.run(command.id, context)
        names = {one.objectName() for one in viewing.window.findChildren(type(viewing.page.inspector.rotate))
                 if one.isVisible()}  # fmt: skip
        assert not names & MANAGER_ONLY


async def test_that_a_viewer_reads_everything_else(viewing: Studio) -> None:
    viewing.select(by_name(viewing, "Production Key"))
    await until(lambda: "requests in 24 h" in says(viewing.page.inspector))
    viewing.registry.run("keys.copy_id")
    assert QGuiApplication.clipboard().text() == by_name(viewing, "Production Key")
    viewing.store.replace_keys([])
    assert "An owner or a manager of the studio can make one." in says(instead(viewing))
    assert buttons(viewing.page, "keys.new") == []


async def test_that_the_menu_of_a_row_holds_what_can_be_done_with_it(studio: Studio) -> None:
    def entries(name: str) -> set[str]:
        key_id = by_name(studio, name)
        studio.page._open_menu(key_id, studio.page.mapToGlobal(studio.page.rect().center()))
        menu = next(one for one in QApplication.topLevelWidgets() if isinstance(one, QMenu) and one.isVisible())
        found = {action.objectName() for action in menu.actions() if action.objectName()}
        menu.close()
        return found

    works = entries("Production Key")
    assert {"keys.rotate", "keys.edit", "keys.disable", "keys.revoke", "keys.copy_id"} <= works
    assert not {"keys.enable", "keys.restore", "keys.leaked"} & works
    ended = entries("Old Production Key")
    assert not {"keys.rotate", "keys.edit", "keys.disable", "keys.revoke"} & ended
    assert ended <= set(ROW_MENU)


async def test_that_a_revoked_key_offers_no_rotate(studio: Studio) -> None:
    studio.select(by_name(studio, "Old Production Key"))
    assert not studio.page.inspector.rotate.isVisible()
    QTest.keyClick(studio.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert studio.registry.reason("keys.rotate") is not None


async def test_that_every_command_says_why_it_cannot_run(studio: Studio) -> None:
    studio.page.table.select_id(None)
    for command in studio.registry.all():
        if command.id in MANAGER_ONLY - {"keys.new"}:
            assert studio.registry.reason(command.id) == "Choose a key first."


async def test_that_f2_edits_and_delete_revokes_the_chosen_key(studio: Studio) -> None:
    row = await studio.made("Shortcuts")
    studio.select(row.id)
    QTest.keyClick(studio.window, Qt.Key.Key_F2)
    edit = await studio.dialog(EditDialog)
    edit.reject()
    await studio.back()
    QTest.keyClick(studio.window, Qt.Key.Key_Delete)
    revoke = await studio.dialog(RevokeDialog)
    assert revoke.row.id == row.id
    revoke.reject()


async def test_that_delete_in_the_search_field_revokes_nothing(studio: Studio) -> None:
    search = studio.page.filters.search
    search.setFocus()
    QTest.keyClicks(search, "prod")
    QTest.keyClick(search, Qt.Key.Key_Home)
    QTest.keyClick(search, Qt.Key.Key_Delete)
    assert search.text() == "rod"
    assert studio.window.findChildren(RevokeDialog) == []


async def test_that_columns_and_sorting_come_back(studio: Studio) -> None:
    studio.page.listing.model.sort_by("name", False)
    text = studio.page.columns_text()
    studio.page.listing.model.sort_by("created", True)
    studio.page.restore_columns("damaged")
    studio.page.restore_columns(text)
    sorting = studio.page.listing.model.sorting
    assert sorting is not None
    assert sorting.column.id == "name"


async def test_that_enter_and_a_double_click_edit_the_row(studio: Studio) -> None:
    row = await studio.made("Enter edits")
    studio.select(row.id)
    studio.page.table.setFocus()
    QTest.keyClick(studio.page.table, Qt.Key.Key_Return)
    (await studio.dialog(EditDialog)).reject()
    await studio.back()
    index = studio.page.listing.model.index(studio.page.listing.model.place_of(row.id), 0)
    at = studio.page.table.visualRect(index).center()
    QTest.mouseDClick(studio.page.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    (await studio.dialog(EditDialog)).reject()
    await studio.back()


async def test_that_enter_changes_nothing_for_a_viewer(viewing: Studio) -> None:
    viewing.page.table.setFocus()
    QTest.keyClick(viewing.page.table, Qt.Key.Key_Return)
    assert viewing.window.findChildren(EditDialog) == []
