"""The embedded browser of a run: a page off the record that goes no further than the redirect.

The engine is imported and started with the first `open`, or ahead of it. That start, once for the process, is the one
step that the window waits for (see `browser_start`); everything else is done in a thread or in steps. What Qt ends
later than the widget are the engine's helper processes, which every profile shares.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from bcdesk.flow.failures import FlowError
from bcdesk.flow.values import TlsProfile
from bcdesk.ui.flow import browser_engine, browser_start, browser_words
from bcdesk.ui.flow.browser_aim import Aim
from bcdesk.ui.flow.browser_bar import BrowserBar, Progress
from bcdesk.ui.flow.browser_engine import SignIns, browser_missing
from bcdesk.ui.tasks import TaskScope
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Banner, Button, EmptyState

if TYPE_CHECKING:
    from bcdesk.ui.flow.browser_session import Session

__all__ = ["EmbeddedBrowser", "browser_missing"]


class EmbeddedBrowser(QWidget):
    """One page of one run, with its bar above and, in its place, whatever keeps it from being shown.

    An answer at an https address comes as ``held`` (`let_through` goes there), at any other as ``captured``; one of
    the two comes once in a run, before any request for it leaves.
    """

    captured = Signal(str)
    held = Signal(str)
    page_loaded = Signal(str, str)
    """Address and title of a page; also of one that the server sent with an error, see ``page_status``."""
    page_status = Signal(str, int)
    """Address and HTTP status of a page that came with 400 or above; follows its ``page_loaded``."""
    page_failed = Signal(str, str)
    """Address, and the engine's word for why (``net::ERR_…``, ``http_auth``, ``gone``, ``setup``, ``missing``)."""
    certificate_problem = Signal(str, str)
    """Host, and the engine's word for what is wrong with its certificate."""
    refused = Signal(str, str)
    """What the page asked for and did not get (``window``, ``scheme``, ``download``, …), and of which kind or whom."""
    cookies_changed = Signal(int)
    system_browser_wanted = Signal()

    def __init__(self, scope: TaskScope | None = None, parent: QWidget | None = None, *,
                 sign_ins: SignIns | None = None, keep_for: str = "") -> None:  # fmt: skip
        """Load in ``scope``, or in one of its own; keep the sign-in for ``keep_for`` in ``sign_ins`` where named."""
        super().__init__(parent)
        self.setObjectName("browser")
        self.setAccessibleName(tr("Browser of this run"))
        self._scope = scope or TaskScope()
        self._sign_ins = sign_ins or SignIns()
        self._keep_for = keep_for
        self._tls = TlsProfile()
        self._session: Session | None = None
        self._tenure: browser_engine.Tenure | None = None
        self._opening: asyncio.Task[object] | None = None
        self._address = self._held_url = self._first = ""
        self._refused_certificate = False
        self._build()
        self.message("clock", tr("No run yet"), "")

    def _build(self) -> None:
        self.bar = BrowserBar()
        self.bar.reload_wanted.connect(self.retry)
        self.progress = Progress()
        self.strip = Banner("warn", name="browser_strip")
        self.strip.add_button(
            Button(
                tr("Dismiss"), "icon", icon="close", name="browser.dismiss", on_click=lambda: self.strip.set_text("")
            )
        )
        self._message = EmptyState("", icon="info")
        self._retry = self._message.add_button(Button(tr("Try again"), name="browser.retry", on_click=self.retry))
        self._system = self._message.add_button(
            Button(tr("Use the system browser"), name="browser.system", on_click=self.system_browser_wanted.emit)
        )
        self.stack = QStackedWidget()
        self.stack.addWidget(self._message)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.progress)
        column.addWidget(self.strip)
        column.addWidget(self.stack, 1)

    # ------------------------------------------------------------------ what the run asks for

    def open(self, url: str, redirect_uri: str, tls: TlsProfile | None = None) -> None:
        """Show ``url`` in a new profile, and wait for ``redirect_uri`` (its raw text)."""
        self.close_down()
        self._first, self._tls = url, tls or TlsProfile()
        self.strip.set_text("")
        self.bar.show_address("")
        missing = browser_missing()
        if missing is not None:
            self._say_missing(missing)
            return
        self.message("clock", tr("Opening the page…"), "")
        self.progress.set_share(0)
        self._opening = self._scope.start(
            self._open(url, Aim(redirect_uri)), name="embedded browser", on_error=self._broken
        )

    def let_through(self) -> None:
        """Go on to the https address that is held."""
        if self._session is not None and self._held_url:
            url, self._held_url = self._held_url, ""
            self.strip.set_text("")
            self._session.let_through(url)

    def retry(self) -> None:
        """Load the page again that is shown or that failed."""
        if self._session is None:
            return
        self._refused_certificate = False
        self.strip.set_text("")
        if self._session.page.url().isEmpty() or self.stack.currentWidget() is self._message:
            self._session.load(self._address or self._first)
        else:
            self._session.page.triggerAction(self._session.page.WebAction.Reload)

    def close_down(self) -> None:
        """End page, view and profile now; safe at any moment and more than once."""
        opening, self._opening = self._opening, None
        if opening is not None:
            opening.cancel()
        session, self._session = self._session, None
        if session is not None:
            profile = session.profile
            self.stack.removeWidget(session.view)
            session.close()
            self._sign_ins.give_back(profile)
        tenure, self._tenure = self._tenure, None
        if tenure is not None:
            tenure.release()
        self._address = self._held_url = ""
        self._refused_certificate = False
        self.progress.set_share(None)
        self.bar.reload.set_reason(tr("No page is open."))

    # ------------------------------------------------------------------ opening

    async def _open(self, url: str, aim: Aim) -> None:
        try:
            await browser_start.start()
            access = await browser_engine.read(self._tls)
            tenure = self._tenure = browser_engine.Tenure(access.proxy)
        except ImportError:
            self._say_missing(browser_missing() or tr("The embedded browser cannot start here."))
            return
        except FlowError as error:
            self.progress.set_share(None)
            self.message("error", *browser_words.unusable(error), system=True)
            self.page_failed.emit(url, "setup")
            return
        from bcdesk.ui.flow.browser_session import Session

        profile = self._sign_ins.take(self._keep_for, self._tls, access)
        try:
            await asyncio.sleep(0)
        except BaseException:  # the browser was closed meanwhile
            self._sign_ins.give_back(profile)
            tenure.release()
            raise

        judges = access.bundle.fault if access.bundle is not None else None
        session = self._session = Session(
            aim, profile, self.stack, judges=judges, has_identity=access.identity is not None
        )
        session.view.setObjectName("browser_page")
        session.view.setAccessibleName(tr("Page"))
        self._follow(session)
        self.stack.addWidget(session.view)
        await asyncio.sleep(0)
        self.bar.reload.set_reason(None)
        session.load(url)

    def _broken(self, _error: BaseException) -> None:
        """Say that the opening failed in a way that nobody foresaw; its kind is in the log."""
        self.close_down()
        self.message("error", tr("The embedded browser could not be opened"), "", system=True)
        self.page_failed.emit(self._first, "setup")

    def _follow(self, session: Session) -> None:
        """Hear of everything by way of the event loop: a page is never ended from within the engine's own call."""
        later = Qt.ConnectionType.QueuedConnection
        session.captured.connect(self._captured, later)
        session.moved.connect(self._moved, later)
        session.progressed.connect(self._progressed, later)
        session.loaded.connect(self._loaded, later)
        session.failed.connect(self._failed, later)
        session.certificate.connect(self._certificate, later)
        session.refused.connect(self._refused, later)
        session.alerted.connect(self._alerted, later)
        session.gone.connect(self._gone, later)
        session.cookies.connect(self.cookies_changed, later)

    # ------------------------------------------------------------------ what the page does

    def _captured(self, url: str) -> None:
        self.progress.set_share(None)
        if url.startswith("https:"):
            self._held_url = url
            self.held.emit(url)
        else:
            self.captured.emit(url)

    def _moved(self, url: str) -> None:
        if url and url != "about:blank":
            self._address = url
            self.bar.show_address(url, certificate_problem=self._refused_certificate)

    def _progressed(self, share: int) -> None:
        self.progress.set_share(share if share < 100 else None)

    def _loaded(self, url: str, title: str, status: int) -> None:
        if url == "about:blank" or self._session is None:
            return
        self.progress.set_share(None)
        self._address = url
        self.bar.show_address(url)
        self._show_page()
        self.page_loaded.emit(url, title)
        if status:
            self.page_status.emit(url, status)

    def _failed(self, url: str, code: str) -> None:
        if self._refused_certificate or code == "net::ERR_ABORTED":
            return
        self.progress.set_share(None)
        self._address = url
        self.bar.show_address(url)
        self.message("offline", *browser_words.failed(QUrl(url).host(), code), retry=True)
        self.page_failed.emit(url, code)

    def _certificate(self, host: str, reason: str) -> None:
        self._refused_certificate = True
        self.progress.set_share(None)
        self.bar.show_address(self._address or self._first, certificate_problem=True)
        self.message("lock", *browser_words.certificate(host, reason), retry=True)
        self.certificate_problem.emit(host, reason)

    def _refused(self, what: str, detail: str) -> None:
        words = browser_words.refused(what, detail)
        if what in ("password", "proxy_password"):
            self.progress.set_share(None)
            self.message("lock", tr("The page asks for a password"), words, retry=True, system=True)
            self.page_failed.emit(self._address or self._first, "http_auth")
        elif what in ("scheme", "download") and self.stack.currentWidget() is self._message:
            self.progress.set_share(None)
            self.message("warning", tr("There is no page to show"), words, retry=True)
        else:
            self.strip.set_text(words, tone="warn")
        self.refused.emit(what, detail)

    def _alerted(self, text: str) -> None:
        self.strip.set_text(browser_words.alert(text), tone="info")

    def _gone(self, status: str) -> None:
        self.progress.set_share(None)
        self.message("error", *browser_words.gone(status), retry=True)
        self.page_failed.emit(self._address or self._first, "gone")

    # ------------------------------------------------------------------ what stands in the page's place

    def message(self, icon: str, what: str, why: str, *, retry: bool = False, system: bool = False) -> None:
        """Say something in the page's place, with what can be done about it."""
        self._message.set_icon(icon)
        self._message.set_text(what, why)
        self._retry.setVisible(retry)
        self._system.setVisible(system)
        self.stack.setCurrentWidget(self._message)

    def _show_page(self) -> None:
        if self._session is not None and self.stack.currentWidget() is not self._session.view:
            self.stack.setCurrentWidget(self._session.view)

    def _say_missing(self, why: str) -> None:
        self.progress.set_share(None)
        self.message("screen", tr("No embedded browser"), why, system=True)
        self.page_failed.emit(self._first, "missing")
