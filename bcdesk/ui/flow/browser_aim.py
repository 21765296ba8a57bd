"""Which address a run waits for, told apart from all others before anything is asked of it.

What reaches us is no longer the raw text. The browser lowers scheme and host, drops the port that is the scheme's
own, resolves dot segments of http(s) and sets a slash for an empty path there; `QUrl` lowers the host of any scheme
and decodes what needs no escape (``%7E``). Where an address equals the redirect URI in that form, the part that the
redirect URI makes up is given back as it is registered; the answer behind it is left as it came.
"""

from typing import Final
from urllib.parse import parse_qsl

from PySide6.QtCore import QUrl

_WEB: Final = {"http": 80, "https": 443}
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
_ANSWER: Final = frozenset(("code", "error", "access_token", "id_token"))


def text_of(url: QUrl) -> str:
    """Return an address as near to what arrived as Qt has kept it."""
    return bytes(url.toEncoded(QUrl.ComponentFormattingOption.FullyEncoded).data()).decode("ascii", "replace")


def origin_of(url: QUrl) -> tuple[str, str, int]:
    """Return scheme, host and the port that is meant."""
    scheme = url.scheme()
    return scheme, url.host(), url.port(_WEB.get(scheme, -1))


def is_loopback(url: QUrl) -> bool:
    """Tell whether an address is one of this machine's own."""
    return url.host() in _LOOPBACK or url.host().startswith("127.")


class Aim:
    """The redirect URI of a run, as it is registered and as a browser shows it."""

    def __init__(self, redirect_uri: str) -> None:
        """Take the raw text."""
        self.raw = redirect_uri
        self._url = _browser_form(redirect_uri)
        self.scheme = self._url.scheme()
        self.is_web = self.scheme in _WEB
        self.is_held = self.scheme == "https"
        self._raw_parts = _cut(redirect_uri)
        self._parts = _cut(text_of(self._url))

    def met(self, url: QUrl) -> str | None:
        """Return the text to deliver where ``url`` is the redirect URI, or what the server took for it; else None."""
        text = text_of(url)
        head, query, fragment = _cut(text)
        if url.scheme() != self.scheme:
            return text if url.scheme() not in _WEB and _answers(query, fragment) else None
        if head == self._parts[0]:
            return self._as_registered(query, fragment)
        if not self.is_web or (self._is_near(url) and _answers(query, fragment)):
            return text
        return None

    def is_exactly(self, url: QUrl) -> bool:
        """Tell whether ``url`` differs from the redirect URI in nothing but query and fragment."""
        return url.scheme() == self.scheme and _cut(text_of(url))[0] == self._parts[0]

    def _is_near(self, url: QUrl) -> bool:
        """Tell whether an answer was sent beneath the redirect URI, or to another port of the same machine."""
        if url.host() != self._url.host():
            return False
        if origin_of(url) != origin_of(self._url) and not is_loopback(url):
            return False
        wanted, got = self._url.path().rstrip("/").lower(), url.path().lower()
        return got == wanted or got.startswith(f"{wanted}/")

    def _as_registered(self, query: str, fragment: str) -> str:
        head, raw_query, _ = self._raw_parts
        shown = self._parts[1]
        if shown and query.startswith(shown):
            query = raw_query + query[len(shown) :]
        return head + query + fragment


def _browser_form(uri: str) -> QUrl:
    url = QUrl(uri, QUrl.ParsingMode.TolerantMode)
    if url.scheme() in _WEB:
        if url.port() == _WEB[url.scheme()]:
            url.setPort(-1)
        url = url.resolved(url)  # without dot segments
        if not url.path():
            url.setPath("/")
    return url


def _cut(text: str) -> tuple[str, str, str]:
    """Cut an address into what is before the query, the query with its mark, and the fragment with its mark."""
    front, hash_mark, fragment = text.partition("#")
    head, mark, query = front.partition("?")
    return head, mark + query, hash_mark + fragment


def _answers(query: str, fragment: str) -> bool:
    names = {name for part in (query[1:], fragment[1:]) for name, _ in parse_qsl(part, keep_blank_values=True)}
    return bool(names & _ANSWER) and "client_id" not in names
