"""What the verbs of a page share: one dialog at a time, tasks of the desk, and what a secret or an undo needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from PySide6.QtWidgets import QWidget

    from bcdesk.client.client import Client
    from bcdesk.ui.desk import Desk
    from bcdesk.ui.page.undo import UndoBar


class Verbs:
    """Starts each verb as a task of the desk; every one binds to the id that it was started with."""

    def __init__(
        self,
        desk: Desk,
        host: QWidget,
        undo: UndoBar,
        *,
        failed: Callable[[BaseException], None],
        select: Callable[[str], object],
    ) -> None:
        """Open dialogs over ``host``; errors without a dialog go to ``failed``, new rows to ``select``."""
        self._desk, self._host, self._undo = desk, host, undo
        self._failed, self._select = failed, select
        self._asking = False

    def _dialog(self, name: str, coro: Coroutine[Any, Any, None]) -> None:
        if self._asking:
            coro.close()
            return
        self._asking = True
        task = self._desk.scope.start(coro, name=name, on_error=self._failed)
        task.add_done_callback(lambda _task: self._asked())

    def _asked(self) -> None:
        self._asking = False
        if not self._host.isAncestorOf(self._host.window().focusWidget()):  # its widget went with the row's old state
            self._host.setFocus()

    def _at_once(self, name: str, coro: Coroutine[Any, Any, None]) -> None:
        self._desk.scope.start(coro, name=name, on_error=self._failed)

    def _client(self) -> Client:
        client = self._desk.client
        if client is None:
            from bcdesk.client.errors import Unreachable

            raise Unreachable("refused")
        return client

    def _forget_offer(self, row_id: str) -> None:
        if self._undo.row_id == row_id:
            self._undo.dismiss()
