"""Opens each scenario of stdin in an `EmbeddedBrowser` and prints, as one JSON line, what it told of each.

A scenario is ``{"url", "redirect_uri"}`` and, as wanted: ``until`` (the signal to wait for, by default any that ends
a run), ``press`` (the button of each page in turn), ``then`` (``let_through``, ``retry``), ``and_until``, ``tls``,
``search`` (folders in which a code or cookie must not be), ``plant`` (a file to put them into), ``keep_for``,
``leave`` (close it after so many seconds, whatever it does), ``picture`` (where to save one), ``count`` (the engine's
processes, when it is closed).
"""

import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psutil
import qasync
from PySide6.QtCore import QMessageLogContext, QPoint, Qt, QtMsgType, QUrl, qInstallMessageHandler
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from bcdesk.flow.values import TlsProfile
from bcdesk.ui import theme
from bcdesk.ui.flow.browser import EmbeddedBrowser
from bcdesk.ui.flow.browser_engine import SignIns
from bcdesk.ui.tasks import TaskScope
from tests.bench.heartbeat import Heartbeat

SECONDS = 15
PRESS_SECONDS = 0.3
SIGNALS = ("captured", "held", "page_loaded", "page_status", "page_failed", "certificate_problem", "refused",
           "cookies_changed", "system_browser_wanted")  # fmt: skip
ENDS = ("captured", "held", "page_failed", "certificate_problem")
PLACE = """(() => {{
  const one = [...document.querySelectorAll('button')].find(one => one.textContent.trim() === {name});
  if (!one) return '';
  one.scrollIntoView({{block: 'center'}});
  const box = one.getBoundingClientRect();
  return JSON.stringify([box.x + box.width / 2, box.y + box.height / 2]);
}})()"""
IGNORED = ("RHI", "QRhi", "Vulkan", "vulkan", "This plugin does not support", "GBM", "Sandboxing disabled",
           "Unable to detect GPU vendor", "initInstance", "neither GLX nor EGL", "GPUInfo")  # fmt: skip
"""What Qt says of a machine without a graphics card, and of a sandbox switched off for the tests."""

said: list[str] = []


def hear(kind: QtMsgType, _context: QMessageLogContext, message: str | None) -> None:
    """Keep what Qt warns of."""
    if kind in (QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg):
        text = message or ""
        if not any(part in text for part in IGNORED):
            said.append(text)


def engine_processes() -> list[psutil.Process]:
    """Return the engine's processes that are ours."""
    found = []
    for one in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if "QtWebEngineProcess" in one.name() or "QtWebEngineProcess" in " ".join(one.cmdline()):
                found.append(one)
    return found


async def press(browser: EmbeddedBrowser, name: str, moved_on: Callable[[], bool]) -> None:
    """Click the button of a page that says ``name``, with the mouse, until the page moves on.

    The engine drops what is clicked before the first picture of a page is shown.
    """

    def click(place: str) -> None:
        session = browser._session
        target = session.view.focusProxy() if session is not None else None
        if place and target is not None and not moved_on():
            x, y = (round(part) for part in json.loads(place))
            QTest.mouseClick(target, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(x, y))

    while not moved_on() and browser._session is not None:
        browser._session.page.runJavaScript(PLACE.format(name=json.dumps(name)), click)
        await asyncio.sleep(PRESS_SECONDS)


def on_disk(folders: list[str], secrets: set[bytes]) -> list[str]:
    """Name every file below ``folders`` that holds one of ``secrets``."""
    files = [one for folder in folders for one in Path(folder).rglob("*") if one.is_file()]
    return sorted(str(one) for one in files if any(secret in one.read_bytes() for secret in secrets))


class Driver:
    """Runs scenarios one after another in one window."""

    def __init__(self, scope: TaskScope) -> None:
        self.scope = scope
        self.sign_ins = SignIns()
        self.renderers: set[int] = set()
        self.window = QWidget()
        self.column = QVBoxLayout(self.window)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.window.setObjectName("window")
        self.window.resize(720, 560)
        self.window.show()
        self.heart = Heartbeat()

    async def run(self, scenario: dict[str, Any]) -> dict[str, Any]:
        """Run one, and tell what was heard, what stood there, and the longest gap of the window."""
        browser = EmbeddedBrowser(sign_ins=self.sign_ins, keep_for=scenario.get("keep_for", ""))
        self.column.addWidget(browser)
        heard: list[list[Any]] = []
        secrets: set[bytes] = set()
        watched: list[object] = []
        arrived = asyncio.Event()
        presses = list(scenario.get("press", ()))

        def moved_on(count: int) -> bool:
            return any(one[0] in ("page_loaded", *ENDS) for one in heard[count:])

        def listen(name: str) -> None:
            def hear(*values: Any) -> None:
                heard.append([name, *values])
                arrived.set()
                if browser._session is not None and browser._session not in watched:
                    watched.append(browser._session)
                    cookies = browser._session.profile.cookieStore()
                    cookies.cookieAdded.connect(lambda cookie: secrets.add(bytes(cookie.value().data())))
                    cookies.loadAllCookies()
                if name == "page_loaded" and presses:
                    count = len(heard)
                    wanted = press(browser, presses.pop(0), lambda: moved_on(count))
                    self.scope.start(wanted, name="press")

            getattr(browser, name).connect(hear)

        for name in SIGNALS:
            listen(name)

        async def until(*names: str, after: int = 0) -> None:
            async with asyncio.timeout(SECONDS):
                while not any(one[0] in names for one in heard[after:]):
                    arrived.clear()
                    await arrived.wait()

        self.heart.start()
        began = time.perf_counter()
        files = {name: Path(path) for name, path in scenario.get("tls", {}).items()}
        tls = TlsProfile(**files, proxy=scenario.get("proxy"))
        browser.open(scenario["url"], scenario["redirect_uri"], tls)
        wanted = scenario.get("until")
        try:
            if "leave" in scenario:
                await asyncio.sleep(scenario["leave"])
            else:
                await until(*([wanted] if wanted else ENDS))
            for step in scenario.get("then", ()):
                count = len(heard)
                getattr(browser, step)()
                await until(scenario["and_until"], after=count)
            if browser._session is not None:
                self.renderers.add(browser._session.page.renderProcessPid())
            await asyncio.sleep(scenario.get("linger", 0.05))  # for what must not come
        except TimeoutError:
            heard.append(["timeout"])
        seconds = time.perf_counter() - began
        gap = self.heart.stop()
        answers = [one[1] for one in heard if one[0] in ("captured", "held")]
        secrets |= {value.encode() for url in answers for value in parse_qs(urlsplit(url).query).get("code", ())}
        if scenario.get("plant"):
            Path(scenario["plant"]).write_bytes(b"one " + b" and ".join(secrets))
        if scenario.get("picture"):
            await self.pictures(browser, scenario["picture"])
        result: dict[str, Any] = {
            "heard": heard, "seconds": round(seconds, 3), "strip": browser.strip.text,
            "message": browser._message.accessibleName() if browser.stack.currentWidget() is browser._message else "",
            "connection": browser.bar._word.text(), "origin": browser.bar._origin.text(),
            "rest": browser.bar._rest.text(), "gap_ms": round(gap.clock * 1000),
            "computed_ms": round(gap.computed * 1000),
        }  # fmt: skip
        pids = {one.pid for one in engine_processes()}
        if scenario.get("search"):
            result["secrets"] = len(secrets)
            result["on_disk"] = await asyncio.to_thread(on_disk, scenario["search"], secrets)
        browser.close_down()
        browser.hide()
        browser.deleteLater()
        if scenario.get("count"):
            pages = [psutil.Process(pid) for pid in self.renderers if psutil.pid_exists(pid)]
            await asyncio.to_thread(psutil.wait_procs, pages, 5)
            left = {one.pid for one in engine_processes()}
            result["processes"] = {"open": len(pids), "left": len(left), "pages left": len(left & self.renderers)}
        return result

    async def pictures(self, browser: EmbeddedBrowser, path: str) -> None:
        """Save the widget in both schemes."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        schemes: tuple[theme.Scheme, ...] = ("light", "dark")
        for scheme in schemes:
            theme.apply(app, scheme)
            await asyncio.sleep(0.3)
            self.window.grab().save(path.format(scheme))
        theme.apply(app, "light")


async def main(scenarios: list[dict[str, Any]]) -> None:
    """Run them all."""
    opened: list[str] = []
    from PySide6.QtCore import QObject, Slot

    class Outside(QObject):
        @Slot(QUrl)
        def take(self, url: QUrl) -> None:
            opened.append(url.toString())

    outside = Outside()
    for scheme in ("beatfusion", "mailto", "other"):
        QDesktopServices.setUrlHandler(scheme, outside, "take")  # type: ignore[arg-type] # the stub asks for bytes
    async with TaskScope(lambda error: said.append(f"a task failed: {error!r}")) as scope:
        driver = Driver(scope)
        results = [await driver.run(scenario) for scenario in scenarios]
        driver.window.close()
        driver.window.deleteLater()
        driver.sign_ins.forget()
        await asyncio.sleep(0)
    print(json.dumps({"results": results, "opened": opened}), flush=True)  # noqa: T201


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    qInstallMessageHandler(hear)
    app = theme.application(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    theme.apply(app, "light")
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        runner.run(main(json.load(sys.stdin)))
    print(json.dumps({"said": said}), flush=True)  # noqa: T201
