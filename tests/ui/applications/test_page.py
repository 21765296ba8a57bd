"""The applications page by real events: what it shows, narrows and offers, and to whom."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from bcdesk.client.errors import Conflict, Unreachable
from bcdesk.ui.applications.choose import ChooseDialog
from bcdesk.ui.applications.endings import RevokeGrantsDialog
from bcdesk.ui.applications.register import RegisterDialog
from bcdesk.ui.keys.create import CreateDialog
from tests.ui.applications.app_studio import AppStudio
from tests.ui.keys.studio import buttons, hear, press, says, until
from tests.ui.walk import check_window

CTRL = Qt.KeyboardModifier.ControlModifier


async def test_that_the_two_applications_of_the_portal_page_stand_there(studio: AppStudio) -> None:
    assert {"Beat Fusion App", "Beat Marketplace"} <= set(studio.shown_names())
    fusion = studio.named("Beat Fusion App")
    studio.choose(fusion.id)
    await hear(studio.apps.inspector, "Mobile application", "client_5f82a4b7e9d287a3b5", "beatfusion://callback")
    await hear(studio.apps.inspector, "another app can claim this scheme", "PKCE proves it instead", "Always required")
    check_window(studio.window)


async def test_that_search_type_and_status_narrow_and_clear_widens(studio: AppStudio) -> None:
    await studio.registered("Night shift", "service")
    studio.apps.filters.search.setFocus()
    QTest.keyClicks(studio.apps.filters.search, "7d93c8e5")
    assert studio.shown_names() == ["Beat Marketplace"]
    studio.apps.filters.search.clear()
    press(studio.apps, "filter.type.service")
    assert all(studio.named(name).type == "service" for name in studio.shown_names())
    QTest.keyClicks(studio.apps.filters.search, "nothing like this")
    await hear(studio.apps, "No application matches", "Nothing matches “nothing like this” · Service.")
    assert studio.registry.run("apps.clear_filters")
    press(studio.apps, "filter.app_status.needs")
    assert "Beat Marketplace" in studio.shown_names()
    assert "Night shift" not in studio.shown_names()
    assert studio.registry.run("apps.clear_filters")


async def test_that_a_shortcut_is_about_the_page_that_is_shown(studio: AppStudio) -> None:
    QTest.keyClick(studio.window, Qt.Key.Key_N, CTRL)
    dialog = await studio.dialog(RegisterDialog)
    dialog.reject()
    await studio.back()
    studio.window.go("keys")
    QTest.keyClick(studio.window, Qt.Key.Key_N, CTRL)
    other = await studio.dialog(CreateDialog)
    other.reject()
    await studio.back()


async def test_that_a_command_of_the_other_page_goes_there_first(studio: AppStudio) -> None:
    studio.window.go("keys")
    assert studio.registry.run("apps.search")
    assert studio.window.stack.currentWidget() is studio.apps
    assert studio.window.focusWidget() is studio.apps.filters.search


async def test_that_new_asks_who_will_use_it(studio: AppStudio) -> None:
    QTest.keyClick(studio.window, Qt.Key.Key_N, CTRL | Qt.KeyboardModifier.ShiftModifier)
    dialog = await studio.dialog(ChooseDialog)
    check_window(dialog)
    QTest.keyClick(dialog.who.radio("keys.new"), Qt.Key.Key_Space)
    press(dialog, "choose_new.go_on")
    made = await studio.dialog(CreateDialog)
    assert studio.window.stack.currentWidget() is studio.page
    made.reject()
    await studio.back()


async def test_that_the_client_id_is_copied_normally(studio: AppStudio) -> None:
    row = studio.named("Beat Marketplace")
    studio.choose(row.id)
    await until(lambda: buttons(studio.apps.inspector, "client_id_copy"))
    press(studio.apps.inspector, "client_id_copy")
    assert QGuiApplication.clipboard().text() == "client_7d93c8e5f2a16b4d9c"


async def test_that_a_viewer_finds_no_button_that_changes_anything(viewing: AppStudio) -> None:
    viewing.choose(viewing.named("Beat Marketplace").id)
    await until(lambda: "grants" not in viewing.desk.scope.names)
    for name in ("apps.new", "apps.import", "apps.edit", "apps.new_secret", "apps.disable", "apps.delete",
                 "apps.replace_unused", "apps.delete_secret", "apps.revoke_grants"):  # fmt: skip
        assert not buttons(viewing.apps, name), name
    assert buttons(viewing.apps, "apps.export")
    check_window(viewing.window)


async def test_that_offline_says_so_and_why_nothing_can_be_changed(studio: AppStudio) -> None:
    studio.choose(studio.named("Beat Fusion App").id)
    studio.line_up = False
    studio.store.set_link(state="offline", error=Unreachable("refused"))
    studio.tell_window()
    await hear(studio.apps, "Offline, as of")
    for one in buttons(studio.apps, "apps.edit"):
        assert one.reason == "Offline: this needs the server."


async def test_that_an_empty_server_says_what_to_do_next(studio: AppStudio) -> None:
    rows = list(studio.store.apps.values())
    studio.store.apply_apps([], [row.id for row in rows])
    await hear(studio.apps, "No OAuth apps yet")
    assert len(buttons(studio.apps, "apps.new")) == 2
    studio.store.apply_apps(rows, force=True)
    assert "No OAuth apps yet" not in says(studio.apps)


async def test_that_what_someone_allowed_is_listed_and_taken_back_one_and_all(studio: AppStudio) -> None:
    row = await studio.registered("Guest list", scopes=("user.profile", "beats.read"))
    await studio.allow(row)
    await studio.allow(row, user=1)
    studio.choose((await studio.fresh(row.id)).id)
    await until(lambda: len(studio.apps.inspector.grants.known or ()) == 2)
    await until(lambda: len(buttons(studio.apps.inspector, "apps.revoke_grant")) == 2)
    check_window(studio.window)
    one = buttons(studio.apps.inspector, "apps.revoke_grant")[0]
    studio.apps.inspector._scroll.ensureWidgetVisible(one)
    QTest.mouseClick(one, Qt.MouseButton.LeftButton)
    await until(lambda: len(studio.apps.inspector.grants.known or ()) == 1)
    await until(lambda: len(buttons(studio.apps.inspector, "apps.revoke_grant")) == 1)
    press(studio.apps.inspector, "apps.revoke_grants")
    dialog = await studio.dialog(RevokeGrantsDialog)
    check_window(dialog)
    press(dialog, "revoke_grants.act")
    await studio.back()
    await hear(studio.apps.inspector, "Nobody yet.")
    assert (await studio.client.apps.grants(row.id)).items == ()


async def test_that_a_problem_speaks_of_the_application_and_not_of_a_key(studio: AppStudio) -> None:
    for code in ("restore_expired", "handover_ended", "version_used"):
        studio.apps.tell(Conflict(409, code, "", ()))
        assert "key" not in studio.apps.notices.problem.text
    await hear(studio.apps, "The secret was already used.")
    await until(lambda: buttons(studio.apps, "problem.close"))
    press(studio.apps, "problem.close")
    assert not studio.apps.notices.problem.isVisible()
