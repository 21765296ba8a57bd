"""A view of fruit on a window, and how to reach its cells."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from bcdesk.ui.table.model import TableModel
from bcdesk.ui.table.view import TableView

LEFT = Qt.MouseButton.LeftButton


def model_of(view: TableView) -> TableModel:
    model = view.model()
    assert isinstance(model, TableModel)
    return model


def middle(view: TableView, place: int, column: int) -> QPoint:
    return view.visualRect(model_of(view).index(place, column)).center()


def press(view: TableView, place: int, column: int = 0) -> None:
    QTest.mouseClick(view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, middle(view, place, column))


def picture(view: TableView) -> QImage:
    return view.viewport().grab().toImage()
