"""The scopes of the API that credentials open, as data."""

from typing import Final, NamedTuple


class Scope(NamedTuple):
    """A scope's name, what it allows in words, and whether it changes anything."""

    name: str
    sentence: str
    writes: bool


SCOPES: Final = (
    Scope("user.profile", "See the account's name and picture", False),
    Scope("beats.read", "Browse and search beats", False),
    Scope("purchases.write", "Buy beats and licences", True),
    Scope("user.subscription", "See the account's subscription", False),
)
BY_NAME: Final = {scope.name: scope for scope in SCOPES}
READ_ONLY: Final = frozenset(scope.name for scope in SCOPES if not scope.writes)
MANAGE: Final = "manage"
"""The scope of the first-party client ``bcdesk``; no registered application can ask for it."""
FIRST_PARTY_CLIENT: Final = "bcdesk"
