"""These tests are about a program that was frozen, and are left out where none is named."""

from pathlib import Path

import pytest

from tests.e2e.packaged import frozen

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the tests of this folder without a program."""
    if frozen.DESK.is_file():
        return
    skip = pytest.mark.skip(reason=f"{frozen.VARIABLE} names no folder of a frozen program (dist/bcdesk)")
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(skip)
