"""One attack or mistake as data: what it is on, where it is forbidden, what it needs, and how it is carried out."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from bcdesk.flow.checks.bench import Bench
from bcdesk.flow.checks.model import Found, Group, Need, Saw

Carry = Callable[[Bench], Awaitable[Found]]


class Check(NamedTuple):
    """One attack or mistake; ``source`` is where it is forbidden, ``expected`` what a server has to do."""

    id: str
    group: Group
    source: str
    needs: frozenset[Need]
    expected: Saw
    run: Carry
