"""``GET /manage/v1/events``: what changed, by id, within a second of the change; its ids are the ``since`` of lists.

It tells which rows changed and nothing of what is in them: whoever may read those asks for them with ``since``.
Without ``Accept: text/event-stream`` it answers once, with what changed after ``Last-Event-ID``.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator
from typing import Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from bcdesk.contract import routes, wire
from bcdesk.contract.codes import Code
from bcdesk.server.feed import LOOK_SECONDS, Batch, Feed, Note
from bcdesk.server.listing import change_at, since_at
from bcdesk.server.manage import Caller, State, add, reply
from bcdesk.server.problems import ProblemError
from bcdesk.server.state import ServerState
from bcdesk.server.tailing import PING, PING_SECONDS, RETRY, Tail, may_read, wants_events

GATHER_SECONDS: Final = 0.1
"""How long changes are gathered after one was told: many come as few notes."""
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


async def events(state: State, member: Caller, request: Request) -> Response:
    """Tell what changed, while it changes."""
    told = request.headers.get("last-event-id")
    now = (await state.feed.batch(None)).upto
    begun = now if told is None else change_at(state, told)
    if begun is not None and begun > now:
        begun = None
    if not wants_events(request):
        found = await state.feed.batch(begun)
        return reply(_encode({"items": list(_noted(found, member.id)), "since": since_at(state, found.upto)}))
    if state.feed.crowded:
        raise ProblemError(503, Code.UNAVAILABLE, "Too many follow already.", headers={"Retry-After": "30"})
    return Tail(_told(state, state.feed, request, member.id, begun))


async def _told(
    state: ServerState, feed: Feed, request: Request, member_id: str, after: int | None
) -> AsyncGenerator[str, None]:
    """Yield what changed after ``after``, then what changes, for as long as the member may read; a ping each 15 s."""
    wake = feed.follow()
    loop = asyncio.get_running_loop()
    try:
        yield RETRY
        spoken_at = loop.time()
        while feed.open() and await may_read(state, request, routes.EVENTS):
            wake.clear()
            if after is None or await feed.changed_after(after):
                found = await feed.batch(after)
                text = "".join(_written(state, found, after, member_id))
                after = found.upto
                if text:
                    spoken_at = loop.time()
                    yield text
                await asyncio.sleep(GATHER_SECONDS)
                continue
            if loop.time() - spoken_at >= PING_SECONDS:
                spoken_at = loop.time()
                yield PING
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await wake.wait()
            except TimeoutError:
                pass
    finally:
        feed.leave(wake)


def _noted(found: Batch, member_id: str) -> Iterator[dict[str, object]]:
    """Yield the notes of a batch, and where the caller's own row is among them that the session is another."""
    notes = list(found.notes)
    if any(note.kind == "members" and (not note.ids or member_id in note.ids) for note in notes):
        notes = [note for note in notes if note.kind != "session"] + [Note("session", (member_id,))]
    for note in notes:
        yield note._asdict()


def _written(state: ServerState, found: Batch, after: int | None, member_id: str) -> Iterator[str]:
    """Yield the events of a batch: the last one's id is where it ends, so that one that was cut off comes again."""
    notes = list(_noted(found, member_id))
    for place, note in enumerate(notes, start=1):
        number = found.upto if place == len(notes) or after is None else after
        yield f"id: {since_at(state, number)}\nevent: change\ndata: {_encode(note)}\n\n"


def add_routes(app: FastAPI) -> None:
    """Serve the route of this file."""
    add(app, routes.EVENTS, events, wire.ChangeNotes)
