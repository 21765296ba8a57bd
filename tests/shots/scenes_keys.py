"""The page of keys: from the first frame to a studio in full use, and what narrows and what widens it."""

import time
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QScrollArea, QWidget

from bcdesk.contract import key_format
from tests.shots.camera import Camera
from tests.shots.stage import Stage, desk, until

DAY = 86_400.0
NARROW, NARROWEST = (900, 600), (720, 480)


async def scenes(app: QApplication, camera: Camera, data: Path) -> None:
    """Start the program as it starts on a new machine, and use it."""
    async with desk(app, data) as stage:
        await camera.take("01-starting", stage.window)
        stage.program.connection.start()
        await stage.online()
        await stage.choose("Production Key")
        await camera.take("02-demo-keys", stage.window)
        secret = await furnish(stage)
        await stage.choose("Mixing desk CI")
        await camera.take("03-keys", stage.window)
        for size in ((1440, 900), NARROW, NARROWEST):
            await camera.take("03-keys", stage.window, size=size)
        await inspectors(stage, camera)
        await narrowing(stage, camera, secret)
        await menus(stage, camera)
        await undo(stage, camera)
        await sort_again(stage, camera)


async def furnish(stage: Stage) -> str:
    """Give the studio keys in every condition, by the desk's own means, and return one whole key to look for."""
    now = time.time()
    mixing, old = await stage.made("Mixing desk CI", description="Uploads stems nightly", owner="Platform",
                                   scopes=("beats.read", "purchases.write"))  # fmt: skip
    assert await stage.call(old) == 200
    turned = await stage.client.keys.rotate(
        mixing.id, overlap_seconds=86_400, starts="first_use", idempotency_key="a" * 43
    )
    await stage.hand_over(turned)
    assert await stage.call(turned.secret.take()) == 200
    _, used = await stage.made("Storefront", description="Read only", owner="Web", tags=("shop", "eu"),
                               expires_at=now + 6.2 * DAY, allowed_cidrs=("196.201.4.0/24", "127.0.0.1"))  # fmt: skip
    assert await stage.call(used) == 200
    await stage.made("Royalty report", description="Monthly, runs on the finance server", owner="Royalties")
    report = stage.row("Royalty report")
    await stage.client.keys.revoke(report.id, reason="Found in a public repository", compromised=True)
    off, _ = await stage.made("Partner feed", environment="sandbox", owner="Partner desk")
    await stage.client.keys.disable(off.id)
    gone, _ = await stage.made("Old importer", environment="sandbox", description="Replaced by the partner feed")
    await stage.client.keys.revoke(gone.id, reason="No longer needed", compromised=False)
    never, _ = await stage.made("Mobile app with a name that is longer than its column can show", owner="Mobile",
                                description="Its description is longer than the column, too")  # fmt: skip
    await stage.client.keys.rotate(never.id, overlap_seconds=0, starts="first_use", idempotency_key="b" * 43)
    await stage.make("Mastering queue", environment="sandbox")
    for row in (mixing, report, off, gone, never):
        await stage.fresh(row.id)
    await until(lambda: stage.row("Storefront").last_used_at, "the use of Storefront")
    await until(lambda: stage.row("Mixing desk CI").rotation, "the rotation")
    stage.keys.listing.model.sort_again()
    return used


async def inspectors(stage: Stage, camera: Camera) -> None:
    """Look at keys in each condition."""
    names = {
        "storefront": "Storefront", "leaked": "Royalty report", "off": "Partner feed", "restorable": "Old importer",
        "waiting": "Mastering queue", "long": "Mobile app with a name that is longer than its column can show",
        "ended": "Old Production Key", "rotating": "Mixing desk CI",
    }  # fmt: skip
    for name, key in names.items():
        await stage.choose(key)
        await camera.take(f"10-inspector-{name}", stage.window)
    for area in stage.keys.inspector.findChildren(QScrollArea):
        area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    await camera.take("11-inspector-end", stage.window)
    await stage.choose("Production Key")
    stage.window.resize(*NARROW)
    for size in (NARROW, NARROWEST):
        stage.window.resize(*size)
        stage.keys.side.open()
        await camera.take("12-panel", stage.window, size=size)
    stage.keys.side.close()


async def narrowing(stage: Stage, camera: Camera, secret: str) -> None:
    """Search, filter, and paste a key."""
    bar = stage.keys.filters
    bar.search.setText("front")
    await camera.take("20-search", stage.window)
    bar.search.setText("nothing like this")
    await camera.take("21-no-match", stage.window)
    QApplication.clipboard().setText(secret)
    stage.run("keys.search")
    QTest.keySequence(bar.search, "Ctrl+V")
    QApplication.clipboard().clear()
    await stage.hear("Storefront")
    await until(stage.keys.identified.isVisible, "the answer")
    await stage.rest()
    await camera.take("22-identified", stage.window)
    bar.search.clear()
    bar.search.setText(key_format.generate("live"))
    await stage.rest()
    await camera.take("23-not-of-this-server", stage.window)
    stage.run("keys.clear_filters")
    await stage.rest()


async def menus(stage: Stage, camera: Camera) -> None:
    """Open the menu of a row, the palette, and the menu of the connection."""
    await stage.choose("Mixing desk CI")
    table = stage.keys.table
    at = table.visualRect(table.currentIndex()).center()
    stage.keys._open_menu(stage.row("Mixing desk CI").id, table.viewport().mapToGlobal(QPoint(at.x() + 80, at.y())))
    menu = await stage.find(QMenu)
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Down)
    await camera.take("30-row-menu", stage.window)
    menu.close()
    card = await stage.find(QWidget, "connection")
    QTest.mouseClick(card, Qt.MouseButton.LeftButton)
    menu = await stage.find(QMenu)
    await camera.take("31-connection-menu", stage.window)
    menu.close()
    stage.run("app.palette")
    await camera.take("32-palette", stage.window)
    await stage.type("palette_line", "key")
    await camera.take("33-palette-narrowed", stage.window)
    await camera.take("33-palette-narrowed", stage.window, size=NARROWEST)
    await stage.leave()


async def undo(stage: Stage, camera: Camera) -> None:
    """Turn a sandbox key off, with the way back in view."""
    await stage.choose("Sandbox Key")
    stage.run("keys.disable")
    await until(stage.keys.undo.isVisible, "Undo")
    await stage.rest()
    await camera.take("40-undo", stage.window)
    await camera.take("40-undo", stage.window, size=NARROWEST)
    stage.run("keys.enable")
    await stage.rest()


async def sort_again(stage: Stage, camera: Camera) -> None:
    """Change rows under the order that they stand in."""
    row = stage.row("Storefront")
    stage.keys.listing.model.sort_by("name", False)
    await stage.client.keys.patch(row.id, {"name": "A storefront"}, row.revision)
    await stage.fresh(row.id)
    await camera.take("41-sort-again", stage.window)
