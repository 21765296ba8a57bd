"""Parameters as they come in a query or a form: read strictly, since two readers must not understand two things."""

from typing import Final, NamedTuple
from urllib.parse import parse_qsl

from bcdesk.server import hop_notes as notes
from bcdesk.server.oauth.errors import InvalidRequestError

FIELDS_MAX: Final = 60


class Parameters(NamedTuple):
    """The parameters of a request; one without a value counts as not sent (RFC 6749 §3.1)."""

    values: dict[str, str]
    repeated: frozenset[str]
    """The names that were sent more than once, which is never allowed (RFC 6749 §3.1, §3.2)."""


def read(text: bytes) -> Parameters:
    """Read ``application/x-www-form-urlencoded`` text; raise `InvalidRequestError` where it cannot be read."""
    try:
        pairs = parse_qsl(
            text.decode("ascii"), keep_blank_values=True, max_num_fields=FIELDS_MAX, encoding="utf-8", errors="strict"
        )
    except (ValueError, UnicodeError):
        notes.failed("params.readable", "unreadable")
        raise InvalidRequestError("The parameters cannot be read.") from None
    values: dict[str, str] = {}
    seen: set[str] = set()
    repeated: set[str] = set()
    for name, value in pairs:
        if name in seen:
            repeated.add(name)
        seen.add(name)
        if value and name not in repeated:
            values[name] = value
    return Parameters(values, frozenset(repeated))


def read_form(text: bytes) -> dict[str, str]:
    """Read a form in which nothing stands twice; raise `InvalidRequestError` otherwise."""
    values, repeated = read(text)
    if repeated:
        notes.asked_by(values.get("client_id"))
        notes.failed("params.once", "repeated", got=" ".join(sorted(repeated)))
        raise InvalidRequestError("A parameter was sent more than once.")
    return values
