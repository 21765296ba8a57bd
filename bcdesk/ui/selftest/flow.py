"""One run of a demo application in the embedded browser, with nobody in front of it, to its custom scheme."""

from __future__ import annotations

import io
import json
from argparse import ArgumentParser
from typing import TYPE_CHECKING, Final

from bcdesk.contract.rows import AppRow
from bcdesk.flow.command import Command
from bcdesk.flow.console import Console
from bcdesk.flow.options import add_options, asked
from bcdesk.ui.flow.alone import BrowserWindow
from bcdesk.ui.selftest.report import CheckFailedError

if TYPE_CHECKING:
    from bcdesk.client.client import Client
    from bcdesk.flow.run import Run

_PRESS: Final = """
for (const wanted of ['button[name=user]', 'button[value=allow]']) {
  const button = document.querySelector(wanted)
  if (button) { button.click(); break }
}
"""
_TIMEOUT: Final = "60"


class _Attended(BrowserWindow):
    """The window of a run, with somebody at it who signs in as the first demo user and agrees."""

    def __init__(self, tls: object) -> None:
        super().__init__(tls)  # type: ignore[arg-type]
        self.pages = 0

    async def open(self, run: Run, url: str) -> None:
        await super().open(run, url)
        if self._window is not None:
            self._window.browser.page_loaded.connect(self._press)

    def _press(self, _url: str, _title: str) -> None:
        from PySide6.QtWebEngineWidgets import QWebEngineView

        self.pages += 1
        view = self._window.findChild(QWebEngineView) if self._window is not None else None
        if isinstance(view, QWebEngineView):
            view.page().runJavaScript(_PRESS)


async def flow(client: Client, issuer: str) -> str:
    """Run the mobile application of the demo data to a token."""
    rows = (await client.apps.list()).items
    app = next((row for row in rows if isinstance(row, AppRow) and row.type == "mobile"), None)
    if app is None:
        raise CheckFailedError("the demo data has no mobile application")
    redirect = next(uri for uri in app.redirect_uris if not uri.startswith("http"))
    options = ArgumentParser()
    add_options(options)
    wanted = asked(
        options.parse_args(
            ["--issuer", issuer, "--client-id", app.client_id, "--redirect-uri", redirect, "--timeout", _TIMEOUT,
             "--scope", "user.profile", "--browser", "embedded", "--json"]
        )
    )  # fmt: skip
    out, window = io.StringIO(), _Attended(wanted.setup.tls)
    await Command(wanted, Console(out, io.StringIO(), as_json=True, browser="embedded"), window).run()
    result = json.loads(out.getvalue().splitlines()[-1])
    if not result["ok"]:
        raise CheckFailedError(f"the run ended with {result['error']} after {window.pages} pages")
    return f"{window.pages} pages, then {redirect.split(':')[0]}: and a token"
