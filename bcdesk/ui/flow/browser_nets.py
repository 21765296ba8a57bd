"""The nets that catch a redirect before anything is asked of it, and refuse what no sign-in needs.

Chromium drops a redirect to a scheme that it does not know without a word. Where the profile allows unknown schemes
it asks the page about each instead, and the page refuses: nothing outside is ever opened. A handler for the scheme
would do so too, but Qt warns of one whose scheme was not registered before the program began. The second net is the
address that a load was stopped at (`browser_session`). For http(s) the page is asked as well, and the interceptor
blocks whatever did not pass it. Imported with the first run only.
"""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtWebEngineCore import (  # noqa: TID253 - this file is imported when a run needs it
    QWebEnginePage,
    QWebEngineProfile,
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
)

from bcdesk.ui.flow.browser_aim import Aim

_WEB: Final = ("http", "https")
_PARTS: Final = (*_WEB, "data", "blob", "ws", "wss", "about")
"""What a part of a page may be loaded from; the page itself comes from http(s) alone."""
_MAIN: Final = (
    QWebEngineUrlRequestInfo.ResourceType.ResourceTypeMainFrame,
    QWebEngineUrlRequestInfo.ResourceType.ResourceTypeNavigationPreloadMainFrame,
)


class Gate:
    """Judges every address: the redirect is led away, http(s) passes, anything else is refused."""

    def __init__(self, aim: Aim) -> None:
        """Wait for ``aim``."""
        self.aim = aim
        self.is_down = False
        """True once the held address was let through: then the redirect is a page like another."""

    def led(self, url: QUrl) -> str | None:
        """Return the text of the redirect where ``url`` is it."""
        return None if self.is_down else self.aim.met(url)


class Interceptor(QWebEngineUrlRequestInterceptor):
    """Blocks the redirect, and what is not of the web, before a request leaves."""

    led = Signal(str)

    def __init__(self, gate: Gate, parent: QObject) -> None:
        super().__init__(parent)
        self._gate = gate

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:
        url = info.requestUrl()
        if info.resourceType() in _MAIN:
            text = self._gate.led(url)
            if text is not None:
                info.block(True)
                self.led.emit(text)
        elif url.scheme() not in _PARTS or (not self._gate.is_down and self._gate.aim.is_exactly(url)):
            info.block(True)


class Page(QWebEnginePage):
    """A page that goes where the gate lets it, opens nothing, and asks the user for nothing but what it shows."""

    led = Signal(str)
    refused = Signal(str, str)
    alerted = Signal(str)

    def __init__(self, gate: Gate, profile: QWebEngineProfile, parent: QObject) -> None:
        super().__init__(profile, parent)
        self._gate = gate

    def acceptNavigationRequest(self, url: QUrl | str, kind: QWebEnginePage.NavigationType, is_main: bool, /) -> bool:
        url = QUrl(url)
        text = self._gate.led(url)
        if text is not None:
            if is_main:
                self.led.emit(text)
            return False
        if url.scheme() in _WEB or url.scheme() == "about" or (not is_main and url.scheme() in _PARTS):
            return True
        self.refused.emit("scheme", url.scheme())
        return False

    def createWindow(self, kind: QWebEnginePage.WebWindowType, /) -> QWebEnginePage:
        self.refused.emit("window", "")
        return None  # type: ignore[return-value] # Qt's way to open none

    def chooseFiles(
        self, mode: QWebEnginePage.FileSelectionMode, old: Sequence[str], types: Sequence[str], /
    ) -> list[str]:
        self.refused.emit("file", "")
        return []

    def javaScriptAlert(self, origin: QUrl | str, text: str, /) -> None:
        self.alerted.emit(text)

    def javaScriptConfirm(self, origin: QUrl | str, text: str, /) -> bool:
        self.alerted.emit(text)
        return False

    def javaScriptPrompt(self, origin: QUrl | str, text: str, default: str, /) -> tuple[bool, str]:
        self.alerted.emit(text)
        return False, ""

    def javaScriptConsoleMessage(
        self, level: QWebEnginePage.JavaScriptConsoleMessageLevel, text: str, line: int, source: str, /
    ) -> None:
        """Keep what a page says of itself off stderr: it may hold addresses with codes."""
