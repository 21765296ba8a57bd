"""The matrix: every row names the demand of a standard, attacks included, and the server keeps them all."""

import importlib
from collections import Counter
from pathlib import Path

import pytest

from tests.contract.oauth.matrix import ROWS, Row
from tests.contract.oauth_support import OAuth

for _file in sorted(Path(__file__).parent.glob("rows_*.py")):
    importlib.import_module(f"tests.contract.oauth.{_file.stem}")

STANDARDS = ("6749", "6750", "7009", "7591", "7592", "7636", "7662", "8252", "8414", "9126", "9207", "9700")


@pytest.mark.parametrize("row", ROWS, ids=str)
async def test_that_the_server_keeps(row: Row, oauth: OAuth) -> None:
    await row.check(oauth)


def test_that_the_matrix_has_sixty_rows_of_every_standard() -> None:
    assert len(ROWS) >= 60
    assert Counter(map(str, ROWS)).most_common(1)[0][1] == 1
    named = {row.standard.split()[1] for row in ROWS if row.standard.startswith("RFC ")}
    assert named >= set(STANDARDS)
