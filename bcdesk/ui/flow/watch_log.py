"""What was heard of one app: its requests as the server saw them, as long as the desk listens, and what they mean."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from asyncio import Task

    from bcdesk.contract.flow_rows import HopRow
    from bcdesk.flow.watch import Diagnosis
    from bcdesk.store.store import Change
    from bcdesk.ui.desk import Desk

MOST: Final = 1000
"""Requests that are kept; the oldest go first."""
FLUSH_MS: Final = 100
"""How long requests gather before they are shown: a burst costs one change of the table, not hundreds."""
THINK_MS: Final = 300
"""How long the table rests before what it shows is diagnosed again."""
LATER_MS: Final = 61_000
"""How long after a code was given it is asked whether anybody redeemed it."""
_AGAIN_S: Final = 2.0

State = Literal["off", "listening", "offline", "forbidden", "failed"]


class Gap(NamedTuple):
    """A time in which nothing could be heard, in epoch seconds."""

    start: float
    end: float


class WatchLog(QObject):
    """Listens in the desk's scope until it is stopped, and goes on by itself after the server was away."""

    came = Signal(object, object)
    """The ids that were added and those that went."""
    state_changed = Signal()
    diagnosed = Signal()

    def __init__(self, desk: Desk, app_id: str, client_id: str, parent: QObject | None = None) -> None:
        """Begin deaf to what ``client_id``, the client of ``app_id``, asks of the server."""
        super().__init__(parent)
        self._desk = desk
        self.app_id, self.client_id = app_id, client_id
        self.state: State = "off"
        self.error: BaseException | None = None
        self.rows: dict[str, HopRow] = {}
        self.diagnoses: tuple[Diagnosis, ...] = ()
        self.paused = False
        self.dropped = 0
        self.gaps: list[Gap] = []
        self._fresh: list[HopRow] = []
        self._last: str | None = None
        self._away: float | None = None
        self._task: Task[object] | None = None
        self._flush_timer = self._timer(FLUSH_MS, self.flush)
        self._think_timer = self._timer(THINK_MS, self.think)
        self._later_timer = self._timer(LATER_MS, self.think)
        self._deaf = desk.store.listen(self._store_changed)

    def _timer(self, interval: int, call: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval)
        timer.timeout.connect(call)
        return timer

    @property
    def wanted(self) -> bool:
        """Tell whether it listens, or would if it could."""
        return self.state in ("listening", "offline")

    @property
    def waiting(self) -> int:
        """Count the requests that came during a pause."""
        return len(self._fresh)

    # ------------------------------------------------------------------ what a person does

    def start(self) -> None:
        """Listen: what the server remembers of the last hour comes first."""
        if not self.wanted:
            self.error = None
            self._away = None
            self._listen()

    def stop(self) -> None:
        """Listen no more; what was heard stays."""
        self._cancel()
        self.flush()
        self.paused = False
        self._set("off")

    def pause(self) -> None:
        """Go on listening, but let the table rest."""
        self.paused = True
        self.state_changed.emit()

    def go_on(self) -> None:
        """Show what came during the pause, and what comes."""
        self.paused = False
        self.flush()
        self.state_changed.emit()

    def clear(self) -> None:
        """Forget what was heard so far; it does not come again."""
        gone = tuple(self.rows)
        self.rows.clear()
        self._fresh.clear()
        self.gaps.clear()
        self.dropped = 0
        self.came.emit((), gone)
        self.think()
        self.state_changed.emit()

    def close_down(self) -> None:
        """End for good."""
        self._deaf()
        self._cancel()
        self._flush_timer.stop()
        self._think_timer.stop()
        self._later_timer.stop()

    # ------------------------------------------------------------------ listening

    def _listen(self) -> None:
        if self._desk.client is None or self._desk.store.link.state == "offline":
            self._lost()
            return
        if self._away is not None:
            self.gaps.append(Gap(self._away, self._desk.now()))
            self._away = None
        self._set("listening")
        self._task = self._desk.scope.start(self._read(), name="watch app", on_error=self._failed)

    async def _read(self) -> None:
        from bcdesk.client.errors import Unreachable

        while True:
            client = self._desk.client
            if client is None:
                raise Unreachable("refused")
            stream = client.flow_trace.tail(client_id=self.client_id, last_id=self._last)
            try:
                async for hop in stream:
                    self._take(hop)
            finally:
                await stream.aclose()
            await asyncio.sleep(_AGAIN_S)

    def _take(self, hop: HopRow) -> None:
        self._last = hop.id
        self._fresh.append(hop)
        if len(self._fresh) > MOST:
            del self._fresh[0]
            self.dropped += 1
        if not self._flush_timer.isActive():
            self._flush_timer.start()

    def _failed(self, error: BaseException) -> None:
        from bcdesk.client.errors import Forbidden, SignInNeeded, Unreachable

        self._task = None
        if isinstance(error, Unreachable):
            self._lost()
            self._desk.sync_now()  # the sync tells when the server is back
            return
        self.error = error
        self._set("forbidden" if isinstance(error, Forbidden | SignInNeeded) else "failed")

    def _lost(self) -> None:
        if self._away is None:
            self._away = self._desk.now()
        self._set("offline")

    def _store_changed(self, change: Change) -> None:
        if not change.link or not self.wanted:
            return
        online = self._desk.store.link.state == "online"
        if self.state == "offline" and online:
            self._listen()
        elif self.state == "listening" and self._desk.store.link.state == "offline":
            self._cancel()
            self._lost()

    def _cancel(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    def _set(self, state: State) -> None:
        self.state = state
        self.state_changed.emit()

    # ------------------------------------------------------------------ keeping

    def flush(self) -> None:
        """Take in what gathered, unless the table rests."""
        if self.paused:
            self.state_changed.emit()
            return
        fresh, self._fresh = self._fresh, []
        added = [hop.id for hop in fresh if hop.id not in self.rows]
        if not added:
            return
        self.rows.update((hop.id, hop) for hop in fresh)
        over = list(self.rows)[: max(0, len(self.rows) - MOST)]
        for one in over:
            del self.rows[one]
        self.dropped += len(over)
        gone = set(over)
        self.came.emit(tuple(one for one in added if one not in gone), tuple(over))
        if any("code_issued" in hop.effects for hop in fresh):
            self._later_timer.start()
        if not self._think_timer.isActive():
            self._think_timer.start()

    def think(self) -> None:
        """Say anew what the requests mean."""
        from bcdesk.flow.watch import diagnose

        self.diagnoses = diagnose(tuple(self.rows.values()), self._desk.now())
        self.diagnosed.emit()
