"""One run of an OAuth client: prepare, authorize, callback, token, and what follows; each step traced and redacted."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from bcdesk.flow.asking import check_setup
from bcdesk.flow.callback import Verdict
from bcdesk.flow.discovery import discover
from bcdesk.flow.failures import Failure, FlowError, Reason
from bcdesk.flow.front import Front, Via
from bcdesk.flow.held import Held
from bcdesk.flow.recorder import Recorder
from bcdesk.flow.redact import Redactor
from bcdesk.flow.standing import Standing
from bcdesk.flow.steps import Steps
from bcdesk.flow.stopping import Stops
from bcdesk.flow.tokens import Tokens
from bcdesk.flow.trace import Channel, Hop, Message, Trace
from bcdesk.flow.values import ENDED, Phase, ServerFacts, Setup

if TYPE_CHECKING:
    from bcdesk.flow.wire import Got, Wire

__all__ = ["Run", "Via"]


class Run(Standing):
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
        super().__init__()
        self.setup = setup
        self.trace = Trace()
        self.facts: ServerFacts | None = None
        self._now = now
        self._redactor = Redactor()
        self._recorder = Recorder(self.trace, self._redactor, now)
        self._secret = self._redactor.hold("client_secret", secret) if secret is not None else None
        self._wire = wire
        self._steps: Steps | None = None
        self._answered = asyncio.Event()
        self._stops = Stops()
        self._closed = False

    @property
    def tokens(self) -> Tokens | None:
        """Return the tokens; None before there are any and after the run was closed."""
        return self._steps.tokens if self._steps is not None else None

    async def prepare(self) -> str:
        """Find the server's endpoints and return the address that the browser is to open."""
        async with self._step("prepare", Phase.PREPARING, Phase.AUTHORIZING):
            if self._front is not None:
                raise FlowError(Reason.SETUP_INVALID, what="prepared")
            check_setup(self.setup)
            if self._wire is None:
                from bcdesk.flow.wire import Wire

                self._wire = Wire(self.setup.tls)
            facts = self.setup.server
            if facts is None:
                facts = await discover(self._wire, self.setup.issuer, self.trace, recorder=self._recorder)
            self._stops.check()
            self.facts = facts
            self._front = Front(self.setup, facts, self._recorder, self._now)
            return self._front.url

    def offer(self, url: str, *, via: Via = "browser") -> Verdict:
        """Judge an address that the browser arrived at; one that is not this run's changes nothing."""
        if self._front is not None and not self._front.remaining and not self._answered.is_set():
            self._time_is_over()
        if self._front is None or self._answered.is_set() or self.phase is not Phase.AUTHORIZING:
            return Verdict("foreign", facts={"ended": self.phase.value})
        verdict, failure = self._front.judge(url, via)
        if verdict.kind == "code":
            self._answered.set()
            self._enter(Phase.CALLBACK)
        elif verdict.kind != "foreign" and failure is not None:
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
                    if not self._answered.is_set():
                        self._time_is_over()
        self._raise_failure()

    async def exchange(self) -> Tokens:
        """Turn the code into tokens; a code is sent once."""
        self._raise_failure()
        front, wire, facts = self._front, self._wire, self.facts
        if front is None or front.code is None or wire is None or facts is None or self.phase is not Phase.CALLBACK:
            raise FlowError(Reason.STEP_MISSING, what="code")
        code, front.code = front.code, None
        async with self._step("token", Phase.TOKEN, Phase.USING if self.setup.then else Phase.DONE):
            self._steps = Steps(self.setup, facts, wire, self._recorder, self._secret, self._now)
            return await self._steps.exchange(code, front.verifier, front.nonce)

    async def refresh(self) -> Tokens:
        """Turn the refresh token into new tokens."""
        async with self._using("refresh") as steps:
            return await steps.refresh()

    async def introspect(self, which: str = "access") -> dict[str, Any]:
        """Ask what a token is (RFC 7662); ``which`` is access or refresh."""
        async with self._using("introspect") as steps:
            return await steps.introspect(which)

    async def userinfo(self) -> dict[str, Any]:
        """Ask who signed in (OpenID Connect Core §5.3)."""
        async with self._using("userinfo") as steps:
            return await steps.userinfo()

    async def call(self, url: str) -> "Got":
        """Get ``url`` with the access token."""
        async with self._using("call") as steps:
            return await steps.call(url)

    async def revoke(self, which: str = "refresh") -> None:
        """End a token (RFC 7009)."""
        async with self._using("revoke") as steps:
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
            hop.facts["title"] = self._redactor.body(title[:200])
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
            failure = self._recorder.refused("prepare", error) if hop is None else self._recorder.failed(hop, error)
        else:
            shown = next((hop for hop in self.trace.hops if hop.id == failure.hop), None)
            error = FlowError(failure.reason, **failure.facts)
            failure = self._recorder.refused("browser", error) if shown is None else self._recorder.failed(shown, error)
        self._fail(failure)

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
        wire, self._wire, self._steps = self._wire, None, None
        if wire is not None:
            await wire.aclose()

    @asynccontextmanager
    async def _using(self, name: str) -> AsyncIterator[Steps]:
        steps = self._steps
        if steps is None or steps.tokens is None:
            raise FlowError(Reason.STEP_MISSING, what="tokens")
        before = self.phase
        if before is Phase.DONE:
            self.failure = None
        steps.forget()
        self._enter(Phase.USING)
        try:
            async with self._stops.stoppable():
                yield steps
        except FlowError as error:
            self.failure = steps.failure or self._recorder.refused(name, error)
            raise
        finally:
            if self.phase is Phase.USING:
                self._enter(before)

    @asynccontextmanager
    async def _step(self, name: str, during: Phase, after: Phase) -> AsyncIterator[None]:
        if self.phase in ENDED:
            raise FlowError(Reason.STEP_MISSING, what="ended")
        self._enter(during)
        try:
            async with self._stops.stoppable():
                yield
        except FlowError as error:
            self._fail(self._last_failure() or self._recorder.refused(name, error))
            raise
        except asyncio.CancelledError:
            self.cancel()
            raise
        if self.phase is during:
            self._enter(after)

    def _last_failure(self) -> Failure | None:
        """Return what the step that just failed has written down; None where it could not even be begun."""
        if self._steps is not None and self._steps.failure is not None:
            return self._steps.failure
        return self.trace.hops[-1].failure if self.trace.hops else None

    def _time_is_over(self) -> None:
        self.fail(Reason.BROWSER_TIMEOUT, seconds=f"{self.setup.timeout:g}")

    def _current(self) -> Hop | None:
        """Return the hop that what comes from outside is shown at: the browser's, or the last one."""
        if self._front is not None and self.phase is Phase.AUTHORIZING:
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
