"""The real program with its whole window, pressed and typed into by lines on stdin; it tells what it shows on stdout.

Everything goes through Qt's own events at widgets that are on screen; the program itself knows nothing of it.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QCoreApplication, QObject, QPoint, QSocketNotifier, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLabel, QLineEdit, QTableView, QWidget

from bcdesk import app
from tests.profiles import at_demo

LOOK_MS = 5
OUT = os.dup(1)
os.dup2(2, 1)  # the lines go where stdout went; what the program itself prints there is kept with its stderr
W = TypeVar("W", bound=QWidget)


def say(at: str, **more: Any) -> None:
    os.write(OUT, json.dumps({"at": at, **more}).encode() + b"\n")


class Driver(QObject):
    """Reads orders, tries each until it can be done, and tells of dialogs, of the link and of the clipboard."""

    def __init__(self) -> None:
        super().__init__(QCoreApplication.instance())
        self._input = b""
        self._orders: list[dict[str, Any]] = []
        self._seen: dict[str, Any] = {}
        self._notifier = QSocketNotifier(0, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._turn)
        self._timer.start()
        QGuiApplication.clipboard().dataChanged.connect(self._clipboard)

    def _read(self) -> None:
        data = os.read(0, 65536)
        if not data:
            self._notifier.setEnabled(False)
        self._input += data
        *lines, self._input = self._input.split(b"\n")
        self._orders += [json.loads(line) for line in lines]

    def _turn(self) -> None:
        self._tell()
        if self._orders:
            order = self._orders[0]
            end = order.setdefault("end", time.monotonic() + order.get("within", 50.0))
            given = {name: value for name, value in order.items() if name not in ("do", "within", "end")}
            answer = getattr(self, f"do_{order['do']}")(**given)
            if answer is None and time.monotonic() > end:
                answer = {"late": True}
            if answer is not None:
                self._orders.pop(0)
                say("done", did=order["do"], **answer)

    def _tell(self) -> None:
        windows = [one for one in QApplication.topLevelWidgets() if one.isVisible()]
        dialogs = sorted({one.objectName() for one in windows if isinstance(one, QDialog)})
        card = next(
            (w for one in windows for w in one.findChildren(QWidget) if w.metaObject().className() == CARD), None
        )
        now = {"dialogs": dialogs, "link": card.accessibleName() if card is not None else ""}
        for name, value in now.items():
            if value != self._seen.get(name):
                self._seen[name] = value
                say(name, now=value)

    def _clipboard(self) -> None:
        text = QGuiApplication.clipboard().text()
        if text.startswith("bca_"):
            say("clipboard", secret=text)

    # orders: None means not yet

    def do_press(self, *, name: str) -> dict[str, Any] | None:
        button = _visible(QAbstractButton, name)
        if button is None or not button.isEnabled():
            return None
        QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(10, button.height() // 2))
        return {}

    def do_type(self, *, name: str, text: str, enter: bool = False) -> dict[str, Any] | None:
        line = _visible(QLineEdit, name)
        if line is None or not line.isEnabled():
            return None
        line.setFocus()
        line.selectAll()
        QTest.keyClicks(line, text) if text else QTest.keyClick(line, Qt.Key.Key_Delete)
        if enter:
            QTest.keyClick(line, Qt.Key.Key_Return)
        return {}

    def do_key(self, *, keys: str) -> dict[str, Any] | None:
        target = QApplication.focusWidget() or QApplication.activeWindow()
        if target is None:  # offscreen no window manager gives the focus back when a dialog closes
            windows = [one for one in QApplication.topLevelWidgets() if one.isVisible() and one.isWindow()]
            for one in [w for w in windows if isinstance(w, QDialog)] or windows:
                one.activateWindow()
            return None
        QTest.keySequence(target, QKeySequence(keys))
        return {}

    def do_row(self, *, name: str) -> dict[str, Any] | None:
        """Click on the row whose name begins so."""
        table = _visible(QTableView, "")
        if table is None or table.model().rowCount() != 1:
            return None
        index = table.model().index(0, 0)
        if name not in str(index.data(Qt.ItemDataRole.AccessibleTextRole) or index.data() or name):
            return None
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(index).center())
        chosen = [one.text() for one in table.window().findChildren(QLabel, "inspector_name")]
        return {} if name in chosen else None

    def do_wait(self, *, name: str) -> dict[str, Any] | None:
        return {} if _visible(QWidget, name) is not None else None

    def do_gone(self, *, name: str) -> dict[str, Any] | None:
        return {} if _visible(QWidget, name) is None else None

    def do_text(self, *, name: str, has: str) -> dict[str, Any] | None:
        """Wait until a label or banner says something."""
        found = _visible(QWidget, name)
        said = "" if found is None else " ".join(one.text() for one in [*found.findChildren(QLabel)] if one.isVisible())
        if isinstance(found, QLabel):
            said = found.text()
        return {"said": said} if has in said else None

    def do_paste(self, *, text: str) -> dict[str, Any] | None:
        QGuiApplication.clipboard().setText(text)
        return {}

    def do_copied(self) -> dict[str, Any] | None:
        return {"holds_key": QGuiApplication.clipboard().text().startswith("bca_")}

    def do_seen(self) -> dict[str, Any] | None:
        """Tell every visible window's named widgets, for a report of what went wrong."""
        names = [
            f"{one.objectName()}{'' if one.isEnabled() else ' (off)'}"
            for window in QApplication.topLevelWidgets()
            if window.isVisible()
            for one in window.findChildren(QAbstractButton)
            if one.isVisible()
        ]
        texts = [
            one.text()
            for window in QApplication.topLevelWidgets()
            if isinstance(window, QDialog) and window.isVisible()
            for one in window.findChildren(QLabel)
            if one.isVisible() and one.text()
        ]
        return {"names": names, "texts": texts}


CARD = "ConnectionCard"
EXTENSIONS: list[Callable[[Driver], None]] = []


def _visible(kind: type[W], name: str) -> W | None:
    """Return the visible widget of that name; the newest window's first."""
    for window in reversed(QApplication.topLevelWidgets()):
        if window.isVisible():
            for one in (window, *window.findChildren(QWidget)):
                if isinstance(one, kind) and one.isVisible() and (not name or one.objectName() == name):
                    return one
    return None


def main(data: Path, driver: type[Driver] = Driver, *, prepare: Callable[[Path], Path] = at_demo) -> int:
    """Run the program on ``data``, which ``prepare`` gets ready."""
    kept: list[Driver] = []

    def painted() -> bool:
        kept.append(driver())
        return True

    return app.main(data_dir=prepare(data), on_painted=painted)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
