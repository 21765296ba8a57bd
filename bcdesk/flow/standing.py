"""What a run tells of itself at any moment: phase, failure, and what its authorization request holds."""

from collections.abc import Callable

from bcdesk.contract.flow_rows import run_of
from bcdesk.flow.failures import Failure
from bcdesk.flow.front import Front
from bcdesk.flow.values import Phase


class Standing:
    """Where a run stands; ``listen`` tells of each change."""

    def __init__(self) -> None:
        """Begin before everything."""
        self.phase = Phase.NEW
        self.failure: Failure | None = None
        self._front: Front | None = None
        self._heard: list[Callable[[Standing], None]] = []

    @property
    def state(self) -> str | None:
        """Return the state of the request; None before `prepare`."""
        return self._front.state if self._front is not None else None

    @property
    def authorize_url(self) -> str | None:
        """Return the address that the browser is to open; None before `prepare`."""
        return self._front.url if self._front is not None else None

    @property
    def deadline(self) -> float | None:
        """Tell when the browser's time is over, in seconds since the epoch; None before `prepare`."""
        return self._front.deadline if self._front is not None else None

    @property
    def remaining(self) -> float:
        """Count the seconds that the browser has left."""
        return self._front.remaining if self._front is not None else 0.0

    @property
    def run_id(self) -> str | None:
        """Name the run as our server's trace does; None before `prepare`."""
        return run_of(self._front.state) if self._front is not None else None

    def listen(self, callback: "Callable[[Standing], None]") -> Callable[[], None]:
        """Call ``callback`` with the run after each change of phase, until what is returned is called."""
        self._heard.append(callback)
        return lambda: self._heard.remove(callback) if callback in self._heard else None

    def _enter(self, phase: Phase) -> None:
        self.phase = phase
        for heard in tuple(self._heard):
            heard(self)
