"""The driven program on the connection that its folder remembers, which can also be asked what its session is."""

import sys
from pathlib import Path
from typing import Any

from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest

from bcdesk import app
from tests.e2e.canary.driven_process import Asked
from tests.e2e.kill.driven_process import main

PROGRAMS: list[app.Program] = []


class Kept(app.Program):
    """The program, which an order finds."""

    def __init__(self, *parts: Any) -> None:
        """Build it."""
        super().__init__(*parts)
        PROGRAMS.append(self)


class Studio(Asked):
    """Knows more orders."""

    held: str

    def do_session(self) -> dict[str, Any] | None:
        """Return the tokens that the desk holds, once it is signed in."""
        way = PROGRAMS[0].connection.remote
        if way is None or way.session is None:
            return None
        bearer = way.session.bearer
        return {"access": bearer._access.show(), "refresh": bearer._refresh.show()}

    def do_address(self) -> dict[str, Any] | None:
        """Return the address that was copied for a browser."""
        text = QGuiApplication.clipboard().text()
        return {"address": text} if "/oauth/authorize?" in text else None

    def do_lock(self) -> dict[str, Any] | None:
        """Press Ctrl+L at the window that has the focus, as the display would."""
        window = QGuiApplication.focusWindow()
        if window is not None:
            QTest.keySequence(window, QKeySequence("Ctrl+L"))
        return None if PROGRAMS[0].locked_at is None else {}

    def do_hold(self, *, text: str) -> dict[str, Any] | None:
        """Keep a text in memory, where whoever looks for it has to find it."""
        self.held = text
        return {}


if __name__ == "__main__":
    app.Program = Kept  # type: ignore[assignment,misc]
    sys.exit(main(Path(sys.argv[1]), Studio, prepare=lambda data: data))
