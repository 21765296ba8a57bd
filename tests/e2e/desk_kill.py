"""The whole desk, to be killed at any moment: tells what it shows, every dialog, and a digest of the rows it has.

``FOLDER`` as argument, a token as the first line on stdin, then ``{"do": "digest"}`` as often as it is asked.
"""

import hashlib
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.e2e import desk_out_of_contact as desk
from tests.e2e.desk_out_of_contact import say


def digest(rows: Iterable[tuple[str, int]]) -> str:
    """Return what is the same for the same rows in the same revisions."""
    return hashlib.sha256(json.dumps(sorted(rows)).encode()).hexdigest()


def _watch() -> bool:
    """Tell of every dialog, and of every sentence above the table, besides what such a desk tells anyhow."""
    from PySide6.QtCore import QSocketNotifier, QTimer
    from PySide6.QtWidgets import QApplication, QDialog

    from tests.bench import fixed_keyring
    from tests.bench.open_desk import page_of_window, store_of_window

    fixed_keyring.use()
    say("window")
    app = QApplication.instance()
    assert app is not None
    said: list[object] = []

    def look() -> None:
        windows = QApplication.topLevelWidgets()
        dialogs = sorted(one.objectName() for one in windows if isinstance(one, QDialog) and one.isVisible())
        page = page_of_window()
        problem = page.notices.problem if page is not None else None
        told = problem.text if problem is not None and problem.isVisible() else ""
        if said != [dialogs, told]:
            said[:] = [dialogs, told]
            say("shows", dialogs=dialogs, problem=told)

    def follow() -> None:
        if page_of_window() is not None:
            waiting.stop()
            desk.follow(page_of_window())

    def asked() -> None:
        if not sys.stdin.readline():
            notifier.setEnabled(False)
            return
        store = store_of_window()
        rows = [] if store is None else [(row.id, row.revision) for row in store.keys.values()]
        say("digest", rows=len(rows), digest=digest(rows))

    waiting, looking = QTimer(app, interval=1), QTimer(app, interval=5)
    waiting.timeout.connect(follow)
    looking.timeout.connect(look)
    waiting.start()
    looking.start()
    notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read, app)
    notifier.activated.connect(asked)
    return True


def main() -> None:
    """Run the desk until it is killed."""
    from bcdesk.app import main as run

    desk.signed_in(sys.stdin.readline().strip())
    sys.exit(run(data_dir=Path(sys.argv[1]), on_painted=_watch))


if __name__ == "__main__":
    main()
