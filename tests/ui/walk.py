"""Walks over windows that check what holds for every widget; the tests of each dialog use them."""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QLabel, QLineEdit, QScrollBar, QWidget


def walk_widgets(root: QWidget) -> Iterator[QWidget]:
    """Yield ``root`` and every widget in it, but for the private parts of Qt's own widgets."""
    yield root
    for one in root.findChildren(QWidget):
        if not one.objectName().startswith("qt_") and not isinstance(one, QScrollBar):
            yield one


def unnamed(root: QWidget) -> list[str]:
    """Return what can be reached by keyboard or pressed, but has no accessible name."""
    bad = []
    for one in walk_widgets(root):
        if isinstance(one.parentWidget(), QLineEdit) or (isinstance(one, QLabel) and not one.text()):
            continue  # Qt's own button to clear a line; a text that is not there yet
        reached = one.focusPolicy() != Qt.FocusPolicy.NoFocus or isinstance(one, QAbstractButton)
        inner = isinstance(one.parentWidget(), QAbstractScrollArea) or type(one).__module__.startswith("PySide6")
        if not reached or (inner and one.focusProxy() is not None):
            continue
        interface = QAccessible.queryAccessibleInterface(one)
        if not interface.text(QAccessible.Text.Name):
            bad.append(f"{type(one).__name__} {one.objectName()!r}")
    return bad


def rich(root: QWidget) -> list[str]:
    """Return the labels that would read rich text in what a server sent."""
    return [
        f"{type(one).__name__} {one.objectName()!r}"
        for one in walk_widgets(root)
        if isinstance(one, QLabel) and one.textFormat() != Qt.TextFormat.PlainText
    ]


def nameless(root: QWidget) -> list[str]:
    """Return our own widgets without an object name, by which tests and screen readers' scripts find them."""
    return [
        type(one).__name__
        for one in walk_widgets(root)
        if type(one).__module__.startswith("bcdesk") and not one.objectName() and not one.isWindow()
    ]


def check_window(root: QWidget) -> None:
    """Hold ``root`` to all of it."""
    assert not unnamed(root), f"without an accessible name: {unnamed(root)}"
    assert not rich(root), f"labels that are not PlainText: {rich(root)}"
