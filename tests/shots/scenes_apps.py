"""The page of OAuth applications and its dialogs."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea

from bcdesk.client.values import AppDraft
from bcdesk.contract.rows import AppRow
from bcdesk.ui.dialogs import Dialog
from tests.shots.camera import Camera
from tests.shots.stage import Stage, desk, until

SMALL = (960, 600)


async def scenes(app: QApplication, camera: Camera, data: Path) -> None:
    """Walk through what can be done with an application."""
    async with desk(app, data) as stage:
        stage.program.connection.start()
        await stage.online()
        stage.run("go.apps")
        await until(lambda: len(stage.store.apps) == 2, "the applications")
        await choose(stage, "Beat Marketplace")
        await camera.take("a1-demo-apps", stage.window)
        await furnish(stage)
        await choose(stage, "Tour planner")
        await camera.take("a2-apps", stage.window)
        await camera.take("a2-apps", stage.window, size=SMALL)
        for area in stage.program.apps.inspector.findChildren(QScrollArea):
            area.verticalScrollBar().setValue(400)
        await camera.take("a3-inspector-middle", stage.window)
        for area in stage.program.apps.inspector.findChildren(QScrollArea):
            area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
        await camera.take("a3-inspector-end", stage.window)
        await choose(stage, "Beat Fusion App")
        await camera.take("a4-inspector-mobile", stage.window)
        stage.program.apps.filters.search.setText("nothing like this")
        await camera.take("a5-no-match", stage.window)
        stage.run("apps.clear_filters")
        await register(stage, camera)
        await others(stage, camera)


async def furnish(stage: Stage) -> None:
    """Register applications in other conditions."""
    for draft in (
        AppDraft("Tour planner", "web", ("user.profile", "beats.read"), description="Books venues for the label",
                 redirect_uris=("http://localhost:8400/callback", "https://tours.example.com/oauth/callback"),
                 owner="Tour desk", pkce_required=False, tags=("tours",), contacts=("dev@tours.example.com",)),
        AppDraft("Royalty sync", "service", ("beats.read",), owner="Royalties"),
        AppDraft("Listening room", "spa", ("user.profile",), redirect_uris=("https://listen.example.com/cb",)),
    ):  # fmt: skip
        made: Any = await stage.client.apps.create(draft, (draft.type * 43)[:43])
        if not isinstance(made, AppRow):
            await stage.client.handovers.ack(made.handover.id, "copy")
            if draft.type == "web":
                more = await stage.client.apps.add_secret(made.app.id, overlap_seconds=86_400, idempotency_key="z" * 43)
                await stage.client.handovers.ack(more.handover.id, "copy")
    spa = next(row for row in (await stage.client.apps.list()).items if getattr(row, "name", "") == "Listening room")
    await stage.client.apps.disable(spa.id)
    stage.program.connection.sync_now()
    await until(lambda: any(row.status == "disabled" for row in stage.store.apps.values()), "the sync")


async def choose(stage: Stage, name: str) -> None:
    """Click on a row and wait for what the inspector asks the server."""
    page = stage.program.apps
    app_id = next(row.id for row in stage.store.apps.values() if row.name == name)
    await until(lambda: page.listing.model.place_of(app_id) >= 0, f"the row of {name}")
    index = page.listing.model.index(page.listing.model.place_of(app_id), 0)
    QTest.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=page.table.visualRect(index).center())
    await until(lambda: page.inspector.row_id == app_id, "the inspector")
    await stage.rest()


async def register(stage: Stage, camera: Camera) -> None:
    """*Register app…*, empty, with faults, and the reveal."""
    stage.run("apps.new")
    await stage.find(Dialog, "register_app")
    await camera.take("b1-register", stage.window)
    await camera.take("b1-register", stage.window, size=SMALL)
    await stage.type("redirect_uri", "http://studio.example.com/cb")
    await stage.press("register_app.make")
    await camera.take("b2-register-faults", stage.window)
    await stage.press("type.mobile")
    await stage.type("name", "Setlist")
    line = await stage.find(Dialog, "register_app")
    editor = line.form._redirects.lines[0].editor  # type: ignore[attr-defined]
    editor.setText("setlist://callback")
    await camera.take("b3-register-mobile", stage.window)
    await stage.press("type.web")
    editor.setText("https://setlist.example.com/cb")
    await stage.press("register_app.make")
    await stage.find(Dialog, "reveal")
    await camera.take("b4-reveal", stage.window)
    await stage.press("reveal_close")
    await stage.press("reveal_discard")
    await stage.alone()


async def others(stage: Stage, camera: Camera) -> None:
    """Every other dialog."""
    stage.run("new.choose")
    await stage.find(Dialog)
    await camera.take("b5-choose", stage.window)
    await stage.leave()
    await choose(stage, "Tour planner")
    for name, command in (("c1-edit", "apps.edit"), ("c2-turn-off", "apps.disable"), ("c3-delete", "apps.delete"),
                          ("c4-revoke-grants", "apps.revoke_grants"), ("c5-export", "apps.export"),
                          ("c6-import", "apps.import")):  # fmt: skip
        stage.run(command)
        await stage.find(Dialog)
        await stage.rest()
        await camera.take(name, stage.window)
        await stage.leave()
    stage.run("apps.import")
    uris = '["https://radio.example.com/cb", "http://radio.example.com/cb"]'
    registration = f'{{"client_name": "Radio", "redirect_uris": {uris}, "client_secret": "x", "logo_uri": "y"}}'
    await stage.type("import_json", registration)
    await camera.take("c7-import-read", stage.window)
    await stage.leave()
    await choose(stage, "Beat Marketplace")
    stage.run("apps.new_secret")
    await stage.find(Dialog)
    await camera.take("c8-new-secret", stage.window)
    await stage.leave()
