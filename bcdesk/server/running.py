"""A server at work: its state, the ready line, uvicorn, what is done beside the requests, and the clean end."""

import asyncio
import contextlib
import gc
import json
import logging
import os
import ssl
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import uvicorn

from bcdesk import __version__
from bcdesk.server.here import announced
from bcdesk.server.limits import Limits
from bcdesk.server.listening import ListenError, Listening
from bcdesk.server.parent import end_with_parent
from bcdesk.server.place import Place, opened
from bcdesk.server.state import ServerState
from bcdesk.server.usage import Usage

KEEP_ALIVE_SECONDS: Final = 75
"""Longer than clients keep an idle connection, so that the server never hangs up on a request under way."""
STOP_SECONDS: Final = 5
WARM_UP_SECONDS: Final = 5
SETTLE_SECONDS: Final = 60
_log = logging.getLogger(__name__)


def run(folder: Path, listening: Listening, options: Namespace) -> None:
    """Serve the data of ``folder`` at ``listening`` until told to stop; raise `RefusedError` where it cannot start."""
    with opened(folder, options.database) as place:
        state = state_at(place, listening, Limits(options.limits))
        _prepare(state, options)
        try:
            with announced(folder, state.base_url, listening.bound_url):
                asyncio.run(_run(state, listening, options))
        finally:
            state.usage.flush()


def state_at(place: Place, listening: Listening, limits: Limits) -> ServerState:
    """Return the state of a server on ``place`` that answers at ``listening``."""
    from bcdesk.server.demo import is_demo

    state = ServerState(
        database=place.database,
        secret=place.secret,
        server_id=place.server_id,
        version=__version__,
        data_dir=place.folder,
        base_url=listening.base_url,
        issuer=listening.base_url,
        also_at=(listening.bound_url,),
        limiter=limits,
    )
    state.usage = Usage(place.database, state.now)
    with place.database.read() as connection:
        state.demo = is_demo(connection)
    return state


def _prepare(state: ServerState, options: Namespace) -> None:
    if options.limits:
        state.limiter.warm()
    if options.demo and not state.demo:
        from bcdesk.server.demo import seed

        state.demo = seed(state)
        if not state.demo:
            _log.info("the database is in use already: no demo data was put into it")
    if state.demo:
        from bcdesk.server import users

        with state.database.write() as connection:
            users.seed_demo(state, connection, state.now())  # demo data of before there were any


def _ready_line(state: ServerState, *, owner_token: bool) -> str:
    _log.info("answering at %s", state.base_url)
    line = {"base_url": state.base_url, "issuer": state.issuer, "version": state.version, "pid": os.getpid()}
    if owner_token:
        from bcdesk.server.members import draw_token, first_owner

        token = draw_token()
        state.owner_member_id = first_owner(state)
        state.owner_token_hmac = state.secret.token_hmac(token)
        line["owner_token"] = token
    elif not state.demo:
        _show_first_link(state)
    return json.dumps(line) + "\n"


def _show_first_link(state: ServerState) -> None:
    """Write on stderr how the first owner comes in, where nobody can yet; the log would hide the code."""
    from bcdesk.contract.first_party import setup_link
    from bcdesk.server import setups

    token = setups.for_first_owner(state, state.now())
    if token is not None:
        sys.stderr.write(f"bcdesk serve: the first owner sets up at {setup_link(state.base_url, token)}"
                         " (works once, for 15 minutes)\n")  # fmt: skip
        sys.stderr.flush()


async def _run(state: ServerState, listening: Listening, options: Namespace) -> None:
    from bcdesk.server.app import create_app
    from bcdesk.server.http_protocol import BoundedProtocol

    config = uvicorn.Config(
        create_app(state),
        loop="asyncio",
        http=BoundedProtocol,  # llhttp takes a third of the time that h11 takes
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
        # Off unless asked for: uvicorn would believe X-Forwarded-For of every local caller.
        proxy_headers=bool(options.trusted_proxy),
        forwarded_allow_ips=options.trusted_proxy,
        ssl_certfile=options.tls_cert,
        ssl_keyfile=options.tls_key,
    )
    try:
        config.load()
    except (OSError, ssl.SSLError) as error:
        raise ListenError(f"the certificate or its key cannot be used ({type(error).__name__})") from None
    server = _Server(config, lambda: _announce(_ready_line(state, owner_token=options.owner_token)), state.end_tails)
    loop = asyncio.get_running_loop()
    if options.exit_with_parent:
        end_with_parent(lambda: _in_loop(loop, server.stop))
    async with asyncio.TaskGroup() as tasks:
        keeping = [tasks.create_task(state.usage.run()), tasks.create_task(_maintain(state))]
        await server.serve(sockets=[listening.socket])
        for task in keeping:
            task.cancel()


class _Server(uvicorn.Server):
    """Announces itself once it answers, and takes SIGTERM or SIGINT as the wish to stop, not as a way to die."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None], end_tails: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce
        self._end_tails = end_tails

    def stop(self) -> None:
        self.should_exit = True

    async def startup(self, sockets: list[Any] | None = None) -> None:
        await super().startup(sockets)
        if self.started and not self.should_exit:
            gc.freeze()
            gc.enable()
            self._announce()

    async def shutdown(self, sockets: list[Any] | None = None) -> None:
        self._end_tails()  # replies that last until their reader leaves
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        with super().capture_signals():
            yield
            self._captured_signals.clear()  # or uvicorn raises them once more at the end


def _announce(line: str) -> None:
    """Write the ready line; whoever wanted it may have gone, which is what the lifeline sees."""
    with contextlib.suppress(OSError):
        sys.stdout.write(line)
        sys.stdout.flush()


def _in_loop(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    with contextlib.suppress(RuntimeError):  # the loop has ended already
        loop.call_soon_threadsafe(call)


async def _maintain(state: ServerState) -> None:
    """Get ready for calls of keys once the first requests are answered, then end each minute what is overdue."""
    from sqlalchemy.exc import SQLAlchemyError
    from starlette.concurrency import run_in_threadpool

    from bcdesk.server import handovers
    from bcdesk.server.apps import gone
    from bcdesk.server.oauth import upkeep

    await asyncio.sleep(WARM_UP_SECONDS)
    if state.limiter.local:
        await run_in_threadpool(state.limiter.warm)
    while True:
        try:
            await run_in_threadpool(handovers.settle, state, state.now())
            await run_in_threadpool(gone.settle, state, state.now())
            await run_in_threadpool(upkeep.tidy, state, state.now())
            state.hops.settle()
        except SQLAlchemyError as error:
            _log.warning("what is overdue waits for the database (%s)", type(error).__name__)
        await asyncio.sleep(SETTLE_SECONDS)
