"""Where the focus goes when what has it goes away: to the page's table, never to whatever happens to come next."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QWidget


@contextmanager
def focus_kept(box: QWidget, instead: QWidget) -> Iterator[None]:
    """Give the focus to ``instead`` where a part of ``box`` has it and loses it within the block."""
    window = box.window()
    had = window.focusWidget()
    within = box.isAncestorOf(had)  # of nothing it is none
    yield
    if within and window.focusWidget() is not had:
        instead.setFocus()
