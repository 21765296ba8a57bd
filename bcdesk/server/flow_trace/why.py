"""Finds out why something was refused, for the trace alone: the replies of OAuth tell less, and go on telling less.

Each function looks once more, without the conditions of the look that found nothing; nothing here runs while all is
well, nor where nobody takes notes.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bcdesk.contract import redirects
from bcdesk.contract.app_rules import ACCESS_PREFIX
from bcdesk.contract.redirects import Verdict
from bcdesk.server import hop_notes as notes
from bcdesk.server.points import PointRead
from bcdesk.server.state import ServerState

_CLIENT: Final = PointRead("SELECT id, disabled_at, deleted_at FROM applications WHERE client_id = :client_id")
_SECRET: Final = PointRead("SELECT app_id, expires_at, ended_at FROM app_secrets WHERE secret_hmac = :secret_hmac")
_CODE: Final = PointRead(
    "SELECT c.grant_id, a.id, a.client_id FROM auth_codes c JOIN applications a ON a.id = c.app_id"
    " WHERE c.code_hmac = :token_hmac"
)
_REFRESH: Final = PointRead(
    "SELECT r.grant_id, a.id, a.client_id FROM refresh_tokens r JOIN applications a ON a.id = r.app_id"
    " WHERE r.token_hmac = :token_hmac"
)
_ACCESS: Final = PointRead(
    "SELECT a.id, a.client_id, t.grant_id, t.expires_at, t.revoked_at, a.disabled_at, a.deleted_at, g.revoked_at,"
    " u.disabled_at FROM access_tokens t JOIN applications a ON a.id = t.app_id"
    " LEFT JOIN grants g ON g.id = t.grant_id LEFT JOIN users u ON u.id = t.user_id WHERE t.token_hmac = :token_hmac"
)
_PUSHED: Final = PointRead("SELECT app_id, used_at, expires_at FROM par_requests WHERE uri_hmac = :uri_hmac")


def no_client(state: ServerState, client_id: str) -> None:
    """Note why there is no enabled application of that client id."""
    if notes.current() is None:
        return
    if notes.looks_like_secret(client_id):
        notes.failed("client.known", "looks_like_secret")
        return
    row = _CLIENT.find(state.database, client_id=client_id)
    notes.asked_by(client_id, "" if row is None else row[0])
    reason = "unknown" if row is None else "deleted" if row[2] is not None else "disabled"
    notes.failed("client.known", reason, got=client_id)


def wrong_secret(state: ServerState, app_id: str, secret: str, now: float) -> None:
    """Note why a client secret is none of that application that works."""
    if notes.current() is None:
        return
    row = _SECRET.find(state.database, secret_hmac=state.secret.token_hmac(secret))
    if row is None:
        notes.failed("client.secret", "wrong")
    elif row[0] != app_id:
        notes.failed("client.secret", "other_client")
    else:
        ended = min(moment for moment in row[1:] if moment is not None) if any(row[1:]) else now
        notes.failed("client.secret", "rotated_out", got=seconds(now - ended))


def joined(state: ServerState, form: Mapping[str, str]) -> None:
    """Let a request whose client is not proven join the run of its code or refresh token.

    Where it does not even say which client it is, that of the code is taken.
    """
    taken = notes.current()
    if taken is None:
        return
    for name, find in (("code", _CODE), ("refresh_token", _REFRESH)):
        row = find.find(state.database, token_hmac=state.secret.token_hmac(form[name])) if name in form else None
        if row is not None and taken.client_id in ("", row[2]):
            notes.of_grant(row[0])
            notes.asked_by(row[2], row[1])


def redirect(verdict: Verdict, sent: str) -> None:
    """Note whether a redirect URI is a registered one, and where it differs from the nearest that is."""
    if verdict.ok:
        notes.passed("redirect.exact", sent)
        return
    near = verdict.registered or ""
    if verdict.reason not in (redirects.Reason.DIFFERS, redirects.Reason.NOT_REGISTERED):
        notes.failed("redirect.exact", "malformed", near, sent, verdict.at)
        return
    reason = _difference(near, sent) if _same_place(near, sent) else "not_registered"
    notes.failed("redirect.exact", reason, near, sent, verdict.differs_at)


def same_redirect(asked: str, named: str | None, *, needed: bool) -> None:
    """Note whether a token request names the redirect URI that its code was sent to."""
    if named == asked or (named is None and not needed):
        notes.passed("redirect.same", asked)
    elif named is None:
        notes.failed("redirect.same", "missing", asked)
    else:
        notes.failed("redirect.same", _difference(asked, named), asked, named, first_difference(asked, named))


def foreign_page(app_type: str, redirect_uris: Sequence[str], origin: str) -> None:
    """Note a page whose browser hides the reply from it: CORS is for the origins of browser applications alone."""
    origins = dict.fromkeys(found for uri in redirect_uris if (found := redirects.origin_of(uri)) is not None)
    if app_type != "spa" or origin not in origins:
        notes.advise("origin.registered", "not_registered", " ".join(origins) if app_type == "spa" else "", origin)


def no_request(state: ServerState, app_id: str, request_uri: str, now: float) -> None:
    """Note why there is no pushed request of that name."""
    if notes.current() is None:
        return
    row = _PUSHED.find(state.database, uri_hmac=state.secret.token_hmac(request_uri))
    if row is None:
        notes.failed("request_uri.live", "unknown")
    elif row[0] != app_id:
        notes.failed("request_uri.live", "other_client")
    elif row[1] is not None:
        notes.failed("request_uri.live", "used")
    else:
        notes.failed("request_uri.live", "expired", got=seconds(now - row[2]))


def no_access(state: ServerState, token: str, now: float, asking: str | None = None) -> None:
    """Note why an access token opens nothing; ``asking`` is the application that asks about it, where one does."""
    if notes.current() is None:
        return
    row = None
    if token.startswith(ACCESS_PREFIX):
        row = _ACCESS.find(state.database, token_hmac=state.secret.token_hmac(token))
    if row is None:
        notes.failed("token.live", "unknown")
        return
    if asking is not None and row[0] != asking:
        notes.failed("token.live", "other_client")
        return
    if asking is None:
        notes.asked_by(row[1], row[0])
    notes.of_grant(row[2])
    _not_live(row, now)


def _not_live(row: Any, now: float) -> None:
    _, _, _, expires_at, revoked_at, disabled_at, deleted_at, grant_revoked_at, user_disabled_at = row
    ended = revoked_at if revoked_at is not None else grant_revoked_at
    if deleted_at is not None:
        notes.failed("token.live", "app_deleted")
    elif disabled_at is not None:
        notes.failed("token.live", "app_disabled")
    elif ended is not None:
        notes.failed("token.live", "revoked", got=seconds(now - ended))
    elif user_disabled_at is not None:
        notes.failed("token.live", "user_disabled")
    else:
        notes.failed("token.live", "expired", got=seconds(now - expires_at))


def seconds(value: float) -> str:
    """Return a number of seconds as the trace tells it."""
    return f"{max(0.0, value):.1f}"


def first_difference(one: str, other: str) -> int:
    """Return where two different texts begin to differ, counting characters from 0."""
    pairs = zip(one, other, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _difference(one: str, other: str) -> str:
    if one.rstrip("/") == other.rstrip("/"):
        return "trailing_slash"
    return "case" if one.lower() == other.lower() else "differs"


def _same_place(one: str, other: str) -> bool:
    """Tell whether two URIs lead to the same host or scheme, whatever the letters' case."""
    a, b = redirects.parts_of(one), redirects.parts_of(other)
    if a is None or b is None:
        return False
    return a.scheme.lower() == b.scheme.lower() and (a.host or "").lower() == (b.host or "").lower()
