"""The front channel of a run: the request that the browser is sent with, and the answers that it comes back with."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final, Literal

from bcdesk.contract.flow_rows import run_of
from bcdesk.flow.asking import address_with, request_parameters
from bcdesk.flow.callback import Expected, Verdict, check
from bcdesk.flow.earlier import EARLIER
from bcdesk.flow.failures import Failure, FlowError
from bcdesk.flow.held import Held
from bcdesk.flow.pkce import draw, draw_state
from bcdesk.flow.recorder import Recorder
from bcdesk.flow.trace import Channel, Hop, Message
from bcdesk.flow.values import ServerFacts, Setup

FOREIGN_MOST: Final = 50
"""So many addresses that are not this run's are written down."""
Via = Literal["browser", "listener", "paste"]


class Front:
    """What one authorization request holds; ``code`` is set once a callback passed every check."""

    def __init__(self, setup: Setup, facts: ServerFacts, recorder: Recorder, now: Callable[[], float]) -> None:
        """Draw what is drawn for each run, and write the request."""
        self._recorder = recorder
        given = next((value for name, value in setup.params if name == "state"), None)
        self.state = given or setup.state or draw_state()
        self.nonce = draw_state() if "openid" in setup.scopes else None
        pkce = draw(setup.pkce, setup.verifier)
        self.verifier = pkce.verifier
        if pkce.verifier is not None:
            recorder.redactor.hold("code_verifier", pkce.verifier)
        self.code: Held | None = None
        self._foreign = 0
        asked = request_parameters(setup, state=self.state, pkce=pkce, nonce=self.nonce)
        self.url = address_with(facts.authorization_endpoint, asked)
        started = now()
        self._expected = Expected(
            setup.redirect_uri, self.state, facts.issuer or setup.issuer, facts.iss_parameter_supported,
            EARLIER.of(facts.issuer, setup.client_id), started, setup.client_id,
        )  # fmt: skip
        EARLIER.note(facts.issuer, setup.client_id, self.state, started)
        prepared = recorder.begin(
            "prepare", Channel.LOCAL, state=self.state, run=run_of(self.state), redirect_uri=setup.redirect_uri,
            pkce=setup.pkce, auth_method=setup.auth_method, scope=" ".join(setup.scopes),
        )  # fmt: skip
        recorder.end(prepared, ok=True)
        base, query = recorder.redactor.url(self.url)
        self.asked: Hop = recorder.begin("authorize", Channel.FRONT, Message("GET", base, None, query))
        self.ends_at, self.deadline = time.monotonic() + setup.timeout, started + setup.timeout

    @property
    def remaining(self) -> float:
        """Count the seconds that the browser has left."""
        return max(0.0, self.ends_at - time.monotonic())

    def judge(self, url: str, via: Via) -> tuple[Verdict, Failure | None]:
        """Judge an address and write it down; return the verdict, and the failure where one is told."""
        verdict = check(url, self._expected)
        if verdict.kind == "foreign":
            self._foreign += 1
            if self._foreign > FOREIGN_MOST:
                return verdict, None
        redactor = self._recorder.redactor
        if verdict.code is not None:
            self.code = redactor.hold("code", verdict.code)
        verdict = replace(
            verdict,
            error=redactor.text(verdict.error),
            error_description=redactor.text(verdict.error_description),
            facts=redactor.facts(verdict.facts),
        )
        base, query = redactor.url(url)
        hop = self._recorder.begin("callback", Channel.FRONT, Message("GET", base, None, query), via=via)
        failure = None
        if verdict.reason is None:
            self._recorder.end(hop, ok=True)
        else:
            failure = self._recorder.failed(hop, FlowError(verdict.reason, **verdict.facts))
        if verdict.kind != "foreign":
            self._recorder.end(self.asked, ok=verdict.kind in ("code", "error"))
        return verdict, failure
