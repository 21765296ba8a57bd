"""The matrix's server, which runs in this process, and its browsers."""

from collections.abc import AsyncIterator

import pytest

pytest.register_assert_rewrite(
    *(f"tests.contract.oauth.{name}" for name in (
        "matrix", "rows_authorize", "rows_code", "rows_clients", "rows_lookups", "rows_members", "rows_pages",
        "rows_pkce", "rows_pushed", "rows_redirects", "rows_refresh", "rows_register",
    ))
)  # fmt: skip

from tests.contract.oauth_support import OAuth  # noqa: E402 - asserts are rewritten first
from tests.contract.support import Api  # noqa: E402


@pytest.fixture
async def oauth(api: Api) -> AsyncIterator[OAuth]:
    """Return the server's clients and browsers."""
    oauth = OAuth(api)
    yield oauth
    await oauth.close()
