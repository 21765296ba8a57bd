"""Connections: what a new desk asks, the card's menu, adding a server, signing in to it, and leaving it."""

import asyncio
from pathlib import Path

from PySide6.QtWidgets import QApplication

from bcdesk.ui.widgets import LineEdit
from tests.e2e.serving import serving
from tests.shots.camera import Camera
from tests.shots.scenes_keys import NARROW, NARROWEST
from tests.shots.stage import Stage, desk, says, until


async def scenes(app: QApplication, camera: Camera, data: Path) -> None:
    """Go from the first start to a server that is left again."""
    await first(app, camera, data / "first")
    await remote(app, camera, data / "remote")


async def first(app: QApplication, camera: Camera, data: Path) -> None:
    """A new desk asks where the credentials lie; whoever does not say so is shown how to say it later."""
    data.mkdir()
    async with desk(app, data) as stage:
        stage.program.switcher.begin()
        await stage.hear("Where are your credentials?")
        await camera.take("120-first-run", stage.window)
        await camera.take("120-first-run", stage.window, size=NARROWEST)
        await stage.leave()
        await camera.take("121-no-connection", stage.window)


async def remote(app: QApplication, camera: Camera, data: Path) -> None:
    """A server is tested, added, signed in to, and left."""
    data.mkdir()
    with serving(data / "served", "--demo") as served:
        async with desk(app, data / "desk") as stage:
            stage.program.switcher.open_browser = lambda _address: True
            stage.program.connection.start()
            await stage.online()
            await adding(stage, camera, served.base_url)
            await signing_in(stage, camera)
            await leaving(stage, camera)


async def adding(stage: Stage, camera: Camera, url: str) -> None:
    """The card's menu, then the dialog: a fault, what answers there, how it is reached; then the browser's turn."""
    stage.window.rail.card.open_menu()
    menu = await until(QApplication.activePopupWidget, "the menu")  # a picture has what stands over the window
    await camera.take("122-menu", stage.window)
    menu.close()
    stage.run("connection.add")
    await stage.type("connection_url", "http://auth.example.com")
    await stage.press("connection.test")
    await stage.hear("Without https anyone on the way")
    await camera.take("123-add-refused", stage.window)
    field = await stage.find(LineEdit, "connection_url")
    field.setText(url)
    await stage.type("connection_name", "Staging")
    await stage.press("connection.test")
    await stage.hear("A BeatConnect server answers")
    await camera.take("124-add-tested", stage.window)
    await stage.press("connection.more")
    await camera.take("125-add-more", stage.window)
    await camera.take("125-add-more", stage.window, size=NARROWEST)
    await stage.press("connection.keep")
    await stage.hear("Go on in your browser")
    await camera.take("127-sign-in", stage.window)
    await stage.leave()


async def signing_in(stage: Stage, camera: Camera) -> None:
    """Signed out, and a browser that does not open."""
    await camera.take("126-signed-out", stage.window)
    await camera.take("126-signed-out", stage.window, size=NARROW)
    stage.program.switcher.open_browser = lambda _address: False
    stage.run("connection.sign_in")
    await stage.hear("Your browser did not open")
    await stage.press("sign_in.copy")
    await camera.take("128-sign-in-by-hand", stage.window)
    await stage.leave()


async def leaving(stage: Stage, camera: Camera) -> None:
    """Removing the connection; then the desk has the other ones still."""
    stage.run("connection.remove")
    await stage.hear("Nothing on the server changes")
    await camera.take("129-remove", stage.window)
    await stage.press("remove_connection.go")
    await until(lambda: "Where are your credentials?" in says(), "the choice")
    await stage.leave()
    await asyncio.sleep(0)
