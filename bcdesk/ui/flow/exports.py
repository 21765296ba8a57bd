"""Takes a run along: cURL and command line to the clipboard, HAR and Markdown to a file; all of it redacted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from bcdesk.ui import problems
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from bcdesk.flow.trace import Hop
    from bcdesk.ui.flow.session import Session


class Exports:
    """Copies and saves what a session shows; ``say`` hears of it (words, tone)."""

    def __init__(self, host: QWidget, say: Callable[[str, str], object]) -> None:
        """Open file dialogs over ``host``."""
        self._host, self._say = host, say

    def copy_curl(self, session: Session, hop: Hop) -> None:
        """Copy a step of the back channel as cURL; its secrets are variables."""
        from bcdesk.flow.export.curl import curl

        text = curl(hop, client_id=session.target.client_id)
        if text:
            QGuiApplication.clipboard().setText(text)
            self._say(tr("Copied as cURL. Secrets are variables such as $BC_CLIENT_SECRET."), "ok")

    def copy_command(self, session: Session) -> None:
        """Copy the run as a ``bcdesk flow`` line."""
        from bcdesk.flow.export.command import command

        QGuiApplication.clipboard().setText(command(session.target.setup(session.ran or session.values)))
        self._say(tr("Copied as a bcdesk flow command."), "ok")

    def save(self, session: Session, kind: str) -> None:
        """Ask where to save the run as ``har`` or ``markdown``, then write it."""
        name = f"run-{session.number}.{'har' if kind == 'har' else 'md'}"
        home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.HomeLocation)
        what = tr("HTTP archive (*.har)") if kind == "har" else tr("Markdown (*.md)")
        files = QFileDialog(self._host, tr("Save the run"), home, what)
        files.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        files.selectFile(name)
        files.fileSelected.connect(lambda path: self.save_to(session, kind, path))
        files.finished.connect(files.deleteLater)
        files.open()

    def save_to(self, session: Session, kind: str, path: str) -> None:
        """Write the run to ``path``, and say where it is or why it is not."""
        if session.run is None:
            return
        from bcdesk.flow.export.har import har
        from bcdesk.flow.export.markdown import markdown

        text = har(session.run.trace, session.run.setup) if kind == "har" else markdown(session.run)
        try:
            Path(path).write_text(text, encoding="utf-8")
        except OSError as error:
            words = problems.explain(error)
            self._say(f"{words.what} {words.rest}", "bad")
        else:
            self._say(tr("Saved to {path}. It holds no secret.", path=path), "ok")
