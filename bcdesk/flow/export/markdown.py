"""A run as Markdown: for an issue, a review, a mail to whoever runs the server."""

import re
from collections.abc import Iterator, Sequence

from bcdesk.contract.flow_rows import HopRow
from bcdesk.contract.moments import format_moment
from bcdesk.flow.failures import Failure
from bcdesk.flow.run import Run
from bcdesk.flow.trace import Hidden, Hop, Message, Value
from bcdesk.flow.values import Setup


def markdown(run: Run) -> str:
    """Return the run as a document: what was asked for, each hop, what went wrong, and the rules of the server."""
    parts = [_head(run.setup, run.trace.hops, run.failure), _hops(run.trace.hops)]
    if run.failure is not None:
        parts.append(_failure(run.failure))
    parts += [_hop(hop) for hop in run.trace.hops if hop.sent or hop.received or hop.server or hop.failure]
    return "\n\n".join(parts) + "\n"


def cell(text: str) -> str:
    """Return ``text`` so that it stays one plain cell of a table, whatever a server wrote into it."""
    flat = " ".join(text.split())
    return re.sub(r"([\\`*_\[\]<>|~#&!])", r"\\\1", flat)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of escaped cells."""
    lines = [head, ["---"] * len(head), *([cell(each) for each in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def fenced(text: str) -> str:
    """Return ``text`` as a block of code that it cannot end by itself."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def _head(setup: Setup, hops: Sequence[Hop], failure: Failure | None) -> str:
    rows = [
        ("Issuer", setup.issuer),
        ("Client", setup.client_id),
        ("Redirect URI", setup.redirect_uri),
        ("Scopes", " ".join(setup.scopes) or "none"),
        ("Client authentication", setup.auth_method),
        ("PKCE", setup.pkce),
        ("Started", format_moment(hops[0].started_at) if hops else "not yet"),
        ("Result", f"failed: {failure.reason}" if failure else "no failure"),
    ]
    return "# A run of the flow tester\n\n" + table(("", ""), rows) + "\n\nSecrets are redacted."


def _hops(hops: Sequence[Hop]) -> str:
    rows = [
        (
            str(place),
            hop.name,
            str(hop.channel),
            {True: "ok", False: "failed", None: "not finished"}[hop.ok],
            str(hop.received.status) if hop.received and hop.received.status else "",
            f"{hop.milliseconds:.0f} ms" if hop.milliseconds is not None else "",
        )
        for place, hop in enumerate(hops, 1)
    ]
    return "## Hops\n\n" + table(("#", "Hop", "Channel", "Result", "Status", "Time"), rows)


def _failure(failure: Failure) -> str:
    rows = [("reason", str(failure.reason)), *sorted(failure.facts.items())]
    return "## What went wrong\n\n" + table(("Fact", "Value"), rows)


def _hop(hop: Hop) -> str:
    parts = [f"## {hop.id} · {cell(hop.name)}"]
    for title, message in (("Sent", hop.sent), ("Received", hop.received)):
        if message is not None:
            parts += [f"{title}:", fenced("\n".join(_message(message)))]
    if hop.facts:
        parts.append(table(("Fact", "Value"), sorted(hop.facts.items())))
    parts += [_server(row) for row in hop.server]
    return "\n\n".join(parts)


def _message(message: Message) -> Iterator[str]:
    first = f"{message.method} {message.url}".strip()
    if first:
        yield first
    if message.status is not None:
        yield f"status {message.status}"
    for title, pairs, sign in (
        ("query", message.query, "="),
        ("headers", message.headers, ": "),
        ("form", message.form, "="),
        ("JSON", message.json, ": "),
    ):
        if pairs:
            yield f"\n{title}:"
            yield from (f"  {name}{sign}{_shown(value)}" for name, value in pairs)
    if message.text:
        yield f"\n{message.text}"


def _server(row: HopRow) -> str:
    rows = [
        (
            rule.id,
            rule.source,
            rule.verdict,
            rule.reason,
            rule.expected,
            rule.got,
            "" if rule.position is None else str(rule.position + 1),
        )
        for rule in row.rules
    ]
    head = ("Rule", "Source", "Verdict", "Reason", "Expected", "Got", "First difference at")
    then = f"\n\nThen: {', '.join(row.effects)}" if row.effects else ""
    return f"Rules of the server ({row.endpoint}, request {cell(row.request_id)}):\n\n{table(head, rows)}{then}"


def _shown(value: Value) -> str:
    if isinstance(value, Hidden):
        return f"{value} ({value.kind}, {value.length} characters, SHA-256 {value.fingerprint}…)"
    return value
