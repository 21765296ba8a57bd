"""One start, in a process of its own: ``bare``, ``desk DIR`` (to its first paint) or ``online DIR`` (to its keys)."""

import json
import sys
import time
from pathlib import Path

_keep: list[object] = []


def main() -> None:
    """Start what is named and print when it was painted, and what the process holds."""
    what = sys.argv[1]
    if what == "bare":
        _bare()
        print(json.dumps(_painted()))
    elif what == "desk":
        _desk(Path(sys.argv[2]), lambda: print(json.dumps(_painted())) is not None)
    else:
        _desk(Path(sys.argv[2]), _then_online)


def _painted() -> dict[str, int]:
    now = time.monotonic_ns()
    from tests.bench.processes import memory

    return {"painted": now, "memory": memory()}


def _bare() -> None:
    from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
    from PySide6.QtWidgets import QApplication, QMainWindow

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                QTimer.singleShot(0, loop.quit)
            return False

    app, loop = QApplication([]), QEventLoop()
    window, watch = QMainWindow(), Watch()
    window.installEventFilter(watch)
    window.setWindowTitle("bare")
    window.resize(1280, 800)
    window.show()
    loop.exec()
    _keep.extend((app, window, watch))


def _desk(folder: Path, on_painted: object) -> None:
    from bcdesk.__main__ import parser

    options = parser().parse_args(["--data", str(folder)])
    from bcdesk.app import main as desk

    desk(data_dir=options.data, on_painted=on_painted)  # type: ignore[arg-type]


def _then_online() -> bool:
    """Let the desk go on until its keys are there, then say so and close its window."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from tests.bench.open_desk import close_windows, store_of_window
    from tests.bench.processes import memory

    painted = time.monotonic_ns()
    timer = QTimer(QApplication.instance(), interval=20)
    seen: list[int] = []

    def look() -> None:
        store = store_of_window()
        if store is None:
            return  # the skeleton is still there
        if store.link.state == "online" and not seen:
            seen.append(time.monotonic_ns())
            timer.setInterval(1500)
        elif seen:
            timer.stop()
            print(json.dumps({"painted": painted, "online": seen[0], "memory": memory(), "keys": len(store.keys)}))
            close_windows()

    timer.timeout.connect(look)
    timer.start()
    return True


if __name__ == "__main__":
    main()
