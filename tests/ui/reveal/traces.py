"""Looks for a secret wherever a window could leave it: properties, texts, tooltips, accessible trees, undo stacks."""

from collections.abc import Iterator
from contextlib import suppress
from typing import cast

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface, QTextDocument
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget


def traces(value: str) -> list[str]:
    """Return where ``value``, or its second half, stands in any window of the program."""
    halves = (value, value[len(value) // 2 :])
    return [place for place, text in _texts() if any(half in text for half in halves)]


def _texts() -> Iterator[tuple[str, str]]:
    for window in QApplication.topLevelWidgets():
        for one in (window, *window.findChildren(QObject)):
            yield from _properties(one)
            if isinstance(one, QLineEdit):
                yield from _undo(one)
            if isinstance(one, QTextDocument):
                yield f"{_name(one)} document", one.toPlainText()
        yield from _accessible(QAccessible.queryAccessibleInterface(window))


def _properties(one: QObject) -> Iterator[tuple[str, str]]:
    meta = one.metaObject()
    for index in range(meta.propertyCount()):
        prop = meta.property(index)
        name = cast("str", prop.name())  # the stubs say bytes
        if prop.isReadable():
            yield f"{_name(one)}.{name}", str(one.property(name))
    for raw in one.dynamicPropertyNames():
        key = bytes(raw.data()).decode()
        with suppress(RuntimeError):  # a type of Qt's own that Python has no form of
            yield f"{_name(one)}.{key}", str(one.property(key))
    yield f"{_name(one)} repr", repr(one)
    if isinstance(one, QWidget):
        yield (
            f"{_name(one)} shown words",
            " ".join((one.toolTip(), one.statusTip(), one.whatsThis(), one.windowTitle())),
        )


def _undo(line: QLineEdit) -> Iterator[tuple[str, str]]:
    text, steps = line.text(), 0
    while line.isUndoAvailable() and steps < 200:
        line.undo()
        steps += 1
        yield f"{_name(line)} undo", line.text()
    for _ in range(steps):
        line.redo()
    assert line.text() == text


def _accessible(one: QAccessibleInterface | None) -> Iterator[tuple[str, str]]:
    if one is None or not one.isValid():
        return
    kinds = QAccessible.Text
    for kind in (kinds.Name, kinds.Description, kinds.Value, kinds.Help, kinds.Accelerator, kinds.Identifier):
        yield f"accessible {one.role().name} {kind.name}", one.text(kind)
    for index in range(one.childCount()):
        yield from _accessible(one.child(index))


def _name(one: QObject) -> str:
    return f"{type(one).__name__} {one.objectName()!r}"
