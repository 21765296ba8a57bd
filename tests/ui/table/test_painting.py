"""What the view paints, says in tooltips and tells a screen reader."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from bcdesk.ui import theme
from bcdesk.ui.table.model import TableModel
from bcdesk.ui.table.tips import tip
from bcdesk.ui.table.view import TableView
from tests.ui.table.sample import KIND, Row, columns
from tests.ui.table.viewing import middle, picture, press


@pytest.mark.qt_log_ignore("This plugin does not support raise")
def test_that_a_tooltip_never_reads_markup(view: TableView) -> None:
    at = middle(view, 0, 1)
    QApplication.sendEvent(view.viewport(), QHelpEvent(QEvent.Type.ToolTip, at, view.viewport().mapToGlobal(at)))
    assert "&lt;b&gt;3&lt;/b&gt; bytes" in QToolTip.text()
    QToolTip.hideText()


def test_that_only_what_is_elided_has_a_tooltip(view: TableView, rows: dict[str, Row]) -> None:
    rows["r1"] = rows["r1"]._replace(name="A pear with a name far longer than any column is wide " * 2)
    shown = [tip(cell, rows[one], view._ink) for one in ("r1", "r2") for cell in view._cells()[:1]]
    assert "far longer" in shown[0]
    assert shown[1] == ""


def test_that_rows_wait_as_quiet_bars_and_then_show(view: TableView, rows: dict[str, Row]) -> None:
    blank = TableModel(columns(), {}, KIND, view)
    other = TableView(blank, "Fruit", view.parentWidget())
    other.resize(700, 400)
    other.show()
    empty = picture(other)
    other.set_skeleton(True)
    assert picture(other) != empty
    other.set_skeleton(False)
    assert picture(other) == empty


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_that_edge_selection_and_hover_are_painted_from_the_theme(
    view: TableView, qapp: QApplication, scheme: theme.Scheme
) -> None:
    theme.apply(qapp, scheme)
    press(view, 1)
    QTest.mouseMove(view.viewport(), middle(view, 0, 0))
    QTest.mouseMove(view.viewport(), middle(view, 2, 0))
    drawn = picture(view)
    assert drawn.pixelColor(1, 3 * 50 + 20) == theme.color("live")
    assert drawn.pixelColor(1, 20) == theme.color("surface")
    assert drawn.pixelColor(10, 50 + 8) == theme.color("accent_soft")
    assert drawn.pixelColor(10, 100 + 8) == theme.color("hover")
    assert drawn.pixelColor(10, 49) == theme.color("line")
    theme.apply(qapp, "light")


def test_that_the_focus_ring_shows_for_the_keyboard_and_not_for_the_pointer(view: TableView) -> None:
    press(view, 1)
    assert picture(view).pixelColor(200, 51) == theme.color("accent_soft")
    QTest.keyClick(view, Qt.Key.Key_Down)
    view.setFocus()
    assert picture(view).pixelColor(200, 101) == theme.color("accent")


def test_that_a_screen_reader_finds_rows_and_titles(view: TableView) -> None:
    face = QAccessible.queryAccessibleInterface(view)
    assert face.role() == QAccessible.Role.Table
    assert face.text(QAccessible.Text.Name) == "Fruit"
    assert view.model().rowCount() == 5
    texts = [face.child(place).text(QAccessible.Text.Name) for place in range(face.childCount())]
    assert "Pear" in texts
    assert "Actions for Plum" in texts
    assert "Size" in texts


def test_that_only_rows_in_sight_are_painted(view: TableView, rows: dict[str, Row], host: QWidget) -> None:
    many = {f"m{place}": Row(f"m{place}", f"Name {place}", 1.0) for place in range(5000)}
    asked: list[str] = []

    def edge(row: Row) -> str:
        asked.append(row.id)
        return ""

    kind = replace(KIND, edge=edge)
    other = TableView(TableModel(columns(), many, kind, host), "Many", host)
    other.resize(700, 400)
    other.show()
    other.verticalScrollBar().setValue(100_000)
    asked.clear()
    other.viewport().repaint()
    assert asked == [f"m{place}" for place in other.visible_places()]
    assert len(asked) <= 9
