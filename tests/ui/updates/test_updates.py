"""*Check for updates* by real events: a newer release is offered, a bad note refused in words, nothing installed."""

import json
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from bcdesk.actions.updates import this_system
from bcdesk.client.release_keys import BuildKeys
from bcdesk.ui.updates_command import CHECK
from tests.ui.keys.studio import until
from tests.ui.updates.conftest import Browser, Checking, says
from tests.ui.walk import check_window
from tests.unit.client.answering import answer, answering, until_gone
from tests.unit.client.releasing import FOREIGN, KEY, NEXT_KEY, base64_of, expired, note, payload, spoiled

ADDRESS = "https://releases.example/release.json"


def offered(**changes: Any) -> bytes:
    """Return a note with a download for this system."""
    download = {"url": "https://releases.example/bcdesk-0.2.0.deb", "size": 111_149_056, "sha256": "5f" * 32}
    return note(downloads=dict.fromkeys(this_system(), download), **changes)


# ------------------------------------------------------------------ what is offered


async def test_that_a_newer_release_is_offered_and_its_download_left_to_the_browser(
    checking: Checking, browser: Browser
) -> None:
    async with answering(answer(offered())) as server:
        dialog = await checking.checked(f"{server.url}/release.json")
    said = says(dialog)
    assert dialog.title.text() == "bcdesk 0.2.0 is available"
    assert "This is 0.1.0." in said
    assert "106.0 MB" in said
    assert "5f5f5f5f5f5f5f5f 5f5f5f5f5f5f5f5f" in said
    assert "bcdesk-0.2.0.deb at releases.example" in said
    assert "installs nothing by itself" in said
    assert dialog.news.text().startswith("Webhooks tell of every change.")
    check_window(dialog)
    assert browser.opened == []
    QTest.mouseClick(dialog.get, Qt.MouseButton.LeftButton)
    assert browser.opened == ["https://releases.example/bcdesk-0.2.0.deb"]
    assert "Your browser has the address" in says(dialog)
    dialog.reject()


async def test_that_the_host_hears_no_token_and_nothing_of_this_program(checking: Checking) -> None:
    async with answering(answer(offered())) as server:
        (await checking.checked(f"{server.url}/release.json")).reject()
    head = server.asked[0].lower()
    assert len(server.asked) == 1
    for word in (b"authorization", b"cookie", b"bct_", b"referer", b"0.1.0", b"linux"):
        assert word not in head


async def test_that_the_checksum_is_copied_for_comparing(checking: Checking) -> None:
    async with answering(answer(offered())) as server:
        dialog = await checking.checked(f"{server.url}/release.json")
    QTest.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "5f" * 32
    dialog.reject()


async def test_that_the_newest_version_offers_nothing(checking: Checking) -> None:
    async with answering(answer(offered(version="0.1.0"))) as server:
        dialog = await checking.checked(f"{server.url}/release.json")
    assert dialog.title.text() == "This is the newest version"
    assert not dialog.get.isVisible()
    assert dialog.leave.hasFocus()
    dialog.reject()


async def test_that_a_version_that_is_no_longer_supported_is_told_so(checking: Checking) -> None:
    async with answering(answer(offered(minimum="0.2.0"))) as server:
        dialog = await checking.checked(f"{server.url}/release.json")
    assert "0.1.0 is no longer supported." in says(dialog)
    dialog.reject()


async def test_that_a_release_without_a_file_for_this_system_says_so(checking: Checking) -> None:
    async with answering(answer(note(downloads={}))) as server:
        dialog = await checking.checked(f"{server.url}/release.json")
    assert dialog.title.text() == "bcdesk 0.2.0 is available"
    assert "no file for this system" in says(dialog)
    assert not dialog.get.isVisible()
    dialog.reject()


async def test_that_what_is_new_is_read_as_plain_text(checking: Checking) -> None:
    async with answering(answer(offered(notes="<b>Bold</b> & <img src=x>"))) as server:
        dialog = await checking.checked(f"{server.url}/release.json")
    assert dialog.news.text() == "<b>Bold</b> & <img src=x>"
    assert dialog.news.isReadOnly()
    dialog.reject()


# ------------------------------------------------------------------ what is refused

BAD = {
    "expired": (expired, "The release note has expired.", "clock"),
    "signature": (
        lambda: spoiled(offered(), payload=base64_of(payload(version="9.0.0"))),
        "The release note is not what was signed.",
        "Download nothing from there",
    ),
    "key": (lambda: note(FOREIGN), "not signed by a key that this build knows", "Download nothing from there"),
    "older": (lambda: offered(version="0.0.9"), "goes back to an older version", "names 0.0.9, and this is 0.1.0"),
    "form": (lambda: b"<html>", "is no release note", "Check the address"),
}


@pytest.mark.parametrize("name", BAD)
async def test_that_a_bad_note_is_refused_in_its_own_words(checking: Checking, browser: Browser, name: str) -> None:
    make, what, then = BAD[name]
    async with answering(answer(make())) as server:
        dialog = await checking.checked(f"{server.url}/release.json")
        assert what in dialog.problem.text
        assert then in dialog.problem.text
        assert not dialog.get.isVisible()
        assert not dialog.news.isVisible()
        assert dialog.again.hasFocus()
        check_window(dialog)
        assert checking.seen == ""
        dialog.reject()
    assert browser.opened == []


async def test_that_a_version_below_one_that_was_seen_is_refused_after_a_restart_too(checking: Checking) -> None:
    async with answering(answer(offered(version="0.3.0")), answer(offered(version="0.2.0"))) as server:
        url = f"{server.url}/release.json"
        (await checking.checked(url)).reject()
        assert checking.seen == "0.3.0"
        dialog = await checking.checked(url)
    assert "It names 0.2.0, and 0.3.0 was named before." in dialog.problem.text
    assert checking.seen == "0.3.0"
    dialog.reject()


@pytest.mark.parametrize(
    ("script", "what"),
    [
        (answer(b"", 404), "There is no release note at the address. Its server answers 404."),
        (answer(b"", 401), "There is no release note at the address. Its server answers 401."),
        (answer(b"", 503), "The address cannot answer now."),
        (answer(b"", 302, headers="Location: https://elsewhere.example/\r\n"), "The address leads elsewhere."),
        (answer(b" " * 70_000), "It is larger than any release note."),
        (answer(b"{}", headers="Content-Encoding: gzip\r\n"), "It came in a form that cannot be read."),
        (answer(b"{}", length=3), "The connection broke off."),
    ],
)
async def test_that_an_address_without_a_note_is_told_in_words(checking: Checking, script: bytes, what: str) -> None:
    async with answering(script) as server:
        dialog = await checking.checked(f"{server.url}/release.json")
    assert what in dialog.problem.text
    dialog.reject()


async def test_that_checking_again_asks_anew(checking: Checking) -> None:
    async with answering(answer(b"", 503), answer(offered())) as server:
        dialog = await checking.checked(f"{server.url}/release.json")
        QTest.keyClick(dialog, Qt.Key.Key_Return)
        await until(dialog.get.isVisible)
        assert dialog.problem.text == ""
        assert not dialog.again.isVisible()
        dialog.reject()


async def test_that_nothing_listening_is_told(checking: Checking) -> None:
    dialog = await checking.checked("http://127.0.0.1:9/release.json")
    assert "The address cannot be reached. Nothing listens there." in dialog.problem.text
    dialog.reject()


async def test_that_leaving_ends_a_check_that_goes_on(checking: Checking) -> None:
    async with answering(until_gone) as server:
        checking.at(f"{server.url}/release.json")
        dialog = await checking.dialog()
        await server.heard.wait()
        assert "Asking 127.0.0.1:" in says(dialog)
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert not dialog.isVisible()
        await until(lambda: not checking.updates.scope.names)


# ------------------------------------------------------------------ the command


async def test_that_a_build_without_an_address_says_so(checking: Checking) -> None:
    assert not checking.registry.run(CHECK)
    reason = checking.registry.reason(CHECK)
    assert reason == "This build has no address to ask for updates. Give one in Settings, About."
    checking.at(ADDRESS)
    assert checking.registry.reason(CHECK) is None


async def test_that_a_build_without_keys_says_so_whatever_the_address(checking: Checking) -> None:
    checking.build = BuildKeys()
    assert "no address to ask for updates, and no key" in (checking.registry.reason(CHECK) or "")
    checking.at(ADDRESS)
    assert (checking.registry.reason(CHECK) or "").startswith("This build has no key")


async def test_that_the_address_of_the_build_is_asked_where_none_is_chosen(checking: Checking) -> None:
    async with answering(answer(offered())) as server:
        checking.build = BuildKeys((NEXT_KEY, KEY), f"{server.url}/build.json")
        dialog = await checking.dialog()
        await until(dialog.get.isVisible)
        dialog.reject()
    assert server.asked[0].startswith(b"GET /build.json ")


async def test_that_an_address_on_disk_that_is_none_is_refused_in_words(checking: Checking) -> None:
    dialog = await checking.checked("http://releases.example/release.json")
    assert "Without https anyone on the way could hold a new version back." in dialog.problem.text
    dialog.reject()


async def test_that_other_settings_are_kept_when_a_version_is_seen(checking: Checking) -> None:
    checking.choices.now = replace(checking.choices.now, unknown={"later": 1})
    async with answering(answer(offered())) as server:
        (await checking.checked(f"{server.url}/release.json")).reject()
    kept = json.loads((checking.choices.now.desk_dir / "settings.json").read_text("utf-8"))
    assert (kept["later"], kept["update_seen"]) == (1, "0.2.0")
