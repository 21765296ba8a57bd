"""The redirect rules as one pure function: of a URI at registration, and of a candidate against the registered ones.

Comparison is byte for byte (RFC 3986 §6.2.1, RFC 9700 §2.1), with the one exception of RFC 8252 §7.3: an http
redirect to a loopback IP literal takes any port. Nothing is normalised, because what a browser or a library
normalises differs: a URI is judged and kept as the text it is.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from bcdesk.contract import uri_schemes

LENGTH_MAX: Final = 2000
"""The longest redirect URI in characters: what every browser and proxy on the way still carries."""
APP_TYPES: Final = ("web", "mobile", "spa", "service")

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_AUTHORITY: Final = re.compile(r"//([^/?#]*)")
_HOST_PORT: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]]*)(?::([0-9]*))?")
_REVERSE_DNS: Final = re.compile(r"[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+")
_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ALLOWED: Final = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*")
_LOOPBACK_IPS: Final = ("127.0.0.1", "[::1]")


class Reason(StrEnum):
    """Why a URI is taken or refused."""

    OK = "ok"
    EXACT = "exact"
    LOOPBACK_PORT = "loopback_port"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    CONTROL_CHARACTER = "control_character"
    BACKSLASH = "backslash"
    NOT_ASCII = "not_ascii"
    BAD_CHARACTER = "bad_character"
    BAD_PERCENT = "bad_percent"
    NO_SCHEME = "no_scheme"
    FRAGMENT = "fragment"
    WILDCARD = "wildcard"
    USERINFO = "userinfo"
    NO_HOST = "no_host"
    BAD_HOST = "bad_host"
    BAD_PORT = "bad_port"
    SCHEME_RESERVED = "scheme_reserved"
    SCHEME_DANGEROUS = "scheme_dangerous"
    HTTP_OFF_LOOPBACK = "http_off_loopback"
    CUSTOM_SCHEME_NOT_MOBILE = "custom_scheme_not_mobile"
    SERVICE_TAKES_NONE = "service_takes_none"
    DOT_SEGMENT = "dot_segment"
    NOT_REGISTERED = "not_registered"
    DIFFERS = "differs"


class Caution(StrEnum):
    """What is taken but should be known."""

    NOT_REVERSE_DNS = "not_reverse_dns"
    PORT_BLOCKED = "port_blocked"
    LOCALHOST = "localhost"
    UPPER_CASE = "upper_case"


class Verdict(NamedTuple):
    """What the rules say of a URI.

    ``registered`` is the entry that a candidate matched, or the nearest one where it matched none; ``differs_at``
    is the position (0-based character) of the first difference from that. ``at`` is where in the URI a refusal lies.
    """

    ok: bool
    reason: Reason
    cautions: tuple[Caution, ...] = ()
    registered: str | None = None
    differs_at: int | None = None
    at: int | None = None


class Parts(NamedTuple):
    """The pieces of a URI as they are written; ``host`` and ``port`` are None without an authority."""

    scheme: str
    userinfo: str | None
    host: str | None
    port: str | None
    rest: str
    rest_at: int


def judge(uri: str, *, app_type: str, registered: Sequence[str] | None = None) -> Verdict:
    """Judge ``uri`` for an application of ``app_type`` (web, mobile, spa, service).

    Without ``registered``: may it be registered? With it: does an authorization request with this redirect URI
    go there? A candidate is matched first, as the server does, and only explained by the rules where none fits.
    """
    if registered is None:
        return _registrable(uri, app_type)
    for entry in registered:
        if entry == uri:
            return Verdict(True, Reason.EXACT, _cautions(uri), entry)
    for entry in registered:
        if _same_but_loopback_port(entry, uri):
            return Verdict(True, Reason.LOOPBACK_PORT, _cautions(uri), entry)
    faulty = _form(uri)
    nearest = max(registered, key=lambda entry: _common(entry, uri), default=None)
    where = None if nearest is None else _common(nearest, uri)
    if faulty is not None:
        return faulty._replace(registered=nearest, differs_at=where)
    return Verdict(False, Reason.NOT_REGISTERED if nearest is None else Reason.DIFFERS, (), nearest, where, where)


def parts_of(uri: str) -> Parts | None:
    """Split ``uri`` as RFC 3986 does, without changing a character; None without a scheme."""
    scheme = _SCHEME.match(uri)
    if scheme is None:
        return None
    authority = _AUTHORITY.match(uri, scheme.end())
    if authority is None:
        return Parts(scheme[1], None, None, None, uri[scheme.end() :], scheme.end())
    userinfo, at, host_port = authority[1].rpartition("@")
    split = _HOST_PORT.fullmatch(host_port)
    host, port = (split[1], split[2]) if split is not None else (host_port, None)
    return Parts(scheme[1], userinfo if at else None, host, port, uri[authority.end() :], authority.end())


def is_loopback_ip(uri: str) -> bool:
    """Tell whether ``uri`` is http to a loopback IP literal, which takes any port (RFC 8252 §7.3)."""
    parts = parts_of(uri)
    return parts is not None and parts.scheme == "http" and parts.host in _LOOPBACK_IPS and parts.userinfo is None


def is_custom_scheme(uri: str) -> bool:
    """Tell whether ``uri`` has a private-use scheme (RFC 8252 §7.1)."""
    parts = parts_of(uri)
    return parts is not None and parts.scheme.lower() not in ("http", "https")


def origin_of(uri: str) -> str | None:
    """Return the origin (RFC 6454, lower case, without a default port) of an http(s) URI; None for others."""
    parts = parts_of(uri)
    if parts is None or parts.scheme.lower() not in ("http", "https") or not parts.host:
        return None
    scheme = parts.scheme.lower()
    default = {"http": "80", "https": "443"}[scheme]
    port = f":{parts.port}" if parts.port and parts.port != default else ""
    return f"{scheme}://{parts.host.lower()}{port}"


def _registrable(uri: str, app_type: str) -> Verdict:
    if app_type == "service":
        return Verdict(False, Reason.SERVICE_TAKES_NONE)
    faulty = _form(uri)
    if faulty is not None:
        return faulty
    parts = parts_of(uri)
    if parts is None:
        return Verdict(False, Reason.NO_SCHEME, at=0)
    scheme = parts.scheme.lower()
    if scheme not in ("http", "https"):
        if scheme in uri_schemes.DANGEROUS or scheme.startswith(uri_schemes.DANGEROUS_PREFIXES):
            return Verdict(False, Reason.SCHEME_DANGEROUS, at=0)
        if scheme in uri_schemes.IANA_PERMANENT:
            return Verdict(False, Reason.SCHEME_RESERVED, at=0)
        if app_type != "mobile":
            return Verdict(False, Reason.CUSTOM_SCHEME_NOT_MOBILE, at=0)
    elif not parts.host:
        return Verdict(False, Reason.NO_HOST, at=len(parts.scheme) + 1)
    elif scheme == "http" and parts.host.lower() not in (*_LOOPBACK_IPS, "localhost"):
        return Verdict(False, Reason.HTTP_OFF_LOOPBACK, at=0)
    return Verdict(True, Reason.OK, _cautions(uri))


def _form(uri: str) -> Verdict | None:
    """Return the first fault of form that no redirect URI may have, or None."""
    if not uri:
        return Verdict(False, Reason.EMPTY, at=0)
    if len(uri) > LENGTH_MAX:
        return Verdict(False, Reason.TOO_LONG, at=LENGTH_MAX)
    for position, character in enumerate(uri):
        if ord(character) <= 0x20 or 0x7F <= ord(character) <= 0x9F:
            return Verdict(False, Reason.CONTROL_CHARACTER, at=position)
        if character == "\\":
            return Verdict(False, Reason.BACKSLASH, at=position)
        if ord(character) > 0x7F:
            return Verdict(False, Reason.NOT_ASCII, at=position)
    parts = parts_of(uri)
    if parts is None:
        return Verdict(False, Reason.NO_SCHEME, at=0)
    checks = (
        (uri.find("#"), Reason.FRAGMENT),
        (uri.find("*"), Reason.WILDCARD),
        (_bad_percent(uri), Reason.BAD_PERCENT),
        (_ALLOWED.match(uri).end(), Reason.BAD_CHARACTER),  # type: ignore[union-attr]  # it matches the empty text too
    )
    for position, reason in checks:
        if 0 <= position < len(uri):
            return Verdict(False, reason, at=position)
    return _authority_fault(parts) or _path_fault(parts)


def _authority_fault(parts: Parts) -> Verdict | None:
    at = len(parts.scheme) + 3
    if parts.userinfo is not None:
        return Verdict(False, Reason.USERINFO, at=at)
    if parts.port is not None and (parts.port == "" or len(parts.port) > 5 or int(parts.port) > 65535):
        return Verdict(False, Reason.BAD_PORT, at=at + len(parts.host or "") + 1)
    host = parts.host or ""
    web = parts.scheme.lower() in ("http", "https")
    if web and (not re.fullmatch(r"\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~-]*", host) or ".." in host or host.startswith(".")):
        return Verdict(False, Reason.BAD_HOST, at=at)
    if not web and not re.fullmatch(r"\[[0-9A-Fa-f:.]+\]|[^:\[\]@]*", host):
        return Verdict(False, Reason.BAD_HOST, at=at)
    return None


def _path_fault(parts: Parts) -> Verdict | None:
    path = re.split(r"[?#]", parts.rest, maxsplit=1)[0]
    decoded = re.sub(r"(?i)%2e", ".", path)
    if any(segment in (".", "..") for segment in decoded.split("/")):
        return Verdict(False, Reason.DOT_SEGMENT, at=parts.rest_at)
    return None


def _bad_percent(uri: str) -> int:
    found = _PERCENT.search(uri)
    return found.start() if found else -1


def _cautions(uri: str) -> tuple[Caution, ...]:
    parts = parts_of(uri)
    if parts is None:
        return ()
    scheme, found = parts.scheme.lower(), []
    if scheme not in ("http", "https") and not _REVERSE_DNS.fullmatch(parts.scheme):
        found.append(Caution.NOT_REVERSE_DNS)
    if parts.port is not None and parts.port.isdigit() and int(parts.port) in uri_schemes.BLOCKED_PORTS:
        found.append(Caution.PORT_BLOCKED)
    if scheme in ("http", "https") and (parts.host or "").lower() == "localhost":
        found.append(Caution.LOCALHOST)
    if parts.scheme != scheme or (parts.host or "") != (parts.host or "").lower():
        found.append(Caution.UPPER_CASE)
    return tuple(found)


def _same_but_loopback_port(entry: str, uri: str) -> bool:
    if not (is_loopback_ip(entry) and is_loopback_ip(uri)) or _form(uri) is not None:
        return False
    one, other = parts_of(entry), parts_of(uri)
    return one is not None and other is not None and (one.host, one.rest) == (other.host, other.rest)


def _common(one: str, other: str) -> int:
    """Count the characters that both begin with."""
    for position, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return position
    return min(len(one), len(other))
