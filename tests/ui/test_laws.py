"""The laws of the windows hold in every file, and each law sees a planted breach."""

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget

from bcdesk.ui import icons, problem_words
from tests.ui import laws, walk

Law = Callable[[str], list[str]]
# law, files that may do it, sources that break it
LAWS: list[tuple[Law, frozenset[str], tuple[str, ...]]] = [
    (
        laws.untranslated,
        frozenset(),
        (
            "label.setText('Offline')",
            "Label('API keys', 'title')",
            "Label(tr('Yes') if ok else 'No')",
            "button.set_text(f'Rotate {name}')",
            "Field(tr('Name'), editor, 'What uses it')",
            "LineEdit(placeholder='Search')",
            "dialog.show_problem(tr('It failed.'), 'Try again.')",
            "Command('keys.new', text='New key…')",
            "label.setText(tr('a') + ' of ' + tr('b'))",
        ),
    ),
    (laws.untranslatable, frozenset({"text.py"}), ("tr(text)", "tr(f'Hello {x}')", "counted(n, one, '{n} keys')")),
    (
        laws.colors,
        frozenset(),
        ("x = '#ff0000'", "QColor('red')", "QColor(1, 2, 3)", "Qt.GlobalColor.red", "s = 'color: rgb(1,2,3)'"),
    ),
    (
        laws.actions,
        frozenset({"menus.py"}),
        ("QAction('x', parent)", "QShortcut(QKeySequence('Ctrl+X'), w)", "button.setShortcut('Ctrl+X')"),
    ),
    (laws.tasks, frozenset({"tasks.py"}), ("asyncio.create_task(f())", "loop.create_task(f())", "asyncSlot()(f)")),
    (
        laws.loops,
        # the second for X11, with the reason where it stands; the last before there is a loop or a window
        frozenset({"first_paint.py", "clipboard.py", "single.py"}),
        ("dialog.exec()", "menu.exec(pos)", "QMessageBox.question(w, 'a', 'b')", "QFileDialog.getSaveFileName()"),
    ),
    (
        laws.rich,
        frozenset({"labels.py"}),
        ("QLabel('x')", "label.setTextFormat(Qt.TextFormat.RichText)", "label.setOpenExternalLinks(True)"),
    ),
]
NAMES = [law.__name__ if law.__name__ != "check" else f"check{index}" for index, (law, _, _) in enumerate(LAWS)]


@pytest.mark.parametrize(("law", "may", "planted"), LAWS, ids=NAMES)
def test_that_no_file_breaks_the_law(law: Law, may: frozenset[str], planted: tuple[str, ...]) -> None:
    breaches = [
        f"{path.relative_to(laws.ROOT)}: {one}"
        for path in laws.UI
        if path.name not in may
        for one in law(path.read_text("utf-8"))
    ]
    assert not breaches, "\n".join(breaches)


@pytest.mark.parametrize(("law", "source"), [(law, source) for law, _, planted in LAWS for source in planted])
def test_that_the_law_sees_a_planted_breach(law: Law, source: str) -> None:
    assert law(source), source


@pytest.mark.parametrize(
    "source",
    [
        "label.setText(tr('Offline'))",
        "label.setText(counted(n, '{n} key', '{n} keys'))",
        "label.setText(row.name)",
        "label.setText(' · '.join(parts))",
        "label.setText(WORDS['a'])",
        "Label('', name='wordmark')",
        "Label(tr('Yes') if state == 'ok' else tr('No'))",
    ],
)
def test_that_the_law_of_words_lets_data_pass(source: str) -> None:
    assert not laws.untranslated(source)


def test_that_the_stylesheet_writes_no_colour() -> None:
    sheet = (laws.ROOT / "resources" / "themes" / "desk.qss").read_text("utf-8")
    assert not re.search(r"#[0-9a-fA-F]{3,8}\s*[;},]|rgb|hsl|:\s*(white|black|red|gr[ae]y)\b", sheet)


def test_that_every_icon_asked_for_exists_and_is_drawn_for_this_project() -> None:
    asked = {name for path in laws.UI for name in laws.icons(path.read_text("utf-8"))}
    assert asked <= set(icons.names()), asked - set(icons.names())
    for file in (laws.ROOT / "resources" / "icons").iterdir():
        text = file.read_text("utf-8")
        assert 'viewBox="0 0 20 20"' in text, file.name
        assert 'stroke-width="1.5"' in text, file.name
        assert not re.search(r"#[0-9a-fA-F]{3,6}|<script|href", text), file.name


def test_that_none_is_not_lost_by_calls_into_qt(qapp: QApplication) -> None:
    """PySide6 6.12.0 loses a reference to None with every void call on Python 3.11, and aborts after some thousand."""
    one = QObject()
    before = sys.getrefcount(None)
    for _ in range(2000):
        one.setObjectName("x")
    assert abs(sys.getrefcount(None) - before) < 200


def test_that_the_walks_see_what_is_wrong(host: QWidget) -> None:
    column = QVBoxLayout(host)
    column.addWidget(QLabel("<b>rich</b>"))
    column.addWidget(QPushButton(""))
    assert walk.rich(host) == ["QLabel ''"]
    assert walk.unnamed(host) == ["QPushButton ''"]
    with pytest.raises(AssertionError, match="accessible name"):
        walk.check_window(host)
    for label in host.findChildren(QLabel):
        label.setTextFormat(Qt.TextFormat.PlainText)
    for button in host.findChildren(QPushButton):
        button.setAccessibleName("Close")
    walk.check_window(host)


def test_that_the_whole_window_as_the_program_builds_it_keeps_the_laws(qapp: QApplication, tmp_path: Path) -> None:
    from bcdesk import settings
    from bcdesk.app import Program

    program = Program(settings.load(tmp_path), qapp)
    program.window.show()
    walk.check_window(program.window)
    ids = {command.id for command in program.registry.all()}
    remedies = {words.remedy for words in problem_words.code_words().values()} - {None}
    assert remedies <= ids, remedies - ids
    words = [command.text for command in program.registry.all()]
    assert len(words) == len(set(words)), "two commands have the same words"
    program.window.hide()
    program.window.deleteLater()
