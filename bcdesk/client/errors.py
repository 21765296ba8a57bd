"""Every way in which a call can fail, one class for each reaction; none holds a secret, a URL or a reply.

`ClientError`
├── `InsecureAddress` · `TlsFault` · `Unreachable` · `Garbled` · `NoteRefused`
└── `Refused`: `SignInNeeded` 401 · `Forbidden` 403 · `NotFound` 404 · `Conflict` 409 · `Stale` 412 ·
    `InvalidValues` 422 · `RateLimited` 429 · `ServerFault` 5xx
"""

from typing import Final, NamedTuple

REASONS: Final = ("refused", "timeout", "cut", "tls", "dns", "proxy")


class FaultItem(NamedTuple):
    """A faulty field: its JSON pointer (RFC 6901), the contract's code for it, the server's sentence."""

    pointer: str
    code: str
    detail: str


class ClientError(Exception):
    """A call that did not succeed.

    ``uncertain`` is true when the server may have done what was asked although no usable answer came.
    """

    uncertain: bool = False


class InsecureAddress(ClientError):
    """The address is no https address and not on this machine either; ``reason`` names what is wrong with it.

    Reasons: ``not_a_url``, ``scheme``, ``userinfo``, ``extra`` (query or fragment), ``http_off_loopback``.
    """

    def __init__(self, reason: str) -> None:
        """Name the reason; the address itself stays out of the text."""
        super().__init__(reason)
        self.reason = reason


class TlsFault(ClientError):
    """What a connection is to be secured or reached by is of no use.

    ``what`` is ca_bundle, client_certificate (or its key) or proxy; no path and no content is in the text.
    """

    def __init__(self, what: str) -> None:
        """Name what is at fault."""
        super().__init__(what)
        self.what = what


class Unreachable(ClientError):
    """No whole answer came; ``reason`` is refused, timeout, cut, tls, dns or proxy."""

    def __init__(self, reason: str, *, uncertain: bool = False) -> None:
        """Name the reason, and whether the request may have reached the server."""
        super().__init__(reason)
        self.reason = reason
        self.uncertain = uncertain


class Garbled(ClientError):
    """The answer breaks the contract; ``what`` says where and never holds a part of the answer.

    It is content_type, encoding, too_large, json, shape, secret, redirect or status.
    """

    def __init__(self, what: str, *, status: int = 0, uncertain: bool = True) -> None:
        """Say what was wrong with the answer, and its HTTP status."""
        super().__init__(f"{what} ({status})" if status else what)
        self.what = what
        self.status = status
        self.uncertain = uncertain


class NoteRefused(ClientError):
    """A release note that is not believed, or not any more; nothing of it is shown but what is kept here.

    Reasons: ``form`` (no note), ``key`` (signed by a key that this build does not know), ``signature`` (it does not
    fit), ``expired`` (since ``moment``), ``older`` (``version`` is below ``floor``, which was seen before).
    """

    def __init__(self, reason: str, *, version: str = "", floor: str = "", moment: float = 0.0) -> None:
        """Name the reason, and what its words need."""
        super().__init__(reason)
        self.reason = reason
        self.version, self.floor, self.moment = version, floor, moment


class Refused(ClientError):
    """The server said no, with an RFC 9457 problem: ``code`` is one of `bcdesk.contract.codes.Code`."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        faults: tuple[FaultItem, ...] = (),
        request_id: str = "",
        **members: str,
    ) -> None:
        """Keep the problem's members: of ``members``, ``key_id``, ``app_id``, ``handover_id``, ``handover_state``."""
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.detail = detail
        self.faults = faults
        self.request_id = request_id
        self.members = members


class SignInNeeded(Refused):
    """401: the management token is missing, unknown, expired or revoked."""


class Forbidden(Refused):
    """403: this role, member or page may not do that."""


class NotFound(Refused):
    """404: there is no such row (any more)."""


class Conflict(Refused):
    """409: the row's state does not allow that; ``code`` says why."""


class Stale(Refused):
    """412: the row changed since it was read."""

    @property
    def fields(self) -> tuple[str, ...]:
        """Name the fields that changed meanwhile."""
        return tuple(dict.fromkeys(fault.pointer.split("/")[1] for fault in self.faults if "/" in fault.pointer))


class InvalidValues(Refused):
    """422: some values cannot be taken; ``faults`` says which."""


class RateLimited(Refused):
    """429: too many requests; ``retry_after`` is in seconds."""

    retry_after: float = 1.0


class ServerFault(Refused):
    """5xx: the server failed; ``retry_after`` is in seconds, or None where it did not say."""

    uncertain = True
    retry_after: float | None = None


BY_STATUS: Final[dict[int, type[Refused]]] = {
    401: SignInNeeded,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    412: Stale,
    422: InvalidValues,
    429: RateLimited,
}


def refused(
    status: int, code: str, detail: str, faults: tuple[FaultItem, ...] = (), request_id: str = "", **members: str
) -> Refused:
    """Return the error class that ``status`` asks for, filled in."""
    kind = ServerFault if status >= 500 else BY_STATUS.get(status, Refused)
    return kind(status, code, detail, faults, request_id, **members)
