"""How members of the studio come in: the desk's own client at every server, and set-up links."""

import re
from typing import Final

CLIENT_ID: Final = "bcdesk"
"""Stands in no list, cannot be edited, and no registered application can have it."""
NAME: Final = "bcdesk"
SCOPE: Final = "manage"
REDIRECT_URIS: Final = ("http://127.0.0.1/callback", "http://[::1]/callback")
"""On any port (RFC 8252 §7.3)."""
SETUP_PATH: Final = "/setup"
SETUP_PREFIX: Final = "bcu_"
SETUP: Final = re.compile(r"bcu_[0-9A-Za-z_-]{43}")
SETUP_SECONDS: Final = 900
"""How long a set-up link works, which works once."""
PASSWORD_MIN: Final = 12
PASSWORD_MAX: Final = 256
SIGNED_IN_BY: Final = ("browser", "token", "start")
"""How the caller came in: with the client above, with a token of the command line, with the one of the start."""


def setup_link(base_url: str, token: str) -> str:
    """Return the link of a set-up token; it stands in the fragment, which no browser sends and no server logs."""
    return f"{base_url.rstrip('/')}{SETUP_PATH}#{token}"
