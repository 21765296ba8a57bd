"""The reveal's face after the hand-over: the clipboard's countdown, the first use, and *Replace it*."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.contract.codes import Code
from bcdesk.ui.keys import reveal_faces as faces
from bcdesk.ui.keys import reveal_words as words
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from bcdesk.actions.handing import Handing
    from bcdesk.ui.clipboard import ClipboardGuard
    from bcdesk.ui.dialogs import Dialog
    from bcdesk.ui.keys.reveal_words import Usage


class AfterHandOver:
    """Keeps that face up to date until `stop`."""

    def __init__(
        self,
        dialog: Dialog,
        hand: faces.Hand,
        handing: Handing,
        guard: ClipboardGuard,
        usage: Usage,
        opens: Callable[[], str],
        saved_to: str,
    ) -> None:
        """Build the face into ``dialog``; ``saved_to`` is empty where the secret went to the clipboard."""
        self._dialog = dialog
        self._handing = handing
        self._guard = guard
        self._usage = usage
        self._opens = opens
        self._used_elsewhere = False
        self._over = ""
        made = handing.made
        self.face = faces.after(dialog, hand, made.row, made.secret.last4, opens(), saved_to)
        self._live = True
        if self.face.extend is not None and self.face.clear_now is not None:
            self.face.extend.clicked.connect(guard.extend)
            self.face.clear_now.clicked.connect(guard.clear_now)
            guard.changed.connect(self._count)
            guard.ended.connect(self._ended)
        self.refresh()
        self._count()

    def stop(self) -> None:
        """Touch the face no more."""
        if self._live and self.face.extend is not None:
            self._guard.changed.disconnect(self._count)
            self._guard.ended.disconnect(self._ended)
        self._live = False

    def failed(self, error: BaseException) -> None:
        """Take note that *Replace it* came too late: the secret was used."""
        if getattr(error, "code", "") == Code.VERSION_USED:
            self._used_elsewhere = True
            self.refresh()

    def refresh(self) -> None:
        """Say anew whether it was used, and what can be done if it is lost."""
        if not self._live:
            return
        used = self._usage.used or self._used_elsewhere
        face = self.face
        face.usage.setText(self._opens())
        face.replace.setVisible(not used)
        about = self._handing.about
        face.rotate.setVisible(used and about != "member")
        said = tr("Lost before anybody used it? Replace it makes a new secret under the same id and ends this one.")
        if about == "member":
            said = tr("Lost before it was used? Replace it makes a new link and ends this one.")
        if used:
            said = words.by(
                about,
                tr("It was used, so somebody has it. To change it, rotate the key."),
                tr("It was used, so somebody has it. To change it, make another secret."),
                tr("It was used, and opens nothing any more."),
            )
        if self._handing.told == "later":
            said = tr("The server has not heard of this yet; bcdesk tells it as soon as it can.") + " " + said
        elif self._handing.told == "ended":
            said = words.by(
                about,
                tr("The server had discarded this key before: it opens nothing. Make a new one."),
                tr("The server had discarded this secret before: it opens nothing. Make a new one."),
                tr("The server had discarded this link before: it opens nothing. Make a new one."),
            )
            face.replace.hide()
            face.rotate.hide()
        face.lost.setText(said)
        faces.settle(self._dialog)

    def _count(self) -> None:
        face = self.face
        if not self._live or face.clipboard is None or face.extend is None or face.clear_now is None:
            return
        left = self._guard.remaining
        face.extend.setVisible(left > 0)
        face.clear_now.setVisible(left > 0)
        if left > 0:
            face.clipboard.setText(tr("Cleared from the clipboard in {n} s", n=left))
        elif self._over == "replaced":
            face.clipboard.setText(tr("Something else was copied since: the clipboard holds it no longer."))
        else:
            face.clipboard.setText(tr("Cleared from the clipboard."))

    def _ended(self, why: str) -> None:
        self._over = why
        self._count()
