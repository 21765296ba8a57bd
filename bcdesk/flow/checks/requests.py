"""Requests of a check before they are sent, to be changed in the one thing that is wrong, and their answers."""

import json
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

Pairs = list[tuple[str, str]]


@dataclass(slots=True, repr=False)
class Asking:
    """An authorization request: its parameters in order, so that one can be left out, changed or sent twice."""

    params: Pairs

    def set(self, name: str, value: str) -> "Asking":
        """Send ``value``, in the place of what was there."""
        self.params = put(self.params, name, value)
        return self

    def add(self, name: str, value: str) -> "Asking":
        """Send ``value`` beside what is there."""
        self.params.append((name, value))
        return self

    def drop(self, *names: str) -> "Asking":
        """Leave out what is called so."""
        self.params = [pair for pair in self.params if pair[0] not in names]
        return self

    def get(self, name: str) -> str:
        """Return a parameter, empty where there is none."""
        return dict(self.params).get(name, "")


@dataclass(slots=True, repr=False)
class Post:
    """A request of the back channel."""

    url: str
    form: Pairs
    headers: Pairs = field(default_factory=list)
    query: Pairs = field(default_factory=list)
    method: str = "POST"
    name: str = "token"

    def set(self, name: str, value: str) -> "Post":
        """Send ``value``, in the place of what was there."""
        self.form = put(self.form, name, value)
        return self

    def drop(self, *names: str) -> "Post":
        """Leave out what is called so."""
        self.form = [pair for pair in self.form if pair[0] not in names]
        return self


class Reply(NamedTuple):
    """An answer of the back channel; ``json`` is empty where it has none."""

    status: int
    headers: tuple[tuple[str, str], ...]
    json: dict[str, Any]

    def __repr__(self) -> str:
        return f"<Reply {self.status}>"

    @property
    def error(self) -> str:
        """Return the error code (RFC 6749 §5.2), empty where there is none."""
        found = self.json.get("error", "")
        return found if isinstance(found, str) else ""

    def text(self, name: str) -> str:
        """Return a member of the JSON that is text, empty where there is none."""
        found = self.json.get(name, "")
        return found if isinstance(found, str) else ""

    @property
    def gives_token(self) -> bool:
        """Tell whether an access token came."""
        return self.status == 200 and bool(self.text("access_token"))


def put(pairs: Pairs, name: str, value: str) -> Pairs:
    """Return ``pairs`` with ``value`` in the place of what was called ``name``, or at the end."""
    at = next((index for index, pair in enumerate(pairs) if pair[0] == name), len(pairs))
    rest = [pair for pair in pairs if pair[0] != name]
    return [*rest[:at], (name, value), *rest[at:]]


def with_query(url: str, params: Pairs) -> str:
    """Return ``url`` with ``params`` in its query."""
    return f"{url}{'&' if '?' in url else '?'}{urlencode(params)}" if params else url


def parameters(url: str) -> Pairs:
    """Return what an answer carries, in the query and then in the fragment."""
    parts = urlsplit(url)
    return [*parse_qsl(parts.query, keep_blank_values=True), *parse_qsl(parts.fragment, keep_blank_values=True)]


def header_of(headers: tuple[tuple[str, str], ...], name: str) -> str:
    """Return all values of a header in one line, empty where it was not sent."""
    return ", ".join(value for key, value in headers if key.lower() == name)


def json_of(content: bytes) -> dict[str, Any]:
    """Return a JSON object, empty where it is none."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
