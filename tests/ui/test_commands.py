"""Commands are data; buttons, menus, shortcuts and the palette follow them."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow, QMenu, QVBoxLayout, QWidget

from bcdesk.ui.commands import Command, Context, Registry, tooltip
from bcdesk.ui.menus import SEPARATOR, Shortcuts, menu
from bcdesk.ui.palette import Palette, matching, show_palette
from tests.ui.conftest import _settle


class Desk:
    """A few commands, and what was run."""

    def __init__(self) -> None:
        self.ran: list[object] = []
        self.reason: str | None = None
        self.manager = True
        self.registry = Registry()
        self.registry.add(
            Command("new", "New key…", self.note("new"), "Ctrl+N", "plus", aliases=("create",)),
            Command("rotate", "Rotate…", self.note("rotate"), "Ctrl+R", enabled=lambda _c: self.reason),
            Command("revoke", "Revoke…", self.note("revoke"), shown=lambda _c: self.manager, danger=True),
        )

    def note(self, name: str) -> Callable[[Context], object]:
        def run(context: Context) -> None:
            self.ran.append((name, context.target))

        return run


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_that_an_id_or_a_shortcut_is_taken_once(desk: Desk) -> None:
    with pytest.raises(ValueError, match="two commands"):
        desk.registry.add(Command("new", "Again", print))
    with pytest.raises(ValueError, match="wants the shortcut of new"):
        desk.registry.add(Command("other", "Other", print, shortcut="ctrl+n"))


def test_that_a_button_says_what_its_command_says(desk: Desk, host: QWidget) -> None:
    button = desk.registry.button("new", "primary", parent=host)
    assert button.text() == "New key…"
    assert button.accessibleName() == "New key…"
    assert button.toolTip() == tooltip(desk.registry.command("new")) == "New key (Ctrl+N)"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert desk.ran == [("new", None)]


def test_that_a_button_knows_why_it_cannot_be_pressed(desk: Desk, host: QWidget) -> None:
    button = desk.registry.button("rotate", parent=host)
    assert button.isEnabled()
    desk.reason = "The server is offline."
    desk.registry.refresh()
    assert not button.isEnabled()
    assert button.toolTip() == button.accessibleDescription() == "The server is offline."
    desk.reason = None
    desk.registry.refresh()
    assert button.isEnabled()
    assert button.toolTip() == "Rotate (Ctrl+R)"
    assert not button.accessibleDescription()


def test_that_a_viewer_finds_no_dead_button(desk: Desk, host: QWidget) -> None:
    column = QVBoxLayout(host)
    button = desk.registry.button("revoke")
    column.addWidget(button)
    _settle()
    assert button.isVisibleTo(host)
    desk.manager = False
    desk.registry.refresh()
    assert not button.isVisibleTo(host)
    late = desk.registry.button("revoke")
    column.addWidget(late)
    _settle()
    assert not late.isVisibleTo(host)
    desk.manager = True
    desk.registry.refresh()
    assert button.isVisibleTo(host)
    assert late.isVisibleTo(host)


def test_that_a_button_acts_on_its_own_context(desk: Desk, host: QWidget) -> None:
    desk.registry.set_context(lambda: Context("the selected one"))
    button = desk.registry.button("rotate", context=lambda: Context("its own"), parent=host)
    button.click()
    desk.registry.run("rotate")
    assert desk.ran == [("rotate", "its own"), ("rotate", "the selected one")]


def test_that_a_refused_command_says_why(desk: Desk) -> None:
    said: list[tuple[str, str]] = []
    desk.registry.refused.connect(lambda one, why: said.append((one, why)))
    desk.reason = "Choose a key first."
    assert not desk.registry.run("rotate")
    assert said == [("rotate", "Choose a key first.")]
    assert not desk.ran


def test_that_a_command_not_shown_cannot_be_run(desk: Desk) -> None:
    desk.manager = False
    assert not desk.registry.run("revoke")
    assert not desk.ran


def test_that_a_menu_holds_the_commands_with_reason_and_shortcut(desk: Desk, host: QWidget) -> None:
    desk.reason, desk.manager = "Offline.", False
    made = menu(desk.registry, ("new", SEPARATOR, "revoke", SEPARATOR, "rotate"), Context("row"), host)
    actions = made.actions()
    assert [one.text() for one in actions if not one.isSeparator()] == ["New key…", "Rotate…"]
    assert sum(one.isSeparator() for one in actions) == 1
    new, rotate = actions[0], actions[-1]
    assert new.shortcut().toString() == "Ctrl+N"
    assert not rotate.isEnabled()
    assert rotate.toolTip() == "Offline."
    new.trigger()
    assert desk.ran == [("new", "row")]
    made.deleteLater()


def test_that_an_open_menu_deletes_itself_when_it_closes(desk: Desk, host: QWidget) -> None:
    made = menu(desk.registry, ("new",), Context(), host)
    made.popup(host.mapToGlobal(host.rect().center()))
    assert made.isVisible()
    QTest.keyClick(made, Qt.Key.Key_Escape)
    _settle()
    assert not host.findChildren(QMenu)


def test_that_shortcuts_run_commands_and_say_why_not(desk: Desk) -> None:
    window = QMainWindow()
    window.setCentralWidget(QWidget())
    shortcuts = Shortcuts(desk.registry, window)
    window.show()
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    QTest.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert desk.ran == [("new", None)]
    desk.registry.add(Command("late", "Late", desk.note("late"), "Ctrl+L", more_shortcuts=("F9",)))
    for key, modifier in (
        (Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_F9, Qt.KeyboardModifier.NoModifier),
    ):
        QTest.keyClick(window, key, modifier)
    assert desk.ran[1:] == [("late", None), ("late", None)]
    desk.registry.remove(["late"])
    said: list[str] = []
    desk.registry.refused.connect(lambda _one, why: said.append(why))
    desk.reason = "Offline."
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert said == ["Offline."]
    assert len(window.actions()) == 2
    del shortcuts
    window.close()
    window.deleteLater()


def test_that_the_palette_finds_by_words_and_aliases_best_first(desk: Desk) -> None:
    everything = desk.registry.all()
    assert [one.id for one in matching(everything, "")] == ["new", "rotate", "revoke"]
    assert [one.id for one in matching(everything, "creat")] == ["new"]
    assert [one.id for one in matching(everything, "key new")] == ["new"]
    assert [one.id for one in matching(everything, "re")] == ["revoke", "new"]
    assert matching(everything, "nothing") == []


def test_that_the_palette_lists_what_the_shown_page_does_before_the_other_page(desk: Desk, host: QWidget) -> None:
    for page in ("keys", "apps"):
        desk.registry.add(Command(f"{page}.disable", "Turn off", desk.note(page), group=page.title()), page=page)
    desk.registry.show_page("apps")
    everything = desk.registry.all()
    assert [one.id for one in matching(everything, "turn", "apps")] == ["apps.disable", "keys.disable"]
    assert [one.id for one in matching(everything, "", "apps")][-2:] == ["apps.disable", "keys.disable"]
    palette = show_palette(desk.registry, host)
    QTest.keyClicks(palette.line, "off")
    QTest.keyClick(palette.line, Qt.Key.Key_Down)
    assert palette.line.accessibleDescription() == "Turn off, Keys"
    QTest.keyClick(palette.line, Qt.Key.Key_Up)
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    assert desk.ran == [("apps", None)]


@pytest.fixture
def palette(desk: Desk, host: QWidget) -> Palette:
    desk.reason = "Choose a key first."
    return show_palette(desk.registry, host)


def test_that_the_palette_runs_what_was_typed(desk: Desk, palette: Palette) -> None:
    QTest.keyClicks(palette.line, "new")
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    assert desk.ran == [("new", None)]
    assert not palette.isVisible()


def test_that_the_palette_says_why_a_command_cannot_run(desk: Desk, palette: Palette) -> None:
    QTest.keyClick(palette.line, Qt.Key.Key_Down)
    assert palette.line.accessibleDescription() == "Rotate…, Ctrl+R, Choose a key first."
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    assert palette.isVisible()
    assert palette.problem.text == "Choose a key first."
    QTest.keyClick(palette.line, Qt.Key.Key_Up)
    assert palette.line.accessibleDescription().startswith("New key…")
    QTest.keyClick(palette.line, Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert not desk.ran


def test_that_the_palette_says_when_nothing_is_called_that(palette: Palette) -> None:
    QTest.keyClicks(palette.line, "nothing like it")
    assert palette.none.isVisible()
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    assert palette.isVisible()
    palette.reject()


def test_that_a_shortcut_is_shared_by_pages_and_runs_what_is_shown(desk: Desk) -> None:
    registry = desk.registry
    registry.add(Command("one.find", "Find", desk.note("one"), "Ctrl+F"), page="one")
    registry.add(Command("two.find", "Find", desk.note("two"), "Ctrl+F"), page="two")
    with pytest.raises(ValueError, match="wants the shortcut"):
        registry.add(Command("everywhere", "Find", desk.note("all"), "Ctrl+F"))
    registry.set_context(lambda: Context("of one"), "one")
    registry.set_context(lambda: Context("of two"), "two")
    window = QMainWindow()
    window.setCentralWidget(QWidget())
    shortcuts = Shortcuts(registry, window)
    window.show()
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    for page in ("one", "two"):
        registry.show_page(page)
        QTest.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert desk.ran == [("one", "of one"), ("two", "of two")]
    del shortcuts
    window.close()
    window.deleteLater()


def test_that_a_command_of_another_page_asks_for_that_page_first(desk: Desk) -> None:
    asked: list[str] = []
    desk.registry.add(Command("one.find", "Find", desk.note("one")), page="one")
    desk.registry.set_context(lambda: Context("of one"), "one")
    desk.registry.page_wanted.connect(asked.append)
    desk.registry.show_page("two")
    assert desk.registry.run("one.find")
    assert (asked, desk.ran) == (["one"], [("one", "of one")])
    desk.registry.show_page("one")
    desk.registry.run("one.find")
    assert asked == ["one"]
