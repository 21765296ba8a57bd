"""One run of an OAuth client: prepare, authorize, callback, token, and what follows; each step traced and redacted."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from bcdesk.contract.flow_rows import run_of
from bcdesk.flow.asking import check_setup
from bcdesk.flow.callback import Verdict
from bcdesk.flow.discovery import discover
from bcdesk.flow.failures import Failure, FlowError, Reason
from bcdesk.flow.front import Front, Via
from bcdesk.flow.held import Held
from bcdesk.flow.recorder import Recorder
from bcdesk.flow.redact import Redactor
from bcdesk.flow.steps import Steps
from bcdesk.flow.stopping import Stops
from bcdesk.flow.tokens import Tokens
from bcdesk.flow.trace import Channel, Hop, Message, Trace
from bcdesk.flow.values import ENDED, Phase, ServerFacts, Setup

if TYPE_CHECKING:
    from bcdesk.flow.wire import Got, Wire

__all__ = ["Run", "Via"]


class Run:
    """Takes its steps one after another; who calls them decides when, and the trace says what happened.

    A step that fails raises `FlowError` and sets ``failure``. `cancel` ends any step with ``CancelledError``.
    No step starts a token request unless the callback passed every check.
    """

    def __init__(
        self,
        setup: Setup,
        *,
        secret: Held | None = None,
        wire: "Wire | None" = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Take charge of ``secret`` and ``wire``: both end with the run."""
        self.setup = setup
        self.trace = Trace()
        self.phase = Phase.NEW
        self.failure: Failure | None = None
        self.facts: ServerFacts | None = None
        self._now = now
        self._redactor = Redactor()
        self._recorder = Recorder(self.trace, self._redactor, now)
        self._secret = self._redactor.hold("client_secret", secret) if secret is not None else None
        self._wire = wire
        self._front: Front | None = None
        self._steps: Steps | None = None
        self._answered = asyncio.Event()
        self._stops = Stops()
        self._heard: list[Callable[[Run], None]] = []
        self._closed = False

    @property
    def tokens(self) -> Tokens | None:
        """Return the tokens; None before there are any and after the run was closed."""
        return self._steps.tokens if self._steps is not None else None

    @property
    def state(self) -> str | None:
        """Return the state of the request; None before `prepare`."""
        return self._front.state if self._front is not None else None

    @property
    def authorize_url(self) -> str | None:
        """Return the address that the browser is to open; None before `prepare`."""
        return self._front.url if self._front is not None else None

    @property
    def deadline(self) -> float | None:
        """Tell when the browser's time is over, in seconds since the epoch; None before `prepare`."""
        return self._front.deadline if self._front is not None else None

    @property
    def remaining(self) -> float:
        """Count the seconds that the browser has left."""
        return self._front.remaining if self._front is not None else 0.0

    @property
    def run_id(self) -> str | None:
        """Name the run as our server's trace does; None before `prepare`."""
        return run_of(self._front.state) if self._front is not None else None

    def listen(self, callback: Callable[["Run"], None]) -> Callable[[], None]:
        """Call ``callback`` with the run after each change of phase or failure, until what is returned is called."""
        self._heard.append(callback)
        return lambda: self._heard.remove(callback) if callback in self._heard else None

    async def prepare(self) -> str:
        """Find the server's endpoints and return the address that the browser is to open."""
        async with self._step(Phase.PREPARING, Phase.AUTHORIZING):
            if self._front is not None:
                raise FlowError(Reason.SETUP_INVALID, what="prepared")
            check_setup(self.setup)
            if self._wire is None:
                from bcdesk.flow.wire import Wire

                self._wire = Wire(self.setup.tls)
            facts = self.setup.server
            if facts is None:
                facts = await discover(self._wire, self.setup.issuer, self.trace, recorder=self._recorder)
            self.facts = facts
            self._front = Front(self.setup, facts, self._recorder, self._now)
            return self._front.url

    def offer(self, url: str, *, via: Via = "browser") -> Verdict:
        """Judge an address that the browser arrived at; one that is not this run's changes nothing."""
        if self._front is None or self._answered.is_set() or self.phase is not Phase.AUTHORIZING:
            return Verdict("foreign", facts={"ended": self.phase.value})
        verdict, failure = self._front.judge(url, via)
        if failure is None:
            self._answered.set()
            self._enter(Phase.CALLBACK)
        elif verdict.kind != "foreign":
            self._fail(failure)
        return verdict

    async def callback(self) -> None:
        """Wait until an answer passed every check; raise where one failed, or the browser's time is over."""
        if self._front is None:
            self._raise_failure()
            raise FlowError(Reason.STEP_MISSING, what="prepare")
        if not self._answered.is_set():
            async with self._stops.stoppable():
                try:
                    async with asyncio.timeout(self._front.remaining):
                        await self._answered.wait()
                except TimeoutError:
                    self.fail(Reason.BROWSER_TIMEOUT, seconds=f"{self.setup.timeout:g}")
        self._raise_failure()

    async def exchange(self) -> Tokens:
        """Turn the code into tokens; a code is sent once."""
        self._raise_failure()
        front, wire, facts = self._front, self._wire, self.facts
        if front is None or front.code is None or wire is None or facts is None or self.phase is not Phase.CALLBACK:
            raise FlowError(Reason.STEP_MISSING, what="code")
        code, front.code = front.code, None
        async with self._step(Phase.TOKEN, Phase.USING if self.setup.then else Phase.DONE):
            self._steps = Steps(self.setup, facts, wire, self._recorder, self._secret, self._now)
            return await self._steps.exchange(code, front.verifier, front.nonce)

    async def refresh(self) -> Tokens:
        """Turn the refresh token into new tokens."""
        async with self._using() as steps:
            return await steps.refresh()

    async def introspect(self, which: str = "access") -> dict[str, Any]:
        """Ask what a token is (RFC 7662); ``which`` is access or refresh."""
        async with self._using() as steps:
            return await steps.introspect(which)

    async def userinfo(self) -> dict[str, Any]:
        """Ask who signed in (OpenID Connect Core §5.3)."""
        async with self._using() as steps:
            return await steps.userinfo()

    async def call(self, url: str) -> "Got":
        """Get ``url`` with the access token."""
        async with self._using() as steps:
            return await steps.call(url)

    async def revoke(self, which: str = "refresh") -> None:
        """End a token (RFC 7009)."""
        async with self._using() as steps:
            await steps.revoke(which)

    async def go_on(self) -> None:
        """Exchange the code, then do all that the setup names; the first failure is raised when all were tried."""
        await self.exchange()
        first: tuple[FlowError, Failure | None] | None = None
        for step in self.setup.then:
            try:
                if step == "call":
                    await self.call(self.setup.api_url or "")
                else:
                    await getattr(self, step)()
            except FlowError as error:
                first = first or (error, self.failure)
        if first is not None:
            self._fail(first[1] or Failure(first[0].reason, 0, {}))
            raise first[0]
        self._enter(Phase.DONE)

    def page(self, url: str, *, title: str = "", ok: bool | None = None) -> Hop:
        """Note a page that the browser opened on its way."""
        base, query = self._redactor.url(url)
        hop = self._recorder.begin("page", Channel.FRONT, Message("GET", base, None, query))
        if title:
            hop.facts["title"] = self._redactor.text(title[:200])
        hop.ok = ok
        self.trace.touch(hop)
        return hop

    def fail(self, failure: Failure | Reason, **facts: str) -> None:
        """End the run with what its window found out, such as a certificate that is not trusted."""
        if self.phase in ENDED:
            return
        if isinstance(failure, Reason):
            hop = self._current()
            error = FlowError(failure, **facts)
            failure = Failure(failure, 0, facts) if hop is None else self._recorder.failed(hop, error)
        self._fail(failure._replace(facts=self._redactor.facts(failure.facts)))

    def cancel(self) -> None:
        """End the run; a step under way ends with ``CancelledError``."""
        if self.phase not in ENDED:
            self._enter(Phase.CANCELLED)
        for hop in self.trace.hops:
            if hop.ok is None and hop.name != "page":
                self._recorder.end(hop, ok=False)
        self._stops.stop()

    async def aclose(self) -> None:
        """End what is under way, wipe every secret and close the wire; calling it again does nothing."""
        if self._closed:
            return
        self._closed = True
        self.cancel()
        await self._stops.stopped()
        if self._front is not None:
            self._front.code = None
        if self._steps is not None:
            self._steps.tokens = None
        self._redactor.wipe()
        if self._wire is not None:
            await self._wire.aclose()

    @asynccontextmanager
    async def _using(self) -> AsyncIterator[Steps]:
        steps = self._steps
        if steps is None or steps.tokens is None:
            raise FlowError(Reason.STEP_MISSING, what="tokens")
        before = self.phase
        if before is Phase.DONE:
            self.failure = None
        self._enter(Phase.USING)
        try:
            async with self._stops.stoppable():
                yield steps
        except FlowError as error:
            self.failure = steps.failure or Failure(error.reason, 0, self._redactor.facts(error.facts))
            raise
        finally:
            if self.phase is Phase.USING:
                self._enter(before)

    @asynccontextmanager
    async def _step(self, during: Phase, after: Phase) -> AsyncIterator[None]:
        if self.phase in ENDED:
            raise FlowError(Reason.STEP_MISSING, what="ended")
        self._enter(during)
        try:
            async with self._stops.stoppable():
                yield
        except FlowError as error:
            hop = self.trace.hops[-1].id if self.trace.hops else 0
            self._fail(Failure(error.reason, hop, self._redactor.facts(error.facts)))
            raise
        except asyncio.CancelledError:
            self.cancel()
            raise
        if self.phase is during:
            self._enter(after)

    def _current(self) -> Hop | None:
        """Return the hop that what comes from outside is shown at: the browser's, or the last one."""
        if self._front is not None:
            return self._front.asked
        return self.trace.hops[-1] if self.trace.hops else None

    def _raise_failure(self) -> None:
        if self.failure is not None:
            raise FlowError(self.failure.reason, **self.failure.facts)
        if self.phase is Phase.CANCELLED:
            raise asyncio.CancelledError

    def _fail(self, failure: Failure) -> None:
        self.failure = failure
        self._answered.set()
        self._enter(Phase.FAILED)

    def _enter(self, phase: Phase) -> None:
        self.phase = phase
        for heard in tuple(self._heard):
            heard(self)
