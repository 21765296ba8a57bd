"""*Watch my app*: what any client asks of the server appears as it comes, with what to mend in it."""

import asyncio
from pathlib import Path

import httpx
import pytest
from PySide6.QtGui import QGuiApplication

from bcdesk.contract.rows import AppRow
from bcdesk.flow.watch import CODES
from bcdesk.ui.flow.diagnosis_words import advice
from bcdesk.ui.flow.diff_view import DiffView
from bcdesk.ui.flow.watch_log import MOST, WatchLog
from bcdesk.ui.flow.watch_tab import WatchTab
from bcdesk.ui.flow.watch_words import program
from bcdesk.ui.rail import Page
from tests.bench.heartbeat import Heartbeat
from tests.ui import walk
from tests.ui.applications.app_studio import CALLBACK, AppStudio
from tests.ui.flow_lab.hops import PHONE, code_twice, hop, redirect_differs
from tests.ui.flow_lab.tab_page import TabPage
from tests.ui.keys.studio import button, buttons, hear, press, says, until


class Watch:
    def __init__(self, studio: AppStudio) -> None:
        self.studio, self.page = studio, TabPage()
        studio.window.add_page(Page("flow", "Flow tester", "flow", self.page))
        self.tab = WatchTab(studio.desk, studio.registry, self.page, self.page)
        self.page.column.addWidget(self.tab)
        studio.window.go("flow")

    @property
    def log(self) -> WatchLog:
        assert self.tab.log is not None
        return self.tab.log

    async def choose(self, name: str = "Tours") -> AppRow:
        row = await self.studio.registered(name)
        self.page.choose(row.id)
        return row

    async def started(self) -> AppRow:
        await self.studio.connect()
        row = await self.choose()
        press(self.page, "watch.start")
        await hear(self.page, "Listening for any client of Tours: a phone, a CI job, this desk", "Nothing yet")
        return row

    async def authorize(self, row: AppRow, **more: str) -> httpx.Response:
        asked = {"response_type": "code", "client_id": row.client_id, "redirect_uri": CALLBACK, "state": "s",
                 "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256",
                 "scope": "user.profile", **more}  # fmt: skip
        headers = {"User-Agent": PHONE}
        async with httpx.AsyncClient(base_url=self.studio.served.base_url, trust_env=False) as client:
            return await client.get("/oauth/authorize", params=asked, headers=headers)

    async def close(self) -> None:
        self.tab.close_down()
        await self.studio.close()


@pytest.fixture
def watch(studio: AppStudio) -> Watch:
    return Watch(studio)


async def test_that_a_request_of_another_client_appears_with_the_rule_and_the_differing_character(watch: Watch) -> None:
    row = await watch.started()
    await watch.authorize(row)
    await until(lambda: watch.tab.model.rowCount() == 1, "the request")
    assert not buttons(watch.page, "watch.start")
    await watch.authorize(row, redirect_uri=CALLBACK + "/")
    await until(lambda: watch.tab.model.rowCount() == 2, "the second request")
    place = watch.tab.model.index(1, 3)
    assert watch.tab.model.data(place) == "redirect.exact"
    assert "a slash at the end differs" in watch.tab.model.data(watch.tab.model.index(1, 4))
    await hear(watch.page, "Its redirect_uri differs by the slash at the end.", "once, last at")
    await until(watch.tab.cards.isVisible, "its card")
    press(watch.tab.cards, "diagnosis.show")
    await hear(watch.tab.detail, "redirect.exact", "RFC 9700 §2.1", "Chrome 142 on Android")
    diff = watch.tab.detail.findChildren(DiffView, "rule_diff")
    assert [one.drawn for one in diff] == [(CALLBACK, CALLBACK + "/")]
    walk.check_window(watch.page)
    await watch.close()


async def test_that_only_problems_hides_what_was_kept(watch: Watch) -> None:
    row = await watch.started()
    await watch.authorize(row)
    await watch.authorize(row, scope="purchases.write")
    await until(lambda: watch.tab.model.rowCount() == 2, "the requests")
    await hear_segment(watch, "Only problems 1")
    press(watch.page, "watch_only.problems")
    assert watch.tab.model.rowCount() == 1
    await watch.authorize(row)
    await until(lambda: len(watch.log.rows) == 3, "the third request")
    assert watch.tab.model.rowCount() == 1
    press(watch.page, "watch.clear")
    assert not watch.log.rows
    await hear(watch.page, "Nothing yet")
    await watch.close()


async def hear_segment(watch: Watch, words: str) -> None:
    await until(lambda: watch.tab.bar.only.button("problems").text() == words, words)


async def test_that_a_pause_holds_back_and_going_on_shows(watch: Watch) -> None:
    row = await watch.started()
    press(watch.page, "watch.pause")
    await watch.authorize(row)
    await hear(watch.page, "Paused. 1 request waits.")
    assert not watch.log.rows
    press(watch.page, "watch.resume")
    await until(lambda: watch.tab.model.rowCount() == 1, "the request")
    press(watch.page, "watch.stop")
    await hear(watch.page, "Not watching")
    await gone(watch)
    await watch.close()


async def gone(watch: Watch) -> None:
    await until(lambda: "watch app" not in watch.studio.desk.scope.names, "the end of the task")


async def test_that_it_stops_offline_and_goes_on_by_itself_without_telling_twice(watch: Watch) -> None:
    row = await watch.started()
    await watch.authorize(row)
    await until(lambda: len(watch.log.rows) == 1, "the request")
    watch.studio.store.set_link(state="offline")
    await hear(watch.page, "The server is away. It goes on by itself.", "The server cannot be reached.")
    await gone(watch)
    await watch.authorize(row)
    watch.studio.store.set_link(state="online")
    await until(lambda: len(watch.log.rows) == 2, "what was missed")
    await hear(watch.page, "Listening for any client", "Nothing was heard from")
    assert watch.tab.model.rowCount() == 2
    await watch.close()


async def test_that_leaving_for_another_app_keeps_the_watch(watch: Watch) -> None:
    row = await watch.started()
    other = await watch.choose("Radio")
    await hear(watch.page, "Nobody watches Radio yet", "Not watching")
    await watch.authorize(row)
    await until(lambda: len(watch.tab.logs[row.id].rows) == 1, "the request")
    assert watch.tab.model.rowCount() == 0
    assert other.id not in watch.tab.logs
    watch.page.choose(row.id)
    assert watch.tab.model.rowCount() == 1
    watch.page.choose(None)
    await hear(watch.page, "Choose an app")
    await watch.close()


async def test_that_a_viewer_is_told_who_may_watch(viewing: AppStudio) -> None:
    watch = Watch(viewing)
    await viewing.connect()
    watch.page.choose(next(iter(viewing.store.apps)))
    await hear(watch.page, "Watching needs a manager")
    assert not buttons(watch.page, "watch.start")
    await watch.close()


async def test_that_the_command_the_request_and_the_export_are_taken_along(watch: Watch, tmp_path: Path) -> None:
    row = await watch.started()
    press(watch.tab.bar, "watch.copy_command")
    text = QGuiApplication.clipboard().text()
    assert text.startswith(f"bcdesk watch --client {row.client_id} --data ")
    button(watch.tab.place, "watch.copy_request").click()
    request = QGuiApplication.clipboard().text()
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(request, headers={"User-Agent": "x|<b>`y`"})).status_code == 200
    await until(lambda: len(watch.log.rows) == 1, "the request")
    watch.tab.commands.save_to(str(tmp_path / "watch.md"))
    await hear(watch.page, "Saved to")
    written = (tmp_path / "watch.md").read_text("utf-8")
    assert "Pre-release demo" in written
    assert row.client_id in written
    assert "x\\|&lt;b&gt;\\`y\\`" in written
    watch.tab.commands.save_to(str(tmp_path / "none" / "watch.md"))
    await hear(watch.page, "The disk did not take it.")
    await watch.close()


async def test_that_a_burst_never_stops_the_window_and_a_thousand_are_kept(watch: Watch) -> None:
    await watch.started()
    beat = Heartbeat()
    log = watch.log
    for number in range(MOST - 200):
        log._take(hop(number))
    await until(lambda: len(log.rows) == MOST - 200, "the first rows")
    beat.start()
    for number in range(MOST - 200, MOST + 200):  # two seconds of 200 a second
        log._take(redirect_differs(number, CALLBACK, CALLBACK + "/", 26) if number % 3 == 0 else hop(number))
        if number % 2:
            await asyncio.sleep(0.01)
    await until(lambda: log.rows.get(hop(MOST + 199).id), "the last row")
    gap = beat.stop()
    assert len(log.rows) == MOST == watch.tab.model.rowCount()
    await hear(watch.page, "200 older requests are no longer shown.")
    assert gap.computed < 0.05, f"the window stood still for {gap.computed * 1000:.0f} ms"
    watch.tab.show_hop(hop(900).id)
    log._take(code_twice(MOST + 500))
    await until(lambda: "Redeem the code" in says(watch.page) or watch.log.rows.get(hop(MOST + 500).id), "it")
    await watch.close()


async def test_that_closing_ends_every_task(watch: Watch) -> None:
    row = await watch.started()
    await watch.authorize(row)
    await watch.close()
    assert not watch.studio.desk.scope.names


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (PHONE, "Chrome 142 on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.1 Safari/604", "Safari 18 on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox 140 on Linux"),
        ("python-requests/2.32.3", "python-requests/2.32.3"),
        ("Mozilla/5.0", "Mozilla/5.0"),
        ("", "A program without a name"),
    ],
)  # fmt: skip
def test_that_a_program_is_named(user_agent: str, name: str, qapp: object) -> None:
    assert program(user_agent) == name


def test_that_every_diagnosis_has_words(qapp: object) -> None:
    facts = {"got": "purchases.write", "expected": "beats.read", "error": "invalid_grant"}
    told = {code: advice(code, facts) for code in CODES}
    assert not [code for code, one in told.items() if one.what == code.replace("_", " ")]
    words = [one.what for one in told.values()]
    assert len(set(words)) == len(words)
    assert all(one.what.endswith(".") and one.change.endswith((".", "?")) for one in told.values())
    assert advice("new_code", {}).what == "new code"
    assert "sign in again" in advice("code_sent_twice", {"ended": "family"}).change
    assert "\u202e" not in advice("redirect_not_registered", {"got": "\u202ex" * 500}).change
    assert len(advice("redirect_not_registered", {"got": "x" * 5000}).change) < 300
