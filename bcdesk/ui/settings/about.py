"""*About*: which version this is, under which licences, where its data lies, and whether there is a newer one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, qVersion
from PySide6.QtGui import QDesktopServices

from bcdesk import __version__, itself
from bcdesk.ui.dialogs import Dialog, ask
from bcdesk.ui.settings.row import SettingRow
from bcdesk.ui.settings.section import SettingSection
from bcdesk.ui.settings.updates import UpdateRows
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Button, Label, TextEdit

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from bcdesk.ui.commands import Registry
    from bcdesk.ui.desk import Desk
    from bcdesk.ui.updates import Updates


class AboutSection(SettingSection):
    """Tells what a report of a fault needs, opens the folder, and looks for updates."""

    def __init__(self, desk: Desk, registry: Registry, updates: Updates) -> None:
        """Name the data folder of ``desk``."""
        super().__init__("about", tr("About"))
        self._desk, self._folder = desk, desk.settings.data_dir
        self.licences = Button(tr("Licences…"), name="setting.licences", on_click=self._show_licences)
        said = tr("Qt {qt}. MIT licence; it stands on libraries with licences of their own.", qt=qVersion())
        version = tr("bcdesk {version}", version=__version__)
        self.add_row(SettingRow(version, self.licences, sentence=said, name="setting_version"))
        self.open = Button(tr("Open"), name="setting.open_folder", on_click=self._open)
        self.open.setAccessibleName(tr("Open the data folder"))
        self._row = self.add_row(
            SettingRow(tr("Data folder"), self.open, sentence=str(self._folder), name="setting_folder")
        )
        self.updates = UpdateRows(updates, registry)
        for row in self.updates.rows:
            self.add_row(row)

    def close_down(self) -> None:
        """Stop following."""
        self.updates.close_down()

    def _open(self) -> None:
        if not open_folder(self._folder):
            self._row.say(tr("The system opened nothing. The folder is named above."), "warn")

    def _show_licences(self) -> None:
        self._desk.scope.start(self._licences(), name="settings licences")

    async def _licences(self) -> None:
        await ask(LicencesDialog(self))


class LicencesDialog(Dialog):
    """Lists every library that the program stands on, with its version and its licence."""

    def __init__(self, parent: QWidget) -> None:
        """Read the list from what is installed."""
        from bcdesk.ui.settings.licences import own_licence, used

        super().__init__(parent, tr("Licences"), name="licences", width=600)
        self.add(Label(tr("bcdesk is free software under the MIT licence."), "body", wrap=True, name="licences_said"))
        lines = [tr("{name} {version} – {licence}", name=one.name, version=one.version,
                    licence=one.licence or tr("see its own files")) for one in used()]  # fmt: skip
        text = "\n".join(lines)
        own = own_licence()
        self.text = TextEdit(f"{text}\n\n{own}" if own else text, lines=16, mono=True, name="licences_text")
        self.text.setAccessibleName(tr("Libraries and their licences"))
        self.text.setReadOnly(True)
        self.add(self.text)
        self.add_leave(tr("Close"), default=True)


def open_folder(folder: Path) -> bool:
    """Show ``folder`` in the system's file manager; tell whether the system took it."""
    with itself.as_found():
        return QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
