"""The cookies of one walk through a server's pages: kept while it lasts, told to nobody else (RFC 6265 §5)."""

from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from typing import NamedTuple
from urllib.parse import urlsplit


class _Kept(NamedTuple):
    name: str
    value: str
    host: str
    path: str


class Cookies:
    """A jar that knows hosts and paths; no cookie is for more than the host that set it."""

    def __init__(self) -> None:
        """Begin with none."""
        self._kept: dict[tuple[str, str, str], _Kept] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def take(self, url: str, headers: Iterable[tuple[str, str]]) -> None:
        """Keep what an answer from ``url`` sets, and drop what it takes away."""
        parts = urlsplit(url)
        default = parts.path.rpartition("/")[0] or "/"
        for name, value in headers:
            if name.lower() != "set-cookie":
                continue
            try:
                morsels = SimpleCookie(value).values()
            except CookieError:
                continue
            for morsel in morsels:
                path = morsel["path"] if morsel["path"].startswith("/") else default
                key = (parts.netloc, path, morsel.key)
                if morsel["max-age"] == "0" or "1970" in morsel["expires"]:
                    self._kept.pop(key, None)
                else:
                    self._kept[key] = _Kept(morsel.key, morsel.value, parts.netloc, path)

    def header(self, url: str) -> list[tuple[str, str]]:
        """Return the header that ``url`` gets; none where there is nothing for it."""
        parts = urlsplit(url)
        fitting = [
            f"{one.name}={one.value}"
            for one in self._kept.values()
            if one.host == parts.netloc and _within(parts.path or "/", one.path)
        ]
        return [("Cookie", "; ".join(fitting))] if fitting else []


def _within(path: str, of: str) -> bool:
    return path == of or path.startswith(of if of.endswith("/") else f"{of}/")
