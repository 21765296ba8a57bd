"""What ``bcdesk flow`` writes: JSON lines or a line a step on stdout, a few words on stderr."""

import contextlib
import json
from typing import Any, Final, NamedTuple, TextIO

from bcdesk.contract.moments import format_moment
from bcdesk.flow.failures import Reason
from bcdesk.flow.run import Run
from bcdesk.flow.tokens import Tokens
from bcdesk.flow.trace import Channel, Hop

DETAIL_MAX: Final = 300
_MARKS: Final = {True: "ok  ", False: "FAIL"}


class Step(NamedTuple):
    """A hop in the result: ``detail`` is a code and what belongs to it, never a secret."""

    name: str
    ok: bool
    status: int | None
    detail: str
    ms: float | None


class Told(NamedTuple):
    """What the result says beside how it ended."""

    steps: list[Step]
    tokens: dict[str, Any]


class Console:
    """Writes the first line, the steps and the result; a reader that hung up is noticed, and no more."""

    def __init__(self, out: TextIO, err: TextIO, *, as_json: bool, browser: str) -> None:
        """Write to ``out``; for the browser ``print`` the first line is the address, for somebody else to open."""
        self._out = out
        self._err = err
        self._as_json = as_json
        self._browser = browser
        self._told: set[int] = set()

    def authorize(self, url: str, redirect_uri: str) -> bool:
        """Tell which address has to be opened; return False where nobody reads that any more."""
        if self._browser == "print":
            return self._write(json.dumps({"authorize_url": url, "redirect_uri": redirect_uri}))
        if self._browser == "system":
            self.say(f"if no browser opens, open this: {url}")
        return True

    def hop(self, hop: Hop) -> None:
        """Tell of a hop as soon as it is over, once."""
        if self._as_json or hop.ok is None or hop.id in self._told:
            return
        self._told.add(hop.id)
        step = step_of(hop)
        status = "" if step.status is None else str(step.status)
        took = "" if step.ms is None else f"{step.ms:.0f} ms"
        self._write(f"{_MARKS[step.ok]}  {step.name:<12}{status:<5}{took:>9}  {_plain(step.detail)}".rstrip())

    def result(self, error: str | None, told: Told) -> None:
        """Tell how the run ended."""
        if self._as_json:
            steps = [step._asdict() for step in told.steps]
            self._write(json.dumps({"ok": error is None, "error": error, "steps": steps, "tokens": told.tokens}))
        elif error is None:
            self._write("ok    The flow works.")
        if error is not None:
            self.say(f"the flow did not succeed: {error}")

    def foreign(self, reason: Reason) -> None:
        """Say that something came back that does not end the run."""
        self.say(f"that was not the answer to this run ({reason}); waiting for another one")

    def say(self, words: str) -> None:
        """Say something to the person at the terminal."""
        print(f"bcdesk flow: {_plain(words)}", file=self._err, flush=True)

    def _write(self, line: str) -> bool:
        with contextlib.suppress(OSError):  # whoever read this hung up
            print(line, file=self._out, flush=True)
            return True
        return False


def step_of(hop: Hop) -> Step:
    """Return a hop as a step of the result."""
    status = None if hop.received is None else hop.received.status
    took = None if hop.milliseconds is None else round(hop.milliseconds, 1)
    facts = {} if hop.channel is Channel.LOCAL else dict(hop.facts)
    lead = ""
    if hop.failure is not None:
        lead, facts = str(hop.failure.reason), hop.failure.facts
    told = ", ".join(f"{name} {value}" for name, value in facts.items() if value)
    return Step(hop.name, hop.ok is True, status, ": ".join(part for part in (lead, told) if part)[:DETAIL_MAX], took)


def steps_of(run: Run) -> list[Step]:
    """Return the hops of a run as steps; what was asked for after the token and never sent is a step that failed."""
    steps = [step_of(hop) for hop in run.trace.hops]
    if any(step.name == "token" and step.ok for step in steps):
        sent = {step.name for step in steps}
        steps += [
            Step(name, False, None, str(Reason.STEP_MISSING), None) for name in run.setup.then if name not in sent
        ]
    return steps


def facts_of(tokens: Tokens | None) -> dict[str, Any]:
    """Return what may be told of tokens: what they are for, and the start of each one's SHA-256."""
    if tokens is None:
        return {}
    facts: dict[str, Any] = {
        "token_type": tokens.token_type,
        "scope": " ".join(tokens.scopes),
        "expires_at": None if tokens.expires_at is None else format_moment(tokens.expires_at),
    }
    for kind, held in (
        ("access_token", tokens.access),
        ("refresh_token", tokens.refresh),
        ("id_token", tokens.id_token),
    ):
        if held is not None and not held.spent:
            hidden = held.hidden(kind)
            facts[kind] = {"length": hidden.length, "sha256": hidden.fingerprint}
    return facts


def _plain(text: str) -> str:
    """Return ``text`` without what a terminal would obey."""
    return "".join(character if character.isprintable() else "?" for character in text)
