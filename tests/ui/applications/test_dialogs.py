"""Every dialog about an application by real events, against the real server."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from bcdesk.actions.applications import add_secret
from bcdesk.client.errors import FaultItem, InvalidValues
from bcdesk.ui.applications.endings import DeleteAppDialog, DeleteSecretDialog, TurnOffAppDialog
from bcdesk.ui.applications.new_secret import NewSecretDialog
from bcdesk.ui.keys.reveal import RevealDialog
from bcdesk.ui.submission import show_error
from bcdesk.ui.widgets import Button, Scroll
from tests.ui.applications.app_studio import CALLBACK, AppStudio
from tests.ui.applications.forms import CTRL, editing, lines, registering, retype
from tests.ui.keys.studio import button, buttons, hear, press, until
from tests.ui.walk import check_window


async def test_that_a_web_application_is_registered_and_its_secret_handed_over_once(studio: AppStudio) -> None:
    dialog = await registering(studio)
    check_window(dialog)
    retype(dialog.form.field("/name").editor, "Ticket shop")
    retype(lines(dialog).lines[0].editor, CALLBACK)
    press(dialog, "register_app.make")
    reveal = await studio.dialog(RevealDialog)
    check_window(reveal)
    await hear(reveal, "Hand this client secret over now", "Ticket shop")
    row = studio.named("Ticket shop")
    assert (row.type, row.pkce_required, row.redirect_uris) == ("web", True, (CALLBACK,))
    assert studio.apps.inspector.row_id == row.id
    press(reveal, "reveal_copy")
    await until(lambda: buttons(reveal, "reveal_done"))
    assert QGuiApplication.clipboard().text().startswith("bcs_")
    press(reveal, "reveal_done")
    await studio.back()
    assert (await studio.fresh(row.id)).handover is None


async def test_that_a_discarded_registration_leaves_no_application(studio: AppStudio) -> None:
    dialog = await registering(studio)
    retype(dialog.form.field("/name").editor, "Never mind")
    retype(lines(dialog).lines[0].editor, CALLBACK)
    press(dialog, "register_app.make")
    reveal = await studio.dialog(RevealDialog)
    press(reveal, "reveal_close")
    await until(lambda: buttons(reveal, "reveal_discard"))
    press(reveal, "reveal_discard")
    await studio.back()
    await studio.sync()
    assert all(row.name != "Never mind" for row in studio.store.apps.values())


async def test_that_the_type_decides_what_is_asked_and_a_mobile_application_has_no_secret(studio: AppStudio) -> None:
    dialog = await registering(studio)
    QTest.keyClick(dialog.form.types.radio("service"), Qt.Key.Key_Space)
    await hear(dialog, "calls with that alone (client credentials)")
    assert not dialog.form.field("/redirect_uris").isVisible()
    assert not dialog.form.field("/pkce_required").isVisible()
    QTest.keyClick(dialog.form.types.radio("mobile"), Qt.Key.Key_Space)
    await hear(dialog, "It gets no secret", "Always on: this application has no secret.")
    assert not dialog.form.field("/token_endpoint_auth_method").isVisible()
    retype(dialog.form.field("/name").editor, "Pocket studio")
    retype(lines(dialog).lines[0].editor, "pocketstudio://callback")
    await hear(dialog, "another app can claim this scheme")
    press(dialog, "register_app.make")
    await studio.back()
    row = studio.named("Pocket studio")
    assert (row.secrets, row.token_endpoint_auth_method, row.pkce_required) == ((), "none", True)
    assert studio.apps.inspector.row_id == row.id


async def test_that_each_redirect_uri_is_judged_at_its_own_line(studio: AppStudio) -> None:
    dialog = await registering(studio)
    retype(dialog.form.field("/name").editor, "Two doors")
    retype(lines(dialog).lines[0].editor, "http://localhost:8400/cb")
    await hear(dialog, "Prefer 127.0.0.1")
    press(dialog, "redirect_add")
    retype(lines(dialog).lines[1].editor, "https://app.example.com/*")
    press(dialog, "register_app.make")
    assert not lines(dialog).lines[0].field.fault
    assert lines(dialog).lines[1].field.fault == "Wildcards are not allowed: list each address. See “*”."
    show_error(dialog, InvalidValues(422, "invalid_values", "", (FaultItem("/redirect_uris/1", "duplicate", ""),)))
    assert not lines(dialog).lines[0].field.fault
    assert lines(dialog).lines[1].field.fault == "This is there twice."
    dialog.reject()
    await studio.back()


async def test_that_a_refusal_of_the_server_lands_at_the_second_line(studio: AppStudio) -> None:
    dialog = await registering(studio)
    dialog.form.check = lambda: True  # type: ignore[method-assign]
    retype(dialog.form.field("/name").editor, "Refused")
    retype(lines(dialog).lines[0].editor, CALLBACK)
    press(dialog, "redirect_add")
    retype(lines(dialog).lines[1].editor, "https://app.example.com/cb#here")
    press(dialog, "register_app.make")
    await until(lambda: lines(dialog).lines[1].field.fault == "This cannot be a redirect URI.")
    assert not lines(dialog).lines[0].field.fault
    dialog.reject()
    await studio.back()


async def test_that_an_edit_sends_only_what_changed(studio: AppStudio) -> None:
    row = await studio.registered("Edit me", description="Stays")
    dialog = await editing(studio, row)
    check_window(dialog)
    assert button(dialog, "edit_app.save").reason == "Nothing is changed."
    press(dialog, "redirect_add")
    retype(lines(dialog).lines[1].editor, "https://app.example.com/second")
    assert dialog.changes() == {"redirect_uris": [CALLBACK, "https://app.example.com/second"]}
    press(dialog, "edit_app.save")
    await studio.back()
    after = studio.app(row.id)
    assert after.redirect_uris == (CALLBACK, "https://app.example.com/second")
    assert after.description == "Stays"


async def test_that_two_edits_that_meet_are_both_shown(studio: AppStudio) -> None:
    row = await studio.registered("Meeting", owner="Web")
    dialog = await editing(studio, row)
    retype(dialog.form.field("/name").editor, "Mine")
    theirs = {"name": "Theirs", "redirect_uris": [CALLBACK, "https://theirs.example.com/cb"]}
    await studio.client.apps.patch(row.id, theirs, row.revision)
    press(dialog, "edit_app.save")
    await hear(dialog, "theirs: Theirs\nyours: Mine", "https://theirs.example.com/cb now")
    check_window(dialog)
    press(dialog, "meeting.keep")
    assert dialog.changes() == {"name": "Mine"}
    press(dialog, "edit_app.save")
    await studio.back()
    assert (studio.app(row.id).name, len(studio.app(row.id).redirect_uris)) == ("Mine", 2)


async def test_that_a_new_secret_leaves_the_old_one_its_overlap(studio: AppStudio) -> None:
    row = await studio.registered("Rotating app")
    studio.choose(row.id)
    QTest.keyClick(studio.window, Qt.Key.Key_R, CTRL)
    dialog = await studio.dialog(NewSecretDialog)
    check_window(dialog)
    await hear(dialog, f"…{row.secrets[0].last4} works until")
    press(dialog, "new_secret.make")
    reveal = await studio.dialog(RevealDialog)
    press(reveal, "reveal_copy")
    await until(lambda: buttons(reveal, "reveal_done"))
    press(reveal, "reveal_done")
    await studio.back()
    after = await studio.fresh(row.id)
    assert len(after.secrets) == 2
    assert sum(one.expires_at is None for one in after.secrets) == 1
    await hear(studio.apps.inspector, "The old secret ends in")
    assert studio.registry.reason("apps.new_secret") is not None
    old = next(one for one in after.secrets if one.expires_at is not None)
    await until(lambda: len(buttons(studio.apps.inspector, "apps.delete_secret")) == 2)
    second = buttons(studio.apps.inspector, "apps.delete_secret")[1]
    studio.apps.inspector._scroll.ensureWidgetVisible(second)
    QTest.mouseClick(second, Qt.MouseButton.LeftButton)
    ending = await studio.dialog(DeleteSecretDialog)
    check_window(ending)
    await hear(ending, f"…{old.last4} was never used.")
    press(ending, "delete_secret.act")
    await studio.back()
    assert len((await studio.fresh(row.id)).secrets) == 1


async def test_that_a_deletion_asks_for_the_name_and_can_be_undone(studio: AppStudio) -> None:
    row = await studio.registered("Farewell")
    studio.choose(row.id)
    QTest.keyClick(studio.window, Qt.Key.Key_Delete)
    dialog = await studio.dialog(DeleteAppDialog)
    check_window(dialog)
    assert button(dialog, "delete_app.act").reason == "Type the application's name first."
    retype(dialog.typed, "farewell")
    assert button(dialog, "delete_app.act").reason is not None
    retype(dialog.typed, "Farewell")
    press(dialog, "delete_app.act")
    await studio.back()
    assert row.id not in studio.store.apps
    await hear(studio.apps, "Farewell is deleted.")
    press(studio.apps, "undo")
    await until(lambda: row.id in studio.store.apps)
    await studio.back()
    assert studio.apps.inspector.row_id == row.id


async def test_that_turning_off_says_what_stops_and_is_undone_by_turning_on(studio: AppStudio) -> None:
    row = await studio.registered("Switch")
    studio.choose(row.id)
    studio.registry.run("apps.disable")
    dialog = await studio.dialog(TurnOffAppDialog)
    check_window(dialog)
    press(dialog, "turn_off_app.act")
    await studio.back()
    assert studio.app(row.id).status == "disabled"
    await hear(studio.apps.inspector, "its tokens open nothing until it is on again")
    button(studio.apps, "undo").setFocus()
    press(studio.apps, "undo")
    await until(lambda: studio.app(row.id).status == "active")
    assert studio.window.focusWidget() is studio.apps.table


async def test_that_the_focus_goes_to_the_table_when_its_button_goes(studio: AppStudio) -> None:
    row = await studio.registered("Switch back")
    studio.choose(row.id)
    await studio.client.apps.disable(row.id)
    await studio.fresh(row.id)
    needs = studio.apps.inspector.needs
    await hear(needs, "its tokens open nothing until it is on again")
    (turn_on,) = needs.findChildren(Button)
    turn_on.setFocus()
    QTest.mouseClick(turn_on, Qt.MouseButton.LeftButton)
    await until(lambda: studio.app(row.id).status == "active")
    assert studio.window.focusWidget() is studio.apps.table
    (scroll,) = studio.apps.inspector.findChildren(Scroll)
    assert scroll.verticalScrollBar().value() == 0


async def test_that_a_deletion_elsewhere_is_said_in_the_open_dialog(studio: AppStudio) -> None:
    row = await studio.registered("Gone meanwhile")
    studio.choose(row.id)
    studio.registry.run("apps.disable")
    dialog = await studio.dialog(TurnOffAppDialog)
    await studio.client.apps.delete(row.id)
    await studio.sync()
    await hear(dialog, "This application is no longer on the server.")
    assert button(dialog, "turn_off_app.act").reason is not None
    dialog.reject()
    await studio.back()


async def test_that_a_secret_that_waits_is_handed_over_from_its_card(studio: AppStudio) -> None:
    row = await studio.registered("Waiting app")
    made = await add_secret(client=studio.client, store=studio.store, journal=studio.journal, app_id=row.id)
    studio.journal.claimed.clear()
    made.secret.discard()
    studio.choose(row.id)
    await hear(studio.apps.inspector, "Its secret waits")
    press(studio.apps.inspector, "apps.hand_over")
    reveal = await studio.dialog(RevealDialog)
    await hear(reveal, "Waiting app")
    press(reveal, "reveal_close")
    await until(lambda: buttons(reveal, "reveal_discard"))
    press(reveal, "reveal_discard")
    await studio.back()
    assert [one.id for one in (await studio.fresh(row.id)).secrets] == [row.secrets[0].id]
