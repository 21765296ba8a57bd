"""The order of versions: of each two one is older, and no two texts are the same version."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcdesk import __version__
from bcdesk.contract.versions import order

ASCENDING = (
    "0.0.0", "0.0.9", "0.0.10", "0.1.0.dev0", "0.1.0.dev3", "0.1.0a1", "0.1.0a10", "0.1.0b2", "0.1.0rc1", "0.1.0",
    "0.2.0", "0.10.0", "1.0.0", "999999.0.0",
)  # fmt: skip


def test_that_versions_are_ordered_as_python_packages_are() -> None:
    descending = ASCENDING[::-1]
    assert sorted(descending, key=order) == list(ASCENDING)
    assert len({order(one) for one in ASCENDING}) == len(ASCENDING)


def test_that_the_version_of_this_program_is_one() -> None:
    assert order(__version__)


@pytest.mark.parametrize(
    "text",
    ["", "1", "1.0", "1.0.0.0", "v1.0.0", "1.0.0-rc1", "1.0.0rc", "01.0.0", "1.0.0\n", " 1.0.0", "\uff11.0.0",
     "1.0.1000000", "1.0.0rc01", "-1.0.0"],
)  # fmt: skip
def test_that_any_other_text_is_no_version(text: str) -> None:
    with pytest.raises(ValueError, match="not a version"):
        order(text)


@given(st.text(max_size=30))
def test_that_no_text_gets_another_error(text: str) -> None:
    with suppress(ValueError):
        assert len(order(text)) == 5
