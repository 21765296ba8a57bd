"""*Revoke…* by real events: two kinds, bound to the key at the press, the typed name on live, and the way back."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from bcdesk.contract import key_rules
from bcdesk.contract.rows import KeyRow
from bcdesk.ui.keys.create import CreateDialog
from bcdesk.ui.keys.reveal import RevealDialog
from bcdesk.ui.keys.revoke import RevokeDialog
from bcdesk.ui.widgets import Chip
from tests.ui.keys.studio import Studio, button, buttons, hear, press, says, until
from tests.ui.walk import check_window


async def opened(studio: Studio, row: KeyRow) -> RevokeDialog:
    studio.select(row.id)
    QTest.keyClick(studio.window, Qt.Key.Key_Delete)
    return await studio.dialog(RevokeDialog)


def choose(dialog: RevokeDialog, kind: str) -> None:
    radio = dialog.kinds.radio(kind)
    QTest.mouseClick(radio, Qt.MouseButton.LeftButton, pos=radio.rect().center())
    if not radio.isChecked():
        QTest.mouseClick(radio, Qt.MouseButton.LeftButton)
    assert radio.isChecked()


async def test_that_the_dialog_repeats_what_it_is_about(studio: Studio) -> None:
    row = await studio.made("Repeat me")
    dialog = await opened(studio, row)
    check_window(dialog)
    said = says(dialog)
    for words in ("Repeat me", f"ends in {row.masked[-4:]}", "Local server · 127.0.0.1", "Pre-release demo"):
        assert words in said
    assert [one.text for one in dialog.findChildren(Chip, "environment")] == ["Live"]
    dialog.reject()


async def test_that_who_called_is_shown_for_24_hours_and_7_days(studio: Studio) -> None:
    production = next(row for row in studio.store.keys.values() if row.name == "Production Key")
    dialog = await opened(studio, production)
    await until(lambda: "requests in 24 h" in says(dialog))
    assert "in 7 days" in says(dialog)
    dialog.reject()


async def test_that_nothing_is_chosen_and_cancel_is_the_default(studio: Studio) -> None:
    row = await studio.made("Default is Cancel", environment="sandbox")
    dialog = await opened(studio, row)
    assert dialog.kinds.value == ""
    assert button(dialog, "revoke_key.revoke").reason == "Choose why first."
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    await studio.back()
    assert studio.row(row.id).status == "active"


async def test_that_a_live_key_is_revoked_only_once_its_name_is_typed(studio: Studio) -> None:
    row = await studio.made("Type my name")
    dialog = await opened(studio, row)
    choose(dialog, "unneeded")
    revoke = button(dialog, "revoke_key.revoke")
    assert revoke.reason == "Type the key's name first."
    dialog.typed.setFocus()
    for wrong in ("type my name", "Type my nam", "Type my name 2"):
        dialog.typed.selectAll()
        QTest.keyClicks(dialog.typed, wrong)
        assert revoke.reason is not None
        QTest.mouseClick(revoke, Qt.MouseButton.LeftButton)
    dialog.typed.setFocus()
    dialog.typed.selectAll()
    QTest.keyClicks(dialog.typed, "  Type my name ")
    assert button(dialog, "revoke_key.revoke").reason is None
    QTest.keyClick(dialog.typed, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert not dialog.busy
    press(dialog, "revoke_key.revoke")
    await studio.back()
    assert studio.row(row.id).status == "revoked"


async def test_that_the_name_may_be_pasted(studio: Studio) -> None:
    row = await studio.made("Paste my name")
    dialog = await opened(studio, row)
    choose(dialog, "unneeded")
    QGuiApplication.clipboard().setText("Paste my name")
    dialog.typed.setFocus()
    QTest.keyClick(dialog.typed, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert button(dialog, "revoke_key.revoke").reason is None
    dialog.reject()


async def test_that_a_sandbox_key_asks_for_no_name(studio: Studio) -> None:
    dialog = await opened(studio, await studio.made("No name asked", environment="sandbox"))
    assert not dialog.typed.isVisible()
    choose(dialog, "unneeded")
    assert button(dialog, "revoke_key.revoke").reason is None
    dialog.reject()


async def test_that_a_key_that_was_not_needed_can_be_restored_for_60_minutes(studio: Studio) -> None:
    row = await studio.made("Comes back", environment="sandbox")
    dialog = await opened(studio, row)
    choose(dialog, "unneeded")
    QTest.keyClicks(dialog.reason, "shop closed")
    press(dialog, "revoke_key.revoke")
    await studio.back()
    assert studio.row(row.id).revoked_reason == "shop closed"
    assert "Comes back is revoked." in says(studio.page.undo)
    assert "60 minutes left" in says(studio.page.undo)
    check_window(studio.page.undo)
    press(studio.page.undo, "undo")
    await until(lambda: studio.row(row.id).status == "active")
    assert studio.page.undo.isHidden()


async def test_that_the_inspector_restores_too_and_ends_the_offer(studio: Studio) -> None:
    row = await studio.made("Restored beside", environment="sandbox")
    dialog = await opened(studio, row)
    choose(dialog, "unneeded")
    press(dialog, "revoke_key.revoke")
    await studio.back()
    await hear(studio.page.inspector, "It can be restored for")
    press(studio.page.inspector.needs, "keys.restore")
    await until(lambda: studio.row(row.id).status == "active")
    await until(studio.page.undo.isHidden)


async def test_that_the_offer_ends_with_its_time(studio: Studio) -> None:
    row = await studio.made("Too late to undo", environment="sandbox")
    dialog = await opened(studio, row)
    choose(dialog, "unneeded")
    press(dialog, "revoke_key.revoke")
    await studio.back()
    began = studio.now()
    studio.now = lambda: began + key_rules.RESTORE_SECONDS
    studio.page.undo._tick()
    assert studio.page.undo.isHidden()
    assert studio.registry.reason("keys.restore") == "A revoked key can be restored for 60 minutes; they are over."


async def test_that_a_leak_is_final_and_offers_a_replacement_in_the_same_dialog(studio: Studio) -> None:
    row = await studio.made("Leaked", owner="Web", scopes=("beats.read", "user.profile"), environment="sandbox")
    dialog = await opened(studio, row)
    choose(dialog, "leaked")
    press(dialog, "revoke_key.revoke")
    await until(lambda: buttons(dialog, "replacement.make"))
    await hear(dialog, "Leaked is revoked for good", "Whoever used it needs a new key.")
    check_window(dialog)
    assert studio.row(row.id).compromised
    assert dialog.focusWidget() is dialog.leave
    press(dialog, "replacement.make")
    reveal = await studio.dialog(RevealDialog)
    new = reveal.handing.made.row
    assert isinstance(new, KeyRow)
    assert (new.name, new.owner, set(new.scopes), new.environment) == (row.name, "Web", set(row.scopes), "sandbox")
    assert new.replaces == row.id
    reveal.done(0)
    await studio.back()
    assert studio.page.undo.isHidden()
    await studio.sync()
    assert studio.row(row.id).replaced_by == new.id


async def test_that_the_settings_of_a_replacement_can_be_changed_first(studio: Studio) -> None:
    row = await studio.made("Leaked too", owner="Web", environment="sandbox")
    dialog = await opened(studio, row)
    choose(dialog, "leaked")
    press(dialog, "revoke_key.revoke")
    await until(lambda: buttons(dialog, "replacement.change"))
    press(dialog, "replacement.change")
    create = await studio.dialog(CreateDialog)
    assert create.form.values().owner == "Web"
    assert "The old key stays revoked." in says(create)
    create.reject()


async def test_that_a_leaked_key_refuses_to_be_restored_with_words(studio: Studio) -> None:
    row = await studio.made("Never back", environment="sandbox")
    await studio.client.keys.revoke(row.id, reason="", compromised=True)
    studio.page.verbs.restore(row.id)
    await until(lambda: "This key stays revoked." in says(studio.page.notices))
    await studio.sync()
    studio.select(row.id)
    assert studio.registry.reason("keys.restore") == "This key was revoked as leaked: that is final."
    await hear(studio.page.inspector, "No key replaced it")


async def test_that_a_revoked_key_can_still_be_called_leaked(studio: Studio) -> None:
    row = await studio.made("Leaked later", environment="sandbox")
    studio.store.apply_keys([await studio.client.keys.revoke(row.id, reason="", compromised=False)])
    studio.select(row.id)
    press(studio.page.inspector, "keys.leaked")
    dialog = await studio.dialog(RevokeDialog)
    assert dialog.kinds.value == "leaked"
    assert not dialog.kinds.radio("unneeded").isEnabled()
    press(dialog, "revoke_key.revoke")
    await until(lambda: studio.row(row.id).compromised)
    dialog.reject()


# ------------------------------------------------------------------ bound to the key at the press


async def test_that_the_dialog_stays_with_its_key_when_the_table_moves_on(studio: Studio) -> None:
    row, other = await studio.made("Bound", environment="sandbox"), await studio.made("Other", environment="sandbox")
    dialog = await opened(studio, row)
    studio.page.table.select_id(other.id)
    choose(dialog, "unneeded")
    press(dialog, "revoke_key.revoke")
    await studio.back()
    assert studio.row(row.id).status == "revoked"
    assert studio.row(other.id).status == "active"


async def test_that_a_new_name_meanwhile_is_told_and_the_old_one_is_what_is_typed(studio: Studio) -> None:
    row = await studio.made("Old name")
    dialog = await opened(studio, row)
    studio.store.apply_keys([await studio.client.keys.patch(row.id, {"name": "New name"}, row.revision)])
    assert "This key is called New name now." in dialog.problem.text
    assert "Old name" in says(dialog)
    choose(dialog, "unneeded")
    QTest.keyClicks(dialog.typed, "Old name")
    press(dialog, "revoke_key.revoke")
    await studio.back()
    assert studio.row(row.id).status == "revoked"


async def test_that_a_key_that_vanishes_meanwhile_cannot_be_revoked(studio: Studio) -> None:
    row = await studio.made("Vanishes", environment="sandbox")
    dialog = await opened(studio, row)
    choose(dialog, "unneeded")
    studio.store.apply_keys([], [row.id])
    assert "no longer on the server" in dialog.problem.text
    assert button(dialog, "revoke_key.revoke").reason == "This key is no longer on the server."
    dialog.reject()


async def test_that_a_late_answer_to_a_closed_dialog_is_harmless(studio: Studio) -> None:
    row = await studio.made("Closed early", environment="sandbox")
    dialog = await opened(studio, row)
    choose(dialog, "unneeded")
    press(dialog, "revoke_key.revoke")
    assert "Leaving this dialog does not call it back." in says(dialog)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    await until(lambda: studio.row(row.id).status == "revoked")
