"""A view of fruit for the tests of the table."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from bcdesk.ui.table.model import TableModel
from bcdesk.ui.table.view import TableView
from tests.ui.table.sample import KIND, Row, columns, fruit


@pytest.fixture
def rows() -> dict[str, Row]:
    return fruit()


@pytest.fixture
def view(rows: dict[str, Row], host: QWidget, qtbot: QtBot) -> TableView:
    model = TableModel(columns(), rows, KIND, host)
    made = TableView(model, "Fruit", host)
    made.resize(700, 400)
    made.show()
    made.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitExposed(host)
    QApplication.processEvents()
    return made
