"""`bcdesk flow --browser embedded` as it is; tells of each page, at which somebody may be who signs in and agrees."""

import sys

from PySide6.QtWebEngineWidgets import QWebEngineView

from bcdesk.__main__ import main
from bcdesk.flow.run import Run
from bcdesk.ui.flow import alone

PRESS = """
for (const input of document.querySelectorAll('input[type=text], input[type=password]')) input.value = 'studio'
for (const wanted of ['button[name=user]', 'button[value=allow]', 'button[type=submit]']) {
  const button = document.querySelector(wanted)
  if (button) { button.click(); break }
}
"""


class Watched(alone.BrowserWindow):
    """The window with somebody in front of it, or nobody."""

    attended = False

    async def open(self, run: Run, url: str) -> None:
        await super().open(run, url)
        window = self._window
        assert window is not None
        window.browser.page_loaded.connect(lambda *_: self._arrived(window))

    def _arrived(self, window: alone._Window) -> None:
        sys.stderr.write("page loaded\n")
        sys.stderr.flush()
        view = window.findChild(QWebEngineView)
        if self.attended and isinstance(view, QWebEngineView):
            view.page().runJavaScript(PRESS)


if __name__ == "__main__":
    if "--attended" in sys.argv:
        sys.argv.remove("--attended")
        Watched.attended = True
    alone.BrowserWindow = Watched  # type: ignore[misc]  # the verb itself stays as it is
    sys.exit(main())  # as from the command line: the process closes itself first
