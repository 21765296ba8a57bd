"""A key that gets into the search field becomes its mask at once, is identified, and leaves no trace."""

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QAccessible,
    QAction,
    QContextMenuEvent,
    QDropEvent,
    QGuiApplication,
    QInputMethodEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from bcdesk.contract import key_format
from bcdesk.ui.keys.recogniser import Recognised
from bcdesk.ui.keys.search import SearchField
from tests.ui.keys.studio import Studio, says, until


@pytest.fixture
def field(qtbot: QtBot) -> SearchField:
    made = SearchField()
    qtbot.addWidget(made)
    made.show()
    made.setFocus()
    return made


class Heard:
    """Collects what a field tells."""

    def __init__(self, field: SearchField) -> None:
        self.keys: list[Recognised] = []
        self.texts: list[str] = []
        field.recognised.connect(self.keys.append)
        field.searched.connect(self.texts.append)
        field.textChanged.connect(self.texts.append)


def accessible_texts(field: SearchField) -> str:
    """Return everything that a screen reader could read of the field."""
    interface = QAccessible.queryAccessibleInterface(field)
    parts = [interface.text(role) for role in QAccessible.Text if role != QAccessible.Text.UserText]
    text = interface.textInterface()
    parts.append(text.text(0, text.characterCount()))
    return "\n".join(parts)


def hold_no_trace(field: SearchField, token: str) -> None:
    """Walk everything that could still hold the key."""
    secret = token[9:30]
    assert field.text() == key_format.mask_token(token)
    for step in (field.undo, field.redo, field.undo, field.undo):
        step()
        assert secret not in field.text()
    field.selectAll()
    field.copy()
    assert secret not in QGuiApplication.clipboard().text()
    assert secret not in accessible_texts(field)
    meta = field.metaObject()
    for index in range(meta.propertyCount()):
        assert secret not in str(meta.property(index).read(field))
    for name in field.dynamicPropertyNames():
        assert secret not in str(field.property(bytes(name.data()).decode()))
    assert secret not in repr(vars(field))


def paste_by_keyboard(field: SearchField, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    QTest.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def paste_by_insert_key(field: SearchField, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    QTest.keyClick(field, Qt.Key.Key_Insert, Qt.KeyboardModifier.ShiftModifier)


def paste_by_menu(field: SearchField, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(5, 5), field.mapToGlobal(QPoint(5, 5)))
    QApplication.sendEvent(field, event)
    menu = next(one for one in QApplication.topLevelWidgets() if isinstance(one, QMenu) and one.isVisible())
    next(one for one in menu.findChildren(QAction) if one.objectName() == "edit-paste").trigger()
    menu.close()


def drop(field: SearchField, text: str) -> None:
    data = QMimeData()
    data.setText(text)
    action, buttons, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    field.dropEvent(QDropEvent(QPointF(5, 5), action, data, buttons, keys))


def compose(field: SearchField, text: str) -> None:
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(field, event)


def type_out(field: SearchField, text: str) -> None:
    QTest.keyClicks(field, text)


def set_by_program(field: SearchField, text: str) -> None:
    field.setText(text)


ROADS = [paste_by_keyboard, paste_by_insert_key, paste_by_menu, drop, compose, type_out, set_by_program]


@pytest.mark.parametrize("road", ROADS, ids=lambda road: road.__name__)
def test_that_a_key_leaves_no_trace_by_any_road(field: SearchField, road: object) -> None:
    heard, token = Heard(field), key_format.generate("live")
    assert callable(road)
    road(field, token)
    assert [key.masked for key in heard.keys] == [key_format.mask_token(token)]
    if road is not type_out:
        assert not any(token[9:30] in text for text in heard.texts)
    assert not any(token in text for text in heard.texts)
    hold_no_trace(field, token)


def test_that_the_walk_would_find_a_key_that_was_kept(field: SearchField) -> None:
    token = key_format.generate("live")
    field.setValidator(None)  # type: ignore[arg-type]
    field.setText(token)
    with pytest.raises(AssertionError):
        hold_no_trace(field, token)


def test_that_a_key_within_other_words_is_masked(field: SearchField) -> None:
    heard, token = Heard(field), key_format.generate("sandbox")
    paste_by_keyboard(field, f"export BEATCONNECT_API_KEY={token}\n")
    assert heard.keys[0].masked == key_format.mask_token(token)
    hold_no_trace(field, token)


def test_that_a_key_typed_in_part_is_masked_when_the_field_is_left(field: SearchField, qtbot: QtBot) -> None:
    heard, token = Heard(field), key_format.generate("live")
    QTest.keyClicks(field, token[:35])
    assert heard.keys == []
    assert heard.texts[-1] in ("", token[:35])
    field._give_up_typing()
    assert not heard.keys[0].sound
    assert token[9:30] not in field.text()


def test_that_an_unfinished_key_is_not_searched_for(field: SearchField) -> None:
    searched: list[str] = []
    field.searched.connect(searched.append)
    token = key_format.generate("live")
    QTest.keyClicks(field, token[:30])
    assert all(len(text) < 21 for text in searched)


def test_that_a_mask_is_searched_for_by_its_last_four(field: SearchField) -> None:
    heard = Heard(field)
    field.setText("bca_live_*************a4f2")
    assert "a4f2" in heard.texts
    assert heard.keys == []


def test_that_escape_empties_the_field(field: SearchField) -> None:
    QTest.keyClicks(field, "prod")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == ""


# ------------------------------------------------------------------ identifying, on the real server


async def test_that_a_pasted_key_selects_its_row_and_says_that_it_works(studio: Studio) -> None:
    made = await studio.make("Paste me")
    token = made.secret.show()
    paste_by_keyboard(studio.page.filters.search, token)
    assert token[9:30] not in says(studio.window)
    await until(lambda: studio.page.table.current_id() == made.key.id)
    assert "This key is Paste me." in says(studio.page.identified)
    assert "current version" in says(studio.page.identified)
    assert studio.page.inspector.key_id == made.key.id


async def test_that_a_row_hidden_by_filters_is_shown_when_its_key_is_pasted(studio: Studio) -> None:
    made = await studio.make("Hidden sandbox one", environment="sandbox")
    studio.page.filters.environment.button("live").click()
    assert studio.page.listing.model.place_of(made.key.id) < 0
    paste_by_keyboard(studio.page.filters.search, made.secret.show())
    await until(lambda: studio.page.listing.model.place_of(made.key.id) >= 0)
    assert studio.page.filters.environment.value == "all"
    assert studio.page.filters.search.holds_key


async def test_that_an_ended_version_is_found_and_said_to_be_over(studio: Studio) -> None:
    made = await studio.make("Revoked by paste")
    await studio.client.keys.revoke(made.key.id, reason="", compromised=True)
    await studio.sync()
    paste_by_keyboard(studio.page.filters.search, made.secret.show())
    await until(lambda: "Revoked by paste" in says(studio.page.identified))
    assert "no longer works" in says(studio.page.identified)


async def test_that_a_key_of_another_server_is_said_to_be_foreign(studio: Studio) -> None:
    paste_by_keyboard(studio.page.filters.search, key_format.generate("live"))
    await until(lambda: "not of this server" in says(studio.page.identified))


async def test_that_a_mistyped_key_is_told_by_its_checksum_offline_too(studio: Studio) -> None:
    studio.line_up = False
    token = key_format.generate("live")
    wrong = token[:-1] + ("A" if token[-1] != "A" else "B")
    paste_by_keyboard(studio.page.filters.search, wrong)
    assert "mistyped" in says(studio.page.identified)


async def test_that_offline_a_whole_key_is_said_to_be_whole(studio: Studio) -> None:
    studio.line_up = False
    studio.store.set_link(state="offline")
    paste_by_keyboard(studio.page.filters.search, key_format.generate("live"))
    assert "checksum is right" in says(studio.page.identified)


async def test_that_typing_on_forgets_the_outcome(studio: Studio) -> None:
    paste_by_keyboard(studio.page.filters.search, key_format.generate("live"))
    await until(lambda: says(studio.page.identified))
    studio.page.filters.search.clear()
    assert studio.page.identified.isHidden()
