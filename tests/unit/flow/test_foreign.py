"""Runs against a server of somebody else: what it tells of itself, its token replies, and its ID tokens."""

import json
from typing import Any

import pytest
from joserfc.jwk import ECKey, JWKRegistry, OctKey

from bcdesk.flow.failures import FlowError, Reason
from bcdesk.flow.trace import Hop
from bcdesk.flow.values import Phase
from tests.unit.flow.foreign_server import ISSUER, Foreign

METADATA = "/tenant/.well-known/openid-configuration"


async def end(server: Foreign, secret: str | None = None, **changes: Any) -> tuple[FlowError | None, list[Hop]]:
    """Take a run to its tokens and return how that ended, and its hops."""
    run = server.run(secret, **changes)
    told: FlowError | None = None
    try:
        await server.come_back(run)
        await run.go_on()
    except FlowError as error:
        told = error
    finally:
        await run.aclose()
    assert run.phase is (Phase.DONE if told is None else Phase.FAILED)
    if told is not None:
        assert run.failure is not None
        assert run.failure.reason is told.reason
        assert run.trace.hops[run.failure.hop - 1].failure == run.failure
    return told, run.trace.hops


def with_id_token(**claims: object) -> Foreign:
    server = Foreign()
    server.claims = claims
    server.answers["/tenant/token"] = (200, {}, lambda: {**server.token, "id_token": server.id_token()})
    return server


async def test_that_the_run_falls_back_on_openid_discovery_and_checks_the_id_token() -> None:
    error, hops = await end(with_id_token(), then=("userinfo",))
    assert error is None
    assert [hop.name for hop in hops] == [
        "discovery", "discovery", "prepare", "authorize", "callback", "token", "keys", "userinfo",
    ]  # fmt: skip
    assert [hop.facts.get("found") for hop in hops[:2]] == ["no", "yes"]
    assert hops[5].facts["id_token"] == "checked"


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"iss": "https://id.example"}, "iss"),
        ({"aud": "client_2"}, "aud"),
        ({"aud": ["client_1", "client_2"], "azp": "client_2"}, "aud"),
        ({"exp": 1}, "exp"),
        ({"exp": "soon"}, "exp"),
        ({"exp": None}, "exp"),
        ({"iat": 99_999_999_999}, "iat"),
        ({"sub": None}, "sub"),
        ({"nonce": "another"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, "at_hash"),
    ],
)
async def test_that_an_id_token_with_a_wrong_claim_gives_no_tokens(claims: dict[str, object], why: str) -> None:
    error, hops = await end(with_id_token(**claims))
    assert error is not None
    assert error.reason is Reason.TOKEN_GARBLED
    assert (error.facts["what"], error.facts["why"]) == ("id_token", why)
    assert hops[5].failure is not None


async def test_that_several_audiences_pass_where_the_party_is_us() -> None:
    assert (await end(with_id_token(aud=["client_1", "client_2"], azp="client_1")))[0] is None


@pytest.mark.parametrize(
    ("algorithm", "kind", "size"),
    [("RS256", "RSA", 2048), ("PS512", "RSA", 2048), ("ES384", "EC", "P-384"), ("ES512", "EC", "P-521"),
     ("EdDSA", "OKP", "Ed25519"), ("Ed25519", "OKP", "Ed25519")],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")  # of the server's making
async def test_that_the_usual_algorithms_are_understood(algorithm: str, kind: str, size: str | int) -> None:
    server = with_id_token(at_hash=None)
    server.header = {"alg": algorithm}
    server.key = JWKRegistry.generate_key(kind, size, {"kid": "k1"})
    error, _ = await end(server)
    assert error is None


async def test_that_only_the_servers_key_signs() -> None:
    server = Foreign()
    other = ECKey.generate_key("P-256", {"kid": "k1"})
    server.answers["/tenant/token"] = (200, {}, lambda: {**server.token, "id_token": server.id_token(other)})
    error, _ = await end(server)
    assert error is not None
    assert error.facts["why"] == "signature"


async def test_that_a_key_of_another_name_is_not_tried() -> None:
    server = with_id_token()
    server.header = {"kid": "k2"}
    error, _ = await end(server)
    assert error is not None
    assert error.facts["why"] == "unknown_key"


async def test_that_no_signature_is_no_signature() -> None:
    server = Foreign()
    server.header = {"alg": "none"}
    unsigned = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."
    server.answers["/tenant/token"] = (200, {}, lambda: {**server.token, "id_token": unsigned})
    error, _ = await end(server)
    assert error is not None
    assert error.facts["why"] == "algorithm"


@pytest.mark.parametrize(("secret", "passes"), [("a-secret-of-the-client-32-bytes-long", True), (None, False)])
async def test_that_a_shared_key_signs_for_a_client_with_a_secret_alone(secret: str | None, passes: bool) -> None:
    server = Foreign()
    server.header = {"alg": "HS256", "kid": None}
    key = OctKey.import_key("a-secret-of-the-client-32-bytes-long")
    server.answers["/tenant/token"] = (200, {}, lambda: {**server.token, "id_token": server.id_token(key)})
    error, _ = await end(server, secret)
    assert (error is None) is passes


async def test_that_the_published_key_is_no_shared_key() -> None:
    """An attacker who signs with the public key's own text (RFC 8725 §2.1) gets nowhere."""
    server = Foreign()
    server.header = {"alg": "HS256"}
    key = OctKey.import_key(json.dumps(server.key.as_dict(private=False)))
    server.answers["/tenant/token"] = (200, {}, lambda: {**server.token, "id_token": server.id_token(key)})
    error, _ = await end(server)
    assert error is not None
    assert error.facts["why"] == "algorithm"


@pytest.mark.parametrize("answer", [(500, {}, {}), (200, {}, b"[]"), (200, {}, {"keys": []}), (200, {}, {"keys": [1]})])
async def test_that_without_keys_nothing_is_believed(answer: tuple[int, dict[str, str], object]) -> None:
    server = with_id_token()
    server.answers["/tenant/jwks"] = answer
    error, _ = await end(server)
    assert error is not None
    assert error.facts["why"] == "no_keys"


GARBLED: list[tuple[tuple[int, dict[str, str], object], str]] = [
    ((200, {"content-type": "text/html"}, b"<p>"), "content_type"),
    ((200, {"content-type": "application/x-www-form-urlencoded"}, b"access_token=1&token_type=bearer"), "content_type"),
    ((200, {}, b'{"access_token":'), "json"),
    ((200, {}, b'{"access_token":NaN}'), "json"),
    ((200, {}, b"[" * 100_000), "json"),
    ((200, {}, b"[1]"), "shape"),
    ((200, {}, b'{"access_token":"a","access_token":"b","token_type":"bearer"}'), "duplicate"),
    ((200, {}, {"token_type": "bearer"}), "access_token"),
    ((200, {}, {"access_token": "", "token_type": "bearer"}), "access_token"),
    ((200, {}, {"access_token": 1, "token_type": "bearer"}), "access_token"),
    ((200, {}, {"access_token": "a\r\nX: y", "token_type": "bearer"}), "access_token"),
    ((200, {}, {"access_token": "a" * 16_385, "token_type": "bearer"}), "access_token"),
    ((200, {}, {"access_token": "a", "token_type": "mac"}), "token_type"),
    ((200, {}, {"access_token": "a"}), "token_type"),
    ((200, {}, {"access_token": "a", "token_type": "bearer", "expires_in": "60"}), "expires_in"),
    ((200, {}, {"access_token": "a", "token_type": "bearer", "expires_in": True}), "expires_in"),
    ((200, {}, {"access_token": "a", "token_type": "bearer", "expires_in": -1}), "expires_in"),
    ((200, {}, {"access_token": "a", "token_type": "bearer", "scope": ["a"]}), "scope"),
    ((200, {}, {"access_token": "a", "token_type": "bearer", "refresh_token": {}}), "refresh_token"),
    ((302, {"location": "https://evil.example"}, b""), "redirect"),
    ((204, {}, b""), "status"),
    ((200, {}, b" " * (2**20 + 1)), "too_large"),
    ((200, {"content-encoding": "gzip"}, b"x"), "encoding"),
]


@pytest.mark.parametrize(("answer", "what"), GARBLED)
async def test_that_a_garbled_token_reply_is_told_by_what_is_wrong(
    answer: tuple[int, dict[str, str], object], what: str
) -> None:
    server = Foreign()
    server.answers["/tenant/token"] = answer
    error, hops = await end(server)
    assert error is not None
    assert (error.reason, error.facts["what"]) == (Reason.TOKEN_GARBLED, what)
    assert hops[-1].name == "token"
    assert server.count("/tenant/token") == 1


async def test_that_a_refusal_tells_what_the_server_said() -> None:
    server = Foreign()
    body = {"error": "invalid_client", "error_description": "no such client", "error_uri": "https://id.example/help"}
    server.answers["/tenant/token"] = (401, {"www-authenticate": 'Basic realm="x"'}, body)
    error, _ = await end(server)
    assert error is not None
    assert error.reason is Reason.TOKEN_REFUSED
    assert error.facts == {"status": "401", "challenge": "Basic", **body}


async def test_that_scopes_other_than_the_ones_asked_for_are_told() -> None:
    server = Foreign()
    server.token["scope"] = "openid admin"
    run = server.run()
    await server.come_back(run)
    tokens = await run.exchange()
    assert tokens.scopes == ("openid", "admin")
    assert run.trace.hops[-1].facts["scope_given"] == "openid admin"
    await run.aclose()


@pytest.mark.parametrize(
    ("answer", "reason", "what"),
    [
        ((404, {}, b""), Reason.DISCOVERY_FAILED, None),
        ((200, {}, b"<html>"), Reason.DISCOVERY_NOT_METADATA, "json"),
        ((200, {}, {"issuer": "https://id.example"}), Reason.DISCOVERY_FOREIGN_ISSUER, None),
        ((200, {}, {"issuer": ISSUER + "/"}), Reason.DISCOVERY_FOREIGN_ISSUER, None),
        ((200, {}, {}), Reason.DISCOVERY_NOT_METADATA, "issuer"),
        ((200, {}, {"issuer": ISSUER}), Reason.DISCOVERY_NOT_METADATA, "authorization_endpoint"),
        ((200, {}, {"issuer": ISSUER, "authorization_endpoint": "http://id.example/a"}),
         Reason.DISCOVERY_NOT_METADATA, "authorization_endpoint"),
        ((200, {}, {"issuer": ISSUER, "authorization_endpoint": "https://a/b", "token_endpoint": "javascript:1"}),
         Reason.DISCOVERY_NOT_METADATA, "token_endpoint"),
    ],
)  # fmt: skip
async def test_that_metadata_that_is_not_this_issuers_starts_nothing(
    answer: tuple[int, dict[str, str], object], reason: Reason, what: str | None
) -> None:
    server = Foreign()
    server.answers[METADATA] = answer
    error, hops = await end(server)
    assert error is not None
    assert (error.reason, error.facts.get("what")) == (reason, what)
    assert {hop.name for hop in hops} == {"discovery"}


async def test_that_a_subject_other_than_the_id_tokens_is_refused() -> None:
    server = with_id_token()
    server.answers["/tenant/userinfo"] = (200, {}, {"sub": "somebody else"})
    error, _ = await end(server, then=("userinfo",))
    assert error is not None
    assert (error.reason, error.facts["what"]) == (Reason.STEP_GARBLED, "sub")


async def test_that_each_step_is_tried_and_the_first_failure_told() -> None:
    server = Foreign()
    server.answers["/tenant/introspection"] = (403, {}, {"error": "unauthorized_client"})
    server.answers["/tenant/revocation"] = (200, {}, b"")
    error, hops = await end(server, then=("refresh", "introspect", "userinfo", "revoke"), scopes=("a",))
    assert error is not None
    assert (error.reason, error.facts["what"]) == (Reason.STEP_MISSING, "refresh_token")
    told = [(hop.name, hop.ok) for hop in hops[-4:]]
    assert told == [("refresh", False), ("introspect", False), ("userinfo", True), ("revoke", True)]
