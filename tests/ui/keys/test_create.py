"""*New key…* by real events: judged as fields are left, faults at their place, one request, then the reveal."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from bcdesk.client.errors import FaultItem, InvalidValues, Unreachable
from bcdesk.contract.rows import KeyRow
from bcdesk.ui.keys.create import CreateDialog
from bcdesk.ui.keys.recovery import Recovery
from bcdesk.ui.keys.reveal import RevealDialog
from bcdesk.ui.unanswered import Unanswered
from tests.ui.keys.creating import discarded, named, opened
from tests.ui.keys.studio import Studio, button, press, says, until
from tests.ui.walk import check_window


async def test_that_a_key_is_made_and_handed_over_next(studio: Studio) -> None:
    dialog = await opened(studio)
    check_window(dialog)
    QTest.keyClicks(dialog.form.field("/name").editor, "Storefront 2")
    QTest.keyClicks(dialog.form.field("/description").editor, "Shows the catalogue")
    QTest.keyClicks(dialog.form.field("/owner").editor, "Web")
    QTest.keyClicks(dialog.form.field("/tags").editor, "shop, eu")
    press(dialog, "environment.live")
    QTest.mouseClick(dialog.form._scopes._checks["purchases.write"], Qt.MouseButton.LeftButton)
    press(dialog, "expiry.30")
    QTest.keyClicks(dialog.form.field("/allowed_cidrs").editor, "196.201.4.0/24")
    wanted = dialog.form.values()
    press(dialog, "create_key.make")
    reveal = await studio.dialog(RevealDialog)
    row = reveal.handing.made.row
    assert isinstance(row, KeyRow)
    assert (row.name, row.description, row.owner, row.tags) == (
        "Storefront 2",
        "Shows the catalogue",
        "Web",
        ("shop", "eu"),
    )
    assert row.environment == "live"
    assert set(row.scopes) == {"beats.read", "purchases.write"}
    assert row.allowed_cidrs == ("196.201.4.0/24",)
    assert row.expires_at == wanted.expires_at
    assert studio.page.table.current_id() == row.id
    await discarded(studio)


async def test_that_enter_in_a_field_submits_once_however_long_it_is_held(studio: Studio) -> None:
    dialog = await opened(studio)
    editor = dialog.form.field("/name").editor
    QTest.keyClicks(editor, "Held Enter")
    QTest.keyPress(editor, Qt.Key.Key_Return)
    held = QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", True)
    for _ in range(5):
        QApplication.sendEvent(QApplication.focusWidget() or dialog, held)
    reveal = await studio.dialog(RevealDialog)
    for _ in range(5):
        QApplication.sendEvent(QApplication.focusWidget() or reveal, held)
    assert reveal.face == "waiting"
    assert len(named(studio, "Held Enter")) == 1
    await discarded(studio)


async def test_that_a_double_click_makes_one_key(studio: Studio) -> None:
    dialog = await opened(studio)
    QTest.keyClicks(dialog.form.field("/name").editor, "Clicked twice")
    make = button(dialog, "create_key.make")
    QTest.mouseDClick(make, Qt.MouseButton.LeftButton)
    QTest.mouseClick(make, Qt.MouseButton.LeftButton)
    await studio.dialog(RevealDialog)
    await studio.sync()
    assert len(named(studio, "Clicked twice")) == 1
    await discarded(studio)


async def test_that_a_second_ctrl_n_opens_no_second_dialog(studio: Studio) -> None:
    dialog = await opened(studio)
    studio.registry.run("keys.new")
    studio.registry.run("keys.new")
    await until(lambda: len([one for one in studio.window.findChildren(CreateDialog) if one.isVisible()]) == 1)
    dialog.reject()


# ------------------------------------------------------------------ when the server says no, or nothing


async def test_that_faults_of_the_server_land_at_their_fields(studio: Studio) -> None:
    dialog = await opened(studio)
    dialog.form.check = lambda: True  # type: ignore[method-assign]
    QTest.keyClicks(dialog.form.field("/name").editor, "N" * 90)
    QTest.keyClicks(dialog.form.field("/tags").editor, "same, same")
    press(dialog, "create_key.make")
    await until(lambda: dialog.form.field("/tags").fault)
    assert dialog.form.field("/name").fault == "This is too long."
    assert dialog.form.field("/tags").fault == "This is there twice."
    assert dialog.form.values().name == "N" * 90
    assert button(dialog, "create_key.make").isEnabled()
    dialog.reject()


async def test_that_a_fault_without_a_field_is_said_at_the_top(studio: Studio) -> None:
    from bcdesk.ui.submission import show_error

    dialog = await opened(studio)
    fault = FaultItem("/replaces", "unknown_key", "")
    show_error(dialog, InvalidValues(422, "invalid_values", "", (fault,)))
    assert "There is no such key." in dialog.problem.text
    dialog.reject()


async def test_that_nothing_typed_is_lost_offline(studio: Studio) -> None:
    dialog = await opened(studio)
    QTest.keyClicks(dialog.form.field("/name").editor, "Typed offline")
    studio.line_up = False
    press(dialog, "create_key.make")
    assert "Nothing was sent." in dialog.problem.text
    studio.line_up = True
    press(dialog, "create_key.make")
    reveal = await studio.dialog(RevealDialog)
    assert reveal.handing.made.row.name == "Typed offline"
    await discarded(studio)


async def test_that_what_never_left_says_so_and_can_be_sent_again(studio: Studio) -> None:
    dialog = await opened(studio)
    QTest.keyClicks(dialog.form.field("/name").editor, "Never left")
    living = studio.client
    studio.client = studio.new_client()
    await studio.client.aclose()  # as when the server was lost, and a new one is on its way
    press(dialog, "create_key.make")
    await until(lambda: dialog.problem.text)
    assert "Nothing was sent." in dialog.problem.text
    assert "keeps trying" not in dialog.problem.text
    assert not dialog.busy
    assert not studio.journal.pending()
    studio.client = living
    press(dialog, "create_key.make")
    reveal = await studio.dialog(RevealDialog)
    assert reveal.handing.made.row.name == "Never left"
    await studio.sync()
    assert len(named(studio, "Never left")) == 1
    await discarded(studio)


async def test_that_a_cut_answer_is_asked_for_again_and_makes_one_key(studio: Studio) -> None:
    from tests.e2e.cutting import cutting

    host, port = studio.served.base_url.removeprefix("http://").split(":")
    recovery = Recovery(studio.window, studio.desk)
    async with cutting((host, int(port))) as proxy:
        await studio.go_through(proxy)
        proxy.cut_after = 200
        dialog = await opened(studio)
        QTest.keyClicks(dialog.form.field("/name").editor, "Cut off")
        press(dialog, "create_key.make")
        await until(lambda: dialog.problem.text)
        assert "The connection broke off." in dialog.problem.text
        assert "nothing is made twice" in says(dialog)
        assert dialog.busy
        assert dialog.form.values().name == "Cut off"
        proxy.cut_after = None
        await studio.sync()
        reveal = await studio.dialog(RevealDialog)
        assert reveal.handing.made.row.name == "Cut off"
        assert not [one for one in studio.window.findChildren(CreateDialog) if one.isVisible()]
        await studio.sync()
        assert len(named(studio, "Cut off")) == 1
        await discarded(studio)
        recovery.close()
        await studio.go_through(None)


async def test_that_an_unanswered_request_that_did_nothing_frees_the_dialog(studio: Studio) -> None:
    dialog = await opened(studio)
    QTest.keyClicks(dialog.form.field("/name").editor, "Never arrived")
    Unanswered(dialog, studio.desk, Unreachable("timeout", uncertain=True))
    assert "nothing is made twice" in says(dialog)
    studio.store.set_link(as_of=studio.now())
    assert not dialog.busy
    assert "It was not made." in dialog.problem.text
    press(dialog, "create_key.make")
    await studio.dialog(RevealDialog)
    await discarded(studio)


async def test_that_leaving_while_it_is_made_leaves_no_key(studio: Studio) -> None:
    dialog = await opened(studio)
    QTest.keyClicks(dialog.form.field("/name").editor, "Left too early")
    press(dialog, "create_key.make")
    assert dialog.busy
    assert "If you leave now, it is discarded" in says(dialog)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    await until(lambda: "create key" not in studio.desk.scope.names)
    await studio.sync()
    assert named(studio, "Left too early") == []
    assert studio.journal.pending() == ()
    assert [one for one in studio.window.findChildren(RevealDialog) if one.isVisible()] == []


async def test_that_new_waits_while_a_secret_is_handed_over(studio: Studio) -> None:
    dialog = await opened(studio)
    QTest.keyClicks(dialog.form.field("/name").editor, "First of two")
    press(dialog, "create_key.make")
    await studio.dialog(RevealDialog)
    assert "waits to be handed over" in (studio.registry.reason("keys.new") or "")
    assert "waits to be handed over" in (studio.registry.reason("keys.rotate") or "")
    await discarded(studio)


async def test_that_a_quick_click_hits_although_the_field_before_is_judged(studio: Studio) -> None:
    await studio.connect()
    studio.registry.run("keys.new")
    dialog = await studio.dialog(CreateDialog)
    QTest.keyClicks(dialog.form.field("/name").editor, "Mastering queue")
    live = button(dialog, "environment.live")
    stood = live.mapToGlobal(live.rect().center())
    QTest.mousePress(live, Qt.MouseButton.LeftButton)
    assert live.mapToGlobal(live.rect().center()) == stood
    QTest.mouseRelease(live, Qt.MouseButton.LeftButton)
    assert live.isChecked()
    dialog.reject()
    await studio.back()
