"""Dialogs open, are awaited, say what is wrong at its field, and always let go."""

import asyncio

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from bcdesk.ui.dialog_frame import Scrim
from bcdesk.ui.dialogs import Dialog, ask
from bcdesk.ui.tasks import TaskScope
from bcdesk.ui.widgets import Button, Field, Label, LineEdit, ListEdit
from tests.ui.walk import check_window


class Sample(Dialog):
    """A dialog with two fields and two buttons."""

    def __init__(self, parent: QWidget, *, destructive: bool = False) -> None:
        super().__init__(parent, "New API key", name="sample", destructive=destructive)
        self.line = LineEdit("Storefront", most=80, name="name")
        self.ranges = ListEdit(["10.0.0.0/8"], name="ranges")
        self.name_field = self.add_field("/name", Field("Name", self.line, "What uses it."))
        self.ranges_field = self.add_field("/allowed_cidrs", Field("Addresses", self.ranges))
        self.leave = self.add_leave()
        self.go = Button("Create key", "destroy" if destructive else "primary", on_click=lambda: self.finish("made"))
        self.add_button(self.go, default=not destructive)


def press(widget: QWidget, key: Qt.Key, *, held: bool = False) -> None:
    """Send a key press as the system does; ``held`` is its automatic repetition."""
    event = QKeyEvent(QKeyEvent.Type.KeyPress, key.value, Qt.KeyboardModifier.NoModifier, "", held)
    QApplication.sendEvent(widget, event)


async def test_that_asking_returns_the_outcome_and_lets_go(host: QWidget, scope: TaskScope) -> None:
    dialog = Sample(host)
    task = scope.start(ask(dialog), name="ask")
    await asyncio.sleep(0)
    assert dialog.isVisible()
    scrims = host.findChildren(Scrim)
    assert len(scrims) == 1
    assert scrims[0].size() == host.size()
    dialog.go.click()
    assert await task == "made"
    await asyncio.sleep(0)
    assert not host.findChildren(Scrim) or not any(one.isVisible() for one in host.findChildren(Scrim))


async def test_that_escape_always_leaves(host: QWidget, scope: TaskScope) -> None:
    dialog = Sample(host)
    task = scope.start(ask(dialog), name="ask")
    await asyncio.sleep(0)
    QTest.keyClick(dialog.line, Qt.Key.Key_Escape)
    assert await task is None


async def test_that_a_cancelled_wait_closes_the_dialog(host: QWidget, scope: TaskScope) -> None:
    dialog = Sample(host)
    task = scope.start(ask(dialog), name="ask")
    await asyncio.sleep(0)
    dialog.set_busy("Creating the key…", lambda: None)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not any(one.isVisible() for one in host.findChildren(Sample))
    assert not any(one.isVisible() for one in host.findChildren(Scrim))


async def test_that_the_focus_returns_to_where_it_was(host: QWidget, scope: TaskScope) -> None:
    button = Button("New key…", parent=host)
    button.show()
    button.setFocus()
    task = scope.start(ask(Sample(host)), name="ask")
    await asyncio.sleep(0)
    host.findChildren(Sample)[0].reject()
    await task
    assert host.focusWidget() is button


@pytest.fixture
def sample(host: QWidget) -> Sample:
    made = Sample(host)
    made.open()
    return made


def test_that_enter_presses_the_default_button_unless_held(sample: Sample) -> None:
    press(sample.line, Qt.Key.Key_Return, held=True)
    assert sample.isVisible()
    press(sample.line, Qt.Key.Key_Return)
    assert sample.outcome == "made"


def test_that_enter_presses_the_focused_button_unless_held(sample: Sample) -> None:
    press(sample.leave, Qt.Key.Key_Return, held=True)
    assert sample.isVisible()
    press(sample.leave, Qt.Key.Key_Return)
    assert not sample.isVisible()
    assert sample.outcome is None


def test_that_enter_in_a_line_of_a_destructive_dialog_does_nothing(host: QWidget) -> None:
    dialog = Sample(host, destructive=True)
    dialog.open()
    dialog.line.setFocus()
    press(dialog.line, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert dialog.outcome is None
    dialog.leave.setFocus()
    press(dialog.ranges_field, Qt.Key.Key_Return)
    assert not dialog.isVisible(), "Enter elsewhere presses the safe button"
    assert dialog.outcome is None


def test_that_faults_land_at_their_fields_and_the_first_has_the_focus(sample: Sample) -> None:
    sample.ranges.setFocus()
    sample.show_faults({"/allowed_cidrs/0": "No such range.", "/name": "This cannot be empty.", "/else": "Something."})
    assert sample.name_field.fault == "This cannot be empty."
    assert sample.ranges_field.fault == "No such range."
    assert sample.problem.text == "Something."
    assert sample.focusWidget() is sample.line
    assert sample.line.accessibleDescription() == "This cannot be empty."
    assert sample.line.property("fault") is True
    sample.show_faults({})
    assert not sample.name_field.fault
    assert sample.line.accessibleDescription() == "What uses it."
    sample.reject()


def test_that_a_problem_is_said_in_place_and_nothing_typed_is_lost(sample: Sample) -> None:
    sample.line.setText("Storefront 2")
    before = sample.height()
    sample.show_problem("The server does not answer.", "It took too long.")
    assert sample.problem.isVisible()
    assert sample.height() > before
    assert sample.line.text() == "Storefront 2"
    sample.reject()


def test_that_busy_holds_still_and_can_be_cancelled(sample: Sample) -> None:
    cancelled: list[bool] = []
    sample.set_busy("Creating the key…", lambda: cancelled.append(True))
    assert sample.busy
    assert sample.progress.isVisible()
    assert not sample.go.isEnabled()
    assert sample.leave.isEnabled()
    assert not sample.line.isEnabled()
    press(sample, Qt.Key.Key_Return)
    assert sample.outcome is None
    press(sample, Qt.Key.Key_Escape)
    assert cancelled == [True]
    assert sample.isVisible()
    sample.set_busy(None)
    assert sample.go.isEnabled()
    assert sample.line.isEnabled()
    press(sample, Qt.Key.Key_Escape)
    assert not sample.isVisible()


def test_that_a_button_with_a_reason_stays_off_after_busy(sample: Sample) -> None:
    sample.go.set_reason("The server is offline.")
    sample.set_busy("…")
    sample.set_busy(None)
    assert not sample.go.isEnabled()
    sample.reject()


def test_that_a_click_on_the_scrim_does_nothing(host: QWidget, sample: Sample) -> None:
    scrim = host.findChildren(Scrim)[0]
    QTest.mouseClick(scrim, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    assert sample.isVisible()
    sample.reject()


def test_that_the_dialog_stays_in_the_middle_of_its_window(host: QWidget, sample: Sample) -> None:
    def off() -> QPointF:
        return QPointF(sample.geometry().center() - host.geometry().center())

    assert off().manhattanLength() <= 3
    host.resize(820, 560)
    host.move(host.pos() + QPoint(40, 30))
    assert off().manhattanLength() <= 3
    assert host.findChildren(Scrim)[0].size() == host.size()
    sample.reject()


def test_that_a_small_window_makes_the_body_scroll_and_the_footer_stay(host: QWidget) -> None:
    host.resize(720, 480)
    dialog = Sample(host)
    for index in range(20):
        dialog.add(Field(f"Field {index}", LineEdit()))
    dialog.open()
    assert dialog.height() <= host.height()
    assert dialog.width() <= host.width()
    bottom = dialog.go.mapTo(dialog, QPoint(0, dialog.go.height())).y()
    assert bottom <= dialog.height()
    assert dialog.area.verticalScrollBar().maximum() > 0
    dialog.reject()


def test_that_a_roomy_window_needs_no_scrolling(host: QWidget) -> None:
    dialog = Sample(host)
    dialog.add(Label("A paragraph that takes more than one line in a dialog of this width. " * 4, wrap=True))
    dialog.open()
    QApplication.processEvents()
    assert dialog.area.verticalScrollBar().maximum() == 0
    before = dialog.height()
    dialog.name_field.set_fault("This cannot be empty, and the sentence takes two lines. " * 3)
    QApplication.processEvents()
    assert dialog.height() > before
    assert dialog.area.verticalScrollBar().maximum() == 0
    dialog.reject()


def test_that_a_dialog_over_a_dialog_stands_in_the_middle_of_the_window(host: QWidget, sample: Sample) -> None:
    over = Sample(sample)
    for index in range(6):
        over.add(Field(f"Field {index}", LineEdit()))
    over.open()
    assert over.height() > sample.height()
    assert (over.geometry().center() - host.geometry().center()).manhattanLength() <= 3
    (scrim,) = sample.findChildren(Scrim)
    assert scrim.size() == sample.size()
    over.reject()
    assert sample.isVisible()
    sample.reject()


def test_that_screen_readers_hear_a_dialog_with_its_title(sample: Sample) -> None:
    interface = QAccessible.queryAccessibleInterface(sample)
    assert interface.role() == QAccessible.Role.Dialog
    assert interface.text(QAccessible.Text.Name) == "New API key"
    check_window(sample)
    sample.reject()
