"""A member signs in by the system's browser (RFC 8252), goes on where the last desk stopped, and signs out.

What goes wrong on the way is told as everywhere: `InsecureAddress`, `TlsFault`, `Unreachable`, `Garbled`; what only a
sign-in can meet is a `SignInFailedError`. Cancelling whoever waits for `sign_in` ends all of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from bcdesk.actions.reaching import client_error, tls_of
from bcdesk.client.address import checked_address
from bcdesk.client.errors import ClientError
from bcdesk.client.session_bearer import SessionBearer
from bcdesk.contract.first_party import CLIENT_ID, REDIRECT_URIS, SCOPE
from bcdesk.flow.failures import FlowError, Reason
from bcdesk.flow.loopback_page import WORDS
from bcdesk.store.vault import VaultClosedError

if TYPE_CHECKING:
    from bcdesk.client.client import Client
    from bcdesk.flow.loopback import Listener
    from bcdesk.flow.run import Run
    from bcdesk.flow.tokens import Tokens
    from bcdesk.store.cache import Cache
    from bcdesk.store.connections import Connection
    from bcdesk.store.session_vault import SessionVault

SECONDS: Final = 300.0
"""How long the browser may take."""
SIGN_OUT_SECONDS: Final = 5.0
"""How long the server has to hear of a sign-out."""


class Why(StrEnum):
    """Why somebody is not signed in."""

    PORT = "port"
    """This machine lets nothing listen for the browser's answer."""
    NOT_OURS = "not_ours"
    """No BeatConnect server answers at the address, or it calls itself by another one."""
    TIMED_OUT = "timed_out"
    DENIED = "denied"
    """Whoever sat at the browser said no."""
    ANSWER = "answer"
    """The browser came back with something that is not the answer to what was asked."""
    REFUSED = "refused"
    """The server said no."""


class SignInFailedError(Exception):
    """A sign-in that came to nothing; ``facts`` belong to the sentence, and none of them is secret."""

    def __init__(self, why: Why, reason: Reason | None = None, facts: Mapping[str, str] | None = None) -> None:
        """Name why, what the flow called it, and the facts."""
        super().__init__(why.value)
        self.why = why
        self.reason = reason
        self.facts = dict(facts or {})


@dataclass(frozen=True, slots=True)
class Session:
    """A member on a server; ``durable`` tells whether the next desk can go on with it without a sign-in."""

    connection: Connection
    bearer: SessionBearer = field(repr=False)
    durable: bool

    def client(self) -> Client:
        """Return the server as this member sees it; close it when done."""
        from bcdesk.client.client import Client
        from bcdesk.client.transport import Transport

        return Client(Transport(self.connection.url, self.bearer, tls=tls_of(self.connection)))


async def sign_in(
    *,
    connection: Connection,
    sessions: SessionVault,
    open_browser: Callable[[str], object],
    on_ended: Callable[[], object] | None = None,
    words: Mapping[str, str] = WORDS,
    timeout: float = SECONDS,  # noqa: ASYNC109 - it ends with a reason of its own
) -> Session:
    """Sign in at ``connection.url`` and return the session, kept for the next desk where the vault is open.

    ``open_browser`` gets the address once the answer can be received; ``words`` are those of the page that the
    browser ends on. ``on_ended`` is called once, should the server end the session later.
    """
    checked_address(connection.url)
    failure: Exception
    try:
        async with AsyncExitStack() as stack:
            listener = await _listening(stack, words)
            run = _prepared(connection, listener, timeout)
            stack.push_async_callback(run.aclose)
            stack.callback(run.cancel)
            url = await run.prepare()
            listener.offer = run.offer
            open_browser(url)
            await run.callback()
            return await _begin(connection, sessions, on_ended, run, await run.exchange())
    except FlowError as error:
        failure = _told(error)
    except SignInFailedError as error:
        failure = error
    raise failure.with_traceback(None)  # its frames hold what the run held


async def resume(
    *, connection: Connection, sessions: SessionVault, on_ended: Callable[[], object] | None = None
) -> Session | None:
    """Return the session that an earlier desk kept, None where there is none; raise `VaultClosedError` without the key.

    Nothing is asked of the server before the session's first request.
    """
    refresh = await sessions.load(connection.id, connection.url)
    if refresh is None:
        return None
    return _session(connection, sessions, on_ended, refresh.take())


async def sign_out(
    *, connection: Connection, sessions: SessionVault, cache: Cache | None = None, bearer: SessionBearer | None = None
) -> bool:
    """End a session on the server and here, with the offline copy; return whether the server heard of it.

    ``bearer`` is that of the session where one is open; otherwise what an earlier desk kept is ended.
    """
    try:
        if bearer is None:
            session = await resume(connection=connection, sessions=sessions)
            bearer = None if session is None else session.bearer
        return bearer is None or await _revoked(connection, bearer)
    except VaultClosedError:
        return False
    finally:
        await sessions.wipe(connection.id)
        if cache is not None:
            await cache.wipe()


async def _revoked(connection: Connection, bearer: SessionBearer) -> bool:
    from bcdesk.client.transport import Transport

    try:
        transport = Transport(connection.url, bearer, tls=tls_of(connection))
    except ClientError:
        return False
    try:
        async with asyncio.timeout(SIGN_OUT_SECONDS):
            return await bearer.revoke(transport.form)
    except TimeoutError:
        return False
    finally:
        await transport.aclose()


async def _listening(stack: AsyncExitStack, words: Mapping[str, str]) -> Listener:
    """Listen on 127.0.0.1 and ::1 both, on one port that is free; on ::1 alone where this machine has no other."""
    from bcdesk.flow.loopback import Listener

    last: FlowError | None = None
    for redirect_uri in REDIRECT_URIS:
        listener = Listener(redirect_uri, words=words)
        try:
            await listener.start()
        except FlowError as error:
            last = error
            if error.facts.get("why") != "no_address":
                break
        else:
            stack.push_async_callback(listener.close)
            return listener
    raise last or FlowError(Reason.LISTENER_PORT_TAKEN)


def _prepared(connection: Connection, listener: Listener, seconds: float) -> Run:
    from bcdesk.flow.run import Run
    from bcdesk.flow.values import Setup

    setup = Setup(
        issuer=connection.url,
        client_id=CLIENT_ID,
        redirect_uri=listener.redirect_uri,
        scopes=(SCOPE,),
        timeout=seconds,
        tls=tls_of(connection),
    )
    return Run(setup)


async def _begin(
    connection: Connection,
    sessions: SessionVault,
    on_ended: Callable[[], object] | None,
    run: Run,
    tokens: Tokens,
) -> Session:
    """Keep what the server gave and return it as a session; give back what is not what was asked for."""
    if SCOPE not in tokens.scopes or tokens.refresh is None:
        with suppress(FlowError):
            await run.revoke()
        what = "scope" if SCOPE not in tokens.scopes else "refresh_token"
        raise SignInFailedError(Why.NOT_OURS, facts={"what": what})
    before = await _kept(connection, sessions)
    refresh, access = tokens.refresh.show(), tokens.access.show()
    session = _session(connection, sessions, on_ended, refresh, access)
    session = replace(session, durable=await sessions.save(connection.id, refresh, connection.url))
    if before is not None:  # nobody can end it any more
        await _revoked(connection, before.bearer)
    return session


async def _kept(connection: Connection, sessions: SessionVault) -> Session | None:
    with suppress(VaultClosedError):
        return await resume(connection=connection, sessions=sessions)
    return None


def _session(
    connection: Connection,
    sessions: SessionVault,
    on_ended: Callable[[], object] | None,
    refresh: str,
    access: str = "",
) -> Session:
    """Return a session that keeps and wipes what is kept for as long as no other one follows it."""
    claim = sessions.claim(connection.id)

    async def keep(following: str) -> None:
        if sessions.owns(connection.id, claim):
            await sessions.save(connection.id, following, connection.url)

    async def ended() -> None:
        if sessions.owns(connection.id, claim):
            await sessions.wipe(connection.id)
            if on_ended is not None:
                on_ended()

    bearer = SessionBearer(refresh, keep=keep, on_ended=ended, access=access)
    return Session(connection, bearer, sessions.durable(connection.id))


_WHY: Final = {
    Reason.LISTENER_PORT_TAKEN: Why.PORT,
    Reason.LISTENER_NOT_LOOPBACK: Why.PORT,
    Reason.DISCOVERY_FAILED: Why.NOT_OURS,
    Reason.DISCOVERY_FOREIGN_ISSUER: Why.NOT_OURS,
    Reason.DISCOVERY_NOT_METADATA: Why.NOT_OURS,
    Reason.BROWSER_TIMEOUT: Why.TIMED_OUT,
    Reason.CALLBACK_ERROR: Why.REFUSED,
    Reason.TOKEN_REFUSED: Why.REFUSED,
    Reason.STEP_REFUSED: Why.REFUSED,
}


def _told(error: FlowError) -> Exception:
    """Return a failed flow as whoever signs in hears of it."""
    why = _WHY.get(error.reason, Why.ANSWER)
    if error.reason is Reason.CALLBACK_ERROR and error.facts.get("error") == "access_denied":
        why = Why.DENIED
    return client_error(error) or SignInFailedError(why, error.reason, error.facts)
