"""What checks need and find: data alone, whose words are the window's."""

from enum import StrEnum
from typing import NamedTuple

from bcdesk.flow.trace import Hop


class Group(StrEnum):
    """What an attack is on."""

    CODE = "code"
    PKCE = "pkce"
    REDIRECT = "redirect"
    ANSWER = "answer"
    REQUEST = "request"
    CLIENT = "client"
    TOKEN = "token"
    SERVER = "server"


class Outcome(StrEnum):
    """How a check ended; what could not be carried out is ``not_run``, never ``passed``."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not_run"


class Need(StrEnum):
    """What a check cannot do without."""

    TWIN = "twin"
    SECOND_APP = "second_app"
    CODE = "code"
    REFRESH = "refresh"
    CONFIDENTIAL = "confidential"
    PKCE = "pkce"
    MANAGE = "manage"
    CLOCK = "clock"
    API = "api"
    INTROSPECTION = "introspection"
    REVOCATION = "revocation"
    PAR = "par"
    ISS = "iss"


class Why(StrEnum):
    """Why a check was not run."""

    CANCELLED = "cancelled"
    UNREACHABLE = "unreachable"
    NO_METADATA = "no_metadata"
    """What the server says of itself cannot be trusted or read, and nothing is sent to where it points."""
    LIMITED = "limited"
    SIGN_IN = "sign_in"
    UNEXPECTED_PAGE = "unexpected_page"
    CANNOT_REGISTER = "cannot_register"
    MANAGEMENT = "management"
    BASELINE = "baseline"
    NO_CODE_GRANT = "no_code_grant"
    NO_REFRESH_GRANT = "no_refresh_grant"
    NO_SECRET = "no_secret"
    PKCE_OPTIONAL = "pkce_optional"
    NOT_MANAGED = "not_managed"
    NO_CLOCK = "no_clock"
    NO_ENDPOINT = "no_endpoint"
    NOT_OFFERED = "not_offered"
    DECLARED = "declared"
    """The server says in its metadata that it does what the check would call a fault."""
    BROKEN = "broken"
    """The check itself failed."""


class What(StrEnum):
    """What is expected of a server, or what it did."""

    REFUSED = "refused"
    NOT_REDIRECTED = "not_redirected"
    TOKEN = "token"
    ERROR_PAGE = "error_page"
    SIGN_IN = "sign_in"
    REDIRECTED = "redirected"
    CODE = "code"
    SAME = "same"
    DIFFERENT = "different"
    ABSENT = "absent"
    PRESENT = "present"
    ACTIVE = "active"
    INACTIVE = "inactive"
    OPENS = "opens"
    CLOSED = "closed"
    GRANTED = "granted"
    NOT_GRANTED = "not_granted"
    ANSWERED = "answered"


class Saw(NamedTuple):
    """Something expected or got, with a short fact that is no secret: an error code, a header's value, a scope."""

    what: What
    detail: str = ""
    status: int | None = None

    def __str__(self) -> str:
        told = [self.what.value.replace("_", " "), "" if self.status is None else str(self.status), self.detail]
        return " ".join(part for part in told if part)


class Found(NamedTuple):
    """What a check saw, and whether that is as it has to be."""

    passed: bool
    got: Saw


class NotRunError(Exception):
    """The check cannot be carried out; the text names the reason alone."""

    def __init__(self, why: Why, detail: str = "") -> None:
        """Say why, with a fact that is no secret."""
        super().__init__(why.value)
        self.why = why
        self.detail = detail


class Result(NamedTuple):
    """What became of a check; ``got`` is None where it was not run, and ``why`` where it was."""

    check_id: str
    outcome: Outcome
    expected: Saw
    got: Saw | None
    hops: tuple[Hop, ...]
    why: Why | None
    detail: str
    milliseconds: float
