"""The desk's own server as a child process: started, watched, started again, ended.

The child is ``bcdesk serve`` on a free loopback port. Its first line on stdout is JSON and carries a fresh
owner token, which crosses the pipe and nothing else. The child reads our end of its stdin: when the desk
dies, however it dies, the pipe closes and the child ends.
"""

import json
import logging
import re
from collections import deque
from pathlib import Path
from typing import Final, NamedTuple

from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from bcdesk import itself
from bcdesk.contract.secret import OneTimeSecret

_log = logging.getLogger(__name__)
_TOKEN: Final = re.compile(rb'("owner_token"\s*:\s*")([^"]+)(")')
_STDERR_LINES: Final = 40
_RESTARTS: Final = 3
_RESTART_WINDOW_MS: Final = 60_000
_STOP_MS: Final = 5_000


class Ready(NamedTuple):
    """Where the child answers; ``token`` can be taken once."""

    base_url: str
    issuer: str
    version: str
    pid: int
    token: OneTimeSecret


class ServerFailed(NamedTuple):
    """Why there is no local server: exit code (None: it could not be started) and its last words."""

    exit_code: int | None
    last_words: tuple[str, ...]


class LocalServerFailedError(Exception):
    """There is no local server; ``failed`` says why."""

    def __init__(self, failed: ServerFailed) -> None:
        """Keep what is known."""
        super().__init__("the local server ended" if failed.exit_code is not None else "it could not be started")
        self.failed = failed


class LocalServer(QObject):
    """Keeps one ``bcdesk serve`` alive: at most three new starts a minute, then it says why not."""

    ready = Signal(object)
    lost = Signal()
    failed = Signal(object)
    stopped = Signal()

    def __init__(self, folder: Path, parent: QObject | None = None, *, demo: bool = True) -> None:
        """Prepare a server on ``folder``, with demo data where that is empty; nothing runs before `start`."""
        super().__init__(parent)
        self._folder, self._demo = folder, demo
        self._stopping = False
        self._announced = False
        self._out = bytearray()
        self._words: deque[str] = deque(maxlen=_STDERR_LINES)
        self._restarts = 0
        self._forgive = QTimer(self, singleShot=True, interval=_RESTART_WINDOW_MS)
        self._forgive.timeout.connect(self._forget_restarts)
        self._kill = QTimer(self, singleShot=True, interval=_STOP_MS)
        self._process = QProcess(self)
        self._kill.timeout.connect(self._process.kill)
        self._process.readyReadStandardOutput.connect(self._read_out)
        self._process.readyReadStandardError.connect(self._read_err)
        self._process.finished.connect(self._on_finished)
        self._process.errorOccurred.connect(self._on_error)

    @property
    def pid(self) -> int:
        """The child's process id; 0 while none runs."""
        return int(self._process.processId())

    def start(self) -> None:
        """Start the child; `ready` or `failed` follows."""
        self._stopping = self._announced = False
        self._out.clear()
        program, *arguments = server_command(self._folder, demo=self._demo)
        self._process.setWorkingDirectory(str(itself.HOME))
        self._process.start(program, arguments)

    def retry(self) -> None:
        """Start again after `failed`, with a clean count."""
        self._restarts = 0
        if self._process.state() == QProcess.ProcessState.NotRunning:
            self.start()

    def stop(self) -> None:
        """Ask the child to end by closing its stdin, kill it after 5 s; `stopped` follows."""
        self._stopping = True
        self._forgive.stop()
        if self._process.state() == QProcess.ProcessState.NotRunning:
            self.stopped.emit()
            return
        self._kill.start()
        self._process.closeWriteChannel()

    def _read_out(self) -> None:
        self._out += self._process.readAllStandardOutput().data()
        if self._announced:
            self._out.clear()
            return
        line, newline, rest = self._out.partition(b"\n")
        if not newline:
            return
        token = _TOKEN.search(line)
        self._out[:] = rest
        try:
            if token is None:
                raise ValueError
            facts = json.loads(_TOKEN.sub(rb"\1\3", line))
            ready = Ready(
                base_url=str(facts["base_url"]),
                issuer=str(facts["issuer"]),
                version=str(facts["version"]),
                pid=int(facts["pid"]),
                token=OneTimeSecret(token[2].decode("ascii")),
            )
        except (ValueError, KeyError, TypeError):
            _log.error("the local server's first line is not the JSON line it promises")
            self._process.kill()
            return
        self._announced = True
        self._forgive.start()
        self.ready.emit(ready)

    def _read_err(self) -> None:
        for line in bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace").splitlines():
            self._words.append(line)
            _log.info("local server: %s", line)

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self.failed.emit(ServerFailed(None, (self._process.errorString(),)))

    def _on_finished(self, code: int, _status: QProcess.ExitStatus) -> None:
        self._kill.stop()
        if self._stopping:
            self.stopped.emit()
            return
        _log.warning("the local server ended by itself with code %d", code)
        if self._announced:
            self.lost.emit()
        if self._announced and self._restarts < _RESTARTS:
            self._restarts += 1
            self.start()
        else:
            self.failed.emit(ServerFailed(code, tuple(self._words)))

    def _forget_restarts(self) -> None:
        self._restarts = 0


def server_command(folder: Path, *, demo: bool = True) -> list[str]:
    """Return the command line of the child, whose stdout is needed."""
    kind = ("--demo",) if demo else ()
    words = ("serve", *kind, "--owner-token", "--exit-with-parent", "--data", str(folder))
    return itself.command(*words, console=True)
