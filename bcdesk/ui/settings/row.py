"""One setting: what it is at the left, its control at the right, and beneath what came of a change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from bcdesk.ui import problems
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Dot, Label, announce

if TYPE_CHECKING:
    from collections.abc import Sequence

SAID_MS: Final = 6_000


class SettingRow(QWidget):
    """Holds the controls of one setting; a control's accessible name is the title, its description the sentence."""

    def __init__(self, title: str, *controls: QWidget, sentence: str = "", name: str) -> None:
        """Put ``controls`` at the right of ``title`` and ``sentence``; ``name`` is the row's object name."""
        super().__init__()
        self.setObjectName(name)
        self.controls: Sequence[QWidget] = controls
        self._sentence = Label(sentence, "muted", wrap=True, name="setting_sentence")
        self._sentence.setVisible(bool(sentence))
        self._mark = Dot("ok", "check", size=10)
        self._said = Label("", "secondary", wrap=True, name="setting_said")
        beneath = self._beneath = QWidget()
        beneath.setObjectName("setting_beneath")
        line = QHBoxLayout(beneath)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        line.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self._said, 1)
        beneath.hide()
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Label(title, "body", wrap=True, name="setting_title"))
        words.addWidget(self._sentence)
        words.addWidget(beneath)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.L)
        row.addLayout(words, 1)
        for control in controls:
            row.addWidget(control, 0, Qt.AlignmentFlag.AlignTop)
            if not control.accessibleName():
                control.setAccessibleName(title)
        self._describe()
        self._timer = QTimer(self, singleShot=True, interval=SAID_MS)
        self._timer.timeout.connect(lambda: self.say(""))

    @property
    def said(self) -> str:
        """Return what the row says of the last change, empty where nothing."""
        return self._said.text()

    def set_sentence(self, text: str) -> None:
        """Change the sentence beneath the title."""
        self._sentence.setText(text)
        self._sentence.setVisible(bool(text))
        self._describe()

    def saved(self, error: OSError | None = None) -> None:
        """Say that a change holds, and where it does not outlive the desk why."""
        if error is None:
            self.say(tr("Saved."), "ok")
            return
        words = problems.explain(error)
        self.say(tr("Not saved, it holds until bcdesk ends. {why}", why=f"{words.what} {words.why}".strip()), "bad")

    def say(self, text: str, tone: str = "ok") -> None:
        """Say ``text`` beneath the title: what went well for a while, what did not until it does."""
        self._said.setText(text)
        self._said.set_tone(tone)
        self._mark.set(tone, "check" if tone == "ok" else "triangle")
        self._beneath.setVisible(bool(text))
        self._describe()
        if not text or tone != "ok":
            self._timer.stop()
        else:
            self._timer.start()
        if text:
            announce(self._said)

    def focus(self) -> None:
        """Put the focus into the first control that takes it."""
        for control in self.controls:
            able = [control, *control.findChildren(QWidget)]
            found = next((one for one in able if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.isEnabled()), None)
            if found is not None:
                found.setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def _describe(self) -> None:
        told = " ".join(part for part in (self._sentence.text(), self._said.text()) if part)
        for control in self.controls:
            if getattr(control, "reason", None) is None:  # a button that cannot be pressed says why instead
                control.setAccessibleDescription(told)
