"""A request for a secret that had no answer: it goes on by itself, is made once, and is shown when it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.ui import problems
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from bcdesk.ui.desk import Desk
    from bcdesk.ui.dialogs import Dialog


class Unanswered:
    """Holds a dialog busy while the journal asks again; `bcdesk.ui.keys.recovery` shows the secret.

    The journal sends the same request under the same Idempotency-Key, so nothing is made twice. The dialog
    closes when the secret is shown, or when what was made has none, and is free again when the server turns out
    never to have made anything.
    """

    def __init__(self, dialog: Dialog, desk: Desk, error: BaseException) -> None:
        """Begin to wait, for as long as ``dialog`` is open."""
        self._dialog, self._desk = dialog, desk
        words = problems.explain(error)
        dialog.show_problem(words.what, tr("Whether it was made is not known yet."), tone="warn")
        dialog.set_busy(
            tr(
                "bcdesk asks again with the same request, so nothing is made twice. If you leave now, what was made "
                "is shown as soon as the server answers."
            )
        )
        self._asked = [entry.id for entry in desk.journal.pending() if entry.state == "sealed"]
        self._stop = desk.store.listen(lambda _change: self._look())
        desk.gate.changed.connect(self._look)
        dialog.finished.connect(self._end)

    def _look(self) -> None:
        if self._desk.gate.reason() is not None or any(one in self._desk.journal.made for one in self._asked):
            self._dialog.reject()
        elif not any(entry.state == "sealed" for entry in self._desk.journal.pending()):
            self._end()
            self._dialog.set_busy(None)
            self._dialog.show_problem(tr("It was not made."), tr("What you typed is still here."), tone="warn")

    def _end(self, _result: int = 0) -> None:
        self._stop()
        self._desk.gate.changed.disconnect(self._look)
        self._dialog.finished.disconnect(self._end)
