"""The whole desk, ended and started again where no server answers: what was known is there, and says how old it is."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import keyring
import pytest
from PySide6.QtWidgets import QApplication

from bcdesk import settings
from bcdesk.app import Program
from bcdesk.store import vault_keyring
from bcdesk.store.store import Link
from bcdesk.ui import icons, local_server, times
from bcdesk.ui.access import link_reason
from bcdesk.ui.commands import Context
from bcdesk.ui.frame import first_frame
from bcdesk.ui.main_window import link_words
from bcdesk.ui.offline_copy import copy_words
from tests.ui.keys.studio import says, until
from tests.unit.store import keyrings

SILENT = [sys.executable, "-c", "import sys; sys.stdin.read()"]
HERE_ALONE = {"keys.copy_id", "apps.copy_client_id", "apps.export", "apps.test"}
"""What needs no server, among the commands about rows."""


@pytest.fixture(autouse=True)
def one_keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give every desk of a test the same keyring."""
    monkeypatch.setattr(vault_keyring, "ACCEPTED", vault_keyring.ACCEPTED | {keyrings.__name__})
    before = keyring.get_keyring()
    keyring.set_keyring(keyrings.Working())
    yield
    keyring.set_keyring(before)
    icons.forget()


@asynccontextmanager
async def running(folder: Path, app: QApplication) -> AsyncIterator[Program]:
    """Run the program as `bcdesk.app.run` does, until left."""
    chosen = settings.load(folder)
    program = Program(chosen, app, first_frame(chosen))
    program.window.resize(1280, 800)
    program.window.show()
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(program.run())
        program.connection.start()
        try:
            yield program
        finally:
            program.window.close()
            await task
            program.window.deleteLater()


async def state(program: Program, wanted: str) -> Link:
    await until(lambda: program.store.link.state == wanted, wanted)
    return program.store.link


async def test_that_a_desk_without_its_server_shows_what_was_known(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path, qapp) as program:
        link = await state(program, "online")
        keys, apps, session = dict(program.store.keys), dict(program.store.apps), program.store.session
        assert keys
        assert link_reason(program.store) is None
    real = local_server.server_command
    monkeypatch.setattr(local_server, "server_command", lambda _folder, **_kind: SILENT)
    async with running(tmp_path, qapp) as program:
        last = await state(program, "cached")
        assert program.connection.client is None, "nothing could be asked"
        assert (program.store.keys, program.store.apps, program.store.session) == (keys, apps, session)
        assert last.as_of is not None
        assert last.as_of >= link.as_of  # type: ignore[operator]
        model = program.keys.listing.model
        await until(lambda: model.rowCount() == len(keys) and not model.loading, "the rows")
        _check_stale(program, last.as_of)
        _check_refused(program)
        monkeypatch.setattr(local_server, "server_command", real)
        program.connection._way._server._process.kill()  # type: ignore[attr-defined]
        await state(program, "error")
        _check_refused(program)
        _check_stale(program, last.as_of)
        program.connection.sync_now()
        await state(program, "online")
        assert program.store.keys.keys() == keys.keys()
        assert link_reason(program.store) is None


def _check_stale(program: Program, as_of: float) -> None:
    """Check that no cell says "ago", and that the window says of which moment everything is."""
    model = program.keys.listing.model
    column = next(place for place, one in enumerate(model.columns) if one.id == "last_used")
    said = {str(model.data(model.index(place, column))) for place in range(model.rowCount())}
    used = {times.short(row.last_used_at, as_of) for row in program.store.keys.values()}
    assert said <= used
    assert not any("ago" in one or "just now" in one for one in said)
    assert times.short(as_of, program.desk.now()) in program.window.status.label.text()
    assert "Pre-release demo" in says(program.window)
    assert "owner" in says(program.window)


def _check_refused(program: Program) -> None:
    """Check that every command about a row or for a new one says why it cannot run."""
    reason = link_reason(program.store)
    assert reason
    for prefix, rows in (("keys.", program.store.keys), ("apps.", program.store.apps)):
        program.window.go(prefix[:-1])
        for row_id in rows:
            context = Context(row_id, program.window)
            for command in program.registry.all():
                plain = command.id in HERE_ALONE or command.id.partition(".")[2] in _OF_THE_PAGE
                if command.id.startswith(prefix) and not plain and command.shown(context):
                    assert command.enabled(context) is not None, command.id
    program.window.go("keys")


_OF_THE_PAGE = {"search", "clear_filters", "sort_again", "details", "reset_columns"}


@pytest.mark.parametrize(("copy", "word"), [("unreadable", "read"), ("newer", "newer"), ("failed", "written")])
def test_that_what_became_of_the_copy_is_said(copy: str, word: str) -> None:
    words = copy_words(copy)
    assert words is not None
    assert word in words.what
    assert words.rest


@pytest.mark.parametrize("copy", ["unopened", "none", "ready", "off"])
def test_that_nothing_is_said_where_all_is_well(copy: str) -> None:
    assert copy_words(copy) is None


@pytest.mark.parametrize("state", ["reading", "cached"])
def test_that_the_status_says_of_which_moment_everything_is(state: str) -> None:
    now = 1_795_500_000.0
    words, tone = link_words(Link(state, as_of=now), now)  # type: ignore[arg-type]
    assert words == f"As of {times.short(now, now)} · connecting…"
    assert tone == "muted"


async def test_that_a_damaged_copy_is_said_and_loaded_anew(qapp: QApplication, tmp_path: Path) -> None:
    async with running(tmp_path, qapp) as program:
        await state(program, "online")
    (file,) = (tmp_path / "desk" / "cache").glob("*.db")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    content[5000] ^= 1
    file.write_bytes(content)
    async with running(tmp_path, qapp) as program:
        await until(lambda: program.store.link.copy == "unreadable", "the damage")
        await until(lambda: "The offline copy could not be read." in says(program.window), "the words")
        await state(program, "online")
        assert program.store.keys
    async with running(tmp_path, qapp) as program:
        await until(lambda: program.store.link.copy == "ready", "the new copy")
        await state(program, "online")
