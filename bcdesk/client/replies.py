"""A whole answer of the server, and what one that says no means; knows no HTTP library."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from bcdesk.client.errors import ClientError, FaultItem, Garbled, RateLimited, ServerFault, refused
from bcdesk.contract.codes import Code

JSON: Final = frozenset({"application/json", "application/problem+json"})
_TEXT_MOST: Final = 2000
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")


def _no_number(name: str) -> Any:
    raise ValueError(name)


_decode: Final = json.JSONDecoder(parse_constant=_no_number).decode


def parsed(content: bytes | str) -> Any:
    """Parse JSON as RFC 8259 has it, Unicode to the last character: no NaN, no half of a surrogate pair.

    Raise ValueError or RecursionError. What Python would take beyond that could be neither stored nor sent.
    """
    text = content.decode("utf-8") if isinstance(content, bytes) else content
    found = _decode(text)
    if _SURROGATE.search(text):
        json.dumps(found, ensure_ascii=False).encode("utf-8")
    return found


class Reply(NamedTuple):
    """A whole answer: status, parsed JSON (None without a body), request id."""

    status: int
    content: bytes
    request_id: str

    def json(self) -> Any:
        """Parse the body; raise `Garbled` where it is no JSON."""
        try:
            return parsed(self.content)
        except (ValueError, RecursionError):
            status = self.status
        raise Garbled("json", status=status)


def refusal(reply: Reply, kind: str, retry_after: float | None) -> ClientError:
    """Turn a 4xx or 5xx answer into its error; one without a problem document is told by its status."""
    problem: Any = None
    if kind in JSON:
        try:
            problem = parsed(reply.content)
        except (ValueError, RecursionError):
            problem = None
    error: ClientError
    if isinstance(problem, dict) and isinstance(problem.get("code"), str):
        faults = problem.get("errors")
        error = refused(
            reply.status,
            _text(problem.get("code")),
            _text(problem.get("detail")),
            tuple(_fault(item) for item in faults if isinstance(item, dict)) if isinstance(faults, list) else (),
            _text(problem.get("request_id")) or reply.request_id,
            **_members(problem),
        )
    elif reply.status >= 500 or reply.status in (401, 403, 429):
        code = {401: Code.INVALID_TOKEN, 403: Code.FORBIDDEN_ROLE, 429: Code.RATE_LIMITED}.get(reply.status)
        error = refused(reply.status, code or Code.UNAVAILABLE, "", (), reply.request_id)
    else:
        return Garbled("status", status=reply.status, uncertain=False)
    if isinstance(error, RateLimited):
        error.retry_after = retry_after if retry_after is not None else 1.0
    elif isinstance(error, ServerFault):
        error.retry_after = retry_after
    return error


def _members(problem: Mapping[str, Any]) -> dict[str, str]:
    """Return the extension members that the contract knows (RFC 9457 §3.2), as text."""
    handover = problem.get("handover")
    found = {name: problem.get(name) for name in ("key_id", "app_id")}
    if isinstance(handover, dict):
        found |= {"handover_id": handover.get("id"), "handover_state": handover.get("state")}
    return {name: _text(value) for name, value in found.items() if isinstance(value, str)}


def _fault(item: Mapping[str, Any]) -> FaultItem:
    return FaultItem(_text(item.get("pointer")), _text(item.get("code")), _text(item.get("detail")))


def _text(value: object) -> str:
    return value[:_TEXT_MOST] if isinstance(value, str) else ""


def seconds(text: str | None) -> float | None:
    """Read Retry-After as seconds (RFC 9110 §10.2.3); its date form is left to the usual backoff."""
    return float(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 7 else None
