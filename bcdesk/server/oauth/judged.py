"""Notes for the trace how codes, refresh tokens, verifiers and scopes were judged; what is decided stands elsewhere."""

import base64
import binascii
import hashlib
import hmac
import re
from typing import Final

from bcdesk.contract.app_rules import CODE_TTL
from bcdesk.server import hop_notes as notes
from bcdesk.server.families import CodeRow, RefreshRow
from bcdesk.server.flow_trace import why
from bcdesk.server.oauth.clients import Client

_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def code(row: CodeRow | None, client: Client, now: float) -> None:
    """Note what there is to say of a code that ``client`` presents."""
    if notes.current() is None:
        return
    if row is None:
        notes.failed("code.known", "unknown")
        return
    notes.of_grant(row.grant_id)
    notes.passed("code.known")
    _verdict("code.client", row.app_id == client.id, "other_client")
    if row.used_at is None:
        notes.passed("code.unused")
    else:
        notes.failed("code.unused", "used", got=why.seconds(now - row.used_at))
    if row.expires_at > now:
        notes.passed("code.fresh")
    else:
        age = now - row.expires_at + CODE_TTL
        notes.failed("code.fresh", "expired", str(CODE_TTL), why.seconds(age))
    if row.revoked_at is not None and row.used_at is None:
        notes.failed("code.grant", "revoked", got=why.seconds(now - row.revoked_at))
    if row.user_disabled_at is not None:
        notes.failed("code.grant", "user_disabled")


def refresh(row: RefreshRow | None, client: Client, now: float) -> None:
    """Note what there is to say of a refresh token that ``client`` presents; that it was used is noted later."""
    if notes.current() is None:
        return
    if row is None:
        notes.failed("refresh.known", "unknown")
        return
    notes.of_grant(row.grant_id)
    notes.passed("refresh.known")
    _verdict("refresh.client", row.app_id == client.id, "other_client")
    if row.expires_at > now:
        notes.passed("refresh.fresh")
    else:
        notes.failed("refresh.fresh", "expired", why.seconds(row.expires_at - row.created_at),
                     why.seconds(now - row.created_at))  # fmt: skip
    if row.user_disabled_at is not None:
        notes.failed("refresh.grant", "user_disabled")
    elif row.revoked_at is None:
        notes.passed("refresh.grant")
    else:
        notes.failed("refresh.grant", "revoked", got=why.seconds(now - row.revoked_at))
        if row.used_at is not None:
            notes.failed("refresh.unused", "used", got=why.seconds(now - row.used_at))


def verifier(challenge: str | None, sent: str | None) -> None:
    """Note whether a verifier gives the challenge of its code, and which mistake explains it where it does not."""
    if notes.current() is None or not (challenge or sent):
        return
    if not challenge:
        notes.failed("pkce.s256", "not_asked")
    elif not sent:
        notes.failed("pkce.s256", "missing")
    elif not _VERIFIER.fullmatch(sent):
        notes.failed("pkce.s256", "malformed", "43", str(len(sent)))
    elif hmac.compare_digest(_s256(sent.encode("ascii")), challenge):
        notes.passed("pkce.s256")
    elif hmac.compare_digest(sent, challenge):
        notes.failed("pkce.s256", "plain")  # the challenge is the verifier: neither is shown
    elif challenge == _of_decoded(sent):
        notes.failed("pkce.s256", "decoded_first", challenge, _s256(sent.encode("ascii")))
    else:
        notes.failed("pkce.s256", "wrong", challenge, _s256(sent.encode("ascii")))


def scope(client: Client, asked: str | None) -> str | None:
    """Return the scope that a request gets, or None where it may not have what it asks for."""
    given = client.get_allowed_scope(asked)
    if given is None:
        more = " ".join(dict.fromkeys(name for name in (asked or "").split() if name not in client.scopes))
        notes.failed("scope.registered", "not_registered" if more else "none_left", " ".join(client.scopes), more)
    else:
        notes.passed("scope.registered", given)
    return given


def narrower(row_scope: str, asked: str | None) -> None:
    """Note whether a refresh asks for what its token has."""
    more = [name for name in (asked or "").split() if name not in row_scope.split()]
    if more:
        notes.failed("scope.within", "wider", row_scope, " ".join(more))
    else:
        notes.passed("scope.within", row_scope)


def _verdict(rule: str, kept: bool, reason: str) -> None:
    if kept:
        notes.passed(rule)
    else:
        notes.failed(rule, reason)


def _s256(octets: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(octets).digest()).decode("ascii").rstrip("=")


def _of_decoded(sent: str) -> str | None:
    """Return the challenge of a client that hashed the bytes which its verifier encodes, not its letters."""
    try:
        return _s256(base64.b64decode(sent + "=" * (-len(sent) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        return None
