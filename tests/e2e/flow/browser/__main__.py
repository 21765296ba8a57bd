"""Opens each scenario of stdin in an `EmbeddedBrowser` and prints, as one JSON line, what it told of each.

A scenario is ``{"url", "redirect_uri"}`` and, as wanted: ``until`` (the signal to wait for, by default any that ends
a run), ``press`` (the button of each page in turn), ``then`` (``let_through``, ``retry``), ``and_until``, ``tls``,
``keep_for``, ``picture`` (where to save one), ``leave`` (go on without closing the browser).
"""

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import qasync
from PySide6.QtCore import QMessageLogContext, QtMsgType, QUrl, qInstallMessageHandler
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from bcdesk.flow.values import TlsProfile
from bcdesk.ui import theme
from bcdesk.ui.flow.browser import EmbeddedBrowser
from bcdesk.ui.flow.browser_engine import SignIns
from tests.bench.heartbeat import Heartbeat

SECONDS = 30
SIGNALS = ("captured", "held", "page_loaded", "page_status", "page_failed", "certificate_problem", "refused",
           "cookies_changed", "system_browser_wanted")  # fmt: skip
ENDS = ("captured", "held", "page_failed", "certificate_problem")
PRESS = "[...document.querySelectorAll('button')].find(one => one.textContent.trim() === {name}).click()"
IGNORED = ("RHI", "QRhi", "Vulkan", "vulkan", "This plugin does not support", "GBM", "Sandboxing disabled",
           "Unable to detect GPU vendor", "initInstance")  # fmt: skip
"""What Qt says of a machine without a graphics card, and of a sandbox switched off for the tests."""

said: list[str] = []


def hear(kind: QtMsgType, _context: QMessageLogContext, message: str | None) -> None:
    """Keep what Qt warns of."""
    if kind in (QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg):
        text = message or ""
        if not any(part in text for part in IGNORED):
            said.append(text)


class Driver:
    """Runs scenarios one after another in one window."""

    def __init__(self) -> None:
        self.sign_ins = SignIns()
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
        arrived = asyncio.Event()
        presses = list(scenario.get("press", ()))

        def listen(name: str) -> None:
            def hear(*values: Any) -> None:
                heard.append([name, *values])
                arrived.set()
                if name == "page_loaded" and presses and browser._session is not None:
                    browser._session.page.runJavaScript(PRESS.format(name=json.dumps(presses.pop(0))))

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
            await until(*([wanted] if wanted else ENDS))
            for step in scenario.get("then", ()):
                count = len(heard)
                getattr(browser, step)()
                await until(scenario["and_until"], after=count)
            await asyncio.sleep(scenario.get("linger", 0.05))  # for what must not come
        except TimeoutError:
            heard.append(["timeout"])
        seconds = time.perf_counter() - began
        gap = self.heart.stop()
        if scenario.get("picture"):
            await self.pictures(browser, scenario["picture"])
        result = {
            "heard": heard, "seconds": round(seconds, 3), "strip": browser.strip.text,
            "message": browser._message.accessibleName() if browser.stack.currentWidget() is browser._message else "",
            "connection": browser.bar._word.text(), "origin": browser.bar._origin.text(),
            "rest": browser.bar._rest.text(), "gap_ms": round(gap.clock * 1000),
            "computed_ms": round(gap.computed * 1000),
        }  # fmt: skip
        if not scenario.get("leave"):
            browser.close_down()
            browser.hide()
            browser.deleteLater()
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
    driver = Driver()
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
    theme.apply(app, "light")
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        runner.run(main(json.load(sys.stdin)))
    print(json.dumps({"said": said}), flush=True)  # noqa: T201
