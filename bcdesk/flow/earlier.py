"""Remembers the states of this process's runs, to tell a callback of an earlier one from a forged one."""

from collections import OrderedDict, deque
from typing import Final

STATES_MOST: Final = 32
CLIENTS_MOST: Final = 64


class Earlier:
    """The last states of each client, with the moments of their runs."""

    def __init__(self) -> None:
        """Begin with none."""
        self._states: OrderedDict[tuple[str, str], deque[tuple[str, float]]] = OrderedDict()

    def note(self, issuer: str, client_id: str, state: str, at: float) -> None:
        """Remember the state of a run that starts."""
        key = (issuer, client_id)
        self._states.setdefault(key, deque(maxlen=STATES_MOST)).append((state, at))
        self._states.move_to_end(key)
        while len(self._states) > CLIENTS_MOST:
            self._states.popitem(last=False)

    def of(self, issuer: str, client_id: str) -> tuple[tuple[str, float], ...]:
        """Return the states of a client's runs so far, oldest first."""
        return tuple(self._states.get((issuer, client_id), ()))


EARLIER: Final = Earlier()
"""This process's memory."""
