"""Runs the checks one after the other, writes the report, and ends with 0 where all of them hold."""

from __future__ import annotations

import asyncio
import platform
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

import qasync
from PySide6.QtCore import QUrl, qVersion

from bcdesk import __version__, log
from bcdesk.flow.command import own_stdout
from bcdesk.ui import theme
from bcdesk.ui.selftest import checks
from bcdesk.ui.selftest.report import CheckFailedError, Report

if TYPE_CHECKING:
    from bcdesk.client.client import Client
    from bcdesk.ui.local_server import Ready

_ANSWER: Final = 42


def main() -> int:
    """Test this installation and return 0 where it is whole, else 1; needs a display, or Qt's offscreen platform."""
    log.setup(log.level_of_environment("ERROR"), sys.stderr)
    with own_stdout() as out:
        app = theme.application(sys.argv[:1])
        app.setApplicationName("bcdesk")
        app.setQuitOnLastWindowClosed(False)
        theme.apply(app, "system")
        report = Report()
        with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
            runner.run(_run(report))
        report.write(
            out,
            {
                "version": __version__,
                "frozen": bool(getattr(sys, "frozen", False)),
                "python": platform.python_version(),
                "qt": qVersion(),
                "system": platform.platform(),
                "display": app.platformName(),
            },
        )
    return 0 if report.ok else 1


async def _run(report: Report) -> None:
    with tempfile.TemporaryDirectory(prefix="bcdesk-selftest-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        await report.add("keyring", checks.keyring)
        await report.add("sqlcipher", lambda: checks.sqlcipher(folder))
        page = await report.add("webengine", _page)
        async with AsyncExitStack() as stack:
            answering: list[tuple[Ready, Client]] = []
            if not await report.add("server", lambda: _serve(folder / "server", stack, answering)):
                report.skip("key", "there is no server")
                report.skip("flow", "there is no server")
                return
            ready, client = answering[0]
            await report.add("key", lambda: checks.key(client))
            if page:
                from bcdesk.ui.selftest.flow import flow

                await report.add("flow", lambda: flow(client, ready.issuer))
            else:
                report.skip("flow", "there is no embedded browser")


async def _serve(folder: Path, stack: AsyncExitStack, answering: list[tuple[Ready, Client]]) -> str:
    """Start a demo server, whose end is left to ``stack``, and add it with a client to ``answering``."""
    from bcdesk.client.bearer import Bearer
    from bcdesk.client.client import Client
    from bcdesk.client.transport import Transport
    from bcdesk.ui.local_server import LocalServer

    child, ended = LocalServer(folder), asyncio.Event()
    child.stopped.connect(ended.set)

    async def stop() -> None:
        child.stop()
        await ended.wait()

    stack.push_async_callback(stop)
    ready = await checks.server(child)
    client = Client(Transport(ready.base_url, Bearer(ready.token.take())))
    stack.push_async_callback(client.aclose)
    answering.append((ready, client))
    session = await client.session()
    return f"version {ready.version}, signed in as {session.role}"


async def _page() -> str:
    """Load a page in the embedded browser's engine, and let it compute."""
    from bcdesk.ui.flow.browser_start import start

    await start()
    from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile, qWebEngineChromiumVersion

    loop = asyncio.get_running_loop()
    loaded: asyncio.Future[bool] = loop.create_future()
    answer: asyncio.Future[object] = loop.create_future()
    profile = QWebEngineProfile()
    page = QWebEnginePage(profile, profile)
    gone = asyncio.Event()
    profile.destroyed.connect(gone.set)
    try:
        page.loadFinished.connect(loaded.set_result)
        page.load(QUrl("data:text/html,Self-test"))
        if not await loaded:
            raise CheckFailedError("a page could not be shown")
        page.runJavaScript("6 * 7", answer.set_result)
        if await answer != _ANSWER:
            raise CheckFailedError("a page cannot compute")
        chromium: object = qWebEngineChromiumVersion()  # text, whatever its annotation says
        return f"Chromium {chromium}"
    finally:
        page.deleteLater()
        await asyncio.sleep(0)
        profile.deleteLater()
        await gone.wait()
