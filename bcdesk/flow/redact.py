"""Turns what was sent and received into what the trace may keep: nothing in it is a secret.

A value is hidden by its name, by what it looks like, and wherever it holds a secret of the run in any spelling.
"""

import html
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, unquote_plus

from bcdesk.flow.held import Held, hide
from bcdesk.flow.trace import Message, Pairs, Value

DOTS: Final = "••••••••"
TEXT_MOST: Final = 4000
"""Characters of a body that is no JSON, or of one value."""
PAIRS_MOST: Final = 200
_SHORTEST: Final = 6
"""A secret shorter than this is hidden by its name, and where a value is nothing else."""

_NAMES: Final = frozenset({
    "assertion", "client_assertion", "client_secret", "code", "code_verifier", "cookie", "device_code", "id_token_hint",
    "passwd", "password", "request", "request_uri", "response", "samlresponse", "secret", "subject_token",
    "actor_token", "ticket", "token", "user_code", "api_key", "apikey", "authorization", "otp", "pin",
})  # fmt: skip
_ENDINGS: Final = ("_token", "_secret", "_password", "_assertion", "-token", "-secret")
_HEADERS: Final = frozenset({
    "authorization", "proxy-authorization", "cookie", "set-cookie", "dpop", "x-api-key", "authentication-info",
})  # fmt: skip
_ADDRESSES: Final = frozenset({"location", "content-location", "referer", "refresh", "link"})
_LOOKS_SECRET: Final = re.compile(
    r"bca_(?:live|test)_[0-9A-Za-z]{36}|bc[a-z]_[A-Za-z0-9_-]{43}|eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_.-]*"
)
_USERINFO: Final = re.compile(r"((?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{0,40}://)[^\s/@?#]*@")
_NAMED: Final = re.compile(
    r"(?P<before>[\"']?(?P<name>(?<![A-Za-z0-9_-])[A-Za-z_][A-Za-z0-9_-]*)[\"']?\s*[=:]\s*)(?P<value>\"[^\"]*\"?|'[^']*'?|[^\s&,;<>\"'}]+)"
)
_RUN: Final = re.compile(r"[A-Za-z0-9_~+/=.-]{24,}")


class Redactor:
    """Knows the secrets of one run and hides them."""

    def __init__(self) -> None:
        """Begin without any."""
        self._held: list[tuple[str, Held]] = []

    def hold(self, kind: str, secret: str | Held) -> Held:
        """Take charge of a secret: it is hidden from now on, and wiped with all others."""
        held = Held(secret) if isinstance(secret, str) else secret
        self._held.append((kind, held))
        return held

    def wipe(self) -> None:
        """Discard every secret."""
        for _, held in self._held:
            held.discard()
        self._held.clear()

    def value(self, name: str, text: str, also: Iterable[str] = ()) -> Value:
        """Return ``text`` as the trace may keep it under ``name``."""
        return hide(name, text) if is_secret(name) and text else self._free(name, text, also)

    def text(self, text: str, also: Iterable[str] = ()) -> str:
        """Return ``text`` with dots where a secret stood; dots alone where one was spelled otherwise."""
        known = self._known(also)
        for secret in known:
            text = text.replace(secret, DOTS)
        if len(text) > TEXT_MOST:
            text = re.sub(r"[^\s\"'<>&,;]*\Z", "…", text[:TEXT_MOST])  # a secret that was cut is not recognised
        text = _USERINFO.sub(rf"\1{DOTS}@", text)
        spellings = (unquote(text), unquote_plus(text), html.unescape(text), _unescaped(text))
        if any(secret in spelling for secret in known for spelling in spellings):
            return DOTS
        return _LOOKS_SECRET.sub(DOTS, text)

    def body(self, text: str) -> str:
        """Return a body that could not be read, without whatever in it has a secret's name or reads like one."""
        return _RUN.sub(DOTS, _NAMED.sub(_without_value, self.text(text)))

    def pairs(self, pairs: Iterable[tuple[str, str]]) -> Pairs:
        """Return parameters, of which those of a secret's name are hidden."""
        given = tuple(pairs)[:PAIRS_MOST]
        also = [value for name, value in given if is_secret(name) and len(value) >= _SHORTEST]
        return tuple((self.text(name, also), self.value(name, value, also)) for name, value in given)

    def headers(self, headers: Iterable[tuple[str, str]]) -> Pairs:
        """Return headers: credentials hidden and named by their scheme, addresses without their queries' secrets."""
        return tuple((name, self._header(name.lower(), value)) for name, value in tuple(headers)[:PAIRS_MOST])

    def json(self, data: Mapping[str, Any]) -> Pairs:
        """Return the members of an object; what is nested stays JSON."""
        also = [text for text in _secrets_in(data) if len(text) >= _SHORTEST]
        return tuple(
            (self.text(str(name), also), self._member(str(name), value, also))
            for name, value in list(data.items())[:PAIRS_MOST]
        )

    def url(self, url: str) -> tuple[str, Pairs]:
        """Split ``url``: without userinfo, query and fragment, and the parameters of both."""
        rest, _, fragment = url.partition("#")
        base, _, query = rest.partition("?")
        return self.text(base), self.pairs((*parameters(query), *parameters(fragment)))

    def request(
        self,
        method: str,
        url: str,
        headers: Iterable[tuple[str, str]] = (),
        form: Iterable[tuple[str, str]] | None = None,
    ) -> Message:
        """Return a request as the trace keeps it."""
        base, query = self.url(url)
        return Message(method, base, None, query, self.headers(headers), self.pairs(form or ()))

    def response(self, status: int, headers: Iterable[tuple[str, str]], content: bytes) -> Message:
        """Return an answer as the trace keeps it: an object's members, else its text."""
        data = as_object(content)
        if data is not None:
            return Message(status=status, headers=self.headers(headers), json=self.json(data))
        return Message(status=status, headers=self.headers(headers), text=self.body(content.decode("utf-8", "replace")))

    def facts(self, facts: Mapping[str, str]) -> dict[str, str]:
        """Return facts whose values hold no secret."""
        return {name: self.text(value) for name, value in facts.items()}

    def _known(self, also: Iterable[str]) -> list[str]:
        known = {held.show() for _, held in self._held if not held.spent} | set(also)
        return sorted((secret for secret in known if len(secret) >= _SHORTEST), key=len, reverse=True)

    def _free(self, name: str, text: str, also: Iterable[str]) -> Value:
        for kind, held in self._held:
            if not held.spent and text and held.show() == text:
                return hide(kind, text)
        cleaned = self.text(text, also)
        return hide(name, text) if cleaned == DOTS else cleaned

    def _member(self, name: str, value: Any, also: Iterable[str]) -> Value:
        if isinstance(value, str):
            return self.value(name, value, also)
        if is_secret(name) and value not in (None, True, False):
            return hide(name, _compact(value))
        return self._free(name, _compact(self._nested(value, also)), also)

    def _nested(self, value: Any, also: Iterable[str]) -> Any:
        if isinstance(value, dict):
            return {name: str(self._member(str(name), inner, also)) if is_secret(str(name)) else
                    self._nested(inner, also) for name, inner in value.items()}  # fmt: skip
        if isinstance(value, list):
            return [self._nested(inner, also) for inner in value]
        return self.text(value, also) if isinstance(value, str) else value

    def _header(self, name: str, value: str) -> Value:
        if name in _HEADERS:
            scheme = value.partition(" ")[0].lower()
            return hide(scheme if scheme in ("basic", "bearer", "dpop") else name, value)
        if name in _ADDRESSES:
            return self.address(value)
        return self.text(value)

    def address(self, url: str) -> str:
        """Return ``url`` as one line, with dots for each value that is hidden."""
        base, pairs = self.url(url)
        shown = "&".join(f"{name}={value}" for name, value in pairs)
        return f"{base}{'#' if '#' in url and '?' not in url else '?'}{shown}" if shown else base


def parameters(query: str) -> tuple[tuple[str, str], ...]:
    """Return the parameters of a query, in order, repeated ones included; damaged bytes are replaced."""
    return tuple(parse_qsl(query, keep_blank_values=True, errors="replace")) if query else ()


def as_object(content: bytes) -> dict[str, Any] | None:
    """Return the JSON object that ``content`` is, None where it is none; the first of doubled members wins."""
    try:
        data = json.loads(content, object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def is_secret(name: str) -> bool:
    """Tell whether a parameter or member of that name holds a secret."""
    lower = name.lower()
    return lower in _NAMES or lower.endswith(_ENDINGS)


def _secrets_in(data: Any) -> Iterable[str]:
    if isinstance(data, dict):
        for name, value in data.items():
            if is_secret(str(name)) and isinstance(value, str):
                yield value
            else:
                yield from _secrets_in(value)
    elif isinstance(data, list):
        for value in data:
            yield from _secrets_in(value)


def _without_value(found: re.Match[str]) -> str:
    return found["before"] + DOTS if is_secret(found["name"]) else found[0]


def _unescaped(text: str) -> str:
    r"""Return ``text`` with JSON's ``\u0041`` and ``\/`` read."""
    return re.sub(r"\\u([0-9A-Fa-f]{4})", lambda found: chr(int(found[1], 16)), text).replace("\\/", "/")


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
