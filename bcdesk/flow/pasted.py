"""What was pasted, read as a candidate for a redirect URI; what could hold a code or a token is cut off first."""

import re
from enum import StrEnum
from typing import Final, NamedTuple
from urllib.parse import unquote, unquote_plus

TAKEN: Final = 65_536
"""Characters of a paste that are looked at."""
_SENSITIVE: Final = frozenset(
    """
    code state iss error error_description error_uri scope session_state response id_token id_token_hint access_token
    refresh_token token token_type expires_in authuser prompt hd client_secret secret password assertion ticket key
    code_verifier device_code user_code samlresponse relaystate
    """.split()  # noqa: SIM905 - words read better than thirty quotes
)
"""Parameters of an authorization response (RFC 6749 §4.1.2, RFC 9207, OpenID Connect), and what is secret anywhere."""
_BEGINS: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:/")
_INSIDE: Final = re.compile(r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]*:/[^\s\"'<>]*")
_ENCODED: Final = re.compile(r"(?i)[a-z][a-z0-9+.-]*%3a%2f")
_PARAMETER: Final = re.compile(r"""redirect_uri(?:=([^&\s"'<>]*)|["']?\s*:\s*["']?([^\s"'<>,}]*))""")


class Note(StrEnum):
    """What was done to a paste before it is compared."""

    BLANKS = "blanks"
    LOG_LINE = "log_line"
    AUTHORIZE = "authorize"
    DECODED = "decoded"
    QUERY_CUT = "query_cut"


class Candidate(NamedTuple):
    """The URI to compare, and what was left out of the paste or decoded in it."""

    uri: str
    notes: tuple[Note, ...] = ()


def read(text: str, registered: tuple[str, ...] = ()) -> Candidate:
    """Find the redirect URI in ``text``: itself, a callback, an authorization request or a line of a log.

    The query of a callback is cut off, for it may hold a code; what stands before the answer in it stays only where
    a ``registered`` URI has a query too.
    """
    notes: list[Note] = []
    text = text[:TAKEN]
    uri = text.strip(" \t\r\n")
    if uri != text:
        notes.append(Note.BLANKS)
    asked = _PARAMETER.search(uri)
    if asked is not None:
        uri = unquote_plus(asked[1]) if asked[1] is not None else asked[2]
        notes.append(Note.AUTHORIZE)
    elif not _BEGINS.match(uri) and (found := _INSIDE.search(uri)) is not None:
        uri = found[0].rstrip(".,;:)]}")
        notes.append(Note.LOG_LINE)
    if _ENCODED.match(uri):
        uri = unquote(uri)
        notes.append(Note.DECODED)
    kept = _without_answer(uri, any("?" in entry for entry in registered))
    if kept != uri:
        uri = kept
        notes.append(Note.QUERY_CUT)
    return Candidate(uri, tuple(notes))


def _without_answer(uri: str, keep_lead: bool) -> str:
    before, mark, fragment = uri.partition("#")
    tail = mark + fragment if _first_sensitive(fragment) is None else ""
    path, asked, query = before.partition("?")
    first = _first_sensitive(query) if asked else None
    if first is None:
        return before + tail
    lead = "&".join(query.split("&")[:first])
    return f"{path}?{lead}" if keep_lead and lead else path


def _first_sensitive(query: str) -> int | None:
    """Return the place of the first parameter that could be part of an answer."""
    for place, parameter in enumerate(query.split("&")):
        if unquote(parameter.partition("=")[0]).strip().lower().lstrip("?#/") in _SENSITIVE:
            return place
    return None
