"""Real processes for end-to-end tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.serving import Served, serving


@pytest.fixture(scope="session")
def demo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Run one server with demo data for all tests that leave it as it is, or add what others do not mind."""
    with serving(tmp_path_factory.mktemp("demo") / "server", "--demo") as served:
        yield served


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Name a data folder that does not exist yet."""
    return tmp_path / "server"
