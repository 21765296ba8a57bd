"""Every dialog, opened by its command and filled by keys and clicks."""

import asyncio
from pathlib import Path

from PySide6.QtWidgets import QApplication

from bcdesk.ui.dialogs import Dialog
from tests.shots.camera import Camera
from tests.shots.scenes_keys import NARROW, NARROWEST, furnish
from tests.shots.stage import Stage, desk


async def scenes(app: QApplication, camera: Camera, data: Path) -> None:
    """Walk through what can be done with a key."""
    async with desk(app, data) as stage:
        stage.program.connection.start()
        await stage.online()
        await furnish(stage)
        await create(stage, camera)
        await reveal(stage, camera)
        await recovery(stage, camera)
        await edit(stage, camera)
        await rotate(stage, camera)
        await versions(stage, camera)
        await revoke(stage, camera)


async def create(stage: Stage, camera: Camera) -> None:
    """*New key…*, empty, filled, and with faults."""
    stage.run("keys.new")
    await stage.find(Dialog, "create_key")
    await camera.take("50-create", stage.window)
    await camera.take("50-create", stage.window, size=NARROW)
    await camera.take("50-create", stage.window, size=NARROWEST)
    await stage.type("allowed_cidrs", "10.1.2.3/8")
    await stage.press("create_key.make")
    await camera.take("51-create-faults", stage.window)
    await stage.leave()


async def reveal(stage: Stage, camera: Camera) -> None:
    """Hand a new key over."""
    stage.run("keys.new")
    await stage.type("name", "Storefront 2")
    await stage.press("create_key.make")
    await stage.find(Dialog, "reveal")
    await camera.take("60-reveal", stage.window)
    await camera.take("60-reveal", stage.window, size=NARROWEST)
    await stage.press("reveal_close")
    await camera.take("61-reveal-nobody", stage.window)
    await stage.press("reveal_back")
    await stage.press("reveal_save")
    await camera.take("62-reveal-save", stage.window)
    await stage.press("save_back")
    stage.program.gate.seal()
    await camera.take("63-reveal-sealed", stage.window)
    stage.program.gate.unseal()
    await stage.press("reveal_copy")
    await stage.hear("It is on the clipboard")
    await stage.rest()
    await camera.take("64-reveal-handed-over", stage.window)
    await stage.press("reveal_done")
    await stage.alone()
    await camera.take("65-clipboard-countdown", stage.window)
    stage.program.clipboard.clear_now()


async def recovery(stage: Stage, camera: Camera) -> None:
    """Take up what an interrupted desk left: a secret that waits, and one that may have been copied."""
    journal = stage.program.journal
    made = await stage.make("Nightly export", environment="sandbox")
    entry = journal.find(made.handover.id)
    assert entry is not None
    journal.claimed.discard(entry.id)
    made.secret.discard()
    stage.program.recovery.poke()
    await stage.find(Dialog, "reveal")
    await camera.take("66-recovered", stage.window)
    await stage.press("reveal_close")
    await stage.press("reveal_discard")
    await stage.alone()
    made = await stage.make("Search index", environment="live")
    entry = journal.find(made.handover.id)
    assert entry is not None
    await journal.update(entry.id, state="copying", how="copy", copied_at=stage.program.desk.now() - 700)
    journal.claimed.discard(entry.id)
    made.secret.discard()
    stage.program.recovery.poke()
    await stage.find(Dialog, "maybe_copied")
    await camera.take("67-maybe-copied", stage.window)
    await stage.press("maybe_have")
    await stage.alone()


async def edit(stage: Stage, camera: Camera) -> None:
    """*Edit…*, and two edits that meet."""
    await stage.choose("Storefront")
    stage.run("keys.edit")
    await stage.find(Dialog, "edit_key")
    await camera.take("70-edit", stage.window)
    await stage.type("name", "Storefront EU")
    row = stage.row("Storefront")
    await stage.client.keys.patch(row.id, {"name": "Shop", "owner": "Label services"}, row.revision)
    await stage.press("edit_key.save")
    await asyncio.sleep(0.5)
    await stage.rest()
    await camera.take("71-edit-meeting", stage.window)
    await stage.leave()


async def rotate(stage: Stage, camera: Camera) -> None:
    """*Rotate…*, and why it cannot be done now."""
    await stage.choose("Production Key")
    stage.run("keys.rotate")
    await stage.find(Dialog, "rotate_key")
    await stage.rest()
    await camera.take("72-rotate", stage.window)
    await stage.leave()
    await stage.choose("Mixing desk CI")
    stage.run("keys.rotate")
    await stage.find(Dialog, "rotate_key")
    await stage.rest()
    await camera.take("73-rotate-blocked", stage.window)
    await stage.leave()


async def versions(stage: Stage, camera: Camera) -> None:
    """The end of an old version, sooner or later; and turning a live key off."""
    for number, command in enumerate(("keys.extend", "keys.retire"), 74):
        stage.run(command)
        await stage.find(Dialog)
        await stage.rest()
        await camera.take(f"{number}-{command.partition('.')[2]}", stage.window)
        await stage.leave()
    await stage.choose("Production Key")
    stage.run("keys.disable")
    await stage.find(Dialog)
    await stage.rest()
    await camera.take("76-turn-off", stage.window)
    await stage.leave()


async def revoke(stage: Stage, camera: Camera) -> None:
    """The two kinds of *Revoke…*, on a live key with its name typed."""
    await stage.choose("Production Key")
    stage.run("keys.revoke")
    await stage.find(Dialog, "revoke_key")
    await stage.rest()
    await camera.take("80-revoke", stage.window)
    await camera.take("80-revoke", stage.window, size=NARROWEST)
    await stage.press("kind.unneeded")
    await stage.type("typed_name", "Production")
    await camera.take("81-revoke-name", stage.window)
    await stage.type("typed_name", " Key")
    await camera.take("82-revoke-ready", stage.window)
    await stage.press("kind.leaked")
    await camera.take("83-revoke-leaked", stage.window)
    await stage.press("revoke_key.revoke")
    await stage.hear("is revoked for good")
    await stage.rest()
    await camera.take("84-replacement", stage.window)
    await stage.leave()
    await stage.choose("Sandbox Key")
    stage.run("keys.revoke")
    await stage.press("kind.unneeded")
    await camera.take("85-revoke-sandbox", stage.window)
    await stage.press("revoke_key.revoke")
    await stage.alone()
    await camera.take("86-revoked-undo", stage.window)
