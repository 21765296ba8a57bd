"""What receives a redirect: what each browser does with a kind of URI on each platform, as data.

Only what is documented stands here. Sources: RFC 8252 (§7.1 to 7.3, §8.1, §8.3, appendix B) for native apps; WHATWG
Fetch §2.9 for blocked ports and W3C Mixed Content §4 for top-level navigation, which all three engines follow; Apple
"Supporting associated domains", "Allowing apps and websites to link to your content" and `ASWebAuthenticationSession`;
Android "Verify App Links" and Chrome "Android Intents with Chrome". On iOS every browser has Safari's engine in most
of the world, so the column of that platform says what the system does.
"""

from enum import StrEnum
from typing import Final, NamedTuple

from bcdesk.contract import uri_schemes
from bcdesk.contract.redirects import parts_of


class Kind(StrEnum):
    """The kinds of URI that are received differently."""

    HTTPS = "https"
    LOOPBACK_V4 = "loopback_v4"
    LOOPBACK_V6 = "loopback_v6"
    LOCALHOST = "localhost"
    HTTP = "http"
    CUSTOM_REVERSE = "custom_reverse"
    CUSTOM_PLAIN = "custom_plain"
    BLOCKED_PORT = "blocked_port"
    NEVER = "never"
    NONE = "none"


class Does(StrEnum):
    """What a browser does when a server redirects it to the URI."""

    LOADS = "loads"
    LOADS_OR_APP = "loads_or_app"
    LOADS_HERE = "loads_here"
    ASKS_OR_NOTHING = "asks_or_nothing"
    ASKS_OR_ERROR = "asks_or_error"
    OPENS_OR_NOTHING = "opens_or_nothing"
    REFUSES_PORT = "refuses_port"
    REFUSES = "refuses"


class Fact(StrEnum):
    """What should be known of a kind, whatever the browser."""

    CLAIMED_IOS = "claimed_ios"
    CLAIMED_ANDROID = "claimed_android"
    SAME_DOMAIN_IOS = "same_domain_ios"
    MANY_CLAIM = "many_claim"
    REVERSE_DNS = "reverse_dns"
    VANISHES = "vanishes"
    GESTURE = "gesture"
    SESSION_IOS = "session_ios"
    ANY_PORT = "any_port"
    V6_LISTENS = "v6_listens"
    V6_BRACKETS = "v6_brackets"
    NAME_EITHER = "name_either"
    NAME_NO_PORT = "name_no_port"
    OWN_DEVICE = "own_device"
    NOT_MIXED = "not_mixed"
    READABLE = "readable"
    PORT_LIST = "port_list"


class Platform(StrEnum):
    """Where browsers run."""

    WINDOWS = "windows"
    MACOS = "macos"
    LINUX = "linux"
    IOS = "ios"
    ANDROID = "android"


class Receiver(NamedTuple):
    """What happens on one platform, in Chrome or Edge, Firefox and Safari; None where there is no such browser."""

    platform: Platform
    chromium: Does
    firefox: Does
    safari: Does | None


class Received(NamedTuple):
    """A URI's kind, what becomes of it on each platform, and what should be known."""

    kind: Kind
    rows: tuple[Receiver, ...]
    facts: tuple[Fact, ...]


SOURCES: Final[dict[Fact, str]] = {
    Fact.CLAIMED_IOS: "RFC 8252 §7.2",
    Fact.CLAIMED_ANDROID: "RFC 8252 §7.2",
    Fact.SAME_DOMAIN_IOS: "Apple",
    Fact.MANY_CLAIM: "RFC 8252 §8.1",
    Fact.REVERSE_DNS: "RFC 8252 §7.1",
    Fact.VANISHES: "",
    Fact.GESTURE: "Chrome",
    Fact.SESSION_IOS: "RFC 8252 B.1",
    Fact.ANY_PORT: "RFC 8252 §7.3",
    Fact.V6_LISTENS: "RFC 8252 §7.3",
    Fact.V6_BRACKETS: "RFC 3986 §3.2.2",
    Fact.NAME_EITHER: "RFC 8252 §8.3",
    Fact.NAME_NO_PORT: "RFC 8252 §7.3",
    Fact.OWN_DEVICE: "",
    Fact.NOT_MIXED: "W3C Mixed Content",
    Fact.READABLE: "RFC 9700 §2.6",
    Fact.PORT_LIST: "WHATWG Fetch §2.9",
}
"""Where a fact stands; empty where it is plain."""

_LOADS: Final = tuple(
    Receiver(one, Does.LOADS, Does.LOADS, Does.LOADS if one in (Platform.MACOS, Platform.IOS) else None)
    for one in Platform
)
_PHONES: Final = (Platform.IOS, Platform.ANDROID)


def _on_phones(does: Does) -> tuple[Receiver, ...]:
    return tuple(
        row
        if row.platform not in _PHONES
        else Receiver(row.platform, does, does, does if row.safari is not None else None)
        for row in _LOADS
    )


def _everywhere(does: Does) -> tuple[Receiver, ...]:
    return tuple(Receiver(row.platform, does, does, does if row.safari is not None else None) for row in _LOADS)


_CUSTOM: Final = (
    Receiver(Platform.WINDOWS, Does.ASKS_OR_NOTHING, Does.ASKS_OR_NOTHING, None),
    Receiver(Platform.MACOS, Does.ASKS_OR_NOTHING, Does.ASKS_OR_NOTHING, Does.ASKS_OR_ERROR),
    Receiver(Platform.LINUX, Does.ASKS_OR_NOTHING, Does.ASKS_OR_NOTHING, None),
    Receiver(Platform.IOS, Does.ASKS_OR_ERROR, Does.ASKS_OR_ERROR, Does.ASKS_OR_ERROR),
    Receiver(Platform.ANDROID, Does.OPENS_OR_NOTHING, Does.ASKS_OR_NOTHING, None),
)
_CUSTOM_FACTS: Final = (Fact.VANISHES, Fact.MANY_CLAIM, Fact.SESSION_IOS, Fact.GESTURE)
_HERE: Final = _on_phones(Does.LOADS_HERE)
_TABLE: Final[dict[Kind, tuple[tuple[Receiver, ...], tuple[Fact, ...]]]] = {
    Kind.HTTPS: (
        _on_phones(Does.LOADS_OR_APP),
        (Fact.CLAIMED_IOS, Fact.CLAIMED_ANDROID, Fact.SAME_DOMAIN_IOS),
    ),
    Kind.LOOPBACK_V4: (_HERE, (Fact.ANY_PORT, Fact.OWN_DEVICE, Fact.NOT_MIXED)),
    Kind.LOOPBACK_V6: (_HERE, (Fact.ANY_PORT, Fact.V6_LISTENS, Fact.V6_BRACKETS, Fact.OWN_DEVICE, Fact.NOT_MIXED)),
    Kind.LOCALHOST: (_HERE, (Fact.NAME_NO_PORT, Fact.NAME_EITHER, Fact.OWN_DEVICE, Fact.NOT_MIXED)),
    Kind.HTTP: (_LOADS, (Fact.READABLE,)),
    Kind.CUSTOM_REVERSE: (_CUSTOM, _CUSTOM_FACTS),
    Kind.CUSTOM_PLAIN: (_CUSTOM, (Fact.REVERSE_DNS, *_CUSTOM_FACTS)),
    Kind.BLOCKED_PORT: (_everywhere(Does.REFUSES_PORT), (Fact.PORT_LIST,)),
    Kind.NEVER: (_everywhere(Does.REFUSES), ()),
    Kind.NONE: ((), ()),
}
_NEVER: Final = ("javascript", "data", "file", "blob", "about", "view-source", "filesystem")
"""Schemes that no browser lets a server redirect to."""


def kind_of(uri: str) -> Kind:
    """Return what kind of URI ``uri`` is to whatever receives it."""
    parts = parts_of(uri)
    if parts is None:
        return Kind.NONE
    scheme, host = parts.scheme.lower(), (parts.host or "").lower()
    if scheme in _NEVER or scheme.startswith("chrome"):
        return Kind.NEVER
    if scheme not in ("http", "https"):
        if scheme in uri_schemes.IANA_PERMANENT or scheme in uri_schemes.DANGEROUS:
            return Kind.NONE
        return Kind.CUSTOM_REVERSE if "." in scheme else Kind.CUSTOM_PLAIN
    if not host:
        return Kind.NONE
    port = parts.port or ""
    if len(port) <= 5 and port.isascii() and port.isdigit() and int(port) in uri_schemes.BLOCKED_PORTS:
        return Kind.BLOCKED_PORT
    if scheme == "https":
        return Kind.HTTPS
    loopback = {"127.0.0.1": Kind.LOOPBACK_V4, "[::1]": Kind.LOOPBACK_V6, "localhost": Kind.LOCALHOST}
    return loopback.get(host, Kind.HTTP)


def receivers(uri: str) -> Received:
    """Return what each browser on each platform does with ``uri``; no rows where nothing sure can be said."""
    kind = kind_of(uri)
    return Received(kind, *_TABLE[kind])
