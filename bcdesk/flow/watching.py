"""``bcdesk watch``: the steps of an application's flows as the server judges them, and what to change in its code."""

import argparse
import asyncio
import contextlib
import json
import os
import re
import signal
import sys
import time
from collections.abc import Callable
from typing import Final, NamedTuple, TextIO

from bcdesk import log
from bcdesk.contract.flow_rows import HopRow
from bcdesk.flow.watch import Diagnosis, Watch
from bcdesk.flow.watch_words import sentence

GONE: Final = 1
USAGE: Final = 2
LOOK_SECONDS: Final = 5.0
_CLIENT_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Way(NamedTuple):
    """How the server is reached: its address, and what draws a member's token, again after it has ended."""

    base_url: str
    sign_in: Callable[[], str]
    again: bool = False
    """Whether drawing one again gives another one."""


class WayError(Exception):
    """The options name no way to a server; the text says why."""


def add_options(verb: argparse.ArgumentParser) -> None:
    """Add the options of the verb to its parser, but for those of the data folder."""
    verb.add_argument("--client", required=True, metavar="ID", help="the client_id of the application")
    verb.add_argument("--server", metavar="URL", help="another server than the one that runs on this machine")
    verb.add_argument("--token-env", metavar="NAME", help="the environment variable that holds a manager's token")
    verb.add_argument("--json", action="store_true", help="write each hop and each diagnosis as a JSON line")
    verb.add_argument("--for", type=_seconds, metavar="SECONDS", dest="seconds", help="end after that long")


def way_by_token(options: argparse.Namespace, base_url: str | None) -> Way | None:
    """Return the way by a token of the environment, or None where none is named; raise `WayError`."""
    if options.token_env is None:
        if options.server is not None:
            raise WayError("--server takes --token-env, the variable that holds a manager's token")
        return None
    token = os.environ.get(options.token_env, "")
    if not token:
        raise WayError(f"the environment has no {options.token_env}")
    address = options.server or base_url
    if address is None:
        raise WayError("no server runs here, and --server names none")
    return Way(address, lambda: token)


def watch(options: argparse.Namespace, way: Way, out: TextIO | None = None) -> int:
    """Watch until told to stop; return 0 then, 1 where there is no server that lets us, 2 on a bad client id."""
    log.setup(log.level_of_environment("ERROR"), sys.stderr)
    if not _CLIENT_ID.fullmatch(options.client):
        return refuse("--client takes a client_id", USAGE)
    try:
        return asyncio.run(_Watching(options, way, out or sys.stdout).run())
    except KeyboardInterrupt:  # where signals cannot be caught otherwise
        return 0


def refuse(words: str, code: int) -> int:
    """Say on stderr why nothing is watched, and return ``code``."""
    sys.stderr.write(f"bcdesk watch: {words}\n")
    return code


class _Watching:
    """One call of the verb, from its first connection to its end."""

    def __init__(self, options: argparse.Namespace, way: Way, out: TextIO) -> None:
        self._options: Final = options
        self._way: Final = way
        self._out: Final = out
        self._watch: Final = Watch()
        self._stop: Final = asyncio.Event()
        self._last: HopRow | None = None
        self._heard = time.monotonic()
        self._failure: str | None = None

    async def run(self) -> int:
        """Read and tell until the time is over, a signal comes, the reader hangs up, or the server says no."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):
                loop.add_signal_handler(number, self._stop.set)
        async with asyncio.TaskGroup() as tasks:
            working = [tasks.create_task(self._read()), tasks.create_task(self._look())]
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._options.seconds):
                    await self._stop.wait()
            for task in working:
                task.cancel()
        return 0 if self._failure is None else refuse(self._failure, GONE)

    async def _read(self) -> None:
        """Follow the hops; where a token ends that can be drawn again, draw one."""
        from bcdesk.client.errors import ClientError, SignInNeeded

        while not self._stop.is_set():
            before = time.monotonic()
            try:
                await self._follow()
                return
            except SignInNeeded as error:
                if self._way.again and time.monotonic() - before > LOOK_SECONDS:
                    continue
                self._failure = _words(error)
            except ClientError as error:
                self._failure = _words(error)
            except _NoWay as error:
                self._failure = str(error)
            self._stop.set()

    async def _follow(self) -> None:
        from bcdesk.client.bearer import Bearer
        from bcdesk.client.client import Client
        from bcdesk.client.transport import Transport

        try:
            token = Bearer(await asyncio.to_thread(self._way.sign_in))
        except Exception as error:  # noqa: BLE001 - whatever the way is, its words alone are told
            raise _NoWay(str(error)) from None
        client = Client(Transport(self._way.base_url, token))
        try:
            await client.session(attempts=1)  # says at once where nobody answers, or lets us not in
            last_id = None if self._last is None else self._last.id
            hops = client.flow_trace.tail(client_id=self._options.client, last_id=last_id)
            async with contextlib.aclosing(hops):
                async for hop in hops:
                    self._last, self._heard = hop, time.monotonic()
                    self._tell_hop(hop)
                    self._tell(self._watch.take(hop))
        finally:
            await client.aclose()

    async def _look(self) -> None:
        """Tell now and then what time alone tells; it is the server's time, which went on since its last hop."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if self._last is not None:
                self._tell(self._watch.look(self._last.at + time.monotonic() - self._heard))

    def _tell_hop(self, hop: HopRow) -> None:
        if self._options.json:
            self._write(json.dumps({"hop": {**hop._asdict(), "rules": [rule._asdict() for rule in hop.rules]}}))
            return
        at = time.strftime("%H:%M:%S", time.localtime(hop.at))
        rules = [
            f"{rule.verdict.upper() if rule.verdict == 'failed' else rule.verdict} {rule.id}: {rule.reason}"
            for rule in hop.rules
            if rule.verdict != "passed"
        ]
        kept = sum(rule.verdict == "passed" for rule in hop.rules)
        parts = [hop.error, f"{kept} rules kept" if kept else "", *rules, *hop.effects, f"from {hop.address}"]
        self._write(f"{at}  {hop.endpoint:<10} {hop.status}  {' · '.join(part for part in parts if part)}")

    def _tell(self, found: tuple[Diagnosis, ...]) -> None:
        for one in found:
            if self._options.json:
                self._write(json.dumps({"diagnosis": {**one._asdict(), "text": sentence(one)}}))
            else:
                self._write(f"          {one.code}: {sentence(one)}")

    def _write(self, line: str) -> None:
        plain = "".join(character if character.isprintable() else "?" for character in line)
        try:
            print(plain, file=self._out, flush=True)
        except OSError:  # whoever read this hung up
            self._stop.set()


class _NoWay(Exception):
    pass


def _words(error: Exception) -> str:
    from bcdesk.client.errors import Forbidden, SignInNeeded, Unreachable

    if isinstance(error, Unreachable):
        return f"the server cannot be reached ({error.reason})"
    if isinstance(error, SignInNeeded):
        return "the token is unknown, expired or revoked"
    if isinstance(error, Forbidden):
        return "this needs the role manager"
    return f"the server gives no trace ({error})"


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 10**8:
        raise argparse.ArgumentTypeError("a number of seconds above 0")
    return seconds
