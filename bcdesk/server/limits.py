"""How often a key may call: a moving window of a minute over all versions of its id.

The ``RateLimit`` and ``RateLimit-Policy`` headers follow draft-ietf-httpapi-ratelimit-headers-10. The
`limits` library keeps the window: exactly in this process' memory, or in one store that several
processes share (``redis://``, ``valkey://``…). It is imported on the first call: it takes 0.1 s.
"""

import logging
import math
import threading
import time
from typing import TYPE_CHECKING, Final, NamedTuple

from bcdesk.contract.codes import Code
from bcdesk.contract.key_rules import LIMIT_PER_MINUTE
from bcdesk.server.problems import ProblemError
from bcdesk.server.refusal import RefusedError

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.strategies import MovingWindowRateLimiter

MEMORY: Final = "memory://"
DRAFT: Final = "draft-ietf-httpapi-ratelimit-headers-10"
WINDOW_SECONDS: Final = 60
SIGN_INS_PER_MINUTE: Final = 5
"""Tries to sign in to one account, and from one address."""
_SIGN_IN: Final = "sign-in"
_log = logging.getLogger(__name__)


class LimitsError(RefusedError):
    """The store of the limits cannot be used."""


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
    """Counts the calls of every key; used from the loop and from threads."""

    def __init__(self, url: str | None = None) -> None:
        """Keep the counts at ``url``, a store of the `limits` library, or in this process."""
        self._url = url or MEMORY
        self.local = self._url == MEMORY
        """Whether counting takes no network, so that the loop may do it itself."""
        self._window: _Window | None = None
        self._making = threading.Lock()

    def warm(self) -> None:
        """Connect now instead of at the first call; raise `LimitsError` where the store does not answer."""
        try:
            answers = self._ready().limiter.storage.check()
        except Exception as error:  # noqa: BLE001 - each store has errors of its own; their text can hold the URL
            raise LimitsError(f"the store of the limits does not answer ({type(error).__name__})") from None
        if not answers:
            raise LimitsError("the store of the limits does not answer")

    def take(self, key_id: str, environment: str) -> Verdict:
        """Count one call of the key, unless its window is full; 503 where the shared store does not answer."""
        hit = self._hit(key_id, environment)
        headers = {
            "RateLimit-Policy": f'"key";q={hit.amount};w={WINDOW_SECONDS}',
            "RateLimit": f'"key";r={hit.remaining};t={hit.frees_in}',
        }
        return Verdict(hit.allowed, headers, hit.frees_in)

    def try_sign_in(self, name: str) -> int:
        """Count one try to sign in to an account or from an address; return the seconds to wait, or 0 to go on."""
        hit = self._hit(name, _SIGN_IN)
        return 0 if hit.allowed else hit.frees_in

    def _hit(self, name: str, kind: str) -> "_Hit":
        window = self._ready()
        item = window.items[kind]
        try:
            allowed = window.limiter.hit(item, name)
            stats = window.limiter.get_window_stats(item, name)
        except window.errors as error:
            _log.warning("the store of the limits does not answer (%s)", type(error).__name__)
            raise ProblemError(503, Code.UNAVAILABLE, "Calls cannot be counted just now.") from None
        frees_in = min(WINDOW_SECONDS, max(1, math.ceil(stats.reset_time - time.time())))
        return _Hit(allowed, item.amount, stats.remaining, frees_in)

    def _ready(self) -> "_Window":
        if self._window is None:
            with self._making:
                if self._window is None:
                    self._window = _open(self._url)
        return self._window


class _Hit(NamedTuple):
    allowed: bool
    amount: int
    remaining: int
    frees_in: int


class _Window(NamedTuple):
    limiter: "MovingWindowRateLimiter"
    items: "dict[str, RateLimitItem]"
    errors: tuple[type[Exception], ...]


def _open(url: str) -> _Window:
    from limits import RateLimitItemPerSecond
    from limits.errors import StorageError
    from limits.storage import storage_from_string
    from limits.strategies import MovingWindowRateLimiter

    storage = storage_from_string(url, wrap_exceptions=True)
    items: dict[str, RateLimitItem] = {
        kind: RateLimitItemPerSecond(amount, WINDOW_SECONDS)
        for kind, amount in {**LIMIT_PER_MINUTE, _SIGN_IN: SIGN_INS_PER_MINUTE}.items()
    }
    return _Window(MovingWindowRateLimiter(storage), items, (StorageError,))
