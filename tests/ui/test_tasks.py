"""Tasks start in one place, are held, heard and ended."""

import asyncio

import pytest

from bcdesk.ui.tasks import TaskScope


async def test_that_closing_a_scope_cancels_and_awaits_its_tasks() -> None:
    ended = []

    async def forever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append("ended")

    async with TaskScope() as scope:
        task = scope.start(forever(), name="forever")
        await asyncio.sleep(0)
        assert list(scope.names) == ["forever"]
    assert task.cancelled()
    assert ended == ["ended"]
    assert not scope.names


async def test_that_an_error_goes_to_whoever_hears_it() -> None:
    heard: list[BaseException] = []
    own: list[BaseException] = []

    async def fails() -> None:
        raise ValueError("no")

    async with TaskScope(heard.append) as scope:
        first = scope.start(fails(), name="first")
        second = scope.start(fails(), name="second", on_error=own.append)
        await asyncio.wait([first, second])
        await asyncio.sleep(0)
    assert [type(error) for error in heard] == [ValueError]
    assert [type(error) for error in own] == [ValueError]


async def test_that_a_closed_scope_starts_nothing() -> None:
    ran = []

    async def late() -> None:
        ran.append(True)

    scope = TaskScope()
    await scope.close()
    task = scope.start(late(), name="late")
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not ran
    await asyncio.sleep(0)
    assert not scope.names


async def test_that_a_task_started_while_closing_is_ended_too() -> None:
    scope = TaskScope()

    async def chain() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            scope.start(asyncio.sleep(30), name="last wish")

    scope.start(chain(), name="chain")
    await asyncio.sleep(0)
    await asyncio.wait_for(scope.close(), 5)
    assert not scope.names
