"""The flow tester's server: the contract's own, in this process."""

import pytest

pytest.register_assert_rewrite("tests.unit.flow.walking_server")

from tests.contract.conftest import api, clock, oauth, server_state, template, tokens  # noqa: E402 - see above
from tests.contract.oauth_support import OAuth  # noqa: E402
from tests.unit.flow.walking_server import Walk  # noqa: E402

__all__ = ["api", "clock", "oauth", "server_state", "template", "tokens"]


@pytest.fixture
def walk(oauth: OAuth) -> Walk:
    """Return the server as the flow tester meets it."""
    return Walk(oauth)
