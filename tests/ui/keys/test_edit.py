"""*Edit…* by real events: only what changed is sent, and two edits that meet are both seen."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from bcdesk.contract.rows import KeyRow
from bcdesk.ui.keys.draft import FormValues
from bcdesk.ui.keys.edit import EditDialog
from tests.ui.keys.studio import Studio, button, press, says, until
from tests.ui.walk import check_window


async def opened(studio: Studio, row: KeyRow) -> EditDialog:
    studio.select(row.id)
    QTest.keyClick(studio.window, Qt.Key.Key_F2)
    return await studio.dialog(EditDialog)


def retype(dialog: EditDialog, pointer: str, text: str) -> None:
    editor = dialog.form.field(pointer).editor
    assert isinstance(editor, QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, text)


async def test_that_save_waits_for_a_change_and_says_so(studio: Studio) -> None:
    dialog = await opened(studio, await studio.made("Edit me", owner="Web"))
    check_window(dialog)
    assert button(dialog, "edit_key.save").reason == "Nothing is changed."
    retype(dialog, "/owner", "Platform")
    assert button(dialog, "edit_key.save").reason is None
    retype(dialog, "/owner", "Web")
    assert button(dialog, "edit_key.save").reason == "Nothing is changed."
    dialog.reject()


async def test_that_only_changed_fields_are_sent(studio: Studio) -> None:
    row = await studio.made("Edit only this", description="Stays", owner="Web", expires_at=studio.now() + 9e6)
    dialog = await opened(studio, row)
    retype(dialog, "/name", "Edited")
    assert dialog.changes() == {"name": "Edited"}
    press(dialog, "edit_key.save")
    await studio.back()
    after = studio.row(row.id)
    assert (after.name, after.description, after.expires_at) == ("Edited", "Stays", row.expires_at)


async def test_that_the_expiry_can_be_taken_away(studio: Studio) -> None:
    row = await studio.made("Ends some day", expires_at=studio.now() + 9e6)
    dialog = await opened(studio, row)
    press(dialog, "expiry.never")
    assert dialog.changes() == {"expires_at": None}
    press(dialog, "edit_key.save")
    await studio.back()
    assert studio.row(row.id).expires_at is None


async def test_that_two_edits_that_meet_are_both_shown(studio: Studio) -> None:
    row = await studio.made("Meeting", owner="Web", description="Old words")
    dialog = await opened(studio, row)
    retype(dialog, "/name", "Mine")
    await studio.client.keys.patch(row.id, {"name": "Theirs", "owner": "Platform"}, row.revision)
    press(dialog, "edit_key.save")
    await until(dialog._meeting.isVisible)
    said = says(dialog._meeting)
    assert "theirs: Theirs\nyours: Mine" in said
    assert "is Platform now" in said
    assert "Nothing that you typed is lost" in said
    assert dialog.form.values().name == "Mine"
    check_window(dialog)
    press(dialog, "meeting.keep")
    assert dialog.form.values().owner == "Platform"
    assert dialog.changes() == {"name": "Mine"}
    press(dialog, "edit_key.save")
    await studio.back()
    assert (studio.row(row.id).name, studio.row(row.id).owner) == ("Mine", "Platform")


async def test_that_theirs_can_be_taken_and_my_other_changes_stay(studio: Studio) -> None:
    row = await studio.made("Meeting again", owner="Web")
    dialog = await opened(studio, row)
    retype(dialog, "/name", "Mine")
    retype(dialog, "/description", "Only mine")
    await studio.client.keys.patch(row.id, {"name": "Theirs"}, row.revision)
    press(dialog, "edit_key.save")
    await until(dialog._meeting.isVisible)
    press(dialog, "meeting.take")
    assert dialog.changes() == {"description": "Only mine"}
    press(dialog, "edit_key.save")
    await studio.back()
    assert (studio.row(row.id).name, studio.row(row.id).description) == ("Theirs", "Only mine")


async def test_that_a_fault_of_the_server_lands_at_its_field(studio: Studio) -> None:
    row = await studio.made("Faulty edit")
    dialog = await opened(studio, row)
    dialog.form.check = lambda: True  # type: ignore[method-assign]
    retype(dialog, "/owner", "O" * 130)
    press(dialog, "edit_key.save")
    await until(lambda: dialog.form.field("/owner").fault)
    assert dialog.form.field("/owner").fault == "This is too long."
    dialog.reject()


async def test_that_a_key_that_ended_meanwhile_is_said_in_the_dialog(studio: Studio) -> None:
    row = await studio.made("Ends while edited")
    dialog = await opened(studio, row)
    retype(dialog, "/name", "Too late")
    await studio.client.keys.revoke(row.id, reason="", compromised=False)
    press(dialog, "edit_key.save")
    await until(lambda: dialog.problem.text or dialog._meeting.isVisible())
    if dialog._meeting.isVisible():
        press(dialog, "meeting.keep")
        press(dialog, "edit_key.save")
        await until(lambda: dialog.problem.text)
    assert "This key has ended." in dialog.problem.text
    assert dialog.form.values().name == "Too late"
    dialog.reject()


def test_that_a_merge_keeps_what_each_side_changed_alone() -> None:
    base = FormValues(name="a", owner="b", description="c")
    mine = FormValues(name="mine", owner="b", description="both")
    theirs = FormValues(name="a", owner="theirs", description="other")
    merged = base.merged(mine=mine, theirs=theirs)
    assert (merged.name, merged.owner, merged.description) == ("mine", "theirs", "both")
