"""How often a key may call: a moving window of a minute over all versions of its id.

The ``RateLimit`` and ``RateLimit-Policy`` headers follow draft-ietf-httpapi-ratelimit-headers-10. The
`limits` library keeps the window: exactly in this process' memory, or in one store that several
processes share (``redis://``, ``valkey://``…). It is imported on the first call: it takes 0.1 s.
"""

import math
import time
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from bcdesk.contract.codes import Code
from bcdesk.contract.key_rules import LIMIT_PER_MINUTE
from bcdesk.server.problems import ProblemError

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.strategies import MovingWindowRateLimiter

MEMORY: Final = "memory://"
DRAFT: Final = "draft-ietf-httpapi-ratelimit-headers-10"
WINDOW_SECONDS: Final = 60


class Verdict(NamedTuple):
    """Whether a call is within its limit, and the headers that say how much is left."""

    allowed: bool
    headers: dict[str, str]
    retry_after: int

    def problem(self) -> ProblemError:
        """Return the 429 of a call beyond the limit."""
        headers = {**self.headers, "Retry-After": str(self.retry_after)}
        return ProblemError(429, Code.RATE_LIMITED, "The key called more often than it may in a minute.", (), headers)


class Limits:
    """Counts the calls of every key."""

    def __init__(self, url: str = MEMORY) -> None:
        """Keep the counts at ``url``: ``memory://`` or a store of the `limits` library."""
        self._url = url

    def warm(self) -> None:
        """Connect now instead of at the first call; raises where the store does not answer."""
        if not self._limiter.storage.check():
            raise ConnectionError("the store of the limits does not answer")

    def take(self, key_id: str, environment: str) -> Verdict:
        """Count one call of the key, unless its window is full."""
        item = self._items[environment]
        allowed = self._limiter.hit(item, key_id)
        stats = self._limiter.get_window_stats(item, key_id)
        frees_in = max(1, math.ceil(stats.reset_time - time.time()))
        headers = {
            "RateLimit-Policy": f'"key";q={item.amount};w={WINDOW_SECONDS}',
            "RateLimit": f'"key";r={stats.remaining};t={frees_in}',
        }
        return Verdict(allowed, headers, frees_in)

    @cached_property
    def _limiter(self) -> "MovingWindowRateLimiter":
        from limits.storage import storage_from_string
        from limits.strategies import MovingWindowRateLimiter

        return MovingWindowRateLimiter(storage_from_string(self._url))

    @cached_property
    def _items(self) -> "dict[str, RateLimitItem]":
        from limits import RateLimitItemPerSecond

        return {
            environment: RateLimitItemPerSecond(amount, WINDOW_SECONDS)
            for environment, amount in LIMIT_PER_MINUTE.items()
        }
