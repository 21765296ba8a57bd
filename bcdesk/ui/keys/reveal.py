"""Hands a secret over, once and when its turn has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.ui.dialogs import ask
from bcdesk.ui.keys.outcome import Outcome
from bcdesk.ui.keys.protection import Protection
from bcdesk.ui.keys.reveal_dialog import RevealDialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from bcdesk.client.values import Made
    from bcdesk.ui.desk import Desk

__all__ = ["Outcome", "RevealDialog", "hand_over"]


async def hand_over(parent: QWidget, made: Made, *, desk: Desk, intro: str = "", replacement: bool = False) -> Outcome:
    """Show the secret of ``made`` in its dialog, as soon as no other is shown, and return what became of it.

    Whatever happens, the secret has left memory when this ends. ``intro`` says why it is shown, where that
    is not plain; a ``replacement`` has ended the secret before it.
    """
    from bcdesk.actions.handing import Handing

    handing = Handing(
        made,
        store=desk.store,
        journal=desk.journal,
        client_of=desk.client_of,
        now=desk.now,
        replacement=replacement,
    )
    dialog = None
    try:
        async with desk.gate.turn(handing) as turn:
            dialog = RevealDialog(parent, handing, turn, desk=desk, intro=intro)
            way = desk.shield()
            if way is not None:
                Protection(dialog, way)
            outcome = await ask(dialog)
    finally:
        (dialog.handing if dialog is not None else handing).made.secret.discard()
    return outcome if isinstance(outcome, Outcome) else Outcome("later", made.row.id)
