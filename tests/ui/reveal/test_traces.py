"""The secret leaves no trace: not in a property, a text, a tooltip, an undo stack, an accessible tree or the log."""

import gc
import logging

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget

from bcdesk.contract.key_format import generate
from bcdesk.ui import theme
from bcdesk.ui.keys.reveal_dialog import RevealDialog
from bcdesk.ui.keys.secret_frame import SecretFrame, spelled
from tests.ui.reveal.conftest import Bench, button, press
from tests.ui.reveal.traces import traces
from tests.ui.walk import check_window


def frame_of(dialog: RevealDialog) -> SecretFrame:
    found = dialog.findChild(SecretFrame)
    assert isinstance(found, SecretFrame)
    return found


@pytest.mark.parametrize("place", ["label", "tooltip", "property", "name", "undo", "python property"])
def test_that_a_planted_secret_is_found(host: QWidget, place: str) -> None:
    value = generate("live")
    if place == "label":
        QLabel(value, host)
    elif place == "tooltip":
        host.setToolTip(f"the key is {value}")
    elif place == "property":
        host.setProperty("secret", value)
    elif place == "python property":
        host.setProperty("later", [value])
    elif place == "name":
        QWidget(host).setAccessibleDescription(value[20:])
    else:
        line = QLineEdit(host)
        line.show()
        QTest.keyClicks(line, value)
        line.selectAll()
        QTest.keyClick(line, Qt.Key.Key_Delete)
        assert line.text() == ""
    assert traces(value)


@pytest.mark.parametrize("shown", [False, True])
async def test_that_no_window_holds_the_secret_at_any_moment(
    bench: Bench, shown: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    made = await bench.make()
    value = made.secret.show()
    task = bench.reveal(made)
    dialog = await bench.dialog()
    if shown:
        press(button(dialog, "reveal_show"))
    assert traces(value) == []
    press(button(dialog, "reveal_save"))
    assert traces(value) == []
    press(button(dialog, "save_back"))
    dialog.reject()
    assert traces(value) == []
    press(button(dialog, "reveal_back"))
    press(button(dialog, "reveal_copy"))
    await bench.dialog("after")
    assert traces(value) == []
    await bench.quiet_but(task)
    for one in (made, made.secret, dialog, dialog.handing, bench.desk, bench.desk.journal, bench.desk.clipboard):
        assert value[20:] not in repr(one)
    assert value[20:] not in caplog.text
    press(button(dialog, "reveal_done"))
    await bench.end(task)


async def test_that_the_value_is_in_no_string_of_the_program_once_it_is_handed_over(bench: Bench) -> None:
    made = await bench.make()
    start = made.secret.show()[:22]
    task = bench.reveal(made)
    press(button(await bench.dialog(), "reveal_copy"))
    dialog = await bench.dialog("after")
    press(button(dialog, "reveal_clear"))
    press(button(dialog, "reveal_done"))
    await bench.end(task)
    gc.unfreeze()
    gc.collect()
    PLANTED["control"] = start + "x" * 23
    held = {one for one in _strings() if one.startswith(start) and one != start}
    assert held == {PLANTED.pop("control")}


PLANTED: dict[str, str] = {}


def _strings() -> list[str]:
    """Return every string that a container of the program holds, also in those that the collector does not track."""
    found: list[str] = []
    for one in gc.get_objects():
        for inner in gc.get_referents(one):
            if type(inner) is str:
                found.append(inner)
            elif type(inner) in (dict, tuple, list) and not gc.is_tracked(inner):
                found.extend(deep for deep in gc.get_referents(inner) if type(deep) is str)
    return found


async def test_screen_reader_hears_the_last_four_and_never_the_value(bench: Bench) -> None:
    made = await bench.make()
    task = bench.reveal(made)
    dialog = await bench.dialog()
    interface = QAccessible.queryAccessibleInterface(frame_of(dialog))
    last = " ".join(made.secret.last4)
    assert interface.text(QAccessible.Text.Name) == f"New live key ending {last}, hidden"
    assert interface.text(QAccessible.Text.Value) == ""
    press(button(dialog, "reveal_show"))
    assert interface.text(QAccessible.Text.Name) == f"New live key ending {last}, on screen"
    assert traces(made.secret.show()) == []
    task.cancel()


async def test_screen_reader_reads_aloud_only_on_request(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []

    def hear(event: object) -> None:
        if isinstance(event, QAccessibleAnnouncementEvent):
            said.append(event.message())

    monkeypatch.setattr(QAccessible, "updateAccessibility", hear)
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    made = await bench.make()
    value = made.secret.show()
    task = bench.reveal(made)
    dialog = await bench.dialog()
    press(button(dialog, "reveal_show"))
    assert said == []
    press(button(dialog, "reveal_aloud"))
    assert said == [spelled(value)]
    assert traces(value) == []
    task.cancel()


async def test_that_read_aloud_is_not_shown_where_nobody_listens(bench: Bench) -> None:
    task = bench.reveal(await bench.make())
    dialog = await bench.dialog()
    assert not QAccessible.isActive()
    assert dialog.findChild(QWidget, "reveal_aloud") is None
    task.cancel()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_that_every_face_is_named_and_plain(bench: Bench, qapp: QApplication, scheme: theme.Scheme) -> None:
    theme.apply(qapp, scheme)
    task = bench.reveal(await bench.make(), "bcdesk was interrupted before you took this key.")
    dialog = await bench.dialog()
    check_window(dialog)
    press(button(dialog, "reveal_save"))
    check_window(dialog)
    press(button(dialog, "save_back"))
    bench.desk.gate.seal()
    check_window(dialog)
    bench.desk.gate.unseal()
    await bench.dialog("waiting")
    dialog.reject()
    check_window(dialog)
    press(button(dialog, "reveal_back"))
    press(button(dialog, "reveal_copy"))
    await bench.dialog("after")
    check_window(dialog)
    await bench.quiet_but(task)
    task.cancel()
    QGuiApplication.clipboard().clear()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_that_a_masked_frame_paints_the_same_for_every_secret(
    bench: Bench, qapp: QApplication, scheme: theme.Scheme
) -> None:
    theme.apply(qapp, scheme)
    from bcdesk.contract.secret import OneTimeSecret

    frame = SecretFrame(bench.window)
    frame.resize(frame.sizeHint())
    pictures = []
    for shown in (False, True):
        for value in (generate("live"), generate("live")):
            frame.hold(OneTimeSecret(value), "live")
            if shown:
                frame.open()
            pictures.append(frame.grab().toImage())
    frame.conceal()
    assert pictures[0] == pictures[1]
    assert pictures[2] != pictures[3]
    assert pictures[0] != pictures[2]
