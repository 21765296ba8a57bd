"""What has to be carried through although whoever asked for it is cancelled meanwhile."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def to_the_end(coroutine: Coroutine[Any, Any, T]) -> T:
    """Carry ``coroutine`` through; a cancellation that comes meanwhile is raised after it, never inside."""
    cancelled: asyncio.CancelledError | None = None
    async with asyncio.TaskGroup() as group:
        # The group's own task is the one that is cancelled: it waits on, shielded, until this one has ended.
        task = group.create_task(_contained(coroutine))
        while not task.done():
            try:
                await asyncio.shield(task)
            except asyncio.CancelledError as error:
                cancelled = error
    result, failure = task.result()
    if cancelled is not None:
        raise cancelled
    if failure is not None:
        raise failure
    return result[0]


async def _contained(coroutine: Coroutine[Any, Any, T]) -> tuple[list[T], Exception | None]:
    """Return the error instead of raising it: the group would cancel whoever waits."""
    try:
        return [await coroutine], None
    except Exception as error:  # noqa: BLE001 - raised again by who waits
        return [], error
