"""Addresses of the desk's own scheme, ``bcdesk:keys`` or ``bcdesk:keys/key_…``: they show, and change nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bcdesk.ui.main_window import MainWindow

_ADDRESS: Final = re.compile(r"bcdesk:(?://)?([a-z]{1,20})(?:/((?:key|app)_[0-9A-Za-z]{1,60}))?/?", re.IGNORECASE)


class Rows(Protocol):
    """A page that can show one row."""

    def reveal_row(self, row_id: str) -> None:
        """Select and show a row."""


def show(window: MainWindow, rows: Mapping[str, Rows], address: str) -> bool:
    """Go where ``address`` leads, whoever made it; tell whether it leads anywhere."""
    found = _ADDRESS.fullmatch(address)
    if found is None or not window.offers(page := found[1].lower()):
        return False
    window.go(page)
    if found[2] and page in rows:
        rows[page].reveal_row(found[2])
    return True
