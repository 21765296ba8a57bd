"""Looking for a newer version: what is offered, what is the newest already, and what is not believed any more."""

import sys
from typing import Any

import pytest

from bcdesk.actions.updates import Release, check_for_updates, this_system
from bcdesk.client.errors import NoteRefused
from tests.unit.client.answering import answer, answering
from tests.unit.client.releasing import DAY, KEY, NOW, SYSTEMS, expired, moment, note

HERE = {"url": "http://127.0.0.1:9/bcdesk.deb", "size": 1, "sha256": "0" * 64}


async def check(content: bytes, **changes: Any) -> Release:
    """Check with a note served from this machine."""
    asked: dict[str, Any] = {
        "keys": (KEY,), "running": "0.1.0", "seen": "", "now": NOW, "systems": ("linux-amd64-deb",), **changes,
    }  # fmt: skip
    async with answering(answer(content)) as server:
        return await check_for_updates(address=f"{server.url}/release.json", **asked)


async def refused(content: bytes, **changes: Any) -> NoteRefused:
    with pytest.raises(NoteRefused) as caught:
        await check(content, **changes)
    return caught.value


async def test_that_a_newer_release_is_offered_with_the_download_of_this_system() -> None:
    found = await check(note())
    assert (found.newer, found.unsupported, found.note.version) == (True, False, "0.2.0")
    assert found.download is not None
    assert found.download.size == 104_857_600


async def test_that_a_release_without_a_download_for_this_system_is_offered_without_one() -> None:
    found = await check(note(), systems=("linux-riscv64-deb",))
    assert found.newer
    assert found.download is None


async def test_that_the_version_that_runs_is_nothing_new() -> None:
    assert not (await check(note(version="0.1.0"))).newer
    assert (await check(note(version="0.1.0"), running="0.1.0rc1")).newer


async def test_that_a_version_that_nobody_looks_after_any_more_is_told() -> None:
    assert (await check(note(minimum="0.1.1"))).unsupported
    assert not (await check(note(minimum="0.1.0"))).unsupported


async def test_that_an_expired_note_is_refused_with_the_day_it_held_until() -> None:
    error = await refused(expired())
    assert error.reason == "expired"
    assert error.moment == pytest.approx(NOW - DAY, abs=1)
    assert (await refused(note(expires=moment(NOW + 5)), now=NOW + 6)).reason == "expired"


async def test_that_a_version_below_this_one_or_below_one_seen_before_is_refused() -> None:
    error = await refused(note(version="0.1.0"), running="0.2.0")
    assert (error.reason, error.version, error.floor) == ("older", "0.1.0", "0.2.0")
    error = await refused(note(version="0.2.0"), seen="0.3.0")
    assert (error.reason, error.version, error.floor) == ("older", "0.2.0", "0.3.0")
    assert (await check(note(version="0.3.0"), seen="0.3.0")).newer


async def test_that_a_seen_version_that_is_none_holds_nothing_up() -> None:
    assert (await check(note(), seen="\u202e")).newer


async def test_that_an_expired_note_is_told_of_as_expired_even_where_it_names_an_older_version() -> None:
    assert (await refused(expired(), running="9.0.0")).reason == "expired"


async def test_that_only_a_note_from_this_machine_may_lead_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    content = note(downloads=dict.fromkeys(SYSTEMS, HERE))
    assert (await check(content)).download is not None

    async def elsewhere(address: str) -> bytes:
        return content

    monkeypatch.setattr("bcdesk.client.releases.fetch", elsewhere)
    with pytest.raises(NoteRefused) as caught:
        await check_for_updates(
            address="https://releases.example/r.json", keys=(KEY,), running="0.1.0", seen="", now=NOW, systems=SYSTEMS
        )
    assert caught.value.reason == "form"


def test_that_this_system_has_a_name_that_releases_use() -> None:
    names = this_system()
    assert names
    kind = {"linux": "linux-", "win32": "windows-", "darwin": "macos-"}[sys.platform]
    assert all(one.startswith(kind) for one in names)
