"""Opens an address in the browser of the system."""

from typing import Final

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from bcdesk import itself

_OPENED: Final = ("http", "https")


def open_address(address: str) -> bool:
    """Open a page of the web in the system's browser; tell whether the system took it.

    On Linux that is ``xdg-open``, which heeds the environment variable ``BROWSER``.
    """
    url = QUrl.fromEncoded(address.encode())
    with itself.as_found():
        return url.isValid() and url.scheme() in _OPENED and QDesktopServices.openUrl(url)
