"""Sends what a check sends, by the back channel or in a browser's place, and writes each hop down redacted."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bcdesk.flow.checks.model import NotRunError, Why
from bcdesk.flow.checks.requests import Reply, json_of
from bcdesk.flow.failures import FlowError
from bcdesk.flow.recorder import Recorder
from bcdesk.flow.redact import Redactor
from bcdesk.flow.trace import Channel, Hop, Trace

if TYPE_CHECKING:
    from bcdesk.flow.held import Held
    from bcdesk.flow.wire import Got, Wire

Headers = Iterable[tuple[str, str]]
Form = list[tuple[str, str]]


class Line:
    """One suite's line to one server; no error leaves it but `NotRunError`."""

    def __init__(self, wire: "Wire") -> None:
        """Send by ``wire``."""
        self.wire = wire
        self.redactor = Redactor()
        self._recorder = Recorder(Trace(), self.redactor)

    def begin(self) -> Trace:
        """Write from now on into a trace of its own, and return it."""
        self._recorder = Recorder(Trace(), self.redactor)
        return self._recorder.trace

    def hold(self, kind: str, text: str) -> "Held":
        """Take charge of a secret: it is hidden in every hop that follows, and wiped with all others."""
        return self.redactor.hold(kind, text)

    async def front(self, method: str, url: str, headers: Headers, form: Form | None) -> "Got":
        """Send what a browser would send."""
        accept = ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
        name = "authorize" if form is None else "page"
        _, got = await self._send(name, Channel.FRONT, method, url, [accept, *headers], form, None)
        return got

    async def back(
        self,
        name: str,
        method: str,
        url: str,
        *,
        headers: Headers = (),
        form: Form | None = None,
        json: bytes | None = None,
    ) -> Reply:
        """Send what a client sends, and return the answer."""
        all_headers = [("Accept", "application/json"), *headers]
        if json is not None:
            all_headers.append(("Content-Type", "application/json"))
        _, got = await self._send(name, Channel.BACK, method, url, all_headers, form, json)
        return Reply(got.status, got.headers, json_of(got.content))

    async def _send(
        self,
        name: str,
        channel: Channel,
        method: str,
        url: str,
        headers: list[tuple[str, str]],
        form: Form | None,
        content: bytes | None,
    ) -> "tuple[Hop, Got]":
        recorder = self._recorder
        hop = recorder.begin(name, channel, self.redactor.request(method, url, headers, form))
        failure: NotRunError
        try:
            got = await self.wire.send(method, url, headers=headers, form=form, content=content)
        except FlowError as error:
            recorder.failed(hop, error)
            failure = NotRunError(Why.UNREACHABLE, error.facts.get("cause") or error.facts.get("what", ""))
        except BaseException:
            recorder.end(hop, ok=False)
            raise
        else:
            hop.milliseconds = got.milliseconds
            # A refusal is what most checks hope for: a hop is good where an answer came.
            recorder.end(hop, ok=True, received=self.redactor.response(got.status, got.headers, got.content))
            if got.status == 429:
                raise NotRunError(Why.LIMITED, got.header("Retry-After"))
            return hop, got
        raise failure
