"""The settings page by real events: each change holds and is on disk at once, and what fails is said at its row."""

import json
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest

from bcdesk import settings
from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.screen_shield import shield
from bcdesk.ui.settings.about import LicencesDialog
from bcdesk.ui.settings.licences import used
from bcdesk.ui.settings.offline import ForgetDialog
from bcdesk.ui.settings.row import SettingRow
from bcdesk.ui.settings.screen import ScreenSection
from bcdesk.ui.widgets import Button, Label, LineEdit, NumberEdit, Select
from tests.ui.keys.studio import until
from tests.ui.settings.conftest import Setting
from tests.ui.walk import check_window

CTRL = Qt.KeyboardModifier.ControlModifier


class Opened(QObject):
    """Takes addresses of files in the place of the system's file manager."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[QUrl] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        """Take note of an address."""
        self.urls.append(url)


def row(setting: Setting, name: str) -> SettingRow:
    found = setting.page.findChild(SettingRow, name)
    assert isinstance(found, SettingRow), name
    return found


def press(setting: Setting, name: str) -> None:
    found = next(one for one in setting.window.findChildren(Button) if one.objectName() == name and one.isVisible())
    QTest.mouseClick(found, Qt.MouseButton.LeftButton)


def kept(setting: Setting) -> dict[str, object]:
    found: dict[str, object] = json.loads((setting.choices.now.desk_dir / "settings.json").read_text("utf-8"))
    return found


async def dialog(setting: Setting, kind: type[Dialog]) -> Dialog:
    await until(lambda: any(one.isVisible() for one in setting.window.findChildren(kind)))
    return next(one for one in setting.window.findChildren(kind) if one.isVisible())


async def test_that_the_page_stands_at_the_foot_of_the_rail_and_keeps_the_laws(setting: Setting) -> None:
    rail = setting.window.rail
    button = rail.findChild(Button, "page.settings")
    assert isinstance(button, Button)
    assert button.geometry().bottom() > rail.height() - 60
    check_window(setting.window)


async def test_that_its_shortcut_goes_there_and_the_first_control_has_the_focus(setting: Setting) -> None:
    setting.window.go("keys")
    QTest.keyClick(setting.window, Qt.Key.Key_Comma, CTRL)
    assert setting.window.stack.currentWidget() is setting.page
    focused = setting.window.focusWidget()
    assert focused is not None
    assert focused.objectName() == "setting.theme.system"


async def test_that_a_theme_is_in_force_on_disk_and_said(setting: Setting) -> None:
    press(setting, "setting.theme.dark")
    assert setting.choices.now.theme == "dark"
    assert kept(setting)["theme"] == "dark"
    assert row(setting, "setting_theme").said == "Saved."


async def test_that_a_theme_chosen_elsewhere_shows_here(setting: Setting) -> None:
    assert setting.choices.choose(theme="light") is None
    chosen = setting.page.findChild(Button, "setting.theme.light")
    assert isinstance(chosen, Button)
    assert chosen.isChecked()


async def test_that_the_seconds_on_the_clipboard_are_kept(setting: Setting) -> None:
    seconds = setting.page.findChild(Select, "setting.clipboard")
    assert isinstance(seconds, Select)
    seconds.setFocus()
    QTest.keyClick(seconds, Qt.Key.Key_Down)
    assert kept(setting)["clipboard_seconds"] == 60
    assert "cleared" in seconds.accessibleDescription()


async def test_that_a_setting_of_another_value_than_those_offered_is_shown_as_it_is(setting: Setting) -> None:
    setting.choices.choose(clipboard_seconds=45)
    from bcdesk.ui.settings.clipboard import ClipboardSection

    section = ClipboardSection(setting.choices)
    assert section.seconds.value() == "45"
    section.deleteLater()


async def test_that_the_protection_from_captures_is_there_where_the_system_has_one_and_is_kept(
    setting: Setting,
) -> None:
    assert ("screen" in setting.page.sections) is (shield() is not None)
    section = ScreenSection(setting.choices)
    assert section.on.isChecked()
    section.on.click()
    assert kept(setting)["protect_reveal"] is False
    section.deleteLater()


async def test_that_days_are_saved_once_they_are_typed(setting: Setting) -> None:
    days = setting.page.findChild(NumberEdit, "setting.offline_days")
    assert isinstance(days, NumberEdit)
    assert days.lineEdit().width() > 60  # the number can be read
    days.setFocus()
    days.selectAll()
    QTest.keyClicks(days, "60")
    QTest.keyClick(days, Qt.Key.Key_Return)
    assert kept(setting)["offline_days"] == 60
    days.selectAll()
    QTest.keyClicks(days, "99")
    assert days.value() <= 90


async def test_that_what_cannot_be_saved_is_said_where_it_was_chosen(setting: Setting) -> None:
    desk = setting.choices.now.desk_dir
    desk.mkdir(parents=True, exist_ok=True)
    (desk / "settings.json").mkdir()  # nothing can take its place
    press(setting, "setting.theme.dark")
    said = row(setting, "setting_theme").said
    assert said.startswith("Not saved, it holds until bcdesk ends.")
    assert setting.choices.now.theme == "dark"
    (desk / "settings.json").rmdir()
    press(setting, "setting.theme.light")
    assert row(setting, "setting_theme").said == "Saved."
    assert kept(setting)["theme"] == "light"


async def test_that_the_offline_copy_is_forgotten_only_after_its_dialog(setting: Setting, tmp_path: Path) -> None:
    folder = tmp_path / "desk" / "cache"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "0123.db").write_bytes(b"x" * 2_000_000)
    setting.window.go("keys")
    setting.window.go("settings")
    forget = setting.page.findChild(Button, "setting.forget_copy")
    assert isinstance(forget, Button)
    await until(lambda: forget.reason is None)
    assert "1.9 MB" in forget.accessibleDescription()
    setting.registry.run("settings.offline")
    press(setting, "setting.forget_copy")
    asked = await dialog(setting, ForgetDialog)
    check_window(asked)
    QTest.keyClick(asked, Qt.Key.Key_Return)  # the safe button is the default one
    await until(lambda: not asked.isVisible())
    assert (folder / "0123.db").exists()
    press(setting, "setting.forget_copy")
    asked = await dialog(setting, ForgetDialog)
    press(setting, "forget_copy.act")
    await until(lambda: row(setting, "setting_offline_copy").said == "Forgotten.")
    assert not list(folder.glob("*.db"))
    assert forget.reason == "There is no offline copy."


async def test_that_every_section_is_found_in_the_palette_by_what_people_call_it(setting: Setting) -> None:
    for word, id in (("dark mode", "appearance"), ("cache", "offline"), ("version", "about"), ("copy", "clipboard")):
        command = next(one for one in setting.registry.all() if word in one.aliases and one.page == "settings")
        assert command.id == f"settings.{id}"
        setting.window.go("keys")
        assert setting.registry.run(command.id)
        focused = setting.window.focusWidget()
        assert setting.page.sections[id].isAncestorOf(focused), id


async def test_that_the_licences_of_all_libraries_are_listed(setting: Setting) -> None:
    setting.registry.run("settings.about")
    press(setting, "setting.licences")
    shown = await dialog(setting, LicencesDialog)
    assert isinstance(shown, LicencesDialog)
    check_window(shown)
    names = {one.name.lower() for one in used()}
    assert {"pyside6", "httpx", "keyring", "cryptography", "anyio"} <= names
    assert "pytest" not in names
    assert all(one.name in shown.text.text() for one in used())
    shown.reject()
    await until(lambda: not shown.isVisible())


async def test_that_the_data_folder_is_named_and_opened_by_the_system(setting: Setting) -> None:
    opened = Opened()
    QDesktopServices.setUrlHandler("file", opened, "take")  # type: ignore[arg-type]  # the stub asks for bytes, which fail
    setting.registry.run("settings.about")
    folder = setting.desk.settings.data_dir
    assert str(folder) in row(setting, "setting_folder").controls[0].accessibleDescription()
    press(setting, "setting.open_folder")
    QDesktopServices.unsetUrlHandler("file")
    assert opened.urls == [QUrl.fromLocalFile(str(folder))]


async def test_that_settings_survive_the_page(setting: Setting) -> None:
    press(setting, "setting.theme.dark")
    assert settings.load(setting.choices.now.data_dir).theme == "dark"


def type_address(setting: Setting, text: str) -> None:
    line = setting.page.findChild(LineEdit, "setting.update_url")
    assert isinstance(line, LineEdit)
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)


async def test_that_an_address_for_updates_is_kept_and_what_was_seen_elsewhere_forgotten(setting: Setting) -> None:
    setting.choices.choose(update_seen="0.9.0")
    setting.registry.run("settings.about")
    type_address(setting, "https://releases.example/release.json")
    assert kept(setting)["update_url"] == "https://releases.example/release.json"
    assert kept(setting)["update_seen"] == ""
    assert row(setting, "setting_update_url").said == "Saved."


async def test_that_an_address_that_is_not_safe_is_not_kept_and_says_why(setting: Setting) -> None:
    for address, why in (
        ("http://releases.example/release.json", "Without https anyone on the way could hold a new version back."),
        ("https://me:word@releases.example/r.json", "The address holds a name or password"),
        ("releases.example", "Not saved."),
    ):
        type_address(setting, address)
        assert why in row(setting, "setting_update_url").said
        assert setting.choices.now.update_url == ""


async def test_that_a_build_that_cannot_check_for_updates_says_why_beside_the_button(setting: Setting) -> None:
    check = next(one for one in setting.page.findChildren(Button) if one.objectName() == "app.check_updates")
    sentence = row(setting, "setting_updates").findChild(Label, "setting_sentence")
    assert isinstance(sentence, Label)
    assert not check.isEnabled()
    for said in (check.accessibleDescription(), sentence.text()):
        assert "no address to ask for updates" in said
    type_address(setting, "https://releases.example/release.json")
    for said in (check.accessibleDescription(), sentence.text()):
        assert "no key to check an answer with" in said
