"""Servers of others that several tests of flows share."""

from collections.abc import Iterator

import pytest

from tests.e2e.flow.issuer import Issuer, certified
from tests.installs import NotInstalledError


@pytest.fixture(scope="session")
def issuer() -> Iterator[Issuer]:
    """Run the certified server once, or say why that cannot be done."""
    try:
        with certified() as running:
            yield running
    except NotInstalledError as error:
        pytest.skip(str(error))
