"""A real server over a real SQLite file for each test; its database is copied from one that was made once."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bcdesk.server.state import ServerState
from tests.contract.oauth_support import OAuth
from tests.contract.support import Api, Clock, open_state, seed_members


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """Make a server with one member of each role; return its folder and a token for each."""
    folder = tmp_path_factory.mktemp("template")
    state = open_state(folder, Clock())
    tokens = seed_members(state)
    state.database.close()
    return folder, tokens


@pytest.fixture
def clock() -> Clock:
    """Return the clock of the server, which moves only when told to."""
    return Clock()


@pytest.fixture
def tokens(template: tuple[Path, dict[str, str]]) -> dict[str, str]:
    """Return a management token for each role."""
    return template[1]


@pytest.fixture
def server_state(template: tuple[Path, dict[str, str]], tmp_path: Path, clock: Clock) -> Iterator[ServerState]:
    """Open a server with one member of each role and no keys."""
    folder = tmp_path / "server"
    shutil.copytree(template[0], folder)
    state = open_state(folder, clock)
    yield state
    state.database.close()


@pytest.fixture
async def api(server_state: ServerState, clock: Clock, tokens: dict[str, str]) -> AsyncIterator[Api]:
    """Return the server's callers."""
    api = Api(server_state, clock, tokens)
    yield api
    await api.close()


@pytest.fixture
async def oauth(api: Api) -> AsyncIterator[OAuth]:
    """Return the clients and browsers of the authorization server."""
    oauth = OAuth(api)
    yield oauth
    await oauth.close()
