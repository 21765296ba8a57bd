"""What changed on the server, told while it changes."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import NamedTuple

from bcdesk.client.checked import checked, is_place
from bcdesk.client.errors import Garbled
from bcdesk.client.events import Event
from bcdesk.client.replies import parsed
from bcdesk.client.resource import Resource
from bcdesk.contract.routes import EVENTS
from bcdesk.contract.wire import ChangeKind, ChangeNote


class Told(NamedTuple):
    """Rows of one kind that changed, by id; no ids mean that any may have. ``since`` is where the stream is now."""

    kind: ChangeKind
    ids: tuple[str, ...]
    since: str | None


class Changes(Resource):
    """The route ``/manage/v1/events``."""

    async def follow(self, since: str | None) -> AsyncGenerator[tuple[Told, ...], None]:
        """Yield what changed after ``since``, of one connection until it ends or breaks (a `ClientError`).

        Each part is what came at once, and is empty where the server only says that it is there. Whoever stops
        reading closes the generator.
        """
        async with aclosing(self._events(EVENTS.path, {}, since)) as parts:
            async for events in parts:
                yield tuple(_told(event) for event in events)


def _told(event: Event) -> Told:
    try:
        data = parsed(event.data)
    except (ValueError, RecursionError):
        failure = Garbled("json", status=200, uncertain=False)
    else:
        note = checked(ChangeNote, data)
        return Told(note.kind, tuple(note.ids), event.id if event.id is not None and is_place(event.id) else None)
    raise failure
