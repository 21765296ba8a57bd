"""A window with the search field; says where it is, and on each line of stdin what it holds."""

import json
import sys

from PySide6.QtCore import QSocketNotifier, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from bcdesk.ui.keys.search import SearchField


def main() -> None:
    app = QApplication([])
    field = SearchField()
    keys: list[object] = []
    heard: list[str] = []
    field.recognised.connect(keys.append)
    field.textChanged.connect(heard.append)
    field.resize(400, 40)
    field.move(50, 50)
    field.setWindowFlag(Qt.WindowType.X11BypassWindowManagerHint)
    field.show()
    field.activateWindow()
    field.setFocus()

    def tell() -> None:
        if not sys.stdin.readline():
            app.quit()
            return
        shown = field.text()
        field.undo()
        after = field.text()
        field.selectAll()
        clipboard = QGuiApplication.clipboard()
        selected = clipboard.text(clipboard.Mode.Selection) if clipboard.ownsSelection() else ""
        said = {"shown": shown, "undone": after, "heard": heard, "keys": len(keys), "selected": selected}
        print(json.dumps(said), flush=True)  # noqa: T201 - the test reads it

    notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(tell)
    QTimer.singleShot(0, lambda: print("ready", flush=True))  # noqa: T201 - the test waits for it
    app.exec()


if __name__ == "__main__":
    main()
