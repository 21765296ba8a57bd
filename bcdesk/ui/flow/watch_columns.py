"""The columns of the watched requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.ui import times
from bcdesk.ui.flow.watch_words import advised, answer, clock, failed, is_problem, program, step, verdict, why
from bcdesk.ui.table.column import ChipLook, Column, RowKind
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from bcdesk.contract.flow_rows import HopRow


def columns() -> tuple[Column, ...]:
    """Return the columns, in the order in which they stand."""
    return (
        Column(
            id="time", title=tr("Time"), width=90, least=84, kind="mono", text=lambda hop: clock(hop.at),
            tooltip=lambda hop: times.exact(hop.at),
        ),
        Column(
            id="who", title=tr("Who"), width=168, least=110, kind="two_lines", spare=1,
            text=lambda hop: program(hop.user_agent),
            second=lambda hop: hop.address, tooltip=lambda hop: hop.user_agent,
        ),
        Column(
            id="step", title=tr("Step"), width=160, least=110, kind="two_lines", text=step, second=answer,
        ),
        Column(
            id="verdict", title=tr("Rule"), width=140, least=110, kind="chip", text=verdict, chip=_chip,
            tooltip=lambda hop: f"{verdict(hop)}: {why(hop)}",
        ),
        Column(
            id="why", title=tr("Why"), width=200, least=110, text=why, tone=_tone, tooltip=why, stretch=True,
        ),
        Column(
            id="ms", title=tr("Took"), width=72, least=64, text=_took, tone=lambda hop: "muted", spare=2,
            from_window=1180,
        ),
    )  # fmt: skip


def kind() -> RowKind:
    """Return what the table must know of a request."""
    return RowKind(
        haystack=lambda hop: f"{hop.endpoint} {hop.error} {hop.address} {hop.user_agent}".casefold(),
        name=lambda hop: f"{clock(hop.at)} {step(hop)} {verdict(hop)} {why(hop)}".strip(),
        edge=_edge,
    )


def _took(hop: HopRow) -> str:
    return tr("{n} ms", n=round(hop.milliseconds))


def _edge(hop: HopRow) -> str:
    return _tone(hop) if is_problem(hop) else ""


def _tone(hop: HopRow) -> str:
    if failed(hop) is not None or hop.error or hop.status >= 400:
        return "bad"
    return "warn" if advised(hop) is not None else "muted"


def _chip(hop: HopRow) -> ChipLook:
    tone = _tone(hop)
    if tone == "muted":
        return ChipLook(verdict(hop), "plain")
    return ChipLook(verdict(hop), tone, "cross" if tone == "bad" else "triangle")
