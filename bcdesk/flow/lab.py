"""The redirect lab: a candidate beside each registered URI, where they first differ, and what kind of mistake it is."""

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from typing import Final, Literal, NamedTuple
from urllib.parse import unquote

from bcdesk.contract.redirects import APP_TYPES, Parts, Verdict, judge, parts_of
from bcdesk.flow.pasted import Candidate, Note, read
from bcdesk.flow.receivers import Kind, Platform, Receiver, kind_of, receivers

Part = Literal["scheme", "userinfo", "host", "port", "path", "query", "fragment", "end"]
Outcome = Literal["exact", "any_port", "refused"]


class Cause(StrEnum):
    """What sets two URIs apart, most telling first."""

    EXACT = "exact"
    ANY_PORT = "any_port"
    INVISIBLE = "invisible"
    LOOKALIKE = "lookalike"
    SCHEME_CASE = "scheme_case"
    HOST_CASE = "host_case"
    PATH_CASE = "path_case"
    PERCENT = "percent"
    ENCODED_AGAIN = "encoded_again"
    TRAILING_SLASH = "trailing_slash"
    SCHEME_HTTP = "scheme_http"
    SCHEME = "scheme"
    SLASHES = "slashes"
    USERINFO = "userinfo"
    LOOPBACK_NAME = "loopback_name"
    WWW = "www"
    HOST = "host"
    DEFAULT_PORT = "default_port"
    LOCALHOST_PORT = "localhost_port"
    PORT = "port"
    PATH_LONGER = "path_longer"
    PATH_SHORTER = "path_shorter"
    PATH = "path"
    QUERY_ADDED = "query_added"
    QUERY_MISSING = "query_missing"
    QUERY_ORDER = "query_order"
    QUERY = "query"
    FRAGMENT = "fragment"


_EXACT: Final = ("RFC 9700 §2.1", "RFC 3986 §6.2.1")
_LOOPBACK: Final = ("RFC 8252 §7.3",)
SOURCES: Final[dict[Cause, tuple[str, ...]]] = {
    Cause.ANY_PORT: _LOOPBACK,
    Cause.LOCALHOST_PORT: ("RFC 8252 §7.3", "RFC 8252 §8.3"),
    Cause.LOOPBACK_NAME: ("RFC 8252 §8.3",),
    Cause.PORT: ("RFC 9700 §2.1", "RFC 8252 §7.3"),
    Cause.FRAGMENT: ("RFC 6749 §3.1.2",),
    Cause.SCHEME_CASE: ("RFC 9700 §2.1", "RFC 3986 §6.2.2.1"),
    Cause.HOST_CASE: ("RFC 9700 §2.1", "RFC 3986 §6.2.2.1"),
    Cause.PERCENT: ("RFC 9700 §2.1", "RFC 3986 §6.2.2.2"),
}
"""Where the rule stands that a cause meets; the comparison of strings where none is named."""


class Finding(NamedTuple):
    """A candidate beside one registered URI.

    ``at`` is the first character that differs, from 0, None where none does; ``got`` and ``expected`` are what stands
    there in either, a whole percent-encoded byte at once, empty at the end. ``parts`` are all the parts that differ.
    """

    registered: str
    outcome: Outcome
    cause: Cause
    at: int | None
    got: str
    expected: str
    part: Part | None
    parts: tuple[Part, ...]
    sources: tuple[str, ...]
    verdict: Verdict


def compare(candidate: str, registered: Sequence[str], app_type: str) -> tuple[Finding, ...]:
    """Compare ``candidate`` with each registered URI of an application of ``app_type``, the nearest first."""
    found = [_finding(candidate, entry, app_type) for entry in registered]
    return tuple(sorted(found, key=lambda one: (one.outcome == "refused", -(one.at or 0), len(one.parts))))


def by_type(candidate: str) -> tuple[tuple[str, Verdict], ...]:
    """Judge ``candidate`` for an application of every type, as at registration."""
    return tuple((app_type, judge(candidate, app_type=app_type)) for app_type in APP_TYPES)


def is_invisible(character: str) -> bool:
    """Tell whether a character shows nothing of its own: a space, a control or a format character, a lone mark."""
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp", "Mn", "Me")


def name_of(character: str) -> str:
    """Return the code point of a character, and its name where Unicode gives it one."""
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X} {name}".rstrip()


def bytes_of(text: str) -> str:
    """Return the bytes of ``text`` in UTF-8, as they are sent, in hexadecimal."""
    return text.encode("utf-8", "surrogatepass").hex(" ").upper()


def _finding(candidate: str, entry: str, app_type: str) -> Finding:
    verdict = judge(candidate, app_type=app_type, registered=(entry,))
    at = _first_difference(candidate, entry)
    if verdict.ok and at is None:
        return Finding(entry, "exact", Cause.EXACT, None, "", "", None, (), SOURCES.get(Cause.EXACT, _EXACT), verdict)
    if verdict.ok and at is not None:
        pieces = piece_at(candidate, at), piece_at(entry, at)
        return Finding(entry, "any_port", Cause.ANY_PORT, at, *pieces, "port", ("port",), _LOOPBACK, verdict)
    where = len(candidate) if at is None else at
    cause = _cause(candidate, entry, where)
    got, expected = piece_at(candidate, where), piece_at(entry, where)
    part = _part_at(candidate if where < len(candidate) else entry, where)
    parts = _parts_apart(candidate, entry) or (part,)
    return Finding(entry, "refused", cause, where, got, expected, part, parts, SOURCES.get(cause, _EXACT), verdict)


def _first_difference(one: str, other: str) -> int | None:
    if one == other:
        return None
    return next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
                min(len(one), len(other)))  # fmt: skip


def span_at(text: str, at: int) -> tuple[int, int]:
    """Return where what stands at ``at`` begins and ends: a character or a whole percent-encoded byte."""
    for start in range(max(0, at - 2), at + 1):
        if re.fullmatch("%[0-9A-Fa-f]{2}", text[start : start + 3]):
            return start, start + 3
    return at, min(at + 1, len(text))


def piece_at(text: str, at: int) -> str:
    """Return what stands at ``at``; empty past the end."""
    start, end = span_at(text, at)
    return text[start:end]


def _cause(candidate: str, entry: str, at: int) -> Cause:
    if _seen(candidate) == _seen(entry):
        return Cause.INVISIBLE
    if unicodedata.normalize("NFKC", candidate) == unicodedata.normalize("NFKC", entry) or _foreign(candidate, at):
        return Cause.LOOKALIKE
    if _percent_plain(candidate) == _percent_plain(entry):
        return Cause.PERCENT
    if candidate.lower() == entry.lower():
        part = _part_at(candidate, at)
        return {"scheme": Cause.SCHEME_CASE, "host": Cause.HOST_CASE}.get(part, Cause.PATH_CASE)
    if unquote(candidate) in (entry, unquote(entry)) and "%" in candidate:
        return Cause.ENCODED_AGAIN if len(candidate) > len(entry) else Cause.PERCENT
    if unquote(entry) == candidate:
        return Cause.PERCENT
    if _trimmed(candidate) == _trimmed(entry):
        return Cause.TRAILING_SLASH
    one, other = parts_of(candidate), parts_of(entry)
    if one is None or other is None:
        return Cause.SCHEME
    return _cause_of_authority(one, other) or _cause_of_rest(one.rest, other.rest)


def _cause_of_authority(one: Parts, other: Parts) -> Cause | None:
    if one.scheme != other.scheme:
        web = {one.scheme.lower(), other.scheme.lower()} == {"http", "https"}
        return Cause.SCHEME_HTTP if web else Cause.SCHEME
    if (one.host is None) != (other.host is None) or ((one.host or "") == "") != ((other.host or "") == ""):
        return Cause.SLASHES
    if one.userinfo != other.userinfo:
        return Cause.USERINFO
    if one.host != other.host:
        hosts = {(one.host or "").lower(), (other.host or "").lower()}
        if hosts <= {"localhost", "127.0.0.1", "[::1]"}:
            return Cause.LOOPBACK_NAME
        return Cause.WWW if len({host.removeprefix("www.") for host in hosts}) == 1 else Cause.HOST
    if one.port != other.port:
        default = {"http": "80", "https": "443"}.get(one.scheme.lower())
        if {one.port, other.port} <= {None, "", default}:
            return Cause.DEFAULT_PORT
        return Cause.LOCALHOST_PORT if (one.host or "").lower() == "localhost" else Cause.PORT
    return None


def _cause_of_rest(one: str, other: str) -> Cause:
    path, query, fragment = _split(one)
    its_path, its_query, its_fragment = _split(other)
    if path != its_path:
        if path.startswith(its_path):
            return Cause.PATH_LONGER
        return Cause.PATH_SHORTER if its_path.startswith(path) else Cause.PATH
    if query != its_query:
        if its_query is None or query is None:
            return Cause.QUERY_ADDED if its_query is None else Cause.QUERY_MISSING
        return Cause.QUERY_ORDER if sorted(query.split("&")) == sorted(its_query.split("&")) else Cause.QUERY
    return Cause.FRAGMENT if fragment != its_fragment else Cause.PATH


def _split(rest: str) -> tuple[str, str | None, str | None]:
    before, mark, fragment = rest.partition("#")
    path, asked, query = before.partition("?")
    return path, query if asked else None, fragment if mark else None


def _parts_apart(one: str, other: str) -> tuple[Part, ...]:
    mine, its = parts_of(one), parts_of(other)
    if mine is None or its is None:
        return ()
    path, query, fragment = _split(mine.rest)
    its_path, its_query, its_fragment = _split(its.rest)
    pairs: tuple[tuple[Part, object, object], ...] = (
        ("scheme", mine.scheme, its.scheme), ("userinfo", mine.userinfo, its.userinfo), ("host", mine.host, its.host),
        ("port", mine.port, its.port), ("path", path, its_path), ("query", query, its_query),
        ("fragment", fragment, its_fragment),
    )  # fmt: skip
    return tuple(name for name, a, b in pairs if a != b)


def _part_at(uri: str, at: int) -> Part:
    """Return which part of ``uri`` the character at ``at`` belongs to."""
    parts = parts_of(uri)
    if at >= len(uri):
        return "end"
    if parts is None or at <= len(parts.scheme):
        return "scheme"
    if at >= parts.rest_at:
        path, query, _ = _split(parts.rest)
        inside = at - parts.rest_at
        if inside < len(path):
            return "path"
        return "query" if query is not None and inside <= len(path) + 1 + len(query) else "fragment"
    host_at = len(parts.scheme) + 3 + (len(parts.userinfo) + 1 if parts.userinfo is not None else 0)
    if at < host_at:
        return "userinfo" if parts.userinfo is not None and at >= len(parts.scheme) + 3 else "host"
    return "host" if at < host_at + len(parts.host or "") else "port"


def _seen(text: str) -> str:
    return "".join(character for character in text if not is_invisible(character))


def _foreign(text: str, at: int) -> bool:
    return at < len(text) and ord(text[at]) > 0x7F and text[at].isalpha()


def _percent_plain(text: str) -> str:
    """Decode what needs no encoding and raise hexadecimal digits, as RFC 3986 §6.2.2 calls equivalent."""

    def plain(found: re.Match[str]) -> str:
        character = chr(int(found[1], 16))
        return character if re.fullmatch(r"[A-Za-z0-9._~-]", character) else found[0].upper()

    return re.sub("%([0-9A-Fa-f]{2})", plain, text)


def _trimmed(uri: str) -> str:
    return re.sub(r"/(?=$|[?#])", "", uri, count=1) if re.search(r"[^/:]/(?=$|[?#])", uri) else uri


__all__ = [
    "SOURCES", "Candidate", "Cause", "Finding", "Kind", "Note", "Outcome", "Part", "Platform", "Receiver", "by_type",
    "bytes_of", "compare", "is_invisible", "kind_of", "name_of", "piece_at", "read", "receivers", "span_at",
]  # fmt: skip
