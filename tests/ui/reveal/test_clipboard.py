"""The clipboard's guard: what it writes, when it counts, how long it stays, and whose content it clears."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtGui import QClipboard, QGuiApplication

from bcdesk.contract.key_format import generate
from bcdesk.ui.clipboard import HINTS, ClipboardGuard, Ended, mime_data
from tests.ui.reveal.sealing import open_mark


@pytest.fixture
async def clipboard(qapp: QGuiApplication) -> AsyncIterator[QClipboard]:
    board = QGuiApplication.clipboard()
    board.clear()
    yield board
    board.clear()


def ended(guard: ClipboardGuard) -> "asyncio.Future[str]":
    """Return a future for the reason that the guard will give for its end."""
    future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    guard.ended.connect(lambda why: None if future.done() else future.set_result(why))
    return future


async def test_that_a_copy_is_one_plain_format_with_no_newline_and_the_hint_of_this_system(
    clipboard: QClipboard,
) -> None:
    guard = ClipboardGuard(clipboard)
    value = generate("live")
    assert await guard.offer(value)
    data = clipboard.mimeData()
    assert set(data.formats()) == {"text/plain", "x-kde-passwordManagerHint"}
    assert data.text() == value
    assert data.data("x-kde-passwordManagerHint").data() == b"secret"
    guard.close()


def test_that_each_system_has_its_hints_as_data(qapp: QGuiApplication) -> None:
    names = {platform: {hint.name for hint in HINTS if hint.platform == platform} for platform in ("win32", "darwin")}
    assert names["win32"] == {
        "ExcludeClipboardContentFromMonitorProcessing",
        "CanIncludeInClipboardHistory",
        "CanUploadToCloudClipboard",
        "Clipboard Viewer Ignore",
    }
    assert names["darwin"] == {"org.nspasteboard.ConcealedType", "NSPasteboardContentsCurrentHostOnly"}
    assert set(mime_data("x", "win32").formats()) == names["win32"] | {"text/plain"}
    assert set(mime_data("x", "darwin").formats()) == {"text/plain"}


async def test_that_a_copy_which_another_program_takes_over_at_once_does_not_count(clipboard: QClipboard) -> None:
    def take_over() -> None:
        if clipboard.text() != "theirs":
            clipboard.setText("theirs")

    guard = ClipboardGuard(clipboard)
    clipboard.dataChanged.connect(take_over)
    try:
        assert not await guard.offer(generate("live"))
    finally:
        clipboard.dataChanged.disconnect(take_over)
    assert not guard.holding
    assert clipboard.text() == "theirs"
    guard.close()


async def test_that_a_copy_that_does_not_get_there_leaves_the_one_before_to_its_time(clipboard: QClipboard) -> None:
    guard = ClipboardGuard(clipboard, seconds=0.3)
    over = ended(guard)
    first = generate("live")
    assert await guard.offer(first)

    def refuse() -> None:
        if clipboard.text() != first:
            clipboard.setText(first)

    clipboard.dataChanged.connect(refuse)
    try:
        assert not await guard.offer(generate("live"))
    finally:
        clipboard.dataChanged.disconnect(refuse)
    assert clipboard.text() == first
    assert guard.holding
    assert await over == Ended.TIME
    assert clipboard.text() == ""


async def test_that_it_is_cleared_after_its_time(clipboard: QClipboard) -> None:
    guard = ClipboardGuard(clipboard, seconds=0.3)
    over = ended(guard)
    assert await guard.offer(generate("live"))
    assert guard.remaining == 1
    assert await over == Ended.TIME
    assert clipboard.text() == ""
    assert clipboard.mimeData() is None or not clipboard.mimeData().formats()
    assert not guard.holding


async def test_that_it_counts_down_from_thirty(clipboard: QClipboard) -> None:
    guard = ClipboardGuard(clipboard)
    seen: list[int] = []
    guard.changed.connect(lambda: seen.append(guard.remaining))
    assert await guard.offer(generate("live"))
    assert seen == [30]
    guard.extend()
    assert guard.remaining == 60
    guard.clear_now()
    assert guard.remaining == 0
    assert clipboard.text() == ""


async def test_that_what_the_user_copies_later_survives(clipboard: QClipboard) -> None:
    guard = ClipboardGuard(clipboard, seconds=0.2)
    over = ended(guard)
    assert await guard.offer(generate("live"))
    clipboard.setText("a shopping list")
    assert await over == Ended.REPLACED
    assert clipboard.text() == "a shopping list"
    guard.close()
    assert clipboard.text() == "a shopping list"


async def test_that_the_end_of_the_desk_clears_what_is_ours_and_guards_nothing_more(clipboard: QClipboard) -> None:
    guard = ClipboardGuard(clipboard)
    assert await guard.offer(generate("live"))
    guard.close()
    assert clipboard.text() == ""
    assert not await guard.offer(generate("live"))
    assert clipboard.text() == ""


async def test_that_the_guard_keeps_no_text(clipboard: QClipboard) -> None:
    guard = ClipboardGuard(clipboard)
    value = generate("live")
    assert await guard.offer(value)
    assert value not in repr(vars(guard))
    guard.close()


@pytest.mark.parametrize("same", [True, False])
async def test_that_the_next_start_clears_what_an_earlier_desk_left(
    clipboard: QClipboard, tmp_path: Path, same: bool
) -> None:
    value = generate("live")
    mark = open_mark(tmp_path)
    guard = ClipboardGuard(clipboard, mark=mark)
    assert await guard.offer(value)
    file = tmp_path / "clipboard.mark"
    assert value.encode() not in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    guard.blockSignals(True)  # it dies here: nothing of it runs any more
    clipboard.dataChanged.disconnect(guard._on_data_changed)
    guard._timer.stop()
    if not same:
        clipboard.setText("a shopping list")
    after = ClipboardGuard(clipboard, mark=mark)
    assert await after.clear_leftover() is same
    assert clipboard.text() == ("" if same else "a shopping list")
    assert not file.exists()
    after.close()


async def test_that_the_mark_goes_as_soon_as_the_secret_does(clipboard: QClipboard, tmp_path: Path) -> None:
    guard = ClipboardGuard(clipboard, mark=open_mark(tmp_path))
    assert await guard.offer(generate("live"))
    assert (tmp_path / "clipboard.mark").exists()
    guard.clear_now()
    assert not (tmp_path / "clipboard.mark").exists()
