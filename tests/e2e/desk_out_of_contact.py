"""The whole desk on a data folder, which tells on stdout what it shows and when it first asks its server.

``FOLDER`` as argument, a token as the first line on stdin: with one it is signed in at the connection of the folder.
Then ``up`` brings the loopback of its network up, and ``quit`` closes its window.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject

from tests.bench import fixed_keyring
from tests.bench.open_desk import close_windows, page_of_window

LO_UP = 0x8914
requests = 0


class Eye(QObject):
    """Knows how many rows the table had when it was painted last."""

    def __init__(self, model: Any, viewport: Any) -> None:
        super().__init__(viewport)
        self.seen = 0
        self._model = model
        viewport.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.seen = self._model.rowCount()
        return False


def say(at: str, **more: Any) -> None:
    sys.stdout.write(json.dumps({"at": at, "moment": time.monotonic(), "requests": requests, **more}) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Run the desk until it is told to quit."""
    from bcdesk.app import main as desk

    token = sys.stdin.readline().strip()
    if token:
        signed_in(token)
    sys.exit(desk(data_dir=Path(sys.argv[1]), on_painted=_watch))


def signed_in(token: str) -> None:
    """Let the desk be signed in by a token that its server gave out; how one comes to that is other tests' matter."""
    from bcdesk.ui.ways.remote import RemoteWay

    async def take_up(way: Any) -> None:
        await way._follower.before_contact()
        await way._follow(Given(way._record.url, token))

    setattr(RemoteWay, "_take_up", take_up)  # noqa: B010 - a desk that is signed in


class Given:
    """A session of one token, as `bcdesk member token` makes it."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._token = url, token

    def client(self) -> Any:
        from bcdesk.client.bearer import Bearer
        from bcdesk.client.client import Client
        from bcdesk.client.transport import Transport

        return Client(Transport(self._url, Bearer(self._token)))


def _watch() -> bool:
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    fixed_keyring.use()
    say("window")
    app = QApplication.instance()
    waiting = QTimer(app, interval=1)

    def look() -> None:
        page = page_of_window()
        if page is not None:
            waiting.stop()
            follow(page)

    waiting.timeout.connect(look)
    waiting.start()
    _listen(app)
    return True


def follow(page: Any) -> None:
    """Tell each state of the link, the rows once they are painted, and what can be done."""
    from PySide6.QtCore import QTimer

    from bcdesk.client.transport import Transport

    opened = Transport._opened
    store, model, registry = page._desk.store, page.listing.model, page._registry
    eye = Eye(model, page.table.viewport())

    async def counted(transport: Any) -> Any:
        global requests
        requests += 1
        if requests == 1:
            say("first_request", known=model.rowCount(), seen=eye.seen)
        return await opened(transport)

    setattr(Transport, "_opened", counted)  # noqa: B010 - a desk that counts
    states: list[str] = []

    def changed(_change: Any) -> None:
        if not states or states[-1] != store.link.state:
            states.append(store.link.state)
            error = type(store.link.error).__name__ if store.link.error is not None else None
            say("state", state=states[-1], rows=len(store.keys), seen=eye.seen, error=error)
            QTimer.singleShot(0, page, could)

    def could() -> None:
        from tests.ui.test_out_of_contact import needs_server

        able = [
            one.id for one in registry.all() if needs_server(one.id) and one.enabled(registry.context(one.id)) is None
        ]
        say("able", state=states[-1], commands=able, banner=page.notices.state.accessibleName())

    store.listen(changed)


def _listen(app: Any) -> None:
    from PySide6.QtCore import QSocketNotifier

    def told() -> None:
        line = sys.stdin.readline().strip()
        if line == "up":
            _bring_up()
        elif line in ("quit", ""):
            notifier.setEnabled(False)
            close_windows()

    notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read, app)
    notifier.activated.connect(told)


def _bring_up() -> None:
    import fcntl
    import socket
    import struct

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        fcntl.ioctl(one, LO_UP, struct.pack("16sh14x", b"lo", 1))
    say("up")


if __name__ == "__main__":
    main()
