"""The checks in the window, by real clicks against the real server."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from bcdesk.contract.rows import AppRow
from bcdesk.flow.checks.data import CHECKS
from bcdesk.flow.checks.model import Outcome, Result, Saw, What, Why
from bcdesk.flow.checks.twin import TAG
from bcdesk.ui.flow.checks_suite import Suite
from bcdesk.ui.flow.checks_tab import ChecksTab
from tests.ui.flow.flow_studio import FlowStudio
from tests.ui.keys.studio import button, hear, press, until
from tests.ui.walk import check_window

MOBILE = {"redirect_uris": ("setlist://callback",), "scopes": ("user.profile", "beats.read")}


async def tab_of(studio: FlowStudio, name: str = "Setlist") -> ChecksTab:
    studio.test(await studio.registered(name, "mobile", **MOBILE))
    studio.flow.show_tab("checks")
    found = studio.flow.findChild(ChecksTab)
    assert isinstance(found, ChecksTab)
    return found


def suite_of(tab: ChecksTab) -> Suite:
    assert tab.suite is not None
    return tab.suite


async def twins(studio: FlowStudio) -> list[str]:
    client = studio.desk.client
    assert client is not None
    page = await client.apps.list()
    return [row.name for row in page.items if isinstance(row, AppRow) and TAG in row.tags]


async def test_that_all_checks_run_on_a_twin_and_can_be_taken_along(studio: FlowStudio, tmp_path: Path) -> None:
    tab = await tab_of(studio)
    await hear(studio.flow, "none of them run yet", "a twin of it is")
    check_window(tab)
    assert button(tab, "checks.run_failed").reason == "No check failed."
    press(tab, "checks.run_all")
    await until(lambda: tab.running, "the suite")
    await until(lambda: not tab.running, "the end of the suite")
    suite = suite_of(tab)
    assert suite.count(Outcome.FAILED) == 0
    assert suite.count(Outcome.PASSED) >= len(CHECKS) - 8
    assert len(suite.results) == len(CHECKS)
    assert await twins(studio) == []
    await hear(studio.flow, f"{suite.count(Outcome.PASSED)} passed, 0 failed")
    check_window(tab)
    for kind, name in (("junit", "checks.xml"), ("markdown", "checks.md")):
        tab.commands.save_to(kind, str(tmp_path / name))
        assert not any(part in (tmp_path / name).read_text() for part in ("bct_", "bcr_", "bco_", "bcs_"))
    root = ElementTree.fromstring((tmp_path / "checks.xml").read_text())  # noqa: S314 - our own
    assert root.attrib["tests"] == str(len(CHECKS))
    await hear(studio.flow, "It holds no secret.")


async def test_that_the_chosen_check_shows_what_it_is_and_each_step(studio: FlowStudio) -> None:
    tab = await tab_of(studio)
    tab.list.choose("pkce.wrong_verifier")
    await hear(studio.flow, "A code with another verifier", "An attacker gains", "RFC 7636 §4.6")
    assert tab.detail.chip.text == "Not run yet"
    press(tab, "checks.run_one")
    await until(lambda: bool(suite_of(tab).results) and not tab.running, "the end of the check")
    assert list(suite_of(tab).results) == ["pkce.wrong_verifier"]
    await hear(studio.flow, "refused · 400 · invalid_grant")
    assert tab.detail.chip.text == "Passed"
    assert "code_verifier=••••••••" in tab.detail.hop.sent.toPlainText()
    assert '"invalid_grant"' in tab.detail.hop.received.toPlainText()
    tab.list.setFocus()
    QTest.keyClick(tab.list, Qt.Key.Key_Down)
    assert tab.list.value == "pkce.challenge_as_verifier"
    await hear(studio.flow, "The challenge in place of the verifier")


async def test_that_cancel_deletes_the_twins_and_says_what_was_not_run(studio: FlowStudio) -> None:
    tab = await tab_of(studio)
    press(tab, "checks.run_all")
    await until(lambda: suite_of(tab).done > 25, "some checks")
    assert await twins(studio)
    press(tab, "checks.cancel")
    await until(lambda: not tab.running, "the end of the suite")
    assert await twins(studio) == []
    left = [result for result in suite_of(tab).results.values() if result.why is Why.CANCELLED]
    assert left
    assert len(suite_of(tab).results) == len(CHECKS)
    tab.list.choose(left[0].check_id)
    await hear(studio.flow, "It was cancelled.")


async def test_that_closing_the_window_on_the_way_leaves_no_twin(studio: FlowStudio) -> None:
    tab = await tab_of(studio)
    press(tab, "checks.run_all")
    await until(lambda: suite_of(tab).done > 25, "some checks")
    studio.flow.close_down()
    await until(lambda: not tab.running, "the end of the suite")
    assert await twins(studio) == []


async def test_that_a_failed_check_says_what_it_got_and_can_be_run_again(studio: FlowStudio) -> None:
    tab = await tab_of(studio)
    tab.list.choose("token.no_store")
    press(tab, "checks.run_one")
    await until(lambda: bool(suite_of(tab).results) and not tab.running, "the end of the check")
    suite = suite_of(tab)
    found = suite.results["token.no_store"]
    suite.results["token.no_store"] = found._replace(
        outcome=Outcome.FAILED, got=Saw(What.PRESENT, "public, max-age=60")
    )
    suite.changed.emit()
    await hear(studio.flow, "public, max-age=60", "1 failed")
    assert (tab.detail.chip.text, tab.detail.chip.tone) == ("Failed", "bad")
    press(tab, "checks.run_failed")
    await until(lambda: suite.results.get("token.no_store", found).outcome is Outcome.PASSED, "the second run")
    await until(lambda: not tab.running, "the end of the suite")
    await hear(studio.flow, "1 passed, 0 failed")


async def test_that_a_suite_goes_on_while_another_app_is_shown(studio: FlowStudio) -> None:
    tab = await tab_of(studio)
    first = studio.flow.app_id
    press(tab, "checks.run_all")
    await until(lambda: suite_of(tab).done > 5, "some checks")
    await tab_of(studio, "Another")
    assert tab.suite is None
    await hear(studio.flow, "none of them run yet")
    assert first is not None
    suite = tab.suites[first]
    await until(lambda: not suite.running, "the end of the suite")
    studio.flow.test_app(first)
    studio.flow.show_tab("checks")
    await hear(studio.flow, "0 failed")


async def test_that_a_viewer_is_told_who_can_run_checks(viewing: FlowStudio, studio: FlowStudio) -> None:
    await studio.registered("Seen", "mobile", **MOBILE)
    await until(lambda: bool(viewing.desk.store.apps), "the applications")
    viewing.flow.show_tab("checks")
    await hear(viewing.flow, "Checks need a manager", "Ask an owner or a manager.")
    check_window(viewing.flow)


@pytest.mark.parametrize("why", [Why.SIGN_IN, Why.CANNOT_REGISTER])
async def test_that_what_was_not_run_says_why(studio: FlowStudio, why: Why) -> None:
    tab = await tab_of(studio)
    press(tab, "checks.run_one")
    await until(lambda: bool(tab.suite and tab.suite.results) and not tab.running, "the end of the check")
    suite = suite_of(tab)
    check = CHECKS[0]
    suite.results[check.id] = Result(check.id, Outcome.NOT_RUN, check.expected, None, (), why, "detail", 0.0)
    suite.changed.emit()
    await hear(studio.flow, "(detail)")
    assert tab.detail.chip.text == "Not run"
