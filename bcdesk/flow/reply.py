"""Reads what a token endpoint and its neighbours answer (RFC 6749 §5), strictly and without a network."""

import json
import re
from typing import TYPE_CHECKING, Any, Final, NoReturn

from bcdesk.flow.failures import FlowError, Reason

if TYPE_CHECKING:
    from bcdesk.flow.wire import Got

TEXT_MOST: Final = 500
TOKEN_MOST: Final = 16_384
_VISIBLE: Final = re.compile(r"[\x20-\x7e]+")
_CHALLENGE_PART: Final = re.compile(r'([a-z_]+)\s*=\s*"([^"]*)"')


class NotJsonError(Exception):
    """The body is no JSON object; ``what`` is json, duplicate or shape."""

    def __init__(self, what: str) -> None:
        """Say what it is instead."""
        super().__init__(what)
        self.what = what


def read_object(content: bytes) -> dict[str, Any]:
    """Return the JSON object that ``content`` is; raise `NotJsonError` for anything else and for doubled members."""
    doubled = False

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal doubled
        found = dict(pairs)
        doubled = doubled or len(found) != len(pairs)
        return found

    what = "json"
    try:
        data = json.loads(content, object_pairs_hook=members, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        data = None
    else:
        what = "duplicate" if doubled else "shape"
    if isinstance(data, dict) and not doubled:
        return data
    raise NotJsonError(what)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def read_json(got: "Got", garbled: Reason) -> dict[str, Any]:
    """Return the object of an answer that calls itself JSON; raise ``garbled`` with ``what`` for anything else."""
    if 300 <= got.status < 400:
        raise FlowError(garbled, what="redirect", status=str(got.status))
    kind = got.header("Content-Type").split(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        raise FlowError(garbled, what="content_type", status=str(got.status), content_type=kind[:100])
    what = ""
    try:
        return read_object(got.content)
    except NotJsonError as error:
        what = error.what
    raise FlowError(garbled, what=what, status=str(got.status))


def refusal(got: "Got", reason: Reason) -> FlowError:
    """Return the error that an answer of 400 and above tells (RFC 6749 §5.2, RFC 6750 §3)."""
    facts = {"status": str(got.status)}
    challenge = got.header("WWW-Authenticate")
    if challenge:
        facts["challenge"] = challenge.partition(" ")[0][:40]
        facts.update({name: value[:TEXT_MOST] for name, value in _CHALLENGE_PART.findall(challenge)
                      if name in ("error", "error_description", "scope")})  # fmt: skip
    try:
        data = read_object(got.content)
    except NotJsonError:
        data = {}
    for name in ("error", "error_description", "error_uri", "code", "detail"):
        value = data.get(name)
        if isinstance(value, str) and value:
            facts[name] = value[:TEXT_MOST]
    if retry := got.header("Retry-After"):
        facts["retry_after"] = retry[:40]
    return FlowError(reason, **facts)


class TokenReply:
    """What a token endpoint gave, checked; its texts are secrets, and it prints none."""

    __slots__ = ("access_token", "expires_in", "id_token", "refresh_token", "scopes", "token_type")

    def __init__(self, data: dict[str, Any]) -> None:
        """Check ``data`` member by member (RFC 6749 §5.1); raise TOKEN_GARBLED with the first that does not fit."""
        self.access_token = _token(data, "access_token", needed=True) or ""
        self.refresh_token = _token(data, "refresh_token")
        self.id_token = _token(data, "id_token")
        kind = data.get("token_type")
        if not isinstance(kind, str) or kind.lower() != "bearer":
            raise FlowError(Reason.TOKEN_GARBLED, what="token_type", got=str(kind)[:40])
        self.token_type = kind
        seconds = data.get("expires_in")
        if seconds is not None and (not isinstance(seconds, int) or isinstance(seconds, bool)
                                    or not 0 <= seconds < 2**40):  # fmt: skip
            raise FlowError(Reason.TOKEN_GARBLED, what="expires_in")
        self.expires_in: int | None = seconds
        scope = data.get("scope")
        if scope is not None and (not isinstance(scope, str) or len(scope) > TOKEN_MOST):
            raise FlowError(Reason.TOKEN_GARBLED, what="scope")
        self.scopes: tuple[str, ...] | None = None if scope is None else tuple(scope.split())

    def __repr__(self) -> str:
        return "<TokenReply>"


def read_tokens(got: "Got") -> TokenReply:
    """Return the tokens of an answer; raise TOKEN_REFUSED or TOKEN_GARBLED where it has none."""
    if got.status >= 400:
        raise refusal(got, Reason.TOKEN_REFUSED)
    if got.status != 200:
        raise FlowError(Reason.TOKEN_GARBLED, what="redirect" if got.status >= 300 else "status",
                        status=str(got.status))  # fmt: skip
    return TokenReply(read_json(got, Reason.TOKEN_GARBLED))


def _token(data: dict[str, Any], name: str, *, needed: bool = False) -> str | None:
    value = data.get(name)
    if value is None and not needed:
        return None
    if not isinstance(value, str) or len(value) > TOKEN_MOST or not _VISIBLE.fullmatch(value):
        raise FlowError(Reason.TOKEN_GARBLED, what=name)
    return value
