"""What to change in somebody's code, read from the hops that the server saw: failed rules, and what does not follow.

`diagnose` is pure; codes and facts are data, the sentences are of whoever shows them.
"""

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from bcdesk.contract.flow_rows import HopRow, RuleRow

if TYPE_CHECKING:
    from bcdesk.client.client import Client

UNREDEEMED_SECONDS: Final = 60.0
"""How long after its consent a code is missed at the token endpoint."""
RETRIES: Final = 3
RETRY_SECONDS: Final = 60.0


class Diagnosis(NamedTuple):
    """What is wrong, at which hop, and what its sentence needs; no fact is secret."""

    code: str
    hop_id: str
    facts: Mapping[str, str]


OF_RULE: Final[Mapping[tuple[str, str], str]] = {
    ("params.once", "repeated"): "parameter_repeated",
    ("params.in_body", "in_query"): "parameters_in_query",
    ("params.no_request_object", "sent"): "request_object",
    ("client.known", "missing"): "client_id_missing",
    ("client.known", "unknown"): "client_unknown",
    ("client.known", "disabled"): "app_disabled",
    ("client.known", "deleted"): "app_deleted",
    ("client.known", "looks_like_secret"): "secret_as_client_id",
    ("client.method", "public_secret"): "public_app_sends_secret",
    ("client.method", "none_sent"): "no_authentication",
    ("client.method", "two_sent"): "authenticates_twice",
    ("client.method", "not_basic"): "authorization_not_basic",
    ("client.method", "malformed"): "basic_malformed",
    ("client.method", "assertion"): "client_assertion",
    ("client.secret", "wrong"): "secret_wrong",
    ("client.secret", "rotated_out"): "secret_rotated_out",
    ("client.secret", "other_client"): "secret_of_other_app",
    ("redirect.exact", "missing"): "redirect_missing",
    ("redirect.exact", "differs"): "redirect_differs",
    ("redirect.exact", "trailing_slash"): "redirect_trailing_slash",
    ("redirect.exact", "case"): "redirect_case",
    ("redirect.exact", "not_registered"): "redirect_not_registered",
    ("redirect.exact", "malformed"): "redirect_malformed",
    ("redirect.same", "missing"): "redirect_left_out",
    ("redirect.same", "differs"): "redirect_changed",
    ("redirect.same", "trailing_slash"): "redirect_changed",
    ("redirect.same", "case"): "redirect_changed",
    ("response_type.code", "missing"): "response_type_missing",
    ("response_type.code", "other"): "response_type_other",
    ("response_mode.query", "other"): "response_mode_other",
    ("grant.registered", "not_registered"): "grant_not_registered",
    ("grant_type.known", "missing"): "grant_type_missing",
    ("grant_type.known", "unknown"): "grant_type_unknown",
    ("pkce.present", "missing"): "challenge_missing",
    ("pkce.present", "optional"): "challenge_advised",
    ("pkce.method", "plain"): "pkce_plain",
    ("pkce.method", "unnamed"): "pkce_method_missing",
    ("pkce.method", "other"): "pkce_method_unknown",
    ("pkce.method", "without_challenge"): "challenge_missing",
    ("pkce.challenge", "padded"): "challenge_padded",
    ("pkce.challenge", "standard_alphabet"): "challenge_alphabet",
    ("pkce.challenge", "hex"): "challenge_hex",
    ("pkce.challenge", "malformed"): "challenge_malformed",
    ("pkce.s256", "missing"): "verifier_missing",
    ("pkce.s256", "wrong"): "verifier_wrong",
    ("pkce.s256", "not_asked"): "verifier_not_asked",
    ("pkce.s256", "malformed"): "verifier_malformed",
    ("pkce.s256", "plain"): "challenge_is_verifier",
    ("pkce.s256", "decoded_first"): "verifier_decoded_first",
    ("scope.registered", "not_registered"): "scope_escalation",
    ("scope.registered", "none_left"): "scope_none_left",
    ("scope.within", "wider"): "scope_wider_on_refresh",
    ("scope.within", "none_left"): "scope_none_left",
    ("scope.within", "other_than_before"): "refresh_repeated_otherwise",
    ("state.present", "missing"): "state_missing",
    ("prompt.possible", "none"): "prompt_none",
    ("prompt.possible", "none_with_others"): "prompt_none",
    ("request_uri.live", "unknown"): "request_uri_unknown",
    ("request_uri.live", "other_client"): "request_uri_unknown",
    ("request_uri.live", "used"): "request_uri_used",
    ("request_uri.live", "expired"): "request_uri_expired",
    ("user.consented", "denied"): "user_denied",
    ("code.known", "missing"): "code_missing",
    ("code.known", "unknown"): "code_unknown",
    ("code.client", "other_client"): "code_of_other_app",
    ("code.unused", "used"): "code_sent_twice",
    ("code.fresh", "expired"): "code_expired",
    ("code.grant", "revoked"): "code_revoked",
    ("refresh.known", "missing"): "refresh_missing",
    ("refresh.known", "unknown"): "refresh_unknown",
    ("refresh.client", "other_client"): "refresh_of_other_app",
    ("refresh.unused", "used"): "refresh_reused",
    ("refresh.unused", "repeated"): "refresh_repeated",
    ("refresh.fresh", "expired"): "refresh_expired",
    ("refresh.grant", "revoked"): "refresh_revoked",
    ("origin.registered", "not_registered"): "origin_not_registered",
    ("token.presented", "missing"): "token_missing",
    ("token.live", "missing"): "token_missing",
    ("token.live", "unknown"): "token_unknown",
    ("token.live", "expired"): "token_expired",
    ("token.live", "revoked"): "token_revoked",
    ("token.live", "used"): "refresh_reused",
    ("token.live", "other_client"): "token_of_other_app",
    ("token.live", "app_disabled"): "app_disabled",
    ("token.live", "app_deleted"): "app_deleted",
    ("token.scope", "insufficient"): "token_lacks_scope",
    ("rate.within", "limited"): "rate_limited",
}
"""What a rule that was not kept, for that reason, says of the code of whoever sent the request."""
METHODS: Final[Mapping[str, str]] = {
    "none": "secret_not_sent",
    "client_secret_basic": "basic_instead_of_post",
    "client_secret_post": "post_instead_of_basic",
}
"""Which mistake another method than the registered one is, by the method that was used."""
OF_SEQUENCE: Final = ("code_never_redeemed", "state_reused", "retries_refused")
_PAGES: Final = ("sign_in", "consent")
"""They judge the request once more; what is only advised was said when it came."""
CODES: Final = tuple(dict.fromkeys((*OF_RULE.values(), *METHODS.values(), *OF_SEQUENCE)))
"""Every code that a diagnosis can have."""


def diagnose(hops: Sequence[HopRow], now: float | None = None) -> tuple[Diagnosis, ...]:
    """Return what the hops of one client say of its code, in their order; ``now`` is the last one's moment."""
    found = [one for hop in hops for one in _of_rules(hop)]
    moment = hops[-1].at if now is None and hops else now or 0.0
    found += [*_unredeemed(hops, moment), *_reused_states(hops), *_retries(hops)]
    place = {hop.id: index for index, hop in enumerate(hops)}
    return tuple(sorted(found, key=lambda one: place[one.hop_id]))


class Watch:
    """Takes hops as they come and tells each diagnosis once."""

    def __init__(self, most: int = 1_000) -> None:
        """Keep the last ``most`` hops."""
        self._most: Final = most
        self._hops: list[HopRow] = []
        self._told: set[tuple[str, str]] = set()

    def take(self, hop: HopRow) -> tuple[Diagnosis, ...]:
        """Add a hop and return what it says that was not told before."""
        self._hops.append(hop)
        if len(self._hops) > self._most:
            del self._hops[: self._most // 10]
            left = {hop.id for hop in self._hops}
            self._told = {one for one in self._told if one[1] in left}
        return self.look(hop.at)

    def look(self, now: float) -> tuple[Diagnosis, ...]:
        """Return what time alone says: a code that did not come."""
        fresh = [one for one in diagnose(self._hops, now) if (one.code, one.hop_id) not in self._told]
        self._told.update((one.code, one.hop_id) for one in fresh)
        return tuple(fresh)


async def tail(client: "Client", client_id: str) -> AsyncGenerator[HopRow, None]:
    """Yield the hops of a client as they come, those of the last hour first; close it to stop."""
    hops = client.flow_trace.tail(client_id=client_id)
    try:
        async for hop in hops:
            yield hop
    finally:
        await hops.aclose()


def _of_rules(hop: HopRow) -> Iterable[Diagnosis]:
    told = set()
    for rule in hop.rules:
        if rule.verdict == "passed" or (rule.verdict == "advice" and hop.endpoint in _PAGES):
            continue
        if (rule.id, rule.reason) == ("client.method", "other_method"):
            code: str | None = METHODS.get(rule.got)
        else:
            code = OF_RULE.get((rule.id, rule.reason))
        if code is not None and code not in told:
            told.add(code)
            yield Diagnosis(code, hop.id, _facts(hop, rule))


def _facts(hop: HopRow, rule: RuleRow) -> dict[str, str]:
    facts = {"rule": rule.id, "reason": rule.reason}
    facts |= {name: value for name, value in (("expected", rule.expected), ("got", rule.got)) if value}
    if rule.position is not None:
        facts["position"] = str(rule.position)
    if "family_revoked" in hop.effects or "code_burned" in hop.effects:
        facts["ended"] = "family" if "family_revoked" in hop.effects else "code"
    return facts


def _unredeemed(hops: Sequence[HopRow], now: float) -> Iterable[Diagnosis]:
    """Find the codes that nobody brought to the token endpoint within a minute."""
    for index, hop in enumerate(hops):
        if "code_issued" not in hop.effects or now - hop.at < UNREDEEMED_SECONDS:
            continue
        came = any(
            later.endpoint == "token" and (later.run == hop.run or later.run is None) for later in hops[index + 1 :]
        )
        if not came:
            yield Diagnosis("code_never_redeemed", hop.id, {"seconds": f"{now - hop.at:.0f}"})


def _reused_states(hops: Sequence[HopRow]) -> Iterable[Diagnosis]:
    """Find the requests whose state had brought a code before: a state is drawn for each request."""
    brought: dict[str, str] = {}
    for hop in hops:
        if hop.run is None:
            continue
        if hop.endpoint in ("authorize", "par") and hop.method in ("GET", "POST") and hop.run in brought:
            yield Diagnosis("state_reused", hop.id, {"before": brought[hop.run]})
        if "code_issued" in hop.effects:
            brought[hop.run] = hop.id


def _retries(hops: Sequence[HopRow]) -> Iterable[Diagnosis]:
    """Find requests that were refused alike again and again: trying once more changes nothing."""
    row: list[HopRow] = []
    for hop in hops:
        if hop.endpoint not in ("token", "par", "revoke", "introspect"):
            continue
        alike = row and (hop.endpoint, hop.error, hop.grant_type) == (
            row[-1].endpoint,
            row[-1].error,
            row[-1].grant_type,
        )
        row = [*row, hop] if hop.error and alike and hop.at - row[0].at <= RETRY_SECONDS else [hop]
        if hop.error and len(row) == RETRIES:
            yield Diagnosis("retries_refused", hop.id, {"times": str(RETRIES), "error": hop.error})
