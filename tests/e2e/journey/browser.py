"""A browser of its own process, as the system has one: shows one address in a window; Ctrl+W closes it."""

import sys

from PySide6.QtCore import QUrl
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QApplication
from shiboken6 import delete

TITLE = "A browser"


def main(url: str) -> int:
    """Show ``url`` until the window is closed."""
    app = QApplication(sys.argv[:1])
    app.setApplicationName(TITLE)
    view = QWebEngineView()
    profile = QWebEngineProfile()  # off the record: each start knows nobody
    page = QWebEnginePage(profile, view)
    view.setPage(page)
    view.setWindowTitle(TITLE)
    view.titleChanged.connect(lambda title: view.setWindowTitle(f"{title} – {TITLE}"))
    QShortcut(QKeySequence("Ctrl+W"), view).activated.connect(view.close)
    view.resize(760, 640)
    view.move(560, 150)
    view.load(QUrl(url))
    view.show()
    view.activateWindow()
    code = app.exec()
    delete(view)  # and the page with it, before the profile
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
