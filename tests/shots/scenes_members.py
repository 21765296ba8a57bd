"""The members page: its table, who is invited, the last owner, each dialog, the hand-over of a link, and offline."""

import secrets
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.members.page import MembersPage
from tests.e2e.serving import serving
from tests.shots.camera import Camera
from tests.shots.scenes_keys import NARROW, NARROWEST
from tests.shots.stage import Stage, desk, until


async def scenes(app: QApplication, camera: Camera, data: Path) -> None:
    """Meet a studio of five."""
    async with desk(app, data) as stage:
        with serving(data / "served", "--demo") as served:
            stage.meet(served)
            await stage.online()
            await until(lambda: stage.window.findChild(MembersPage), "the members")
            await people(stage)
            stage.window.go("members")
            await stage.rest()
            await page(stage, camera)
            await dialogs(stage, camera)
            await invite(stage, camera)
        await stage.link("offline")
        await camera.take("i1-members-offline", stage.window)


async def people(stage: Stage) -> None:
    """Invite four, turn one off."""
    for name, role in (("Studio desk", "manager"), ("Night shift", "manager"), ("Bookkeeping", "viewer"),
                       ("Last season", "viewer")):  # fmt: skip
        address = name.lower().replace(" ", ".") + "@studio.example"
        made = await stage.client.members.create(
            name=name, email=address, role=role, idempotency_key=secrets.token_urlsafe(32)
        )
        await stage.client.handovers.ack(made.handover.id, "copy")
        if name == "Last season":
            await stage.client.members.patch(made.member.id, {"disabled": True}, made.member.revision)
    stage.program.connection.sync_now()
    await until(lambda: len(stage.store.members) >= 5, "the members")


async def choose(stage: Stage, name: str) -> None:
    """Click on a row."""
    shown = stage.window.findChild(MembersPage)
    assert isinstance(shown, MembersPage)
    row = next(row for row in stage.store.members.values() if row.name == name)
    index = shown.listing.model.index(shown.listing.model.place_of(row.id), 0)
    QTest.mouseClick(shown.table.viewport(), Qt.MouseButton.LeftButton, pos=shown.table.visualRect(index).center())
    await until(lambda: shown.inspector.row_id == row.id, "the inspector")
    await stage.rest()


async def page(stage: Stage, camera: Camera) -> None:
    """The page in three sizes, and what the inspector says."""
    me = stage.store.session
    assert me is not None
    await choose(stage, me.member.name)
    await camera.take("h1-members", stage.window)
    await choose(stage, "Studio desk")
    await camera.take("h2-members-invited", stage.window)
    await camera.take("h2-members-invited", stage.window, size=NARROW)
    await camera.take("h2-members-invited", stage.window, size=NARROWEST)
    await choose(stage, "Last season")
    await camera.take("h3-members-off", stage.window)


async def dialogs(stage: Stage, camera: Camera) -> None:
    """Every dialog about a member."""
    await choose(stage, "Night shift")
    for name, command in (("h4-role", "members.edit"), ("h5-turn-off", "members.disable"),
                          ("h6-new-link", "members.new_link")):  # fmt: skip
        stage.run(command)
        await stage.find(Dialog)
        if command == "members.edit":
            await stage.press("role.owner")
        await camera.take(name, stage.window)
        await stage.leave()


async def invite(stage: Stage, camera: Camera) -> None:
    """*Invite a member…*, with a fault, and its link: waiting, left, handed over."""
    stage.run("members.invite")
    await stage.find(Dialog, "invite_member")
    await camera.take("h7-invite", stage.window)
    await stage.type("name", "Front office")
    await stage.type("email", "front office")
    await stage.press("invite_member.make")
    await camera.take("h8-invite-faults", stage.window)
    address = await stage.find(QLineEdit, "email")
    address.clear()
    await stage.type("email", "front.office@studio.example")
    await stage.press("invite_member.make")
    await stage.find(Dialog, "reveal")
    await camera.take("h9-link", stage.window)
    await stage.press("reveal_close")
    await camera.take("h9-link-left", stage.window)
    await stage.press("reveal_back")
    await stage.press("reveal_copy")
    await stage.find(Dialog, "reveal")
    await stage.hear("The link is on the clipboard")
    await camera.take("h9-link-handed-over", stage.window)
    await stage.press("reveal_done")
    await stage.alone()
