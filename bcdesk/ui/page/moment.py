"""The clock of a page with a table."""

from collections.abc import Callable
from typing import NamedTuple


class Moment(NamedTuple):
    """The clock as the columns need it: now, and of which moment the rows are while offline (None online)."""

    now: float
    as_of: float | None = None


Clock = Callable[[], Moment]
