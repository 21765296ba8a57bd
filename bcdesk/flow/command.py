"""``bcdesk flow``: one run without the desk, for a terminal, a script or a CI job."""

import asyncio
import contextlib
import logging
import os
import signal
import sys
import threading
import webbrowser
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, Protocol, TextIO

from bcdesk import itself, log
from bcdesk.flow.callback import Verdict
from bcdesk.flow.console import Console, Told, facts_of, steps_of
from bcdesk.flow.export.command import has_open_port, is_listenable
from bcdesk.flow.failures import FlowError, Reason
from bcdesk.flow.front import Via
from bcdesk.flow.held import Held
from bcdesk.flow.loopback import Listener
from bcdesk.flow.options import Asked, UsageError, asked
from bcdesk.flow.run import Run
from bcdesk.flow.stdin import Pasted

CANCELLED: Final = "cancelled"
BROKEN: Final = "internal"
"""What the result says of a fault of this program."""
_log = logging.getLogger(__name__)
_SIGNALS: Final = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class Browser(Protocol):
    """What opens the authorization page; ``catches`` is whether it takes the answer itself, without a listener."""

    catches: bool

    async def open(self, run: Run, url: str) -> None:
        """Open ``url`` for ``run``, and return at once."""

    async def close(self) -> None:
        """Close what was opened."""


class Nobody:
    """Leaves the address to whoever reads the output."""

    catches = False

    async def open(self, run: Run, url: str) -> None:
        """Do nothing: the address is in the first line."""

    async def close(self) -> None:
        """Have nothing to close."""


class SystemBrowser(Nobody):
    """Opens the address with the browser of the system, in a thread that the end of the program does not wait for."""

    async def open(self, run: Run, url: str) -> None:
        """Ask the system to open ``url``."""
        threading.Thread(target=_browse, args=(url,), daemon=True, name="browser").start()


def _browse(url: str) -> None:
    with itself.as_found():
        webbrowser.open(url)


def flow(options: Namespace) -> int:
    """Run what ``options`` ask for with the system's browser, or with none; return the exit code."""
    wanted = wish(options)
    if wanted is None:
        return 2
    with own_stdout() as out:
        browser: Browser = Nobody() if options.browser == "print" else SystemBrowser()
        return asyncio.run(Command(wanted, console_for(options, out), browser).run())


def wish(options: Namespace) -> Asked | None:
    """Return what ``options`` ask for; None, said on stderr, where they do not go together."""
    log.setup(log.level_of_environment("ERROR"), sys.stderr)
    try:
        return asked(options)
    except UsageError as error:
        sys.stderr.write(f"bcdesk flow: {error}\n")
        return None


def console_for(options: Namespace, out: TextIO) -> Console:
    """Return what writes as ``options`` ask for."""
    return Console(out, sys.stderr, as_json=options.json or options.browser == "print", browser=options.browser)


@contextlib.contextmanager
def own_stdout() -> Iterator[TextIO]:
    """Lend stdout to this program alone: what a browser that it starts prints goes to stderr meanwhile."""
    sys.stdout.flush()
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    try:
        yield out
    finally:
        os.dup2(out.fileno(), 1)
        with contextlib.suppress(OSError):  # whoever read it hung up
            out.close()


class Command:
    """One run from its options to its result line."""

    def __init__(self, wanted: Asked, console: Console, browser: Browser) -> None:
        """Prepare; nothing is sent yet."""
        self._setup = wanted.setup
        self._variable = wanted.secret_variable
        self._console = console
        self._browser = browser
        self._run: Run | None = None

    async def run(self) -> int:
        """Run, tell how it ended, and return the exit code; whatever happens nothing is left behind."""
        body = asyncio.get_running_loop().create_task(self._all(), name="flow")  # held here until it is done
        told = Told([], {})
        with _signals_cancel(body):
            try:
                await asyncio.wait((body,))
            except asyncio.CancelledError:  # Ctrl+C where asyncio's runner hears it
                body.cancel()
                await asyncio.wait((body,))
            if self._run is not None:
                self._run.cancel()
                told = Told(steps_of(self._run), facts_of(self._run.tokens))
                await self._run.aclose()
        error = _ending(body)
        self._console.result(error, told)
        return 0 if error is None else 1

    async def _all(self) -> None:
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(self._browser.close)
            listener = await self._listener(stack)
            secret = None if self._variable is None else Held(os.environ[self._variable])
            self._run = run = Run(self._setup, secret=secret)
            stack.callback(run.trace.listen(self._console.hop))
            url = await run.prepare()
            if not self._console.authorize(url, self._setup.redirect_uri):
                raise FlowError(Reason.BROWSER_GONE, what="nobody reads the output")
            if listener is None and not self._browser.catches:
                Pasted(run, self._console).start()
            await self._browser.open(run, url)
            await run.callback()
            await run.go_on()

    async def _listener(self, stack: contextlib.AsyncExitStack) -> Listener | None:
        """Start to listen where the redirect URI leads to this machine; port 0 becomes the one that was free."""
        uri = self._setup.redirect_uri
        if not is_listenable(uri) or (self._browser.catches and not has_open_port(uri)):
            return None
        listener = Listener(uri, self._offer)
        stack.push_async_callback(listener.close)
        await listener.start()
        self._setup = replace(self._setup, redirect_uri=listener.redirect_uri)
        return listener

    def _offer(self, url: str, *, via: Via) -> Verdict:
        if self._run is None:  # somebody knocks before the browser is sent
            return Verdict("foreign", Reason.CALLBACK_NOT_REDIRECT)
        verdict = self._run.offer(url, via=via)
        if verdict.kind == "foreign" and verdict.reason is not None:
            self._console.foreign(verdict.reason)
        return verdict


def _ending(body: "asyncio.Task[None]") -> str | None:
    """Return what the result says of how ``body`` ended; None where all went well."""
    if body.cancelled():
        return CANCELLED
    error = body.exception()
    if error is None:
        return None
    if isinstance(error, FlowError):
        return str(error.reason)
    _log.error("the run broke: %s", type(error).__name__)  # its text may hold what the server sent
    return BROKEN


@contextlib.contextmanager
def _signals_cancel(body: "asyncio.Task[None]") -> Iterator[None]:
    """Let a signal cancel ``body``; whoever closes what it opened is left in peace."""
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        yield  # there asyncio's runner hears Ctrl+C
        return
    loop = asyncio.get_running_loop()
    for one in _SIGNALS:
        loop.add_signal_handler(one, body.cancel)
    try:
        yield
    finally:
        for one in _SIGNALS:
            loop.remove_signal_handler(one)
