"""Opens an address in a real browser, presses the named buttons one page after another, and prints where it ended.

Called with the address and the texts of the buttons, between which ``@field=value`` fills in a field; prints one JSON
line: the title of each page, and the last URL.
"""

import json
import sys

from PySide6.QtCore import QObject, QTimer, QUrl, Signal
from PySide6.QtWebEngineCore import (
    QWebEnginePage,
    QWebEngineProfile,
    QWebEngineUrlRequestJob,
    QWebEngineUrlSchemeHandler,
)
from PySide6.QtWidgets import QApplication

SECONDS = 60
FILL = "document.getElementById({name}).value = {value}"
PRESS = "[...document.querySelectorAll('button')].find(one => one.textContent.trim() === {name}).click()"


class App(QWebEngineUrlSchemeHandler):
    """An app on this device that is led to by its scheme."""

    called = Signal(str)

    def requestStarted(self, job: QWebEngineUrlRequestJob) -> None:
        self.called.emit(job.requestUrl().toString())
        job.fail(QWebEngineUrlRequestJob.Error.RequestAborted)


class Page(QWebEnginePage):
    """A page that presses what it is told to, and notes where it is led without following an app's scheme."""

    def __init__(self, profile: QWebEngineProfile, buttons: list[str], parent: QObject) -> None:
        super().__init__(profile, parent)
        self.buttons = buttons
        self.titles: list[str] = []
        self.complaints: list[str] = []
        self.last = ""
        self.loadFinished.connect(self._loaded)

    def called(self, url: str) -> None:
        """Note that an app was led to, which is the end."""
        self.last = url
        QTimer.singleShot(0, self.finish)

    def javaScriptConsoleMessage(self, _level: object, message: str, _line: int, _source: str) -> None:
        self.complaints.append(message)

    def _loaded(self, _good: bool) -> None:
        if self.last:
            return
        self.titles.append(self.title())
        while self.buttons and self.buttons[0].startswith("@"):
            name, value = map(json.dumps, self.buttons.pop(0)[1:].split("=", 1))
            self.runJavaScript(FILL.format(name=name, value=value))
        if self.buttons:
            self.runJavaScript(PRESS.format(name=json.dumps(self.buttons.pop(0))))
        else:
            self.called(self.url().toString())

    def finish(self) -> None:
        """Tell what was seen, and leave."""
        print(json.dumps({"titles": self.titles, "url": self.last, "complaints": self.complaints}))  # noqa: T201
        QApplication.quit()


def main() -> None:
    """Run the browser."""
    url, *buttons = sys.argv[1:]
    app = QApplication(sys.argv[:1])
    top = QObject()
    profile = QWebEngineProfile()  # off the record
    handler = App()
    profile.installUrlSchemeHandler(b"beatfusion", handler)
    page = Page(profile, buttons, top)
    handler.called.connect(page.called)
    QTimer.singleShot(SECONDS * 1000, page.finish)
    page.load(QUrl(url))
    app.exec()
    del page, top


if __name__ == "__main__":
    main()
