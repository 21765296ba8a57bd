"""How an answer comes back by the system browser: the listener, the offered redirect URI, a port that is taken."""

import asyncio
import socket

import httpx
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from bcdesk.flow.failures import Reason
from bcdesk.flow.values import Phase
from bcdesk.ui.flow.add_loopback import AddLoopbackDialog
from tests.e2e.oauth.walking import consent
from tests.ui.flow.flow_studio import FlowStudio
from tests.ui.keys.studio import button, hear, press, until

MOBILE = {"redirect_uris": ("setlist://callback",), "scopes": ("user.profile", "beats.read")}
LOOPBACK = {"redirect_uris": ("http://127.0.0.1/callback",), "scopes": ("user.profile",)}


async def walk_home(studio: FlowStudio) -> httpx.Response:
    """Sign in where the run asks, and go where that leads, as a browser does."""
    await until(lambda: studio.opened, "the browser")
    landed = await asyncio.to_thread(consent, studio.opened[-1])
    async with httpx.AsyncClient(trust_env=False) as browser:
        return await browser.get(landed)


async def test_that_a_listener_takes_the_answer_and_its_page_says_so(studio: FlowStudio) -> None:
    studio.test(await studio.registered("Listening", "mobile", **LOOPBACK))
    await studio.run(None)
    await hear(studio.flow, "Go on in the system browser", "bcdesk listens at 127.0.0.1:")
    page = await walk_home(studio)
    assert page.status_code == 200
    await studio.over()
    assert studio.session.phase is Phase.DONE
    assert studio.session.run is not None
    port = studio.session.run.setup.redirect_uri.partition("127.0.0.1:")[2].partition("/")[0]
    assert port.isdigit(), "a fresh port, as the rules for a loopback IP allow"
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(port))) != 0, "the listener is gone with the answer"


async def test_that_an_application_without_a_redirect_here_is_offered_one_and_gets_it_after_asking(
    studio: FlowStudio,
) -> None:
    row = await studio.registered("Offered", "mobile", **MOBILE)
    studio.test(row)
    await studio.run(None, hand=False)
    await hear(studio.flow, "The system browser cannot bring this answer back")
    assert not studio.opened
    press(studio.flow, "cannot.add")
    dialog = await studio.dialog(AddLoopbackDialog)
    assert studio.app(row.id).redirect_uris == ("setlist://callback",)
    press(dialog, "add_loopback.save")
    await until(lambda: "http://127.0.0.1/callback" in studio.app(row.id).redirect_uris, "the registration")
    await studio.asked()
    assert studio.session.values.redirect_uri == "http://127.0.0.1/callback"
    await studio.run(None, hand=False)
    assert (await walk_home(studio)).status_code == 200
    await studio.over()
    assert studio.session.phase is Phase.DONE
    press(studio.flow, "undo")
    await until(lambda: studio.app(row.id).redirect_uris == ("setlist://callback",), "the undo")
    await studio.asked()
    assert studio.session.values.redirect_uri == "setlist://callback"


async def test_that_a_port_that_is_taken_is_said_and_the_retry_goes_on(studio: FlowStudio) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        uri = f"http://127.0.0.1:{port}/cb"
        studio.test(await studio.registered("Taken", "mobile", redirect_uris=(uri,), scopes=("user.profile",)))
        await studio.run(None)
        await until(lambda: studio.session.ended_with is not None, "the failure")
        assert studio.session.ended_with is not None
        assert studio.session.ended_with.reason is Reason.LISTENER_PORT_TAKEN
        await hear(studio.flow, f"Port {port} is taken.", "never moves to another port by itself")
        assert not studio.opened, "no browser was opened"
    press(studio.flow, "mend.0")
    assert (await walk_home(studio)).status_code == 200
    await studio.over()
    assert studio.session.phase is Phase.DONE
    assert studio.session.number == 2


async def test_that_a_viewer_runs_a_flow_too_but_sees_no_rules_and_adds_nothing(viewing: FlowStudio) -> None:
    row = next(row for row in viewing.store.apps.values() if row.type == "mobile")
    viewing.test(row)
    await viewing.run(None, hand=False)
    await hear(viewing.flow, "The system browser cannot bring this answer back")
    assert "only reads" in (button(viewing.flow, "cannot.add").reason or "")
    viewing.press_in("cannot.by_hand")
    await until(lambda: viewing.opened, "the browser")
    landed = await asyncio.to_thread(consent, viewing.opened[-1])
    viewing.flow.runs.runner.offer(viewing.session, landed, via="paste")
    await viewing.over()
    assert viewing.session.phase is Phase.DONE
    viewing.flow.runs.choose(viewing.hop("token").id)
    await hear(viewing.flow, "Your role does not see the server's rules.")


async def test_that_a_browser_that_does_not_open_is_said(studio: FlowStudio) -> None:
    studio.test(await studio.registered("Unopened", "mobile", **LOOPBACK))
    studio.flow.runs.acts.opener = lambda _url: False
    await studio.run(None)
    await hear(studio.flow, "The system browser did not open", "Copy the address")
    QTest.keyClick(studio.window, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: studio.session.phase is Phase.CANCELLED, "the cancel")
