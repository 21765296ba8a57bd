"""*Redirect lab*: while one types or pastes, the candidate stands beside what is registered, with the reason."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from bcdesk.contract.redirects import judge
from bcdesk.flow.lab import Cause
from bcdesk.flow.pasted import Note
from bcdesk.flow.receivers import Does, Fact, Kind, Platform
from bcdesk.ui.applications.edit import EditAppDialog
from bcdesk.ui.flow import lab_words
from bcdesk.ui.flow.diff_view import pieces
from bcdesk.ui.flow.lab_tab import LabTab
from bcdesk.ui.flow.lab_verdict import server_words
from bcdesk.ui.rail import Page
from bcdesk.ui.widgets import Label
from tests.ui import walk
from tests.ui.applications.app_studio import AppStudio
from tests.ui.flow_lab.tab_page import TabPage
from tests.ui.keys.studio import button, hear, press, says, until

REFUSED, ACCEPTED = "Refused: nothing is sent there", "Accepted: the answer goes there"
CALLBACK = "https://app.example.com/cb"


class Lab:
    def __init__(self, studio: AppStudio) -> None:
        self.studio, self.page = studio, TabPage()
        self.tab = LabTab(studio.desk, studio.registry, self.page, self.page)
        self.page.column.addWidget(self.tab)
        studio.window.add_page(Page("flow", "Flow tester", "flow", self.page))
        studio.window.go("flow")

    async def choose(self, name: str, **more: object) -> str:
        row = await self.studio.registered(name, **more)  # type: ignore[arg-type]
        self.page.choose(row.id)
        return row.id

    def paste(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.tab.box.setFocus()
        self.tab.box.selectAll()
        QTest.keyClick(self.tab.box, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)

    async def close(self) -> None:
        self.tab.close_down()
        await self.studio.close()


@pytest.fixture
def lab(studio: AppStudio) -> Lab:
    return Lab(studio)


async def test_that_the_difference_is_shown_with_its_place_and_bytes(lab: Lab) -> None:
    await lab.studio.connect()
    await lab.choose("Tours")
    lab.paste(CALLBACK + "/")
    await hear(
        lab.page, REFUSED, "Refused: a slash at the end", "Differs at character 27", "“/” (byte 2F)",
        "the registered one has nothing more", "RFC 9700 §2.1", "The server says the same.",
    )  # fmt: skip
    lab.paste("https://app.example.com/%63b")
    await hear(
        lab.page, "Differs at character 25, in the path: yours has “%63” (bytes 25 36 33), the registered one has “c”"
    )
    lab.paste(CALLBACK)
    await hear(
        lab.page, "Accepted: the answer goes there", "The same, character by character", "The server says the same."
    )
    assert button(lab.page, "lab.add").reason == "It is registered already."
    walk.check_window(lab.page)
    await lab.close()


async def test_that_a_code_in_a_pasted_callback_is_kept_nowhere(lab: Lab) -> None:
    await lab.studio.connect()
    await lab.choose("Tours")
    lab.paste(CALLBACK + "?code=SECRETSECRET&state=x")
    await hear(lab.page, "Its answer was cut off and is kept nowhere", ACCEPTED)
    assert lab.tab.box.text() == CALLBACK
    lab.tab.box.undo()
    assert "SECRET" not in lab.tab.box.text()
    lab.tab.box.clear()
    QTest.keyClicks(lab.tab.box, CALLBACK + "?code=SECRETSECRET")
    await hear(lab.page, "Compared without the answer in it.", ACCEPTED)
    QTest.keyClick(lab.tab.box, Qt.Key.Key_Return)
    assert lab.tab.box.text() == CALLBACK
    assert not [one for one in lab.page.findChildren(QWidget) if "SECRET" in one.accessibleName()]
    assert "SECRET" not in says(lab.page)
    await lab.close()


async def test_that_it_judges_for_every_type_without_an_app_and_without_a_server(lab: Lab) -> None:
    lab.paste("beatfusion://callback")
    await hear(lab.page, "this could be registered by Mobile application", "Web application: Only a mobile application",
               "An app that owns the scheme", "Several apps can claim one scheme")  # fmt: skip
    await lab.studio.connect()
    await lab.choose("Tours")
    lab.studio.line_up = False
    lab.studio.store.set_link(state="offline")
    lab.paste(CALLBACK + "?x=1")
    await hear(lab.page, "Refused: a query that is not registered", "Judged here alone")
    assert button(lab.page, "lab.add").reason
    await lab.close()


async def test_that_the_server_is_asked_and_a_disagreement_is_red(lab: Lab) -> None:
    await lab.studio.connect()
    app_id = await lab.choose("Tours")
    row = lab.studio.app(app_id)
    await lab.studio.client.apps.patch(app_id, {"redirect_uris": ["https://app.example.com/new"]}, row.revision)
    lab.paste(CALLBACK)
    await hear(lab.page, ACCEPTED, "The server says otherwise: no registered URI is the same")
    said = next(one for one in lab.page.findChildren(Label) if one.objectName() == "verdict_server")
    assert said.property("tone") == "bad"
    await lab.close()


async def test_that_the_candidate_goes_to_the_form_of_the_app_and_to_a_run(lab: Lab) -> None:
    await lab.studio.connect()
    app_id = await lab.choose("Tours")
    lab.paste("https://app.example.com/other")
    await hear(lab.page, "May it be registered? Accepted")
    press(lab.page, "lab.test")
    assert lab.page.asked == ["https://app.example.com/other"]
    press(lab.page, "lab.add")
    dialog = await lab.studio.dialog(EditAppDialog)
    assert dialog.form.values().redirect_uris == (CALLBACK, "https://app.example.com/other")
    assert lab.studio.app(app_id).redirect_uris == (CALLBACK,)
    press(dialog, "edit_app.save")
    await hear(lab.page, ACCEPTED)
    await lab.studio.back()
    await lab.close()


async def test_that_huge_and_hostile_input_breaks_nothing(lab: Lab) -> None:
    await lab.studio.connect()
    await lab.choose("Tours")
    for text in (
        "https://app.example.com/" + "a" * 40_000,
        "https://app.example.com/cb\u200b",
        "https://app.example.com/\u202ecb\x07<b>bold</b>&amp;",
        "\x00\x01\x02",
        "https://\u0430pp.example.com/cb",
        "%",
        "://",
    ):
        lab.paste(text)
        await until(lab.tab.verdict.isVisible, "a verdict")
        assert lab.page.minimumSizeHint().width() < 700
        labels = [one.text() for one in lab.page.findChildren(Label)]
        assert all(len(one) < 1500 for one in labels)
        assert not any("\u202e" in one or "\x07" in one for one in labels)
        lab.page.grab()
    lab.paste("https://app.example.com/cb\u200b")
    await hear(lab.page, "an invisible character", "U+200B ZERO WIDTH SPACE (bytes E2 80 8B)")
    assert "⟨U+200B⟩" in lab.tab.cards[0].diff.drawn[1]
    await lab.close()


async def test_that_a_viewer_compares_but_adds_nothing(viewing: AppStudio) -> None:
    lab = Lab(viewing)
    await viewing.connect()
    lab.page.choose(next(iter(viewing.store.apps)))
    lab.paste("com.example.app://cb")
    await hear(lab.page, REFUSED, "The server says the same.")
    assert "role" in (button(lab.page, "lab.add").reason or "")
    await lab.close()


def test_that_everything_has_words(qapp: object) -> None:
    words: Iterator[str] = iter(
        [lab_words.difference_name(one) for one in Cause]
        + [lab_words.reason(one) for one in Cause]
        + [lab_words.note_words(one) for one in Note]
        + [lab_words.does_words(one) for one in Does]
        + [lab_words.fact_words(one) for one in Fact]
        + [lab_words.kind_words(one) for one in Kind]
        + [lab_words.platform_words(one) for one in Platform]
    )
    assert all(words)
    names = [lab_words.difference_name(one) for one in Cause if one not in (Cause.ANY_PORT,)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("room", [12, 40, 80])
@pytest.mark.parametrize("at", [0, 5, 30, 2000, 4000, None])
def test_that_a_long_address_is_cut_around_its_difference(room: int, at: int | None) -> None:
    text = "https://app.example.com/" + "path/" * 795 + "x"
    cut = pieces(text[:4000], at, room)
    assert sum(len(one.text) for one in cut) <= room + 4
    assert sum(one.marked for one in cut) == (at is not None)
    assert "".join(one.text for one in pieces("a b", 1, 20)) == "a␠b"


def test_that_verdicts_that_differ_are_told(qapp: object) -> None:
    ours = judge(CALLBACK, app_type="web", registered=(CALLBACK,))
    theirs = judge(CALLBACK + "#", app_type="web", registered=(CALLBACK,))
    assert server_words(ours, ours, CALLBACK).tone == "muted"
    assert "fragment" in server_words(ours, theirs, CALLBACK).words
    assert server_words(theirs, ours, CALLBACK).tone == "bad"
