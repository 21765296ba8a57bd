"""The desk's own server as a real child process."""

import asyncio
from pathlib import Path

import pytest

from bcdesk.ui.local_server import LocalServer, Ready, ServerFailed


async def outcome(server: LocalServer) -> Ready | ServerFailed:
    """Start the server and return what it came to."""
    future: asyncio.Future[Ready | ServerFailed] = asyncio.get_running_loop().create_future()
    for signal in (server.ready, server.failed):
        signal.connect(lambda what: None if future.done() else future.set_result(what))
    server.start()
    return await future


async def test_that_the_child_runs_no_code_from_where_the_desk_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: object
) -> None:
    hostile = tmp_path / "downloads"
    for module in ("bcdesk", "json", "uvicorn", "sqlalchemy"):
        (hostile / module).mkdir(parents=True)
        (hostile / module / "__init__.py").write_text(
            f"open({str(tmp_path / 'ran')!r}, 'w').close()\nraise SystemExit(7)"
        )
    monkeypatch.chdir(hostile)
    server = LocalServer(tmp_path / "server")
    stopped = asyncio.get_running_loop().create_future()
    server.stopped.connect(lambda: stopped.set_result(None))
    came = await outcome(server)
    server.stop()
    await stopped
    assert isinstance(came, Ready)
    came.token.discard()
    assert not (tmp_path / "ran").exists()
    server.deleteLater()
