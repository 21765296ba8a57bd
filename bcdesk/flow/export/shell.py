"""Words of a POSIX shell, with variables in the places of secrets."""

import re
import shlex
from typing import Final

from bcdesk.flow.trace import Hidden, Value

VARIABLES: Final = {
    "client_secret": "BC_CLIENT_SECRET",
    "code": "BC_CODE",
    "code_verifier": "BC_CODE_VERIFIER",
    "access_token": "BC_ACCESS_TOKEN",
    "refresh_token": "BC_REFRESH_TOKEN",
    "id_token": "BC_ID_TOKEN",
}
"""What stands for a secret of each kind."""


def variable(kind: str) -> str:
    """Return the name of the variable that stands for a secret of ``kind``."""
    return VARIABLES.get(kind) or "BC_" + (re.sub(r"[^A-Z0-9]+", "_", kind.upper()).strip("_") or "SECRET")


def word(*parts: Value) -> str:
    """Join ``parts`` into one quoted word; a hidden one becomes its variable, which the shell fills in."""
    if not any(isinstance(part, Hidden) for part in parts):
        return shlex.quote("".join(str(part) for part in parts))
    inside = (
        f"${{{variable(part.kind)}}}" if isinstance(part, Hidden) else re.sub(r'([\\"$`])', r"\\\1", part)
        for part in parts
    )
    return '"' + re.sub(r"\$\{(BC_\w+)\}(?!\w)", r"$\1", "".join(inside)) + '"'
