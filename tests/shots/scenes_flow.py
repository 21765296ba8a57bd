"""The run tab of the flow tester, with the real embedded browser clicked by the mouse."""

import asyncio
import json
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from bcdesk.flow.values import Phase
from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.flow.page import FlowPage
from bcdesk.ui.flow.timeline import TOKENS
from tests.shots.camera import Camera
from tests.shots.stage import Stage, desk, until

NARROW, LEAST = (900, 600), (720, 480)
_PLACE = """(() => {{
  const one = [...document.querySelectorAll('button')].find(one => one.textContent.trim() === {name});
  if (!one) return '';
  one.scrollIntoView({{block: 'center'}});
  const box = one.getBoundingClientRect();
  return JSON.stringify([box.x + box.width / 2, box.y + box.height / 2]);
}})()"""


async def scenes(app: QApplication, camera: Camera, data: Path) -> None:
    """Run both applications of the demo, let runs fail, and ask for what a run lacks."""
    async with desk(app, data) as stage:
        stage.program.connection.start()
        await stage.online()
        await until(lambda: len(stage.store.apps) == 2, "the applications")
        stage.window.resize(1280, 800)
        stage.run("go.flow")
        page = stage.program.flow
        await camera.take("f1-start", stage.window)
        stage.program.pages._test(app_id(stage, "mobile"))
        await embedded(stage, camera, page)
        await failing(stage, camera, page)
        await held(stage, camera, page)
        await system(stage, camera, page)
        stage.run("flow.any_issuer")
        await stage.find(Dialog, "any_issuer")
        await stage.type("issuer", page.desk.client.base_url)  # type: ignore[union-attr]
        await stage.press("issuer.look")
        await stage.hear("What it says of itself")
        await camera.take("f9-issuer", stage.window)
        await camera.take("f9-issuer", stage.window, size=NARROW)
        await stage.leave()


def app_id(stage: Stage, app_type: str) -> str:
    """Return the demo's application of a type."""
    return next(row.id for row in stage.store.apps.values() if row.type == app_type)


async def embedded(stage: Stage, camera: Camera, page: FlowPage) -> None:
    """From *Run* to the tokens, with both pages."""
    stage.run("flow.run")
    await loaded(page, 1)
    await camera.take("f2-sign-in", stage.window)
    await click(page, "Sign in as Demo listener")
    await loaded(page, 2)
    await camera.take("f2-consent", stage.window)
    await camera.take("f2-consent", stage.window, size=NARROW)
    await camera.take("f2-consent", stage.window, size=LEAST)
    await click(page, "Allow")
    await over(stage, page)
    assert page.session is not None
    assert page.session.phase is Phase.DONE
    await camera.take("f3-tokens", stage.window)
    await camera.take("f3-tokens", stage.window, size=NARROW)
    page.runs.choose(hop(page, "token"))
    await camera.take("f3-token-hop", stage.window)
    await camera.take("f3-token-hop", stage.window, size=(1000, 700))
    await camera.take("f3-token-hop", stage.window, size=NARROW)
    await camera.take("f3-token-hop", stage.window, size=LEAST)
    page.runs.choose(hop(page, "authorize"))
    await camera.take("f3-authorize-hop", stage.window)
    page.runs.choose(TOKENS)
    await stage.press("token_step.refresh")
    await until(lambda: page.session is not None and page.session.hops[-1].name == "refresh", "the refresh")
    await stage.rest()
    await camera.take("f3-refreshed", stage.window)


async def failing(stage: Stage, camera: Camera, page: FlowPage) -> None:
    """A changed verifier, refused and mended; an address that is not registered."""
    page.runs.setup.put("verifier", "the-verifier-of-another-run-which-is-long-enough-for-it")
    stage.run("flow.run")
    await loaded(page, 1)
    await click(page, "Sign in as Demo listener")
    await loaded(page, 2)
    await click(page, "Allow")
    await over(stage, page)
    await camera.take("f4-refused", stage.window)
    await camera.take("f4-refused", stage.window, size=NARROW)
    await stage.press("mend.0")
    page.runs.body.show_failure()
    await camera.take("f4-mend", stage.window)
    await stage.press("mend.accept")
    page.runs.setup.put("redirect_uri", "beatfusion://callback/")
    stage.run("flow.run")
    await over(stage, page)
    await camera.take("f4-unregistered", stage.window)
    page.runs.setup.reset("redirect_uri")


async def held(stage: Stage, camera: Camera, page: FlowPage) -> None:
    """The confidential application: its secret, and its https answer before it loads."""
    stage.program.pages._test(app_id(stage, "web"))
    stage.run("flow.run")
    await camera.take("f5-secret", stage.window)
    await camera.take("f5-secret", stage.window, size=NARROW)
    await stage.press("secret.make")
    await loaded(page, 1)
    await click(page, "Sign in as Demo producer")
    await loaded(page, 2)
    await click(page, "Allow")
    await until(lambda: page.session is not None and page.session.held_url, "the answer")
    await camera.take("f6-held", stage.window)
    await camera.take("f6-held", stage.window, size=NARROW)
    await stage.press("held.use")
    await over(stage, page)
    assert page.session is not None
    assert page.session.phase is Phase.DONE
    page.runs.choose(hop(page, "token"))
    await camera.take("f6-confidential", stage.window)
    page.runs.choose(TOKENS)
    await stage.press("token_step.put_away")
    await stage.hear("The tokens of this run are wiped.")
    await stage.rest()


async def system(stage: Stage, camera: Camera, page: FlowPage) -> None:
    """The system browser: what it cannot bring back, what is offered, and the wait for it."""
    stage.program.pages._test(app_id(stage, "mobile"))
    page.runs.acts.opener = lambda _url: True
    page.use_way("system")
    stage.run("flow.run")
    await camera.take("f7-cannot", stage.window)
    await stage.press("cannot.add")
    await stage.find(Dialog, "add_loopback")
    await camera.take("f7-add", stage.window)
    await stage.press("add_loopback.save")
    await stage.alone()
    stage.run("flow.run")
    await stage.hear("Go on in the system browser")
    await camera.take("f8-waiting", stage.window)
    await camera.take("f8-waiting", stage.window, size=LEAST)
    stage.run("flow.cancel")
    await over(stage, page)
    await camera.take("f8-cancelled", stage.window)


def hop(page: FlowPage, name: str) -> int:
    """Return the number of the last step of that name."""
    assert page.session is not None
    return [one.id for one in page.session.hops if one.name == name][-1]


async def loaded(page: FlowPage, number: int) -> None:
    """Wait until the browser showed so many pages, and has painted the last one."""

    def there() -> bool:
        session = page.session
        return session is not None and session.running and sum(one.name == "page" for one in session.hops) >= number

    await until(there, f"page {number}")
    await asyncio.sleep(0.5)  # nothing tells when the engine's own process has painted


async def over(stage: Stage, page: FlowPage) -> None:
    """Wait until the run is over and the server was asked."""
    await until(lambda: page.session is not None and not page.session.running, "the end of the run")
    await stage.rest()


async def click(page: FlowPage, name: str) -> None:
    """Click the button of the page in the browser that says ``name``, with the mouse."""
    browser: Any = page.session.browser if page.session is not None else None
    place: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    browser._session.page.runJavaScript(_PLACE.format(name=json.dumps(name)), place.set_result)
    x, y = json.loads(await place)
    target = browser._session.view.focusProxy()
    at = QPoint(round(x), round(y))
    QTest.mouseClick(target, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
