"""Server-sent events (WHATWG HTML §9.2), as far as our server sends them: bytes in, events out."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from bcdesk.client.errors import Garbled

EVENT_MOST: Final = 2**20
"""The longest event that is taken, in bytes."""


class Event(NamedTuple):
    """One event: its id (None where it has none), its name and its data."""

    id: str | None
    name: str
    data: str


class EventReader:
    """Cuts a stream of bytes into events; comments are passed over, and an event that was cut off is dropped."""

    def __init__(self) -> None:
        """Begin at the start of a stream."""
        self._rest = b""
        self._size = 0
        self._fields: list[tuple[str, str]] = []

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """Yield the events that end in ``chunk``; raise `Garbled` where one is too long or no UTF-8."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for raw in lines:
            self._size += len(raw)
            line = _text(raw.removesuffix(b"\r"))
            if not line:
                event = self._end()
                if event is not None:
                    yield event
            elif not line.startswith(":"):
                name, _, value = line.partition(":")
                self._fields.append((name, value.removeprefix(" ")))
            if self._size > EVENT_MOST:
                break
        if self._size + len(self._rest) > EVENT_MOST:
            raise Garbled("too_large", status=200, uncertain=False)

    def _end(self) -> Event | None:
        fields, self._fields, self._size = self._fields, [], 0
        data = [value for name, value in fields if name == "data"]
        if not data:
            return None
        last = dict(fields)
        return Event(last.get("id"), last.get("event", "message"), "\n".join(data))


def _text(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        failure = Garbled("encoding", status=200, uncertain=False)
    raise failure
