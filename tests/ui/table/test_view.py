"""The view, by real key and mouse events: the selection stays with its row, menus open, columns are remembered."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QWidget

from bcdesk.ui.table.model import TableModel
from bcdesk.ui.table.view import TableView
from tests.ui.table.sample import KIND, Row, columns, fruit
from tests.ui.table.viewing import LEFT, middle, model_of, press


def test_that_a_press_selects_its_row_by_id(view: TableView) -> None:
    told = QSignalSpy(view.current_changed)
    press(view, 3)
    assert view.current_id() == "r4"
    assert [told.at(place) for place in range(told.count())] == [["r4"]]


def test_that_the_selection_stays_with_its_row_through_sort_search_and_change(
    view: TableView, rows: dict[str, Row]
) -> None:
    press(view, 3)
    told, model = QSignalSpy(view.current_changed), model_of(view)
    model.sort_by("name", True)
    assert view.selectionModel().selectedRows()[0].row() == model.place_of("r4") == 0
    model.set_search("l")
    assert view.selectionModel().selectedRows()[0].row() == model.place_of("r4")
    rows["r6"] = Row("r6", "Lemon", 1)
    model.apply(added=["r6"])
    del rows["r2"]
    model.apply(removed=["r2"])
    assert view.selectionModel().selectedRows()[0].row() == model.place_of("r4")
    assert told.count() == 0


def test_that_a_row_hidden_by_the_search_stays_chosen_and_comes_back_selected(view: TableView) -> None:
    press(view, 0)
    model_of(view).set_search("lime")
    assert view.current_id() == "r1"
    assert not view.selectedIndexes()
    model_of(view).set_search("")
    assert view.selectionModel().selectedRows()[0].row() == 0


@pytest.mark.parametrize("search", ["", "lime"])
def test_that_no_neighbour_is_selected_when_the_selected_row_goes(
    view: TableView, rows: dict[str, Row], search: str
) -> None:
    press(view, 1)
    model_of(view).set_search(search)
    told = QSignalSpy(view.current_changed)
    del rows["r2"]
    model_of(view).apply(removed=["r2"])
    assert view.current_id() is None
    assert not view.selectedIndexes()
    assert [told.at(place) for place in range(told.count())] == [[""]]


def test_that_home_end_and_arrows_move_by_rows(view: TableView) -> None:
    QTest.keyClick(view, Qt.Key.Key_End)
    assert view.current_id() == "r5"
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert view.current_id() == "r1"
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert view.current_id() == "r2"
    QTest.keyClick(view, Qt.Key.Key_PageDown)
    assert view.current_id() == "r5"


def test_that_the_first_arrow_selects_the_row_with_the_focus(view: TableView) -> None:
    view.setCurrentIndex(model_of(view).index(0, 0))
    view.select_id(None)
    view.clearFocus()
    view.setFocus(Qt.FocusReason.TabFocusReason)
    assert view.current_id() is None
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert view.current_id() == "r1"


def test_that_enter_and_a_double_click_activate_a_row_and_a_held_enter_does_once(view: TableView) -> None:
    told = QSignalSpy(view.row_activated)
    press(view, 2)
    QTest.keyClick(view, Qt.Key.Key_Return)
    QTest.mouseDClick(view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, middle(view, 3, 0))
    assert [told.at(place) for place in range(told.count())] == [["r3"], ["r4"]]


def test_that_tab_leaves_the_table(view: TableView, host: QWidget) -> None:
    press(view, 0)
    QTest.keyClick(view, Qt.Key.Key_Tab)
    assert view.current_id() == "r1"
    assert view.currentIndex().column() == 0


def test_that_the_three_dots_ask_for_the_menu_of_their_row(view: TableView) -> None:
    told = QSignalSpy(view.menu_requested)
    QTest.mouseMove(view.viewport(), middle(view, 2, 4))
    press(view, 2, 4)
    assert told.count() == 1
    assert told.at(0)[0] == "r3"
    assert view.current_id() == "r3"


def test_that_a_press_on_the_dots_that_ends_elsewhere_opens_nothing(view: TableView) -> None:
    told = QSignalSpy(view.menu_requested)
    QTest.mousePress(view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, middle(view, 2, 4))
    QTest.mouseMove(view.viewport(), middle(view, 1, 4))
    QTest.mouseRelease(view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, middle(view, 1, 4))
    assert told.count() == 0


def test_that_a_right_click_selects_the_row_that_it_asks_about(view: TableView) -> None:
    press(view, 0)
    told, at = QSignalSpy(view.menu_requested), middle(view, 3, 0)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, view.viewport().mapToGlobal(at))
    QApplication.sendEvent(view.viewport(), event)
    assert told.at(0)[0] == "r4"
    assert view.current_id() == "r4"


@pytest.mark.parametrize(
    ("key", "held"),
    [(Qt.Key.Key_Menu, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)],
)
def test_that_the_menu_key_asks_for_the_menu_at_the_selected_row(
    view: TableView, key: Qt.Key, held: Qt.KeyboardModifier
) -> None:
    press(view, 1)
    told = QSignalSpy(view.menu_requested)
    QTest.keyClick(view, key, held)
    assert told.at(0)[0] == "r2"
    at = view.viewport().mapFromGlobal(told.at(0)[1])
    assert view.visualRect(model_of(view).index(1, 0)).adjusted(0, 0, 0, 2).contains(at)


def test_that_a_click_on_a_title_sorts_and_a_second_turns_it(view: TableView) -> None:
    header = view.horizontalHeader()

    def click(section: int) -> None:
        at = QPoint(header.sectionViewportPosition(section) + 20, 10)
        QTest.mouseClick(header.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, at)

    click(1)
    sorting = model_of(view).sorting
    assert sorting is not None
    assert (sorting.column.id, sorting.descending) == ("size", True)
    click(1)
    click(2)  # a column that does not sort
    sorting = model_of(view).sorting
    assert sorting is not None
    assert (sorting.column.id, sorting.descending) == ("size", False)


def test_that_columns_come_back_as_they_were_left(view: TableView, host: QWidget) -> None:
    told = QSignalSpy(view.columns.changed)
    view.horizontalHeader().resizeSection(1, 130)
    view.horizontalHeader().moveSection(2, 1)
    view.columns.set_hidden("group", True)
    view.columns.set_hidden("name", True)  # the first one stays
    model_of(view).sort_by("size", True)
    assert told.count() >= 3
    other = TableView(TableModel(columns(), fruit(), KIND, host), "Fruit", host)
    other.resize(700, 400)
    other.show()
    other.columns.restore(view.columns.state())
    assert other.columns.state() == view.columns.state()
    assert other.columnWidth(1) == 130
    assert other.columns.hidden() == {"group"}
    assert other.horizontalHeader().visualIndex(2) == 1
    other.columns.reset()
    assert other.columns.hidden() == frozenset()
    assert other.columnWidth(1) == 80
    assert other.horizontalHeader().visualIndex(2) == 2


def test_that_a_narrow_table_gives_up_its_spare_columns(view: TableView) -> None:
    view.resize(280, 400)
    QApplication.processEvents()
    assert view.isColumnHidden(2)
    assert not view.isColumnHidden(1)
    view.resize(700, 400)
    QApplication.processEvents()
    assert not view.isColumnHidden(2)
