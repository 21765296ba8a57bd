"""Who called with a key: fetched when it is looked at, in numbers first and by name beneath."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from bcdesk.ui import problems
from bcdesk.ui.text import counted, tr
from bcdesk.ui.theme import Space
from bcdesk.ui.widgets import Label, Skeleton, clear

if TYPE_CHECKING:
    from bcdesk.contract.rows import CallerRow, CallersRow, KeyRow
    from bcdesk.ui.desk import Desk

NAMED: Final = 3


class CallerCache:
    """Keeps the last answer for each key until its last use moves on; a few keys, for the session."""

    MOST: Final = 64

    def __init__(self) -> None:
        """Begin empty."""
        self._known: dict[str, tuple[float | None, CallersRow]] = {}

    def get(self, row: KeyRow) -> CallersRow | None:
        """Return what is known of ``row``, whether or not it was used since."""
        known = self._known.get(row.id)
        return known[1] if known else None

    def fresh(self, row: KeyRow) -> bool:
        """Tell whether the known answer is as new as the last use of ``row``."""
        known = self._known.get(row.id)
        return known is not None and known[0] == row.last_used_at

    def put(self, row: KeyRow, callers: CallersRow) -> None:
        """Keep an answer, and let the oldest go."""
        self._known.pop(row.id, None)
        self._known[row.id] = (row.last_used_at, callers)
        while len(self._known) > self.MOST:
            self._known.pop(next(iter(self._known)))


class CallersBox(QWidget):
    """Shows the callers of one key at a time; an answer for another key that comes late is kept, not shown."""

    def __init__(self, desk: Desk, cache: CallerCache, *, both_spans: bool = False) -> None:
        """Show the last 24 hours, with ``both_spans`` the last 7 days too."""
        super().__init__()
        self.setObjectName("callers")
        self.setAccessibleName(tr("Callers"))
        self._desk, self._cache, self._both = desk, cache, both_spans
        self._wanted = ""
        self._shown: object = None
        self._loading: set[str] = set()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Space.XS)

    def show_row(self, row: KeyRow) -> None:
        """Show the callers of ``row``, from the cache at once and from the server where that moved on."""
        self._wanted = row.id
        known = self._cache.get(row)
        answers = self._desk.client is not None and self._desk.store.link.state != "offline"
        if known is not None:
            self._show(known)
        elif answers:
            self._show_loading()
        else:
            self._say(tr("Callers are not known offline."))
        if not self._cache.fresh(row) and answers and row.id not in self._loading:
            self._loading.add(row.id)
            self._desk.scope.start(self._fetch(row), name="callers")

    async def _fetch(self, row: KeyRow) -> None:
        from shiboken6 import isValid

        from bcdesk.actions.keys import key_callers
        from bcdesk.client.errors import ClientError

        client = self._desk.client
        try:
            if client is None:
                return
            callers = await key_callers(client=client, key_id=row.id)
        except ClientError as error:
            if isValid(self) and self._wanted == row.id and self._cache.get(row) is None:
                self._say(tr("Callers are not known: {why}", why=problems.explain(error).what))
            return
        finally:
            self._loading.discard(row.id)
        self._cache.put(row, callers)
        if isValid(self) and self._wanted == row.id:
            self._show(callers)

    def _show_loading(self) -> None:
        self._shown = None
        clear(self._column)
        self._column.addWidget(Skeleton((0.9, 0.5), label=tr("Callers are being loaded")))

    def _say(self, words: str) -> None:
        if self._shown == words:
            return
        self._shown = words
        clear(self._column)
        self._column.addWidget(Label(words, "muted", wrap=True, name="callers_words"))

    def _show(self, callers: CallersRow) -> None:
        if self._shown == callers:
            return
        clear(self._column)
        self._shown = callers
        self._column.addWidget(Label(summary(callers, self._both), "muted", wrap=True, name="callers_words"))
        for caller in callers.items[:NAMED]:
            line = Label(caller_words(caller), "muted", elide=True, name="caller")
            line.setToolTip(tr("{address}\n{program}", address=caller.address, program=caller.user_agent))
            self._column.addWidget(line)
        if len(callers.items) > NAMED:
            more = counted(len(callers.items) - NAMED, "and {n} more", "and {n} more")
            self._column.addWidget(Label(more, "muted", name="callers_more"))


def summary(callers: CallersRow, both_spans: bool = False) -> str:
    """Say how often the key called, from how many places, and how often it was over its limit."""
    recent = {caller.address for caller in callers.items if caller.requests_24h}
    if callers.requests_24h:
        parts = [
            tr(
                "{requests} in 24 h from {places}",
                requests=counted(callers.requests_24h, "{n} request", "{n} requests"),
                places=counted(len(recent), "{n} address", "{n} addresses"),
            )
        ]
    else:
        parts = [tr("No requests in 24 h") if callers.requests_7d else tr("No requests in 7 days")]
    if callers.limited_24h:
        parts.append(tr("{n:,} limited", n=callers.limited_24h))
    if callers.requests_7d and (both_spans or not callers.requests_24h):
        parts.append(tr("{n:,} in 7 days", n=callers.requests_7d))
    return " · ".join(parts)


def caller_words(caller: CallerRow) -> str:
    """Say who called: address, count, program."""
    number = caller.requests_24h or caller.requests_7d
    return tr("{address} · {n:,} · {program}", address=caller.address, n=number, program=caller.user_agent or "–")
