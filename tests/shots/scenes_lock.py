"""The locked desk, without and with a passphrase, the cover before it, and a reveal that is kept out of captures."""

from pathlib import Path

from PySide6.QtWidgets import QApplication, QLineEdit

from bcdesk.ui import lock_window
from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.keys.protection import Protection
from bcdesk.ui.keys.reveal_dialog import RevealDialog
from bcdesk.ui.lock_window import LockWindow
from bcdesk.ui.tasks import TaskScope
from tests.shots.camera import Camera
from tests.shots.scenes_keys import NARROWEST
from tests.shots.stage import desk


async def scenes(app: QApplication, camera: Camera, data: Path) -> None:
    """Lock in each way, then keep a waiting secret out of captures."""
    async with TaskScope() as scope:
        await locked(camera, LockWindow())
        await refused(camera, LockWindow(check=never, scope=scope))
    async with desk(app, data) as stage:
        stage.program.connection.start()
        await stage.online()
        stage.run("keys.new")
        await stage.type("name", "Storefront 2")
        await stage.press("create_key.make")
        dialog = await stage.find(Dialog, "reveal")
        assert isinstance(dialog, RevealDialog)
        protection = Protection(dialog, lambda _window, _on: True)
        dialog.turned.emit()
        await camera.take("152-protected", stage.window)
        await camera.take("152-protected", stage.window, size=NARROWEST)
        protection.lift()
        await stage.press("reveal_close")
        await stage.press("reveal_discard")
        face = lock_window.cover(stage.window)
        await camera.take("153-covered", stage.window)
        face.deleteLater()


async def never(_passphrase: str) -> bool:
    return False


async def locked(camera: Camera, window: LockWindow) -> None:
    window.show()
    await camera.take("150-locked", window)
    await camera.take("150-locked", window, size=NARROWEST)
    window.hide()
    window.deleteLater()


async def refused(camera: Camera, window: LockWindow) -> None:
    window.show()
    await camera.take("151-locked-passphrase", window)
    line = window.findChild(QLineEdit, "locked_passphrase")
    assert isinstance(line, QLineEdit)
    line.setText("not the one")
    window.unlock.click()
    await camera.take("151-locked-refused", window)
    window.hide()
    window.deleteLater()
