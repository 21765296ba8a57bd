"""Servers of which one rule is off, each by a change to the server's own functions in the test's process.

No such switch ships: whoever runs a server cannot weaken it in any of these ways.
"""

import threading
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import pytest

from bcdesk.server import consents
from bcdesk.server.oauth import (
    tokens,
)
from bcdesk.server.oauth.core import Answer, OAuthCore
from bcdesk.server.points import PointRead

Weaken = Callable[[pytest.MonkeyPatch], None]


class Weakness(NamedTuple):
    """One rule that is off, and the checks that have to find it, and no other ones."""

    weaken: Weaken
    found_by: frozenset[str]
    method: str


WEAK: dict[str, Weakness] = {}


def finds(*checks: str, method: str = "client_secret_basic") -> Callable[[Weaken], Weaken]:
    """Note which checks find a weakening, on an application that authenticates by ``method``."""

    def note(weaken: Weaken) -> Weaken:
        WEAK[weaken.__name__] = Weakness(weaken, frozenset(checks), method)
        return weaken

    return note


def around(patch: pytest.MonkeyPatch, owner: Any, name: str, change: Callable[..., Any]) -> None:
    """Put ``change(original, *arguments)`` in the place of a function."""
    original = getattr(owner, name)
    patch.setattr(owner, name, lambda *given, **named: change(original, *given, **named))


def no_end_for(patch: pytest.MonkeyPatch, reason: str) -> None:
    def revoke(original: Any, *given: Any, **named: Any) -> bool:
        return False if named["reason"] == reason else bool(original(*given, **named))

    around(patch, consents, "revoke", revoke)


now_asking: Final = threading.local()
"""What the request of this thread asks for, where a changed function does not learn of it."""


def tokens_where(patch: pytest.MonkeyPatch, lets: Callable[[dict[str, str], Any], bool]) -> None:
    def token(original: Any, self: Any, call: Any) -> Answer:
        if lets(call.form, self.state):
            return Answer(200, {"access_token": tokens.draw("bct_"), "token_type": "Bearer", "expires_in": 60}, {})
        answer: Answer = original(self, call)
        return answer

    around(patch, OAuthCore, "token", token)


def without(patch: pytest.MonkeyPatch, module: Any, name: str, condition: str) -> None:
    """Take a condition out of a query."""
    text = str(getattr(module, name)._sql)
    assert condition in text
    patch.setattr(module, name, PointRead(text.replace(condition, "")))
