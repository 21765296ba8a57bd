"""The runs of one client: at most one at a time, counted up; what was changed for a run stays for the next."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from bcdesk.flow.values import ENDED, Phase

if TYPE_CHECKING:
    from PySide6.QtGui import QPixmap

    from bcdesk.flow.failures import Failure
    from bcdesk.flow.run import Run
    from bcdesk.flow.trace import Hop
    from bcdesk.ui.flow.target import RunValues, Target

Way = Literal["embedded", "system"]


@dataclass(eq=False)
class Session:
    """What the window knows of one client's runs; `FlowRunner` alone writes what a run does."""

    target: Target
    values: RunValues
    way: Way = "embedded"
    keep_sign_in: bool = False
    number: int = 0
    chosen: int | None = None
    """The hop that is shown."""
    followed: bool = True
    """Whether the view follows the newest hop, until the person chooses another one."""
    starting: bool = False
    """Whether a run was asked for, and the one before it is still being put away."""
    run: Run | None = None
    ran: RunValues | None = None
    """What the present run was started with."""
    browser: Any = None
    listener: Any = None
    secret_left: str = ""
    """The last four of a secret made for a run that could not be deleted."""
    failure: Failure | None = None
    """A failure before there was a run, such as a port that is taken."""
    held_url: str = ""
    handed_over: bool = False
    not_opened: bool = False
    """Whether the system browser could not be opened."""
    url: str = ""
    """What the browser was opened with."""
    picture: QPixmap | None = None
    answered_at: float | None = None
    cookies: int = 0
    page_status: int = 0
    """The status of the page that the browser shows, where that is an error."""
    trace_problem: str = ""
    busy_step: str = ""
    """The step with the tokens that is under way."""
    task: asyncio.Task[Any] | None = None
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def key(self) -> str:
        """Return what the session is found by."""
        return self.target.key

    @property
    def phase(self) -> Phase:
        """Return where the run is."""
        if self.starting:
            return Phase.PREPARING
        if self.failure is not None:
            return Phase.FAILED
        return self.run.phase if self.run is not None else (Phase.PREPARING if self.running else Phase.NEW)

    @property
    def running(self) -> bool:
        """Tell whether a run is under way."""
        if self.starting:
            return True
        if self.task is None or self.task.done() or self.failure is not None or self.handed_over:
            return False
        return self.run is None or self.run.phase not in ENDED

    @property
    def ended_with(self) -> Failure | None:
        """Return what the run failed with."""
        if self.failure is not None:
            return self.failure
        return self.run.failure if self.run is not None else None

    @property
    def hops(self) -> list[Hop]:
        """Return the hops of the run."""
        return self.run.trace.hops if self.run is not None else []

    def hop(self, number: int | None) -> Hop | None:
        """Return a hop by its number."""
        return next((one for one in self.hops if one.id == number), None)
