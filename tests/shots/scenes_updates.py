"""*Check for updates*: a newer release, none, and each note that is refused."""

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication

from bcdesk.actions.updates import this_system
from bcdesk.client.release_keys import BuildKeys
from bcdesk.ui.updates_dialog import UpdatesDialog
from tests.e2e.serving import serving
from tests.shots.camera import Camera
from tests.shots.scenes_keys import NARROWEST
from tests.shots.stage import Stage, desk, until
from tests.unit.client.answering import answer, answering
from tests.unit.client.releasing import DAY, FOREIGN, KEY, base64_of, moment, note, payload, spoiled

NEWS = """\
The page of webhooks: each delivery with its answer, and one that failed is sent again.
The audit is checked with one press, and its head is in every export.
Windows on ARM.

Mended: a key that was turned off during its rotation kept its badge."""


def release(version: str = "0.2.0", **changes: object) -> bytes:
    """Return a note that names one file for this system."""
    url = f"https://releases.example/bcdesk/{version}/bcdesk-{version}.deb"
    download = {
        "url": url,
        "size": 132_964_352,
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    }
    return note(version=version, notes=NEWS, downloads=dict.fromkeys(this_system(), download), **changes)


def old() -> bytes:
    """Return a note that held until last week."""
    now = time.time()
    return note(released=moment(now - 97 * DAY), expires=moment(now - 7 * DAY))


NOTES: dict[str, Callable[[], bytes]] = {
    "h1-updates-newer": release,
    "h2-updates-unsupported": lambda: release("0.2.1", minimum="0.2.0"),
    "h3-updates-newest": lambda: release("0.1.0"),
    "h4-updates-expired": old,
    "h5-updates-older": lambda: release("0.0.9"),
    "h6-updates-signature": lambda: spoiled(release(), payload=base64_of(payload(version="9.0.0"))),
    "h7-updates-key": lambda: note(FOREIGN),
}


async def scenes(app: QApplication, camera: Camera, data: Path) -> None:
    """Ask an address for one note after the other."""
    with serving(data / "served", "--demo") as served:
        async with desk(app, data) as stage:
            stage.meet(served)
            await stage.online()
            for name, make in NOTES.items():
                if camera.only in name:
                    await check(stage, camera, name, make())


async def check(stage: Stage, camera: Camera, name: str, content: bytes) -> None:
    """Take the dialog with the answer to one note."""
    updates = stage.program.pages.updates
    updates.build = BuildKeys((KEY,))
    async with answering(answer(content)) as server:
        stage.program.choices.choose(update_url=f"{server.url}/release.json", update_seen="")
        stage.program.registry.refresh()
        stage.run("app.check_updates")
        dialog = await stage.find(UpdatesDialog)
        await until(lambda: not dialog.busy, "the answer")
        await camera.take(name, stage.window)
        if name.startswith("h1"):
            await camera.take(name, stage.window, size=NARROWEST)
        await stage.leave()
