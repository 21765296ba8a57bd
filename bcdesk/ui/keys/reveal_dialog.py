"""The dialog in which a secret is handed over once."""

from __future__ import annotations

from collections.abc import Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence

from bcdesk.actions.reveal import Event, State
from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.keys import reveal_faces as faces
from bcdesk.ui.keys import reveal_words as words
from bcdesk.ui.keys.after import AfterHandOver
from bcdesk.ui.keys.held_keys import HeldKeys
from bcdesk.ui.keys.outcome import Outcome, outcome_of
from bcdesk.ui.keys.save_secret import SaveFace
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from bcdesk.actions.handing import Handing
    from bcdesk.actions.secret_file import Form
    from bcdesk.store.store import Change
    from bcdesk.ui.desk import Desk
    from bcdesk.ui.gate import Turn

Face = Literal["waiting", "nobody", "save", "after", "sealed", "expired"]
_LONGEST_TIMER_MS = 2**31 - 1


class RevealDialog(Dialog):
    """Turns its faces as the hand-over goes on: waiting, nobody, save, after, sealed, expired."""

    turned = Signal()

    def __init__(self, parent: QWidget, handing: Handing, turn: Turn, *, desk: Desk, intro: str = "") -> None:
        """Show the face of ``handing``'s state, while it has its ``turn``."""
        super().__init__(parent, words.title(handing.about), name="reveal")
        self.handing = handing
        self.face: Face = "waiting"
        self._desk, self._turn, self._intro = desk, turn, intro
        self._held = HeldKeys(self)
        self.setProperty("demo", desk.connection.demo)
        self._usage = words.Usage(handing.made.version_id, desk.now())
        self._waiting: faces.WaitingFace | None = None
        self._save: SaveFace | None = None
        self._after: AfterHandOver | None = None
        self._again: Any = None
        self._expiry = QTimer(self, singleShot=True)
        self._expiry.timeout.connect(self._expired)
        self._stop_listening = desk.store.listen(self._on_change)
        desk.gate.sealed_changed.connect(self._on_sealed)
        self.finished.connect(self._finished)
        if desk.gate.sealed or handing.state is State.SEALED:
            self._to_sealed()
        else:
            self.to_waiting()
        self._restart_expiry()

    # faces

    def to_waiting(self) -> None:
        """Show the secret's frame, or the sealed face where there is no secret now."""
        secret = self.handing.secret
        if secret is None:
            self._to_sealed()
            return
        self._usage.see(self._desk.store.find(self.handing.made.row.id))
        self._waiting = faces.waiting(self, self, self.handing.made.row, secret, self._opens(), self._intro)
        self._turned("waiting", self._waiting.frame)

    def to_save(self) -> None:
        """Ask for form and place of a file."""
        made = self.handing.made.row
        self._save = SaveFace(self, name=made.name, about=self.handing.about, save=self.save_to, back=self.to_waiting)
        self._turned("save", self._save.path)

    def _to_nobody(self) -> None:
        made = self.handing.made
        replaced = self._desk.store.keys.get(getattr(made.row, "replaces", None) or "")
        said = words.discarding(made.row, made.version_id, self.handing.kind, self.handing.replacement, replaced)
        self._turned("nobody", faces.nobody(self, self, made.row, made.secret.last4, said))

    def _to_sealed(self) -> None:
        made = self.handing.made
        self._again = faces.sealed(self, self, made.row, made.secret.last4)
        self._again.set_reason(tr("bcdesk is locked.") if self._desk.gate.sealed else None)
        self._turned("sealed", self._again)

    def _to_after(self, saved_to: str = "") -> None:
        self._after = AfterHandOver(self, self, self.handing, self._desk.clipboard, self._usage, self._opens, saved_to)
        self._turned("after", self._after.face.done)

    def _to_expired(self) -> None:
        said = words.expired(self.handing.made.row.name, self.handing.about)
        self._turned("expired", faces.notice(self, words.expired_title(self.handing.about), said, self.done_with))

    def _turned(self, face: Face, start: QWidget) -> None:
        self.face = face
        if face != "waiting":
            self._waiting = None
        if face != "after" and self._after is not None:
            self._after.stop()
            self._after = None
        self._held.turn()
        self._held.watch(self)
        faces.settle(self, start)
        self.turned.emit()

    # what the buttons do

    def copy_once(self) -> None:
        """Copy the secret to the clipboard, once."""
        self._expired()  # the machine may have slept through the timer
        if self.face == "waiting" and self.handing.allows(Event.COPY_BEGUN):
            self._start(self._copy(), "reveal.copy")

    def save_to(self, path: Path, form: Form) -> None:
        """Write the secret to a new file, once."""
        if self.face == "save" and self.handing.allows(Event.COPY_BEGUN):
            self._start(self._write(path, form), "reveal.save")

    def discard(self) -> None:
        """Throw the secret away."""
        if self.face == "nobody" and self.handing.allows(Event.THROWN_AWAY):
            self._start(self._discard(), "reveal.discard")

    def replace_it(self) -> None:
        """Make a new secret under the same id, which ends the one that was lost, and show it here."""
        if self.face == "after" and self.handing.allows(Event.REPLACED) and not self.busy:
            self._start(self._replace(), "reveal.replace")

    def rotate(self) -> None:
        """Leave, and have the caller go on with *Rotate…*, or with *New secret…* of an application."""
        self.finish(Outcome("handed_over", self.handing.made.row.id, rotate=True))

    def show_again(self) -> None:
        """Ask for the sealed secret again."""
        if self.face == "sealed" and not self.busy and not self._desk.gate.sealed:
            self._start(self._unseal(), "reveal.unseal")

    def done_with(self) -> None:
        """Leave with what became of the secret."""
        self.finish(outcome_of(self.handing, expired=self.face == "expired"))

    def reject(self) -> None:
        """Escape and *Close* turn the dialog while a secret waits; otherwise they leave."""
        if self.busy or self.handing.state is State.COPYING:
            return
        if self.face in ("waiting", "sealed"):
            self._to_nobody()
        elif self.face in ("nobody", "save"):
            self.to_waiting()
        else:
            self.done_with()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy on Ctrl+C (Cmd+C) while the secret waits."""
        if event.matches(QKeySequence.StandardKey.Copy):
            event.accept()
            self.copy_once()
            return
        super().keyPressEvent(event)

    # the steps

    async def _copy(self) -> None:
        if not await self.handing.copy(self._desk.clipboard.offer):
            self._nothing_used(words.refused())
            return
        self._to_after()
        self._tell()

    async def _write(self, path: Path, form: Form) -> None:
        from bcdesk.actions.secret_file import NotSavedError

        self.set_busy(tr("Writing the file…"))
        try:
            await self.handing.save(path, form)
        except NotSavedError as error:
            self.set_busy(None)
            if self.face == "save" and self.handing.secret is not None:
                self.show_faults({"/path": words.not_saved(error.trouble)})
                self.fit()
            else:
                self._nothing_used(words.not_saved(error.trouble))
            return
        self.set_busy(None)
        self._to_after(str(path))
        self._tell()

    def _nothing_used(self, said: str) -> None:
        self.to_waiting()  # the sealed face, where a lock came meanwhile
        self.show_problem(said, tone="warn")

    def _tell(self) -> None:
        """Tell the server outside this dialog's life, which the user may end at any moment."""
        handing, after = self.handing, self._after

        async def tell() -> None:
            await handing.tell()
            if after is not None:
                after.refresh()

        self._desk.scope.start(tell(), name="reveal.tell")

    async def _discard(self) -> None:
        self.set_busy(tr("Discarding…"))
        await self.handing.discard()
        self.set_busy(None)
        self.finish(Outcome("discarded", self.handing.made.row.id))

    async def _replace(self) -> None:
        self.set_busy(tr("Making a new secret…"))
        before = self.handing
        after = await before.replace()
        self.set_busy(None)
        self._desk.clipboard.clear_now()
        self.handing = self._turn.holder = after
        self._intro = words.replaced(before.made.secret.last4, before.about)
        self._usage = words.Usage(after.made.version_id, self._desk.now())
        self._restart_expiry()
        if self._desk.gate.sealed:
            after.seal()
        self.to_waiting()

    async def _unseal(self) -> None:
        self.set_busy(tr("Asking for it again…"))
        shown = await self.handing.unseal()
        self.set_busy(None)
        if shown and self._desk.gate.sealed:
            self.handing.seal()
        if shown:
            self.to_waiting()
        else:
            self._to_expired()

    def _start(self, step: Coroutine[Any, Any, None], name: str) -> None:
        self._desk.scope.start(step, name=name, on_error=self._failed)

    def _failed(self, error: BaseException) -> None:
        from bcdesk.ui.keys.reveal_problems import say

        self.set_busy(None)
        if self.face == "save" and self.handing.secret is None:
            self.to_waiting()
        what, why = say(error, self.handing.state, self.handing.about)
        self.show_problem(what, why)
        if self._after is not None:
            self._after.failed(error)

    # what comes from outside

    def _on_change(self, change: Change) -> None:
        row_id = self.handing.made.row.id
        if change.brought(row_id):
            self._usage.see(self._desk.store.find(row_id))
            if self._waiting is not None:
                self._waiting.opens.setText(self._opens())
            if self._after is not None:
                self._after.refresh()

    def _on_sealed(self, sealed: bool) -> None:
        if not sealed:
            if self.face == "sealed":
                self._again.set_reason(None)
                self.show_again()
        elif self.handing.state is State.SEALED and self.face != "sealed":
            self._to_sealed()

    def _restart_expiry(self) -> None:
        self._expiry.start(min(int(self.handing.seconds_left * 1000) + 500, _LONGEST_TIMER_MS))

    def _expired(self) -> None:
        if self.handing.seconds_left > 0 or self.busy:
            self._restart_expiry()
        elif self.handing.allows(Event.EXPIRED):
            self.handing.expire()
            self._to_expired()

    def _opens(self) -> str:
        return words.opens(self._desk.connection.host, self._usage, self.handing.about)

    def _finished(self, _result: int) -> None:
        self._expiry.stop()
        self._stop_listening()
        with suppress(RuntimeError, TypeError):
            self._desk.gate.sealed_changed.disconnect(self._on_sealed)
        if self._waiting is not None:
            self._waiting.frame.hold(None, "live")
        if self._after is not None:
            self._after.stop()
