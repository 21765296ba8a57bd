"""The small window of ``bcdesk flow --browser embedded``: the browser alone, for one run."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING, Final

import qasync
from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bcdesk.flow.command import Command, console_for, own_stdout, wish
from bcdesk.flow.console import Told
from bcdesk.flow.failures import FlowError, Reason
from bcdesk.flow.trace import Message
from bcdesk.ui import theme
from bcdesk.ui.tasks import TaskScope
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Banner

if TYPE_CHECKING:
    from argparse import Namespace

    from PySide6.QtGui import QCloseEvent, QKeyEvent

    from bcdesk.flow.run import Run
    from bcdesk.flow.values import TlsProfile
    from bcdesk.ui.flow.browser import EmbeddedBrowser

_WIDTH: Final = 640
_HEIGHT: Final = 760
_SIGNALS_MS: Final = 500
_HOPELESS: Final = ("missing", "setup")
_DISPLAYS: Final = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def main(options: Namespace) -> int:
    """Run what ``options`` ask for with a window of our own, and return the exit code."""
    wanted = wish(options)
    if wanted is None:
        return 2
    with own_stdout() as out:
        console = console_for(options, out)
        if sys.platform == "linux" and not any(os.environ.get(name) for name in _DISPLAYS):
            console.say("there is no display to open a window on: use --browser print")
            console.result(str(Reason.BROWSER_GONE), Told([], {}))
            return 1
        app = theme.application(sys.argv[:1])
        app.setApplicationName("bcdesk")
        app.setQuitOnLastWindowClosed(False)
        theme.apply(app, "system")
        breath = QTimer()  # on Windows Python hears Ctrl+C only between two events
        breath.timeout.connect(lambda: None)
        breath.start(_SIGNALS_MS)
        with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
            return runner.run(Command(wanted, console, BrowserWindow(wanted.setup.tls)).run())


class BrowserWindow:
    """Opens the authorization page in a window, and takes the answer before it loads."""

    catches = True

    def __init__(self, tls: TlsProfile) -> None:
        """Open nothing yet."""
        self._tls = tls
        self._scope = TaskScope()
        self._window: _Window | None = None

    async def open(self, run: Run, url: str) -> None:
        """Show ``url``; what comes back is offered to ``run``."""
        from bcdesk.ui.flow.browser import EmbeddedBrowser, browser_missing

        missing = browser_missing()
        if missing is not None:
            raise FlowError(Reason.BROWSER_GONE, what=missing)
        self._window = _Window(run, EmbeddedBrowser(scope=self._scope))
        self._window.show()
        self._window.browser.open(url, run.setup.redirect_uri, self._tls)

    async def close(self) -> None:
        """Close the window and all that its browser holds."""
        window, self._window = self._window, None
        if window is not None:
            window.end()
        await self._scope.close()
        await asyncio.sleep(0)  # what was told to delete itself does so now


class _Window(QWidget):
    """The browser, and a line that says when something came that was not the answer."""

    def __init__(self, run: Run, browser: EmbeddedBrowser) -> None:
        super().__init__()
        self._run = run
        self.browser = browser
        self._line = Banner("warn", name="flow.alone.line")
        self._pages: list[tuple[str, str]] = []
        self._refused: dict[str, int] = {}
        self.setObjectName("flow.alone")
        self.setWindowTitle(tr("Sign in for {client} – bcdesk", client=run.setup.client_id))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(browser, 1)
        layout.addWidget(self._line)
        self.resize(_WIDTH, _HEIGHT)
        browser.captured.connect(self._take)
        browser.held.connect(self._take)
        browser.page_loaded.connect(self._loaded)
        browser.page_status.connect(self._refused.__setitem__)  # follows at once
        browser.page_failed.connect(self._failed)
        browser.certificate_problem.connect(
            lambda host, why: self._run.fail(Reason.BROWSER_CERTIFICATE, host=host, why=why)
        )
        browser.system_browser_wanted.connect(
            lambda: self._run.fail(Reason.BROWSER_GONE, what="run it with --browser system")
        )

    def end(self) -> None:
        """Close without a word."""
        self.browser.close_down()
        self.close()
        self.deleteLater()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Cancel):
            self.close()
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._run.fail(Reason.BROWSER_GONE, what="window")
        super().closeEvent(event)

    def _loaded(self, url: str, title: str) -> None:
        self._pages.append((url, title))
        QTimer.singleShot(0, self, self._note)

    def _note(self) -> None:
        """Tell the run of the pages that came, now that their statuses are known."""
        pages, self._pages = self._pages, []
        for url, title in pages:
            status = self._refused.pop(url, None)
            hop = self._run.page(url, title=title, ok=status is None)
            if status is not None:
                hop.received = Message(status=status)
                self._run.trace.touch(hop)

    def _failed(self, _url: str, why: str) -> None:
        """End the run where no retry in the window helps."""
        if why in _HOPELESS:
            self._run.fail(Reason.BROWSER_GONE, what=why)

    def _take(self, url: str) -> None:
        verdict = self._run.offer(url, via="browser")
        if verdict.kind == "foreign" and verdict.reason is not None:
            words = tr("What came back is not the answer to this run ({reason}).", reason=verdict.reason)
            self._line.set_text(words, tr("It waits on."))
