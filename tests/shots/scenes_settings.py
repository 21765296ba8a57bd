"""The settings page whole, small, with a change that holds, and its dialogs."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.settings.page import SettingsPage
from tests.e2e.serving import serving
from tests.shots.camera import Camera
from tests.shots.scenes_keys import NARROW, NARROWEST
from tests.shots.stage import Stage, desk

TALL = (1280, 1400)


async def scenes(app: QApplication, camera: Camera, data: Path) -> None:
    """Walk down the page."""
    copies = data / "desk" / "cache"
    copies.mkdir(parents=True)
    (copies / "0.db").write_bytes(bytes(1_300_000))  # without a keyring the desk writes none
    with serving(data / "served", "--demo") as served:
        async with desk(app, data) as stage:
            stage.meet(served)
            await stage.online()
            await page(stage, camera)
            await dialogs(stage, camera)


async def page(stage: Stage, camera: Camera) -> None:
    """The page in three sizes, and scrolled to its foot."""
    stage.window.go("settings")
    await stage.rest()
    shown = stage.window.findChild(SettingsPage)
    assert isinstance(shown, SettingsPage)
    await camera.take("g1-settings", stage.window)
    await camera.take("g1-settings", stage.window, size=TALL)
    await camera.take("g1-settings", stage.window, size=NARROW)
    await camera.take("g1-settings", stage.window, size=NARROWEST)
    days = shown.sections["offline"].rows[0].controls[0]
    days.setFocus()
    QTest.keyClick(days, Qt.Key.Key_Up)
    QTest.keyClick(days, Qt.Key.Key_Return)
    stage.run("settings.about")
    await stage.rest()
    await camera.take("g2-settings-foot", stage.window)


async def dialogs(stage: Stage, camera: Camera) -> None:
    """What the page asks before it forgets, and the licences."""
    for name, button in (("g3-forget-copy", "setting.forget_copy"), ("g4-licences", "setting.licences")):
        await stage.press(button)
        await stage.find(Dialog)
        await camera.take(name, stage.window)
        await stage.leave()
