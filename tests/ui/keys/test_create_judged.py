"""What the dialog says of what is typed, before anything is sent."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from bcdesk.ui.keys.draft import end_of_day
from tests.ui.keys.creating import opened
from tests.ui.keys.studio import Studio, press, says


async def test_that_an_empty_name_is_said_on_submit_and_not_in_passing(studio: Studio) -> None:
    dialog = await opened(studio)
    name = dialog.form.field("/name")
    QTest.keyClick(name.editor, Qt.Key.Key_Tab)
    assert name.fault == ""
    press(dialog, "create_key.make")
    assert name.fault == "This cannot be empty."
    assert dialog.focusWidget() is name.editor
    QTest.keyClicks(name.editor, "A")
    assert name.fault == ""
    dialog.reject()


async def test_that_a_range_with_host_bits_offers_the_one_that_was_meant(studio: Studio) -> None:
    dialog = await opened(studio)
    field = dialog.form.field("/allowed_cidrs")
    field.focus()
    QTest.keyClicks(field.editor, "10.1.2.3/8")
    QTest.keyClick(field.editor, Qt.Key.Key_Tab)
    assert "Did you mean 10.0.0.0/8?" in field.fault
    press(dialog, "use_range")
    assert dialog.form.values().allowed_cidrs == ("10.0.0.0/8",)
    assert field.fault == ""
    dialog.reject()


async def test_that_the_line_that_is_no_range_is_named(studio: Studio) -> None:
    dialog = await opened(studio)
    field = dialog.form.field("/allowed_cidrs")
    field.focus()
    QTest.keyClicks(field.editor, "10.0.0.0/8\r10.0.0.300")
    QTest.keyClick(field.editor, Qt.Key.Key_Tab)
    assert field.fault.startswith("“10.0.0.300”:")
    dialog.reject()


async def test_that_the_sandbox_takes_no_writing_scope_and_live_gives_it_back(studio: Studio) -> None:
    dialog = await opened(studio)
    check = dialog.form._scopes._checks["purchases.write"]
    assert not check.isEnabled()
    assert check.toolTip() == "Sandbox keys read only."
    press(dialog, "environment.live")
    QTest.mouseClick(check, Qt.MouseButton.LeftButton)
    assert "purchases.write" in dialog.form.values().scopes
    press(dialog, "environment.sandbox")
    assert "purchases.write" not in dialog.form.values().scopes
    press(dialog, "environment.live")
    assert "purchases.write" in dialog.form.values().scopes
    dialog.reject()


async def test_that_no_scope_at_all_is_said_at_the_scopes(studio: Studio) -> None:
    dialog = await opened(studio)
    QTest.keyClicks(dialog.form.field("/name").editor, "No scopes")
    QTest.mouseClick(dialog.form._scopes._checks["beats.read"], Qt.MouseButton.LeftButton)
    press(dialog, "create_key.make")
    assert dialog.form.field("/scopes").fault == "This cannot be empty."
    dialog.reject()


async def test_that_the_exact_day_of_the_end_is_said(studio: Studio) -> None:
    dialog = await opened(studio)
    expires = dialog.form.field("/expires_at")
    assert "Works until the end of" in says(expires)
    press(dialog, "expiry.never")
    assert "we recommend to rotate" in says(expires).lower()
    assert dialog.form.values().expires_at is None
    press(dialog, "expiry.day")
    day = dialog.form._expiry._day
    day.setDate(day.minimumDate())
    chosen = day.date()
    assert dialog.form.values().expires_at == end_of_day(chosen.toPython())  # type: ignore[arg-type]
    dialog.reject()


async def test_that_live_is_said_clearly_and_sandbox_is_the_default(studio: Studio) -> None:
    dialog = await opened(studio)
    assert dialog.form.values().environment == "sandbox"
    press(dialog, "environment.live")
    assert "live API" in says(dialog.form.field("/environment"))
    assert "Pre-release demo" in says(dialog)
    dialog.reject()
