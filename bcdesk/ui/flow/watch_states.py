"""How a watch stands, in words: what stands in place of its table, and what is to be known above it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bcdesk.ui import problems
from bcdesk.ui.access import link_reason, may_manage
from bcdesk.ui.flow.watch_words import clock
from bcdesk.ui.text import counted, tr

if TYPE_CHECKING:
    from bcdesk.contract.rows import AppRow
    from bcdesk.ui.desk import Desk
    from bcdesk.ui.flow.watch_log import WatchLog


class Instead(NamedTuple):
    """What stands in place of the table, with the commands that go on."""

    title: str
    sentence: str
    commands: tuple[str, ...] = ()
    icon: str = "eye"


class Said(NamedTuple):
    """What is to be known: what, why, and its tone; nothing where ``what`` is empty."""

    what: str = ""
    why: str = ""
    tone: str = "info"


def instead_of(
    desk: Desk, row: AppRow | None, log: WatchLog | None, *, shown: int, only_problems: bool
) -> Instead | None:
    """Return what stands in place of the table; None where there are requests to show."""
    if row is None:
        return Instead(tr("Choose an app"), tr("Then you see here what its clients ask of the server."), icon="apps")
    if not may_manage(desk.store) or (log is not None and log.state == "forbidden" and not log.rows):
        ask = tr("Ask an owner or a manager: what the server tells of a flow is theirs to see.")
        return Instead(tr("Watching needs a manager"), ask, icon="lock")
    if shown:
        return None
    if log is not None and log.rows and only_problems:
        return Instead(tr("No problems so far"), tr("Every request that was heard kept the rules."), icon="check")
    if log is None or not log.wanted:
        said = tr("Every request of its clients appears here as it comes, with the rule that the server applied.")
        heard = log is not None and log.state == "failed"
        if heard and log is not None and log.error is not None:
            words = problems.explain(log.error)
            return Instead(words.what, words.rest, ("watch.start",), "error")
        return Instead(tr("Nobody watches {name} yet", name=row.name), said, ("watch.start",))
    if log.state == "offline":
        return Instead(tr("The server is away"), link_reason(desk.store) or tr("It goes on by itself."), icon="offline")
    said = tr("Sign in with the app now, wherever it runs: a phone, a CI job, this desk. Or open its authorization "
              "request in a browser.")  # fmt: skip
    return Instead(tr("Nothing yet"), said, ("watch.copy_request", "watch.copy_command"))


def state_words(row: AppRow | None, log: WatchLog | None) -> tuple[str, str]:
    """Say whom the desk listens to, and the tone of the dot beside."""
    if row is None or log is None or log.state == "off":
        return (tr("Not watching"), "neutral") if row is not None else ("", "neutral")
    if log.state == "offline":
        return tr("The server is away. It goes on by itself."), "warn"
    if log.state in ("forbidden", "failed"):
        return tr("Stopped"), "bad"
    if log.paused:
        waiting = counted(log.waiting, "{n} request waits", "{n} requests wait")
        return tr("Paused. {waiting}.", waiting=waiting), "warn"
    return tr("Listening for any client of {name}: a phone, a CI job, this desk", name=row.name), "ok"


def note_of(log: WatchLog | None, now: float) -> Said:
    """Say what may be missing."""
    if log is None:
        return Said()
    if log.state == "offline":
        why = tr("What happens meanwhile is fetched afterwards, unless the server forgets it: it remembers an hour, "
                 "and nothing beyond its own end.")  # fmt: skip
        return Said(tr("The server cannot be reached."), why, "warn")
    parts = []
    if log.gaps:
        gap = log.gaps[-1]
        parts.append(tr("Nothing was heard from {start} to {end}; what the server had forgotten by then is missing.",
                        start=clock(gap.start), end=clock(gap.end)))  # fmt: skip
    if log.dropped:
        parts.append(counted(log.dropped, "{n} older request is no longer shown.", "{n} older requests are no longer "
                             "shown."))  # fmt: skip
    return Said(" ".join(parts))
