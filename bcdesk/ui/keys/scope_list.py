"""The scopes of a key as checks, each with its sentence; the sandbox takes none that writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from bcdesk.contract.scopes import SCOPES
from bcdesk.ui.text import tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Check, Label

if TYPE_CHECKING:
    from collections.abc import Sequence


class ScopeList(QWidget):
    """Checks for every scope of the API; what the environment forbids is off and says why."""

    changed = Signal()

    def __init__(self, chosen: Sequence[str], environment: str) -> None:
        """Begin with ``chosen`` on; scopes that this desk does not know stay as they are."""
        super().__init__()
        self.setObjectName("scopes")
        self.setAccessibleName(tr("Scopes"))
        self._unknown = tuple(name for name in chosen if all(scope.name != name for scope in SCOPES))
        self._checks: dict[str, Check] = {}
        self._sentences: dict[str, Label] = {}
        self._wanted = set(chosen)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.M)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        for line, scope in enumerate(SCOPES):
            check = Check(scope.name, checked=scope.name in chosen, name=f"scope.{scope.name}")
            check.clicked.connect(lambda on, name=scope.name: self._clicked(name, on))
            sentence = Label(tr(scope.sentence), "muted", wrap=True, name=f"scope.{scope.name}.sentence")
            grid.addWidget(check, line, 0)
            grid.addWidget(sentence, line, 1, Qt.AlignmentFlag.AlignVCenter)
            self._checks[scope.name], self._sentences[scope.name] = check, sentence
        self.set_environment(environment)

    def values(self) -> tuple[str, ...]:
        """Return the scopes that are on."""
        on = tuple(name for name, check in self._checks.items() if check.isChecked())
        return (*on, *self._unknown)

    def set_values(self, chosen: Sequence[str]) -> None:
        """Turn on ``chosen`` and no other."""
        self._wanted = set(chosen)
        for name, check in self._checks.items():
            check.setChecked(name in self._wanted and check.isEnabled())
        self.changed.emit()

    def set_environment(self, environment: str) -> None:
        """Turn off and disable what ``environment`` forbids; what was wanted comes back with the other one."""
        for scope in SCOPES:
            check, sentence = self._checks[scope.name], self._sentences[scope.name]
            forbidden = environment == "sandbox" and scope.writes
            check.set_reason(tr("Sandbox keys read only.") if forbidden else None)
            check.setChecked(scope.name in self._wanted and not forbidden)
            words = tr("{sentence} (live keys only)", sentence=tr(scope.sentence))
            sentence.setText(words if forbidden else tr(scope.sentence))
            check.setAccessibleDescription(sentence.text())

    def _clicked(self, name: str, on: bool) -> None:
        (self._wanted.add if on else self._wanted.discard)(name)
        self.changed.emit()
