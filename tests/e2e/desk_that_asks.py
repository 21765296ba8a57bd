"""The real desk with a form whose *Create* leads to the reveal; tells on stdout what keys of the X server do.

``ready``, ``repeated`` (a held key repeated itself over the reveal), then ``face NAME`` each time that the keys come
to rest, and ``outcome KIND``.
"""

import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtWidgets import QApplication

from bcdesk import app
from bcdesk.actions.keys import create_key
from bcdesk.client.values import KeyDraft
from bcdesk.ui.dialogs import Dialog, ask
from bcdesk.ui.keys.reveal_dialog import RevealDialog
from bcdesk.ui.widgets import Button
from tests.e2e.desk_that_copies import found
from tests.profiles import at_demo

REPEATS = 8
STILL_MS = 400


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


class Watch(QObject):
    """Counts the presses that reach the reveal's window, and tells its face when no key moves any more."""

    def __init__(self) -> None:
        super().__init__()
        self.presses = 0
        self._down: set[int] = set()
        self._still = QTimer(self, interval=STILL_MS, singleShot=True)
        self._still.timeout.connect(self._tell)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and isinstance(watched, QWindow) and self._reveal() is not None:
            if event.type() == QEvent.Type.KeyPress:
                self._down.add(event.key())
                self.presses += 1
                if self.presses == REPEATS:
                    say("repeated")
            elif not event.isAutoRepeat():
                self._down.discard(event.key())
            if self.presses >= REPEATS:
                self._still.start()
        return False

    def _reveal(self) -> RevealDialog | None:
        active = QApplication.activeWindow()
        return active if isinstance(active, RevealDialog) else None

    def _tell(self) -> None:
        dialog = self._reveal()
        if dialog is not None and not dialog.busy and not self._down:  # what it is busy with tells of itself
            say(f"face {dialog.face}")


class Asking(app.Program):
    """Opens its form as soon as it is connected."""

    async def run(self) -> int:
        self.watch = Watch()
        self.scope.start(self._ask(), name="ask")
        return await super().run()

    async def _ask(self) -> None:
        from bcdesk.ui.keys.reveal import hand_over

        client = await found(lambda: self.desk.client if self.store.session is not None else None)
        form = Dialog(self.window, "New key", name="form")
        form.add_button(
            Button("Create", "primary", name="create", on_click=lambda: form.finish("create")), default=True
        )
        application = QCoreApplication.instance()
        assert application is not None
        application.installEventFilter(self.watch)
        self.scope.start(self._ready(form), name="ready")
        await ask(form)
        draft = KeyDraft(name="By hand", environment="live", scopes=("beats.read",))
        made = await create_key(client=client, store=self.store, journal=self.journal, draft=draft)
        outcome = await hand_over(self.window, made, desk=self.desk)
        application.removeEventFilter(self.watch)
        say(f"outcome {outcome.kind}")

    async def _ready(self, form: Dialog) -> None:
        await found(form.isActiveWindow)
        say("ready")


if __name__ == "__main__":
    app.Program = Asking  # type: ignore[misc]
    sys.exit(app.main(data_dir=at_demo(Path(sys.argv[1]))))
