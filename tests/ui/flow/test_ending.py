"""Wherever a run is ended it leaves no task, no listener and no secret: cancelled, left by the desk, or cut off."""

import socket
from collections.abc import Awaitable, Callable

import pytest

from bcdesk.flow.values import Phase
from tests.ui.flow.flow_studio import FlowStudio
from tests.ui.keys.studio import hear, press, until

LOOPBACK = {"redirect_uris": ("http://127.0.0.1/callback",), "scopes": ("user.profile",)}
Reached = Callable[[FlowStudio], Awaitable[None]]


async def starting(studio: FlowStudio) -> None:
    await studio.run(None)


async def preparing(studio: FlowStudio) -> None:
    await studio.run(None)
    await until(lambda: studio.session.run is not None, "the run")


async def authorizing(studio: FlowStudio) -> None:
    await studio.run(None)
    await until(lambda: studio.session.phase is Phase.AUTHORIZING and studio.opened, "the browser")


async def redeeming(studio: FlowStudio) -> None:
    await studio.run(hand=False)
    await until(lambda: studio.session.phase in (Phase.CALLBACK, Phase.TOKEN), "the answer")


async def done(studio: FlowStudio) -> None:
    await studio.run(hand=False)
    await studio.over()
    assert studio.session.phase is Phase.DONE


PHASES = pytest.mark.parametrize("reach", [starting, preparing, authorizing, redeeming, done])


@PHASES
async def test_that_the_end_of_the_desk_ends_a_run(studio: FlowStudio, reach: Reached) -> None:
    studio.test(await studio.registered("Ended", "mobile", **LOOPBACK))
    await reach(studio)
    session = studio.session
    port = _port(studio)
    studio.flow.close_down()
    await studio.desk.scope.close()
    assert studio.desk.scope.names == ()
    assert session.task is not None
    assert session.task.done()
    assert session.listener is None
    assert session.run is None or session.run.tokens is None
    assert not studio.flow.runs._timer.isActive()
    _closed(port)


@PHASES
async def test_that_a_cancel_ends_a_run_and_the_next_one_works(studio: FlowStudio, reach: Reached) -> None:
    studio.test(await studio.registered("Cancelled", "mobile", **LOOPBACK))
    await reach(studio)
    port = _port(studio)
    studio.registry.run("flow.cancel")
    await until(lambda: not studio.session.running, "the end")
    await until(lambda: studio.session.listener is None, "the end of the listener")
    await studio.asked()
    _closed(port)
    studio.opened.clear()
    await studio.run(hand=False)
    await studio.over()
    assert studio.session.phase is Phase.DONE


async def test_that_a_run_outlives_the_page_being_left_for_another(studio: FlowStudio) -> None:
    studio.test(await studio.registered("Left", "mobile", **LOOPBACK))
    await authorizing(studio)
    studio.window.go("keys")
    assert studio.flow.disk.isHidden()
    studio.window.go("flow")
    await hear(studio.flow, "Waiting for the browser…")
    assert studio.session.running


async def test_that_the_buttons_say_what_can_be_pressed(studio: FlowStudio) -> None:
    studio.test(await studio.registered("Buttons", "mobile", **LOOPBACK))
    assert not studio.flow.head.cancel.isVisible()
    await authorizing(studio)
    assert not studio.flow.head.run.isVisible()
    press(studio.flow, "flow.cancel")
    await until(studio.flow.head.run.isVisible, "Run again")
    assert studio.flow.head.run.text() == "Run again"


def _port(studio: FlowStudio) -> int:
    listener = studio.session.listener
    return int(listener.redirect_uri.partition("127.0.0.1:")[2].partition("/")[0] or 0) if listener is not None else 0


def _closed(port: int) -> None:
    with socket.socket() as probe:
        assert not port or probe.connect_ex(("127.0.0.1", port)) != 0, "the listener is still there"
