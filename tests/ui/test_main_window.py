"""The window composes rail, pages and status, and closes without closing anything itself."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QWidget

from bcdesk.contract.rows import MemberRow, SessionRow
from bcdesk.store.store import Link
from bcdesk.ui import addresses, theme, times
from bcdesk.ui.commands import Command, Registry
from bcdesk.ui.desk import Connection
from bcdesk.ui.main_window import MainWindow, link_words
from bcdesk.ui.palette import Palette
from bcdesk.ui.rail import Page
from tests.ui.conftest import _settle
from tests.ui.walk import check_window

NOW = 1_795_500_000.0
LOCAL = Connection("Local server", "127.0.0.1:53121", demo=True)
MEMBER = MemberRow("mem_1", "Studio", "studio@example.com", "owner", False, NOW)
OWNER = SessionRow(MEMBER, "owner", "srv_1", "0.1.0", frozenset({"demo"}))


@pytest.fixture
def window(qapp: QApplication) -> Iterator[MainWindow]:
    registry = Registry()
    made = MainWindow(registry, now=lambda: NOW)
    page = QLineEdit()
    page.setAccessibleName("Search")
    made.add_page(Page("keys", "API keys", "key", page))
    second = QWidget()
    made.add_page(Page("guide", "Guide", "guide", second))
    made.show()
    yield made
    made.status.stop()
    made.hide()
    made.deleteLater()
    _settle()


def test_that_the_title_names_the_connection(window: MainWindow) -> None:
    assert window.windowTitle() == "Authentication Management – No connection yet – bcdesk"
    window.show_connection(LOCAL, None, None)
    assert window.windowTitle() == "Authentication Management – Local server – bcdesk"
    window.show_connection(Connection("Staging", "auth.example.com"), None, None)
    assert window.windowTitle() == "Authentication Management – Staging – bcdesk"


def test_that_an_address_leads_to_no_page_that_is_not_offered(window: MainWindow) -> None:
    assert addresses.show(window, {}, "bcdesk:guide")
    assert window.registry.page == "guide"
    window.show_page("guide", False)
    assert window.registry.page == "keys"
    assert not addresses.show(window, {}, "bcdesk:guide")
    assert window.registry.page == "keys"


def test_that_the_card_says_server_host_role_and_demo(window: MainWindow) -> None:
    window.show_connection(LOCAL, OWNER, Link("online", as_of=NOW))
    card = window.rail.card
    assert card.where.text() == "owner · 127.0.0.1:53121"
    assert card.badge.text() == "Pre-release demo"
    assert card.badge.isVisible()
    for part in ("Local server", "127.0.0.1:53121", "owner", "connected", "Pre-release demo"):
        assert part in card.accessibleName()
    window.show_connection(Connection("Staging", "auth.example.com"), OWNER, Link("online", as_of=NOW))
    assert not card.badge.isVisible()
    assert "demo" not in card.accessibleName()


@pytest.mark.parametrize(
    ("link", "words", "tone"),
    [
        (None, "Starting the connection…", "muted"),
        (Link("loading"), "Loading…", "muted"),
        (Link("loading", progress=1500), "Loading… 1,500 keys so far", "muted"),
        (Link("online", as_of=NOW), f"As of {times.clock(NOW, seconds=True)} · in sync", "muted"),
        (Link("offline", as_of=NOW), f"Offline, as of {times.short(NOW, NOW)}", "warn"),
        (Link("offline"), "Offline", "warn"),
        (Link("forbidden"), "The server does not let you in", "bad"),
    ],
)
def test_that_the_status_says_how_fresh_everything_is(link: Link | None, words: str, tone: str) -> None:
    assert link_words(link, NOW) == (words, tone)


def test_that_closing_sets_the_event_and_closes_nothing(window: MainWindow) -> None:
    window.close()
    assert window.is_closed
    assert window.isVisible(), "the exit stack hides it last"


def test_that_ctrl_q_asks_to_close(window: MainWindow) -> None:
    QTest.qWaitForWindowActive(window)
    QTest.keyClick(window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    assert window.is_closed


def test_that_ctrl_k_opens_every_command(window: MainWindow) -> None:
    QTest.qWaitForWindowActive(window)
    QTest.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = window.findChild(Palette)
    assert isinstance(palette, Palette)
    names = [command.id for command in palette.model.rows]
    assert {"go.keys", "go.guide", "theme.dark", "app.quit"} <= set(names)
    check_window(palette)
    palette.reject()


def test_that_the_rail_folds_under_900_pixels_and_names_its_icons(window: MainWindow) -> None:
    window.resize(1280, 800)
    assert window.rail.width() == 200
    window.resize(899, 600)
    assert window.rail.width() == 56
    check_window(window)
    button = window.rail.findChild(QWidget, "page.guide")
    assert button is not None
    assert button.toolTip() == button.accessibleName() == "Guide"
    window.resize(900, 600)
    assert window.rail.width() == 200


def test_that_the_window_is_never_too_small_to_work(window: MainWindow) -> None:
    window.resize(100, 100)
    assert (window.width(), window.height()) == (720, 480)


def test_that_going_to_a_page_shows_it_and_gives_it_the_focus(window: MainWindow) -> None:
    assert window.stack.currentWidget() is window.pages["keys"].widget
    assert window.focusWidget() is window.pages["keys"].widget
    window.registry.run("go.guide")
    assert window.stack.currentWidget() is window.pages["guide"].widget
    window.rail.chosen.emit("keys")
    assert window.stack.currentWidget() is window.pages["keys"].widget


def test_that_size_and_place_are_remembered(window: MainWindow) -> None:
    window.resize(760, 500)
    again = MainWindow(Registry(), geometry=window.geometry_text())
    assert again.size() == window.size()
    again.deleteLater()
    fresh = MainWindow(Registry(), geometry="not what it ever wrote")
    assert (fresh.width(), fresh.height()) == (1280, 800)
    fresh.deleteLater()


def test_that_a_theme_is_chosen_stored_and_marked_in_the_menu(qapp: QApplication) -> None:
    stored: list[str] = []
    registry = Registry()
    window = MainWindow(registry, on_theme=stored.append)
    window.show()
    registry.run("theme.dark")
    assert theme.tokens().dark
    assert stored == ["dark"]
    window.rail.card.open_menu()
    opened = window.findChild(QMenu)
    assert isinstance(opened, QMenu)
    marks = {one.objectName(): one.isChecked() for one in opened.actions() if one.isCheckable()}
    assert marks == {"theme.system": False, "theme.light": False, "theme.dark": True}
    opened.close()
    theme.apply(qapp, "light")
    window.hide()
    window.deleteLater()


def test_that_why_a_command_is_refused_stands_in_the_status(window: MainWindow) -> None:
    window.registry.add(Command("rotate", "Rotate…", print, enabled=lambda _context: "Choose a key first."))
    window.registry.run("rotate")
    assert window.status.label.text() == "Choose a key first."


def test_that_everything_in_the_window_is_named_and_plain(window: MainWindow) -> None:
    window.show_connection(LOCAL, OWNER, Link("online", as_of=NOW))
    check_window(window)


def test_that_the_window_imports_nothing_heavy() -> None:
    code = (
        "import sys, bcdesk.ui.main_window, bcdesk.ui.problems, bcdesk.ui.times, bcdesk.ui.desk\n"
        "heavy = {'pydantic', 'httpx', 'keyring', 'PySide6.QtWebEngineCore', 'PySide6.QtNetwork', 'sqlalchemy'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert out.stdout.strip() == "[]"
