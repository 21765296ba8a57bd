"""One desk a data folder: a second start hands what it was asked for to the first one, whose window it raises.

The lock of a file in the folder is the truth. The socket is only the way to whoever holds it: it is named after the
folder, lies where nobody else may write and is open to this user alone (0600), and the holder of the lock takes the
place of one that a dead desk left.
"""

import contextlib
import json
import logging
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QWidget

from bcdesk.ui.single_place import place

if TYPE_CHECKING:
    from filelock import BaseFileLock

LOCK_FILE: Final = "desk.lock"
PATIENCE: Final = 10.0
"""How long a start waits for a desk that holds the folder and does not answer: it may be just ending. In seconds."""
_ANSWER_MS: Final = 3000
_SILENCE_MS: Final = 5000
_MOST: Final = 65536
_TURN: Final = 0.2
_log = logging.getLogger(__name__)


class Asked(NamedTuple):
    """What another start was asked for: its addresses, and the token by which a window may come to the front."""

    words: tuple[str, ...]
    activation: str = ""


class HeldError(Exception):
    """Another desk holds the folder and does not answer."""


def hand_over(folder: Path, words: Sequence[str] = ()) -> bool:
    """Give ``words`` to the desk that runs on ``folder`` and have it come to the front; tell whether one took them."""
    socket = QLocalSocket()
    socket.connectToServer(place(folder))
    if not socket.waitForConnected(_ANSWER_MS):
        return False
    said = json.dumps({"words": list(words), "activation": _activation()})
    with contextlib.closing(socket):
        pid = _line(socket)
        if pid is None:
            return False
        _let_come_forward(pid)
        socket.write(said.encode() + b"\n")
        return _line(socket) == b"taken"


class Single(QObject):
    """Holds a folder for this desk, and says ``asked`` (an `Asked`) for each other start."""

    asked = Signal(object)

    def __init__(self, folder: Path, lock: "BaseFileLock | None", parent: QObject | None = None) -> None:
        """Answer other starts on ``folder``, whose ``lock`` is held."""
        super().__init__(parent)
        self._lock = lock
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._connected)
        name = place(folder)
        QLocalServer.removeServer(name)  # the lock is ours: whoever listened there is dead
        if not self._server.listen(name):
            _log.warning("a second start will not find this desk: %s", self._server.errorString())
        elif sys.platform != "win32":
            os.chmod(name, 0o600)  # Qt's own is 0700

    @property
    def listens(self) -> bool:
        """Tell whether other starts find this desk."""
        return self._server.isListening()

    def release(self) -> None:
        """Let the next desk have the folder."""
        self._server.close()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _connected(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            _Guest(socket, self)


class _Guest(QObject):
    """One other start, which says one line and gets one."""

    def __init__(self, socket: QLocalSocket, host: Single) -> None:
        super().__init__(socket)
        self._socket, self._host = socket, host
        self._said = b""
        silence = QTimer(self, singleShot=True, interval=_SILENCE_MS)
        silence.timeout.connect(self._cut)
        silence.start()
        socket.disconnected.connect(self._gone)
        socket.readyRead.connect(self._read)
        socket.write(b"%d\n" % os.getpid())
        self._read()

    def _read(self) -> None:
        self._said += self._socket.readAll().data()
        line, newline, _ = self._said.partition(b"\n")
        if newline:
            self._socket.readyRead.disconnect(self._read)
            asked = _understood(line)
            if asked is None:
                self._cut()
                return
            self._socket.write(b"taken\n")
            self._socket.flush()
            self._socket.disconnectFromServer()
            self._host.asked.emit(asked)
        elif len(self._said) > _MOST:
            self._cut()

    def _cut(self) -> None:
        self._socket.abort()

    def _gone(self) -> None:
        self._socket.deleteLater()


def hold(folder: Path, words: Sequence[str] = (), *, patience: float = PATIENCE) -> Single | None:
    """Hold ``folder`` for this desk; None where another one holds it and took ``words`` over.

    Raises `HeldError` where the other does not answer within ``patience`` seconds.
    """
    from filelock import FileLock, Timeout

    end = time.monotonic() + patience
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(folder / LOCK_FILE, timeout=_TURN, mode=0o600)
        while True:
            try:
                lock.acquire()
            except Timeout:
                if hand_over(folder, words):
                    return None
                if time.monotonic() > end:
                    raise HeldError from None
            else:
                return Single(folder, lock)
    except (OSError, NotImplementedError) as error:
        _log.warning("the folder cannot be held for one desk alone: %s", type(error).__name__)
        return Single(folder, None)


def raise_window(window: QWidget, activation: str = "") -> None:
    """Bring ``window`` to the front, as far as the system lets it."""
    if activation:
        os.environ["XDG_ACTIVATION_TOKEN"] = activation  # where Qt's Wayland plugin looks, once
    state = window.windowState() & ~Qt.WindowState.WindowMinimized
    window.setWindowState(state | Qt.WindowState.WindowActive)
    window.show()
    window.raise_()
    window.activateWindow()


def _activation() -> str:
    """Take what the launcher gave to this start, so that the other's window may come forward in its stead."""
    return os.environ.get("XDG_ACTIVATION_TOKEN") or os.environ.get("DESKTOP_STARTUP_ID") or ""


def _let_come_forward(pid: bytes) -> None:
    if sys.platform == "win32":
        import ctypes

        if pid.isdigit():
            ctypes.WinDLL("user32").AllowSetForegroundWindow(int(pid))


def _line(socket: QLocalSocket) -> bytes | None:
    end = time.monotonic() + _ANSWER_MS / 1000
    while not socket.canReadLine():
        if time.monotonic() > end or not socket.waitForReadyRead(_ANSWER_MS):
            return bytes(socket.readLine().data()).strip() if socket.canReadLine() else None
    return bytes(socket.readLine().data()).strip()


def _understood(line: bytes) -> Asked | None:
    try:
        said: Any = json.loads(line)
        words, activation = said["words"], said["activation"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    if not isinstance(words, list) or not isinstance(activation, str):
        return None
    if not activation.isascii() or (activation and not activation.isprintable()):
        return None  # nothing that the environment could take
    return Asked(tuple(words), activation) if all(isinstance(word, str) for word in words) else None
