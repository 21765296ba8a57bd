"""How a test opens the forms of an application and types into them."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from bcdesk.contract.rows import AppRow
from bcdesk.ui.applications.edit import EditAppDialog
from bcdesk.ui.applications.redirect_list import RedirectList
from bcdesk.ui.applications.register import RegisterDialog
from tests.ui.applications.app_studio import AppStudio

CTRL = Qt.KeyboardModifier.ControlModifier


async def registering(studio: AppStudio) -> RegisterDialog:
    QTest.keyClick(studio.window, Qt.Key.Key_N, CTRL)
    return await studio.dialog(RegisterDialog)


async def editing(studio: AppStudio, row: AppRow) -> EditAppDialog:
    studio.choose(row.id)
    QTest.keyClick(studio.window, Qt.Key.Key_F2)
    return await studio.dialog(EditAppDialog)


def lines(dialog: RegisterDialog | EditAppDialog) -> RedirectList:
    found = dialog.form.field("/redirect_uris").editor
    assert isinstance(found, RedirectList)
    return found


def retype(editor: object, text: str) -> None:
    assert isinstance(editor, QLineEdit)
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, text)
