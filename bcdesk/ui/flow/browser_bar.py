"""The slim bar above an embedded page: how it is connected and where it is; nothing in it can be edited."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl

from PySide6.QtCore import QRectF, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from bcdesk.ui import icons, theme
from bcdesk.ui.flow.browser_aim import is_loopback
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Button, Label

HEIGHT: Final = 40
_TELLING: Final = frozenset(
    ("response_type", "client_id", "scope", "response_mode", "prompt", "code_challenge_method", "error", "ui_locales")
)
"""Parameters whose values are no secret and say what a page is for."""
_LONGEST: Final = 60


def origin(address: str) -> str:
    """Return scheme, host and port of an address, as they are compared by eye."""
    url = QUrl(address)
    if url.scheme() not in ("http", "https"):
        return f"{url.scheme()}:" if url.scheme() else ""
    host = f"[{url.host()}]" if ":" in url.host() else url.host()
    return f"{url.scheme()}://{host}" + (f":{url.port()}" if url.port() >= 0 else "")


def beyond_origin(address: str) -> str:
    """Return path and parameters of an address without any value that might be a secret; a fragment is left out."""
    url = QUrl(address)
    shown = []
    for name, value in parse_qsl(url.query(QUrl.ComponentFormattingOption.FullyEncoded), keep_blank_values=True):
        telling = name in _TELLING and len(value) <= _LONGEST
        shown.append(f"{name}={value if telling else '•••'}")
    return url.path() + (f"?{'&'.join(shown)}" if shown else "")


class Progress(QWidget):
    """A line of two pixels that grows with the loading; its place stays when it is gone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin without."""
        super().__init__(parent)
        self.setObjectName("browser_progress")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._share: int | None = None
        self.set_share(None)

    def set_share(self, share: int | None) -> None:
        """Show ``share`` in percent, or nothing with None."""
        self._share = share
        self.setAccessibleName(tr("Loading, {share} %", share=share) if share is not None else tr("Loaded"))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(40, 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("line"))
        if self._share is not None:
            painter.fillRect(QRectF(0, 0, self.width() * max(self._share, 4) / 100, 2), theme.color("accent"))


class BrowserBar(QWidget):
    """Connection, address and *Reload*."""

    reload_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin without an address."""
        super().__init__(parent)
        self.setObjectName("browser_bar")
        self.setFixedHeight(HEIGHT)
        self._glyph = Label(name="browser_connection_glyph")
        self._glyph.setFixedSize(16, 16)
        self._word = Label(role="secondary", name="browser_connection")
        self._origin = Label(role="mono", name="browser_origin")
        self._rest = Label(role="mono", tone="muted", elide=True, name="browser_address")
        self.reload = Button(tr("Reload"), "icon", icon="refresh", name="browser.reload")
        self.reload.clicked.connect(self.reload_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.M, 0, Space.S, 0)
        row.setSpacing(Space.S)
        row.addWidget(self._glyph)
        row.addWidget(self._word)
        row.addSpacing(Space.XS)
        address = QHBoxLayout()
        address.setSpacing(0)
        address.addWidget(self._origin)
        address.addWidget(self._rest, 1)
        row.addLayout(address, 1)
        row.addWidget(self.reload, 0, Qt.AlignmentFlag.AlignVCenter)
        self._look = ("clock", "muted")
        theme.theme().changed.connect(self._tint)
        self.show_address("")

    def show_address(self, address: str, *, certificate_problem: bool = False) -> None:
        """Say how the page at ``address`` is connected, and where it is."""
        url = QUrl(address)
        if certificate_problem:
            self._say("warning", "bad", tr("Certificate problem"))
        elif url.scheme() == "https":
            self._say("lock", "ok", tr("Encrypted, certificate checked"))
        elif url.scheme() == "http" and is_loopback(url):
            self._say("screen", "muted", tr("On this machine"))
        elif url.scheme() == "http":
            self._say("warning", "warn", tr("Not encrypted"))
        else:
            self._say("clock", "muted", tr("Connecting…"))
        self._origin.setText(origin(address))
        self._rest.setText(beyond_origin(address))
        self._rest.setToolTip(beyond_origin(address).replace("?", "\n", 1).replace("&", "\n"))

    def _say(self, icon: str, tone: str, words: str) -> None:
        self._look = (icon, tone)
        self._word.setText(words)
        self._word.set_tone(tone)
        self._tint()

    def _tint(self) -> None:
        self._glyph.setPixmap(icons.pixmap(*self._look, 16, self.devicePixelRatioF()))
        self._glyph.setAccessibleName(self._word.text())
