"""The address that a person landed on, pasted into the terminal: for a redirect that nothing can listen on."""

import asyncio
import contextlib
import os
import threading
from typing import Final

from bcdesk.flow.console import Console
from bcdesk.flow.failures import Reason
from bcdesk.flow.run import Run
from bcdesk.flow.values import Phase

LINE_MAX: Final = 65_536
_STDIN: Final = 0


class Pasted:
    """Offers each line of stdin to a run, until it takes one."""

    def __init__(self, run: Run, console: Console) -> None:
        """Read for ``run``; say on ``console`` why a line was not the one."""
        self._run = run
        self._console = console
        self._loop = asyncio.get_running_loop()

    def start(self) -> None:
        """Ask for the address, and read in a thread that the end of the program does not wait for."""
        self._console.say("paste the address that the browser was sent to, and press Enter")
        threading.Thread(target=self._read, daemon=True, name="pasted").start()

    def _read(self) -> None:
        rest = b""
        while True:
            try:
                chunk = os.read(_STDIN, LINE_MAX)  # not sys.stdin: its lock would hold up the interpreter's end
            except OSError:
                chunk = b""
            *lines, rest = (rest + chunk).split(b"\n")
            if not chunk or len(rest) > LINE_MAX:
                lines, rest = [*lines, rest], b""
            for line in lines:
                self._tell(line)
            if not chunk:
                self._tell(None)
                return

    def _tell(self, line: bytes | None) -> None:
        with contextlib.suppress(RuntimeError):  # the run is over, and its loop closed
            self._loop.call_soon_threadsafe(self._take, line)

    def _take(self, line: bytes | None) -> None:
        if self._run.phase is not Phase.AUTHORIZING:
            return
        if line is None:
            self._run.fail(Reason.BROWSER_GONE, what="stdin ended before an address came")
            return
        address = line.decode("utf-8", "replace").strip()
        if not address:
            return
        verdict = self._run.offer(address, via="paste")
        if self._run.phase is Phase.AUTHORIZING:
            self._console.foreign(verdict.reason or Reason.CALLBACK_FOREIGN_STATE)
