"""Repeats an attempt while that may help, and not longer than a minute."""

from collections.abc import Awaitable, Callable
from typing import Final

import stamina
import stamina.instrumentation

from bcdesk.client.errors import ClientError, Conflict, RateLimited, ServerFault, Unreachable
from bcdesk.client.replies import Reply
from bcdesk.contract.codes import Code

WHOLE_SECONDS: Final = 60.0
"""How long one attempt may take in all, however slowly its bytes drip, and how long attempts go on."""
RETRY_AFTER_MOST: Final = 10.0

stamina.instrumentation.set_on_retry_hooks([])  # they would print a call's arguments


async def repeated(attempt: Callable[[], Awaitable[Reply]], attempts: int) -> Reply:
    """Attempt until an answer came, or a failure that a repetition does not mend."""
    uncertain = False
    failure: ClientError
    attempt_again = stamina.retry_context(
        on=_worth_another, attempts=attempts, timeout=WHOLE_SECONDS, wait_initial=0.2, wait_max=5.0, wait_jitter=0.3
    )
    try:
        async for each in attempt_again:
            with each:
                try:
                    return await attempt()
                except ClientError as error:
                    uncertain = uncertain or error.uncertain
                    raise
        raise AssertionError("the loop returns or raises")  # pragma: no cover
    except ClientError as error:
        failure = error
    failure.uncertain = uncertain
    raise failure.with_traceback(None)  # its frames hold the token


def _worth_another(error: Exception) -> bool | float:
    """Tell whether to try again, or after how many seconds."""
    if isinstance(error, Unreachable):
        return error.reason != "tls"
    if isinstance(error, RateLimited):
        return error.retry_after if error.retry_after <= RETRY_AFTER_MOST else False
    if isinstance(error, ServerFault):
        if error.status not in (502, 503, 504) or (error.retry_after or 0.0) > RETRY_AFTER_MOST:
            return False
        return error.retry_after if error.retry_after is not None else True
    return isinstance(error, Conflict) and error.code == Code.IDEMPOTENCY_IN_FLIGHT
