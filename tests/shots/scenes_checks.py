"""The tab *Checks* of the flow tester."""

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication

from bcdesk.flow.checks.model import Outcome, Saw, What
from bcdesk.ui.flow.checks_tab import ChecksTab
from tests.shots.camera import Camera
from tests.shots.stage import desk, until

NARROW, LEAST = (900, 600), (720, 480)


async def scenes(app: QApplication, camera: Camera, data: Path) -> None:
    """Run every check on a twin of an application of the demo, and show one that a server would fail."""
    async with desk(app, data) as stage:
        stage.program.connection.start()
        await stage.online()
        await until(lambda: len(stage.store.apps) == 2, "the applications")
        stage.run("go.flow")
        page: Any = await until(lambda: stage.program.flow, "the page")
        page.test_app(next(row.id for row in stage.store.apps.values() if row.type == "mobile"))
        page.show_tab("checks")
        tab = await stage.find(ChecksTab)
        await camera.take("k1-start", stage.window)
        await stage.press("checks.run_all")
        suite = await until(lambda: tab.suite, "the suite")
        await until(lambda: suite.done > 10, "some checks")
        await camera.take("k2-running", stage.window)
        await until(lambda: not suite.running, "the end of the suite")
        tab.list.choose("pkce.wrong_verifier")
        await stage.rest()
        await camera.take("k3-passed", stage.window)
        found = suite.results["token.no_store"]
        got = Saw(What.PRESENT, "public, max-age=60")
        suite.results[found.check_id] = found._replace(outcome=Outcome.FAILED, got=got)
        tab.list.choose(found.check_id)
        suite.changed.emit()
        await camera.take("k4-failed", stage.window)
        for size in (NARROW, LEAST):
            await camera.take("k4-failed", stage.window, size=size)
        tab.list.choose("code.expired")
        await camera.take("k5-not-run", stage.window)
