"""What is noted while one request of a flow is answered, from wherever a rule is applied.

The notes hang on the context of the request, which its threads share; where nobody takes notes, nothing is done.
"""

import contextvars
import re
from typing import Final, NamedTuple

from bcdesk.contract.flow_rows import run_of
from bcdesk.contract.flow_rules import RULES

TEXT_MAX: Final = 256
"""Characters that are kept of what somebody sent."""
_URI_MAX: Final = 512
_CLIENT_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SECRET: Final = re.compile(r"bc[a-z]_[A-Za-z0-9_-]{8,}|(?<=:)[^:@/?#]*(?=@)")
_PREFIX: Final = re.compile(r"bc[a-z]_")


class Note(NamedTuple):
    """One rule that was applied."""

    rule: str
    verdict: str
    reason: str = ""
    expected: str = ""
    got: str = ""
    position: int | None = None


class Notes:
    """All that is noted of one request; ``client_id`` is a stranger's text for as long as ``app_id`` is empty."""

    __slots__ = (
        "app_id",
        "client_id",
        "effects",
        "endpoint",
        "error",
        "failed",
        "grant_id",
        "grant_type",
        "rules",
        "run",
    )

    def __init__(self, endpoint: str) -> None:
        """Begin with nothing known."""
        self.endpoint = endpoint
        self.client_id = self.app_id = self.grant_type = self.error = ""
        self.failed = False
        self.grant_id: str | None = None
        self.run: str | None = None
        self.rules: tuple[Note, ...] = ()
        self.effects: tuple[str, ...] = ()


_NOTES: Final[contextvars.ContextVar[Notes | None]] = contextvars.ContextVar("notes", default=None)


def begin(endpoint: str) -> tuple[Notes, contextvars.Token[Notes | None]]:
    """Take notes of this request from now on; `end` takes what is returned second."""
    notes = Notes(endpoint)
    return notes, _NOTES.set(notes)


def end(token: contextvars.Token[Notes | None]) -> None:
    """Take notes no longer."""
    _NOTES.reset(token)


def current() -> Notes | None:
    """Return the notes of this request, or None where nobody takes any."""
    return _NOTES.get()


def passed(rule: str, got: str = "") -> None:
    """Note that a rule was kept; ``got`` is what is registered here already, such as a redirect URI."""
    if (notes := _NOTES.get()) is not None:
        notes.rules += (Note(rule, "passed", got=got),)


def kept(rules: tuple[Note, ...]) -> None:
    """Note several rules at once that were kept; made once, since introspection passes here all day long."""
    if (notes := _NOTES.get()) is not None:
        notes.rules += rules


def failed(rule: str, reason: str, expected: str = "", got: str = "", position: int | None = None) -> None:
    """Note that a rule was not kept."""
    if (notes := _NOTES.get()) is not None:
        notes.failed = True
    _add(rule, "failed", reason, expected, got, position)


def advise(rule: str, reason: str, expected: str = "", got: str = "") -> None:
    """Note what is taken although it should be otherwise."""
    _add(rule, "advice", reason, expected, got, None)


def effect(name: str) -> None:
    """Note what the request changed."""
    if (notes := _NOTES.get()) is not None:
        notes.effects += (name,)


def at(endpoint: str) -> None:
    """Note that it is another step than its address tells: a page of the authorization endpoint."""
    if (notes := _NOTES.get()) is not None:
        notes.endpoint = endpoint


def asked_by(client_id: str | None, app_id: str = "") -> None:
    """Note which client asks, as far as that is known."""
    if client_id and (notes := _NOTES.get()) is not None:
        notes.client_id, notes.app_id = client_id, app_id


def name_of(notes: Notes) -> str:
    """Return the client id that a request is kept under; what looks like a secret is none."""
    found = notes.client_id
    if notes.app_id or (_CLIENT_ID.fullmatch(found) and not looks_like_secret(found)):
        return found
    return ""


def looks_like_secret(text: str) -> bool:
    """Tell whether somebody sent a secret where a client id belongs."""
    return _PREFIX.match(text) is not None


def of_state(state: str | None) -> None:
    """Note the state of an authorization request, which names its run; RFC 9700 asks for one."""
    if (notes := _NOTES.get()) is None:
        return
    if state:
        notes.run = run_of(state)
    else:
        advise("state.present", "missing")


def of_grant(grant_id: str | None) -> None:
    """Note which grant a code or token hangs on: by it the request joins its run."""
    if (notes := _NOTES.get()) is not None and grant_id is not None:
        notes.grant_id = grant_id


def of_type(grant_type: str | None) -> None:
    """Note which grant the token endpoint is asked for."""
    if (notes := _NOTES.get()) is not None and grant_type:
        notes.grant_type = clean(grant_type)[:64]


def error(code: str) -> None:
    """Note the error that the reply tells."""
    if (notes := _NOTES.get()) is not None:
        notes.error = code


def clean(text: str, most: int = TEXT_MAX) -> str:
    """Return text of a stranger as it may be kept: bounded, on one line, and without what looks like a secret."""
    if not text.isprintable():
        text = "".join(filter(str.isprintable, text[: 2 * most]))
    return _SECRET.sub("…", text[:most])


def _add(rule: str, verdict: str, reason: str, expected: str, got: str, position: int | None) -> None:
    if (notes := _NOTES.get()) is not None:
        assert rule in RULES, rule  # noqa: S101 - a name of ours
        notes.rules += (Note(rule, verdict, reason, clean(expected, _URI_MAX), clean(got, _URI_MAX), position),)
