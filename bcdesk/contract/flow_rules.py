"""The rules that the authorization server applies to a step of a flow, as data: where each stands, what it can say.

A rule's ``expected`` and ``got`` are what its section compares: URIs, names of scopes (``got`` of ``scope.registered``
holds those alone that are not registered), methods, challenges; for the rules in `SECONDS` they are seconds, ``got``
the age of what came and ``expected`` how old it may be.
"""

from collections.abc import Mapping
from typing import Final

RULES: Final[Mapping[str, str]] = {
    "params.readable": "RFC 6749 §3.1",
    "params.once": "RFC 6749 §3.1",
    "params.in_body": "RFC 6749 §3.2",
    "params.no_request_object": "RFC 9101 §7",
    "client.known": "RFC 6749 §2.2",
    "client.method": "RFC 6749 §2.3",
    "client.secret": "RFC 6749 §2.3.1",
    "redirect.exact": "RFC 9700 §2.1",
    "redirect.same": "RFC 6749 §4.1.3",
    "response_type.code": "RFC 6749 §3.1.1",
    "response_mode.query": "OAuth 2.0 Multiple Response Types §2.1",
    "grant.registered": "RFC 6749 §5.2",
    "grant_type.known": "RFC 6749 §5.2",
    "pkce.present": "RFC 9700 §2.1.1",
    "pkce.method": "RFC 7636 §4.3",
    "pkce.challenge": "RFC 7636 §4.2",
    "pkce.s256": "RFC 7636 §4.6",
    "scope.registered": "RFC 6749 §3.3",
    "scope.within": "RFC 6749 §6",
    "state.present": "RFC 9700 §4.7",
    "prompt.possible": "OpenID Connect Core §3.1.2.1",
    "request_uri.live": "RFC 9126 §2.2",
    "page.fresh": "RFC 9700 §4.7",
    "user.signed_in": "RFC 6749 §3.1",
    "user.consented": "RFC 6749 §4.1.1",
    "code.known": "RFC 6749 §4.1.3",
    "code.client": "RFC 6749 §4.1.3",
    "code.unused": "RFC 6749 §4.1.2",
    "code.fresh": "RFC 6749 §4.1.2",
    "code.grant": "RFC 6749 §10.5",
    "refresh.known": "RFC 6749 §6",
    "refresh.client": "RFC 6749 §6",
    "refresh.unused": "RFC 9700 §4.14.2",
    "refresh.fresh": "RFC 6749 §6",
    "refresh.grant": "RFC 6749 §6",
    "origin.registered": "Fetch §3.3",
    "token.presented": "RFC 6750 §2.1",
    "token.live": "RFC 6750 §3.1",
    "token.scope": "RFC 6750 §3.1",
    "rate.within": "RFC 6585 §4",
}
"""Each rule's id and the section that it follows."""

SECONDS: Final = frozenset({"code.unused", "code.fresh", "refresh.unused", "refresh.fresh", "token.live"})
"""The rules whose ``expected`` and ``got`` are seconds; of ``client.secret`` ``got`` is the seconds since its end."""

REASONS: Final[Mapping[str, tuple[str, ...]]] = {
    "params.readable": ("unreadable",),
    "params.once": ("repeated",),
    "params.in_body": ("in_query",),
    "params.no_request_object": ("sent",),
    "client.known": ("missing", "unknown", "disabled", "deleted", "looks_like_secret"),
    "client.method": ("other_method", "public_secret", "none_sent", "two_sent", "not_basic", "malformed", "assertion"),
    "client.secret": ("wrong", "rotated_out", "other_client"),
    "redirect.exact": ("missing", "differs", "trailing_slash", "case", "not_registered", "malformed"),
    "redirect.same": ("missing", "differs", "trailing_slash", "case"),
    "response_type.code": ("missing", "other"),
    "response_mode.query": ("other",),
    "grant.registered": ("not_registered",),
    "grant_type.known": ("missing", "unknown"),
    "pkce.present": ("missing", "optional"),
    "pkce.method": ("plain", "unnamed", "other", "without_challenge"),
    "pkce.challenge": ("padded", "standard_alphabet", "hex", "malformed"),
    "pkce.s256": ("missing", "wrong", "not_asked", "malformed", "plain", "decoded_first"),
    "scope.registered": ("not_registered", "none_left"),
    "scope.within": ("wider", "none_left", "other_than_before"),
    "state.present": ("missing",),
    "prompt.possible": ("none", "none_with_others"),
    "request_uri.live": ("unknown", "other_client", "used", "expired", "nested"),
    "page.fresh": ("expired",),
    "user.signed_in": ("wrong", "limited"),
    "user.consented": ("denied",),
    "code.known": ("missing", "unknown"),
    "code.client": ("other_client",),
    "code.unused": ("used",),
    "code.fresh": ("expired",),
    "code.grant": ("revoked", "user_disabled"),
    "refresh.known": ("missing", "unknown"),
    "refresh.client": ("other_client",),
    "refresh.unused": ("used", "repeated"),
    "refresh.fresh": ("expired",),
    "refresh.grant": ("revoked", "user_disabled"),
    "origin.registered": ("not_registered",),
    "token.presented": ("missing", "two_sent", "not_bearer"),
    "token.live": (
        "missing", "unknown", "expired", "revoked", "used", "other_client", "app_disabled", "app_deleted",
        "user_disabled",
    ),
    "token.scope": ("insufficient",),
    "rate.within": ("limited",),
}  # fmt: skip
"""What each rule can say where it is not kept, and what it advises."""

EFFECTS: Final = (
    "request_pushed",
    "code_issued",
    "code_spent",
    "code_burned",
    "tokens_issued",
    "tokens_repeated",
    "token_revoked",
    "family_revoked",
    "user_denied",
)
"""What a hop can change; ``tokens_repeated`` is the reply that was lost, given once more."""
