"""The whole desk and its embedded browser: the longest pause of the GUI thread in each part of what a person does.

Arguments: the data folder, and ``ahead`` where the person looks at the page for a moment before the first run, else
``at once``. Prints a JSON line: each part's longest pause by the clock and by what the GUI thread computed, in seconds.
"""

import asyncio
import gc
import json
import sys
from pathlib import Path

import qasync

from bcdesk import log
from bcdesk.ui import theme
from bcdesk.ui.collector import Collector
from bcdesk.ui.flow import browser_start
from tests.bench.heartbeat import Gap, Heartbeat
from tests.shots.scenes_flow import app_id, click, loaded, over
from tests.shots.stage import Stage, desk, until

RUNS = 3
parts: dict[str, list[Gap]] = {}


async def walk(stage: Stage, *, ahead: bool) -> None:
    """Show the page, run the mobile application's flow three times, and measure each part for itself."""
    page = stage.program.flow
    stage.program.connection.start()
    await stage.online()
    await until(lambda: len(stage.store.apps) == 2, "the applications")
    beat = Heartbeat(stage.window)
    beat.start()
    stage.program.pages._test(app_id(stage, "mobile"))
    await asyncio.sleep(0.2)
    parts["page"] = [beat.stop()]
    if ahead:
        beat.start()
        await until(browser_start.is_started, "the engine")
        await asyncio.sleep(0.2)
        parts["start ahead"] = [beat.stop()]
    for number in range(RUNS):
        gaps = parts["run" if number == 0 else "later runs"] = parts.get("later runs", [])
        beat.start()
        stage.run("flow.run")
        await loaded(page, 1)
        await click(page, "Sign in as Demo listener")
        await loaded(page, 2)
        await click(page, "Allow")
        await over(stage, page)
        gaps.append(beat.stop())


async def main(data: Path, how: str) -> None:
    """Walk, close the window, and tell."""
    async with desk(app, data) as stage:
        gc.freeze()
        collector = Collector()  # as the program itself does
        await walk(stage, ahead=how == "ahead")
        collector.stop()
    told = {name: {"clock": max(gap.clock for gap in gaps), "computed": max(gap.computed for gap in gaps)}
            for name, gaps in parts.items()}  # fmt: skip
    print(json.dumps(told), flush=True)


log.setup("WARNING")
app = theme.application(sys.argv[:1])
app.setQuitOnLastWindowClosed(False)
theme.apply(app, "light")
with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
    runner.run(main(Path(sys.argv[1]), sys.argv[2]))
