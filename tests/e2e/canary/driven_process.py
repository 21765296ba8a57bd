"""The driven program, which can also be asked what a secret is, and where in its windows one stands."""

import sys
from pathlib import Path
from typing import Any

from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget

from tests.e2e.canary.places import in_text
from tests.e2e.kill.driven_process import Driver, main
from tests.ui.reveal.traces import traces


class Asked(Driver):
    """Knows more orders."""

    def do_peek(self) -> dict[str, Any] | None:
        """Return the secret that waits, or None: what is discarded has to be known to be looked for."""
        for window in QApplication.topLevelWidgets():
            if window.objectName() == "reveal" and window.isVisible():
                secret = window.handing.secret  # type: ignore[attr-defined]
                return {"secret": secret.show()} if secret is not None else None
        return None

    def do_traces(self, *, secrets: list[str]) -> dict[str, Any] | None:
        """Return where in any window, and in its accessible tree, one of ``secrets`` stands."""
        found = [place for secret in secrets for place in traces(secret[9:])]
        said = "\n".join(
            text
            for window in QApplication.topLevelWidgets()
            for text in _accessible(QAccessible.queryAccessibleInterface(window))
        )
        return {"found": found + [f"accessible tree: {form}" for form in in_text(said, secrets)], "size": len(said)}

    def do_plant(self, *, place: str, secret: str) -> dict[str, Any] | None:
        """Put a secret where none belongs."""
        window = next(one for one in QApplication.topLevelWidgets() if one.objectName() == "reveal" or one.isVisible())
        self._planted: QWidget = QLabel(window) if place != "undo" else QLineEdit(window)
        self._planted.setObjectName("planted")
        if place == "accessible":
            self._planted.setAccessibleDescription(secret)
        elif place == "label":
            self._planted.setProperty("text", secret)
        elif place == "property":
            self._planted.setProperty("kept", secret)
        else:
            assert isinstance(self._planted, QLineEdit)
            self._planted.insert(secret)
            self._planted.backspace()
            self._planted.selectAll()
            self._planted.del_()
        return {}

    def do_uproot(self) -> dict[str, Any] | None:
        self._planted.setParent(None)
        self._planted.deleteLater()
        return {}

    def do_print(self, *, text: str) -> dict[str, Any] | None:
        """Write to the program's stdout and stderr."""
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
        return {}


def _accessible(one: QAccessibleInterface | None) -> list[str]:
    """Return every text of an accessible tree, also by the interface that reads text piecewise."""
    if one is None or not one.isValid():
        return []
    said = [one.text(kind) for kind in QAccessible.Text if kind is not QAccessible.Text.UserText]
    piecewise = one.textInterface()
    if piecewise is not None:
        said.append(piecewise.text(0, piecewise.characterCount()))
    value = one.valueInterface()
    if value is not None:
        said.append(str(value.currentValue()))
    for index in range(one.childCount()):
        said += _accessible(one.child(index))
    return said


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Asked))
