"""Has the engine of the embedded browser started while a person looks at what a run will ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from bcdesk.ui.flow import browser_engine, browser_start

if TYPE_CHECKING:
    from bcdesk.ui.flow.run_tab import RunTab
    from bcdesk.ui.tasks import TaskScope

IDLE_MS: Final = 600
"""How long the tab stands before the engine is started for it."""


class Ahead(QObject):
    """Starts the engine for a tab that is about to run something in it, once nobody is at work in the window."""

    def __init__(self, tab: RunTab, scope: TaskScope, *, idle_ms: int = IDLE_MS) -> None:
        """Look at ``tab`` whenever it comes up or changes, and start in ``scope``."""
        super().__init__(tab)
        self._tab, self._scope = tab, scope
        self._timer = QTimer(self, interval=idle_ms, singleShot=True)
        self._timer.timeout.connect(self._start)
        self._tab.state_changed.connect(self._wait)
        self._tab.installEventFilter(self)
        self._wait()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show:
            self._wait()
        return False

    @property
    def is_waiting(self) -> bool:
        """Tell whether the engine is about to be started."""
        return self._timer.isActive()

    def _wait(self) -> None:
        if self._is_wanted():
            self._timer.start()
        else:
            self._timer.stop()

    def _is_wanted(self) -> bool:
        session: Any = self._tab.session
        return (
            not browser_start.is_started()
            and self._tab.isVisible()
            and session is not None
            and session.way == "embedded"
            and session.target.runs_code
            and not session.running
            and browser_engine.browser_missing() is None
        )

    def _start(self) -> None:
        if not self._is_wanted():
            return
        busy = QApplication.mouseButtons() != Qt.MouseButton.NoButton
        if busy or QApplication.activePopupWidget() is not None or QApplication.activeModalWidget() is not None:
            self._timer.start()
            return
        self._timer.stop()
        self._scope.start(browser_start.start(), name="embedded browser ahead", on_error=_leave)


def _leave(_error: BaseException) -> None:
    """Say nothing: nobody asked yet, and the run that does is told."""
