"""The tabs *Redirect lab* and *Watch my app* of the flow tester."""

from pathlib import Path
from typing import Any

import httpx
from PySide6.QtWidgets import QApplication

from bcdesk.contract.rows import AppRow
from bcdesk.ui.flow.lab_tab import LabTab
from bcdesk.ui.flow.watch_tab import WatchTab
from tests.shots.camera import Camera
from tests.shots.stage import Stage, desk, until

NARROW, LEAST = (900, 600), (720, 480)
_CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
_PHONE = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari"
)


async def scenes(app: QApplication, camera: Camera, data: Path) -> None:
    """Compare addresses, then watch clients of an app that make mistakes."""
    async with desk(app, data) as stage:
        stage.program.connection.start()
        await stage.online()
        await until(lambda: len(stage.store.apps) == 2, "the applications")
        stage.run("go.flow")
        page: Any = await until(lambda: stage.program.flow, "the page")
        await lab(stage, camera, page)
        await watch(stage, camera, page)


def named(stage: Stage, name: str) -> AppRow:
    """Return an application by its name."""
    return next(row for row in stage.store.apps.values() if row.name == name)


async def lab(stage: Stage, camera: Camera, page: Any) -> None:
    """Compare one address of each kind of mistake."""
    web = named(stage, "Beat Marketplace")
    page.test_app(web.id)
    page.show_tab("lab")
    tab = await stage.find(LabTab)
    await camera.take("l1-empty", stage.window)
    for name, text in (
        ("l2-callback", f"{web.redirect_uris[0]}/?code=abc&state=x"),
        ("l3-long", "https://app.example.com/" + "long/" * 90),
        ("l4-encoded", web.redirect_uris[0].replace("/oauth", "/%6Fauth")),
        ("l5-exact", web.redirect_uris[0]),
    ):
        tab.box.take(text)
        await stage.hear("The server says the same.")
        await stage.rest()
        await camera.take(name, stage.window)
    tab.box.take("https://app.example.com/" + "long/" * 90)
    await stage.hear("The server says the same.")
    await camera.take("l3-long", stage.window, size=NARROW)
    await camera.take("l3-long", stage.window, size=LEAST)
    page.test_app(named(stage, "Beat Fusion App").id)
    page.show_tab("lab")
    tab.box.take("beatfusion://callback\u200b")
    await stage.hear("U+200B ZERO WIDTH SPACE")
    await stage.hear("The server says the same.")
    await camera.take("l6-invisible", stage.window)


async def watch(stage: Stage, camera: Camera, page: Any) -> None:
    """Listen while a phone and a job make mistakes."""
    row = named(stage, "Beat Fusion App")
    page.show_tab("watch")
    tab = await stage.find(WatchTab)
    await camera.take("w1-idle", stage.window)
    await stage.press("watch.start")
    await stage.hear("Nothing yet")
    await camera.take("w2-nothing", stage.window)
    await mistakes(stage, row)
    log = await until(lambda: tab.log, "the log")
    await until(lambda: len(log.rows) >= 7 and len(log.diagnoses) >= 4, "the requests")
    await camera.take("w3-requests", stage.window)
    wrong = next(one for one in log.rows.values() if any(rule.position is not None for rule in one.rules))
    tab.show_hop(wrong.id)
    await camera.take("w4-request", stage.window)
    await camera.take("w4-request", stage.window, size=NARROW)
    await camera.take("w4-request", stage.window, size=LEAST)
    tab.bar.only.button("problems").click()
    tab.table.select_id(None)
    await camera.take("w5-problems", stage.window, size=NARROW)
    await camera.take("w5-problems", stage.window)
    await stage.press("watch.stop")
    await stage.hear("Not watching")
    await camera.take("w6-stopped", stage.window)


async def mistakes(stage: Stage, row: AppRow) -> None:
    """Send what a client with mistakes sends."""
    asked = {"response_type": "code", "client_id": row.client_id, "redirect_uri": row.redirect_uris[0], "state": "s",
             "scope": "beats.read", "code_challenge": _CHALLENGE, "code_challenge_method": "S256"}  # fmt: skip
    job = {"User-Agent": "python-requests/2.32.3"}
    async with httpx.AsyncClient(base_url=stage.client.base_url, trust_env=False) as client:
        client.headers["User-Agent"] = _PHONE
        await client.get("/oauth/authorize", params=asked)
        await client.get("/oauth/authorize", params={**asked, "redirect_uri": row.redirect_uris[0] + "/"})
        await client.get("/oauth/authorize", params={**asked, "scope": "beats.read everything"})
        await client.get("/oauth/authorize", params={**asked, "code_challenge_method": "plain"})
        await client.get("/oauth/authorize", params={k: v for k, v in asked.items() if k != "state"})
        form = {"grant_type": "authorization_code", "client_id": row.client_id, "code": "x" * 43,
                "redirect_uri": row.redirect_uris[0], "code_verifier": "v" * 43}  # fmt: skip
        for _ in range(3):
            await client.post("/oauth/token", data=form, headers=job)
