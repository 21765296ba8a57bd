"""Writes the hops of a run into its trace, redacted, and sends what goes by the back channel."""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from bcdesk.flow.failures import Failure, FlowError
from bcdesk.flow.redact import Redactor
from bcdesk.flow.trace import Channel, Hop, Message, Trace

if TYPE_CHECKING:
    from bcdesk.flow.wire import Got, Wire


class Recorder:
    """One run's pen: whatever it writes went through the redactor."""

    def __init__(self, trace: Trace, redactor: Redactor | None = None, now: Callable[[], float] = time.time) -> None:
        """Write into ``trace``."""
        self.trace = trace
        self.redactor = redactor or Redactor()
        self._now = now
        self._begun: dict[int, float] = {}

    def begin(self, name: str, channel: Channel, sent: Message | None = None, **facts: str) -> Hop:
        """Add a hop that is under way."""
        hop = Hop(len(self.trace.hops) + 1, name, channel, self._now(), sent=sent, facts=self.redactor.facts(facts))
        self._begun[hop.id] = time.perf_counter()
        return self.trace.add(hop)

    def end(self, hop: Hop, *, ok: bool, received: Message | None = None, **facts: str) -> None:
        """Say how a hop ended."""
        begun = self._begun.pop(hop.id, None)
        if hop.milliseconds is None and begun is not None:
            hop.milliseconds = (time.perf_counter() - begun) * 1000
        hop.ok = ok
        hop.received = received or hop.received
        hop.facts.update(self.redactor.facts(facts))
        self.trace.touch(hop)

    def refused(self, name: str, error: FlowError) -> Failure:
        """Add a hop for a step that could not even be begun."""
        return self.failed(self.begin(name, Channel.LOCAL), error)

    def failed(self, hop: Hop, error: FlowError) -> Failure:
        """Say why a hop failed."""
        hop.failure = Failure(error.reason, hop.id, self.redactor.facts(error.facts))
        self.end(hop, ok=False)
        return hop.failure

    async def ask(
        self,
        wire: "Wire",
        name: str,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        form: Iterable[tuple[str, str]] | None = None,
    ) -> tuple[Hop, "Got"]:
        """Send a request and record both sides; the hop stays under way until its answer was judged."""
        all_headers = {"Accept": "application/json", **(headers or {})}
        pairs = None if form is None else tuple(form)
        hop = self.begin(name, Channel.BACK, self.redactor.request(method, url, all_headers.items(), pairs))
        try:
            got = await wire.send(method, url, headers=tuple(all_headers.items()), form=pairs)
        except FlowError as error:
            self.failed(hop, error)
            raise
        except BaseException:
            self.end(hop, ok=False)
            raise
        hop.milliseconds = got.milliseconds
        hop.received = self.redactor.response(got.status, got.headers, got.content)
        self.trace.touch(hop)
        return hop, got
