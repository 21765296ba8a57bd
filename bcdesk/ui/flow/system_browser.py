"""Opens an address in the browser of the system, and says what to do where that fails."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Banner, Button

_OPENED: Final = ("http", "https")

def open_address(address: str) -> bool:
    """Open a page of the web in the system's browser; tell whether the system took it.

    On Linux that is ``xdg-open``, which heeds the environment variable ``BROWSER``.
    """
    url = QUrl.fromEncoded(address.encode())
    return url.isValid() and url.scheme() in _OPENED and QDesktopServices.openUrl(url)


class NotOpened(Banner):
    """Says that no browser took the address, and offers to copy it."""

    copy_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin hidden."""
        super().__init__("warn", name="system_browser_failed", parent=parent)
        self.add_button(
            Button(tr("Copy the address"), icon="copy", name="system_browser.copy", on_click=self.copy_wanted.emit)
        )

    def tell(self) -> None:
        """Say so."""
        self.set_text(
            tr("The system opened no browser"),
            tr("Copy the address and open it in any browser on this machine. The run waits for the answer."),
        )
