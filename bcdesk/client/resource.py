"""What the calls of every resource share: ids in paths, pages, merge patches, Idempotency-Keys."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from typing import Any, Final, TypeVar
from urllib.parse import quote

from pydantic import ValidationError

from bcdesk.client import convert
from bcdesk.client.checked import checked, is_place
from bcdesk.client.errors import Garbled
from bcdesk.client.events import Event, EventReader
from bcdesk.client.replies import Reply
from bcdesk.client.transport import ATTEMPTS, Transport
from bcdesk.client.values import PageRows
from bcdesk.contract import wire
from bcdesk.contract.routes import Route
from bcdesk.contract.rows import DeletedRow
from bcdesk.contract.wire.applications import AppPage

W = TypeVar("W", bound=wire.Wire)
R = TypeVar("R")
PAGE: Final = 500
SLICE: Final = 50
"""How many rows are checked before the loop gets a turn: about 2 ms."""
_MERGE: Final = {"Content-Type": "application/merge-patch+json"}


class Resource:
    """Calls routes of the contract over a transport."""

    def __init__(self, transport: Transport) -> None:
        """Use ``transport`` for every call."""
        self._transport = transport

    async def _call(self, route: Route, ids: Mapping[str, str] | None = None, **options: Any) -> Reply:
        path = route.at(**{name: quote(id, safe="") for name, id in (ids or {}).items()})
        return await self._transport.send(route.method, path, **options)

    async def _page(
        self, route: Route, limit: int, cursor: str | None, since: str | None, attempts: int = ATTEMPTS, **ids: str
    ) -> Reply:
        query = {"limit": str(limit)}
        if cursor is not None:
            query["cursor"] = cursor
        if since is not None:
            query["since"] = since
        return await self._call(route, ids, query=query, attempts=attempts)

    async def _make(self, route: Route, ids: Mapping[str, str], body: Mapping[str, Any], idempotency_key: str) -> Reply:
        headers = {"Idempotency-Key": idempotency_key}
        return await self._call(route, ids, body=body, headers=headers, attempts=ATTEMPTS)

    async def _patch(self, route: Route, ids: Mapping[str, str], changes: Mapping[str, Any], revision: int) -> Reply:
        return await self._call(route, ids, body=changes, headers={"If-Match": f'"{revision}"', **_MERGE})

    async def _events(
        self, path: str, query: Mapping[str, str], last_id: str | None
    ) -> AsyncGenerator[tuple[Event, ...], None]:
        """Yield the events of one answer that goes on, part by part as they come; a part may hold none."""
        headers = {} if last_id is None else {"Last-Event-ID": last_id}
        reader = EventReader()
        async with aclosing(self._transport.stream(path, query=query, headers=headers)) as chunks:
            async for chunk in chunks:
                yield tuple(reader.feed(chunk))


async def page_rows(
    reply: Reply, page_model: type[wire.KeyPage] | type[AppPage], model: type[W], row: Callable[[W], R]
) -> PageRows[R]:
    """Check and convert a page, letting the loop turn between slices of it."""
    data = reply.json()
    items = data.pop("items", None) if isinstance(data, dict) else None
    if not isinstance(items, list):
        raise Garbled("shape", status=reply.status)
    page = checked(page_model, {**data, "items": []}, status=reply.status)
    if not all(is_place(text) for text in (page.since, page.next_cursor) if text is not None):
        raise Garbled("shape", status=reply.status)
    rows: list[R | DeletedRow] = []
    for start in range(0, len(items), SLICE):
        await asyncio.sleep(0)
        part = items[start : start + SLICE]
        failed = False
        try:
            rows.extend([convert.row_or_deleted(item, model, row) for item in part])
        except (ValidationError, OverflowError, OSError):
            failed = True
        if failed:
            raise Garbled("shape", status=reply.status)
        items[start : start + SLICE] = [None] * len(part)
    return PageRows(tuple(rows), page.next_cursor, page.as_of.timestamp(), page.since)
