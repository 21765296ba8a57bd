"""Draws the keys page, its states and its dialogs as PNG: ``python -m tests.ui.keys.pictures DIR``."""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import qasync
from PySide6.QtWidgets import QApplication

from bcdesk.client.errors import Forbidden, Unreachable
from bcdesk.contract import key_format
from bcdesk.ui import theme
from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.keys.create import CreateDialog
from bcdesk.ui.keys.edit import EditDialog
from bcdesk.ui.keys.revoke import RevokeDialog
from bcdesk.ui.keys.rotate import RotateDialog
from bcdesk.ui.keys.turn_off import TurnOffDialog
from bcdesk.ui.keys.version_dialogs import ExtendDialog, RetireDialog
from bcdesk.ui.tasks import TaskScope
from tests.ui.keys.studio import Studio, serving, until

SIZES = ((1280, 800), (960, 600))


class Album:
    """Saves one picture of each scene for every size and theme."""

    def __init__(self, app: QApplication, studio: Studio, folder: Path, only: str) -> None:
        self.app, self.studio, self.folder, self.only = app, studio, folder, only

    async def settle(self) -> None:
        for _ in range(4):
            await asyncio.sleep(0.02)

    async def take(self, name: str, *, details: bool = False) -> None:
        if self.only and self.only not in name:
            return
        for scheme in ("light", "dark"):
            theme.apply(self.app, scheme)
            for width, height in SIZES:
                self.studio.window.resize(width, height)
                await self.settle()
                if details and self.studio.page.side.over:
                    self.studio.page.side.open()
                    await self.settle()
                self.studio.picture().save(str(self.folder / f"{name}-{scheme}-{width}.png"))
        theme.apply(self.app, "light")
        self.studio.window.resize(*SIZES[0])
        await self.settle()


async def scenes(album: Album) -> None:
    """Walk through the page as a person would."""
    studio = album.studio
    await album.take("00-starting")
    studio.store.set_link(state="loading", progress=1500)
    studio.tell_window()
    await album.take("01-loading")
    studio.store.set_link(state="forbidden", error=Forbidden(403, "forbidden_role", ""))
    await album.take("02-forbidden")
    studio.store.set_link(state="offline", error=Unreachable("refused"))
    await album.take("03-offline-nothing-known")
    studio.store.set_link(state="online", as_of=time.time(), error=None)
    studio.store.set_session(await studio.client.session())
    await album.take("04-empty")
    await studio.connect()
    await studio.made("Mixing desk CI", description="Uploads stems nightly", owner="Platform",
                      scopes=("beats.read", "purchases.write"))  # fmt: skip
    week = time.time() + 6.2 * 86400
    await studio.made("Storefront", description="Read only", owner="Web", tags=("shop", "eu"), expires_at=week,
                      allowed_cidrs=("196.201.4.0/24",))  # fmt: skip
    mixing = next(row for row in studio.store.keys.values() if row.name == "Mixing desk CI")
    made = await studio.client.keys.rotate(mixing.id, overlap_seconds=86400, starts="now", idempotency_key="a" * 43)
    await studio.client.handovers.ack(made.handover.id, "copy")
    await studio.make("Waiting key", environment="sandbox")
    await studio.sync()
    names = {row.name: row.id for row in studio.store.keys.values()}
    await album.take("10-page")
    for name in ("Production Key", "Mixing desk CI", "Storefront", "Waiting key", "Old Production Key"):
        studio.select(names[name])
        await asyncio.sleep(0.2)
        await album.take(f"11-{name.lower().replace(' ', '-')}", details=True)
    studio.page.filters.search.setText("nothing like this")
    await album.take("12-no-match")
    studio.page.filters.search.setText(key_format.generate("live"))
    await asyncio.sleep(0.3)
    await album.take("13-not-of-this-server")
    studio.page.filters.search.clear()
    studio.store.set_link(state="offline", error=Unreachable("refused"))
    studio.line_up = False
    studio.tell_window()
    await album.take("14-offline")
    studio.line_up = True
    studio.store.set_link(state="online", error=None)
    studio.tell_window()
    await dialogs(album, names)


async def dialogs(album: Album, names: dict[str, str]) -> None:
    """Open each dialog."""
    studio = album.studio
    rows = studio.store.keys
    window, desk = studio.page, studio.desk
    await show(album, "20-create", lambda: CreateDialog(window, desk))

    def faulty(dialog: CreateDialog) -> None:
        dialog.form._cidrs.setPlainText("10.1.2.3/8")
        dialog.form._judge("/allowed_cidrs")
        dialog.form.check()

    await show(album, "21-create-faults", lambda: CreateDialog(window, desk), faulty)
    await show(album, "22-edit", lambda: EditDialog(window, desk, rows[names["Storefront"]]))

    def meet(dialog: EditDialog) -> None:
        row = rows[names["Storefront"]]
        dialog.form._name.setText("Storefront EU")
        dialog._meet(row._replace(name="Shop", owner="Platform"))

    await show(album, "23-edit-meeting", lambda: EditDialog(window, desk, rows[names["Storefront"]]), meet)
    await show(album, "24-rotate", lambda: RotateDialog(window, desk, rows[names["Production Key"]]))
    await show(album, "25-rotate-blocked", lambda: RotateDialog(window, desk, rows[names["Mixing desk CI"]]))
    await show(album, "26-revoke", lambda: RevokeDialog(window, desk, rows[names["Production Key"]]))

    def leak(dialog: RevokeDialog) -> None:
        dialog.kinds.radio("leaked").setChecked(True)
        dialog._revoked(rows[names["Production Key"]]._replace(status="revoked", compromised=True))

    await show(album, "27-revoke-replacement", lambda: RevokeDialog(window, desk, rows[names["Production Key"]]), leak)
    await show(album, "28-turn-off", lambda: TurnOffDialog(window, desk, rows[names["Production Key"]]))
    mixing = rows[names["Mixing desk CI"]]
    old = next(version for version in mixing.versions if version.state == "retiring")
    await show(album, "29-retire", lambda: RetireDialog(window, desk, mixing, old))
    await show(album, "30-extend", lambda: ExtendDialog(window, desk, mixing, old))
    studio.select(names["Sandbox Key"])
    studio.registry.run("keys.disable")
    await until(lambda: not studio.page.undo.isHidden())
    await album.take("31-undo")


D = TypeVar("D", bound=Dialog)


async def show(album: Album, name: str, make: Callable[[], D], change: Callable[[D], None] | None = None) -> None:
    """Open a dialog, take its pictures, and leave it."""
    if album.only and album.only not in name:
        return
    dialog = make()
    dialog.open()
    await album.settle()
    await asyncio.sleep(0.2)
    if change is not None:
        change(dialog)
    await album.take(name)
    dialog.reject()
    dialog.deleteLater()


async def run(app: QApplication, folder: Path, only: str) -> None:
    """Build everything, draw it, and take it down."""
    with tempfile.TemporaryDirectory() as data, serving(Path(data) / "server") as served:
        errors: list[BaseException] = []
        async with TaskScope(errors.append) as scope:
            studio = Studio(served, served.token, scope, Path(data), now=time.time)
            studio.window.resize(*SIZES[0])
            studio.window.show()
            await scenes(Album(app, studio, folder, only))
            await studio.close()
        assert not errors, errors


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    theme.apply(app, "light")
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        runner.run(run(app, folder, sys.argv[2] if len(sys.argv) > 2 else ""))


if __name__ == "__main__":
    main()
