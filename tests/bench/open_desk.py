"""Looks into a desk that runs in this process."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from bcdesk.store.store import Store


def store_of_window() -> "Store | None":
    """Return the store behind the window; None while the window shows its skeleton."""
    from bcdesk.ui.main_window import MainWindow

    window = next(one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow))
    desk = getattr(window.pages["keys"].widget, "_desk", None)
    return None if desk is None else desk.store


def close_windows() -> None:
    """Close every window, as a person would who quits."""
    for window in QApplication.topLevelWidgets():
        window.close()
