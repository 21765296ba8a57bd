"""The countdown in the status bar."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from bcdesk.contract.key_format import generate
from bcdesk.ui.clipboard import ClipboardGuard
from bcdesk.ui.clipboard_status import ClipboardStatus
from tests.ui.reveal.conftest import button, press, says
from tests.ui.walk import check_window


async def test_that_it_is_there_only_while_a_key_is_on_the_clipboard(host: QWidget) -> None:
    guard = ClipboardGuard(QGuiApplication.clipboard())
    status = ClipboardStatus(guard, host)
    assert not status.isVisible()
    assert await guard.offer(generate("live"))
    assert "Key on the clipboard for 30 s" in says(status)
    check_window(status)
    press(button(status, "clipboard_extend"))
    assert "Key on the clipboard for 60 s" in says(status)
    press(button(status, "clipboard_clear"))
    assert QGuiApplication.clipboard().text() == ""
    assert not status.isVisible()
    guard.close()
