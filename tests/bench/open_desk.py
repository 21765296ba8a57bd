"""Looks into a desk that runs in this process."""

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from bcdesk.store.store import Store


def page_of_window() -> Any:
    """Return the page of keys; None while the window shows its skeleton."""
    from bcdesk.ui.main_window import MainWindow

    window = next(one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow))
    page = window.pages["keys"].widget
    return page if hasattr(page, "_desk") else None


def store_of_window() -> "Store | None":
    """Return the store behind the window; None while the window shows its skeleton."""
    page = page_of_window()
    return None if page is None else page._desk.store


def close_windows() -> None:
    """Close every window, as a person would who quits."""
    for window in QApplication.topLevelWidgets():
        window.close()
