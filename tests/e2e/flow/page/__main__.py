"""Runs the program, walks a flow in its embedded browser up to a step, closes the window there, and tells what is so.

Arguments: the data folder, the type of application, and the step at which the window is closed.
"""

import asyncio
import json
import sys
from pathlib import Path

import qasync

from bcdesk import log
from bcdesk.flow.values import Phase
from bcdesk.ui import theme
from tests.bench.heartbeat import Heartbeat
from tests.shots.scenes_flow import app_id, click, loaded, over
from tests.shots.stage import Stage, desk, until


async def walk(stage: Stage, kind: str, last: str) -> dict[str, object]:
    page = stage.program.flow
    stage.program.connection.start()
    await stage.online()
    await until(lambda: len(stage.store.apps) == 2, "the applications")
    stage.program.pages._test(app_id(stage, kind))
    beat = Heartbeat(stage.window)
    beat.start()
    stage.run("flow.run")
    if kind == "web":
        await stage.press("secret.make")
    if last == "start":
        return {}
    await loaded(page, 1)
    if last == "sign_in":
        return {}
    await click(page, "Sign in as Demo listener")
    await loaded(page, 2)
    if last == "consent":
        return {}
    await click(page, "Allow")
    if kind == "web":
        await until(lambda: page.session is not None and page.session.held_url, "the held answer")
        if last == "held":
            return {}
        await stage.press("held.use")
    await over(stage, page)
    gap = beat.stop()
    session = page.session
    assert session is not None
    return {
        "done": session.phase is Phase.DONE,
        "steps": [hop.name for hop in session.hops],
        "rules": sum(len(row.rules) for hop in session.hops for row in hop.server),
        "gap": gap.clock,
    }


async def main(data: Path, kind: str, last: str) -> None:
    async with desk(app, data) as stage:
        told = await walk(stage, kind, last)
    left = [task.get_name() for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    print(json.dumps({**told, "left": left}), flush=True)  # noqa: T201 - the driver's answer


log.setup("WARNING")
app = theme.application(sys.argv[:1])
app.setQuitOnLastWindowClosed(False)
theme.apply(app, "light")
with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
    runner.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
