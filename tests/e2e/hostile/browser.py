"""Opens pages in QtWebEngine and prints, as JSON, what each came to; run as a program of its own.

Reads from stdin a list of ``{"url": …, "until": …}``: a page is waited for until its title is ``attacked``, or until
it has landed at an address that begins with ``until``.
"""

import json
import os
import sys
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt, QTimer, QUrl

PAGE_MS = 120_000
RESULT = "JSON.stringify({results: window.results || null, text: document.body ? document.body.innerText : ''})"


def main() -> int:
    """Open each page in turn in a fresh profile that leaves no trace."""
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    from PySide6.QtWebEngineCore import QWebEngineDownloadRequest, QWebEnginePage, QWebEngineProfile
    from PySide6.QtWidgets import QApplication

    class Page(QWebEnginePage):
        def javaScriptConsoleMessage(self, *_message: Any) -> None:
            pass

    steps: list[dict[str, str]] = json.load(sys.stdin)
    app = QApplication(sys.argv[:1])
    profile = QWebEngineProfile()
    page = Page(profile)
    found: list[dict[str, Any]] = []
    late = QTimer(singleShot=True, interval=PAGE_MS)
    late.timeout.connect(lambda: finish("late"))
    state = {"open": False}

    def begin() -> None:
        if len(found) == len(steps):
            app.quit()
            return
        state["open"] = True
        late.start()
        page.load(QUrl(steps[len(found)]["url"]))

    def finish(how: str) -> None:
        if state["open"]:
            state["open"] = False
            page.runJavaScript(RESULT, lambda text: taken(how, text))

    def taken(how: str, text: str) -> None:
        late.stop()
        found.append({"how": how, "url": page.url().toString(), **json.loads(text or "{}")})
        QTimer.singleShot(0, begin)

    def landed(_well: bool) -> None:
        until = steps[len(found)].get("until") if len(found) < len(steps) else None
        if until and page.url().toString().startswith(until):
            finish("landed")

    def refuse(download: QWebEngineDownloadRequest) -> None:
        download.cancel()
        finish("download")

    page.titleChanged.connect(lambda title: finish("attacked") if title == "attacked" else None)
    page.loadFinished.connect(landed)
    page.profile().downloadRequested.connect(refuse)
    QTimer.singleShot(0, begin)
    app.exec()
    page.deleteLater()
    app.processEvents()
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()
    os._exit(0)  # nothing of the engine's own end is tested here


if __name__ == "__main__":
    sys.exit(main())
