"""`bcdesk flow` against a certified server that is not ours."""

import httpx
import pytest

from tests.e2e.flow.flowing import Ended, Flow
from tests.e2e.flow.issuer import CUSTOM, LOOPBACK, SCOPES, Issuer
from tests.e2e.flow.walking import walk

AFTER = ("refresh", "introspect", "userinfo", "revoke")
METHODS = ("client_secret_basic", "client_secret_post", "none")


def flow(issuer: Issuer, method: str, redirect: str, *more: str) -> Flow:
    own = ("--issuer", issuer.url, "--client-id", issuer.clients[method], "--redirect-uri", redirect)
    secret = None if method == "none" else issuer.client_secret
    # it gives a refresh token where the user is asked again: OpenID Connect Core §11
    asked = ("--scope", SCOPES, "--param", "prompt=consent", "--auth-method", method)
    return Flow(*own, *asked, *more, secret=secret)


def finish(flow: Flow, *, deny: bool = False) -> Ended:
    """Walk the pages and hand the answer over, by the listener where there is one."""
    landing = walk(flow.url, flow.redirect_uri, deny=deny)
    if landing.startswith("http:"):
        assert httpx.get(landing, trust_env=False, timeout=30).status_code == 200
        return flow.end()
    return flow.end(landing)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("redirect", [LOOPBACK, "http://[::1]:0/callback", CUSTOM])
@pytest.mark.parametrize("method", METHODS)
def test_that_a_run_goes_all_the_way(issuer: Issuer, method: str, redirect: str) -> None:
    with flow(issuer, method, redirect, "--then", ",".join(AFTER)) as running:
        ended = finish(running)
    assert (ended.code, ended.result["ok"]) == (0, True), ended.said
    assert all(ended.steps[name]["status"] == 200 for name in ("discovery", "token", "keys", *AFTER))
    assert ended.steps["token"]["detail"] == ended.steps["refresh"]["detail"] == "id_token checked"
    assert ended.steps["introspect"]["detail"] == "active true"
    assert {"access_token", "refresh_token", "id_token"} <= ended.result["tokens"].keys()
    assert issuer.client_secret not in ended.said


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_that_a_wrong_secret_is_refused_in_its_words(issuer: Issuer, method: str) -> None:
    with flow(issuer._replace(client_secret="x" * 43), method, LOOPBACK) as running:
        ended = finish(running)
    assert (ended.code, ended.result["error"]) == (1, "token.refused")
    assert "invalid_client" in ended.steps["token"]["detail"]


@pytest.mark.parametrize("redirect", [LOOPBACK, CUSTOM])
def test_that_a_denial_ends_before_the_token(issuer: Issuer, redirect: str) -> None:
    with flow(issuer, "none", redirect) as running:
        ended = finish(running, deny=True)
    assert (ended.code, ended.result["error"]) == (1, "callback.error")
    assert "access_denied" in ended.steps["callback"]["detail"]
    assert "token" not in ended.steps


def test_that_nobody_who_signs_in_is_a_timeout(issuer: Issuer) -> None:
    with flow(issuer, "none", LOOPBACK, "--timeout", "1") as running:
        ended = running.end()
    assert (ended.code, ended.result["error"]) == (1, "browser.timeout")


def test_that_another_name_of_the_issuer_is_another_issuer(issuer: Issuer) -> None:
    with flow(issuer._replace(url=issuer.url.replace("127.0.0.1", "localhost")), "none", LOOPBACK) as running:
        ended = running.end()
    assert (ended.code, ended.result["error"]) == (1, "discovery.foreign_issuer")


@pytest.mark.parametrize(("pkce", "says"), [("plain", "code_challenge_method"), ("none", "PKCE")])
def test_that_what_its_rules_forbid_comes_back_as_its_error(issuer: Issuer, pkce: str, says: str) -> None:
    with flow(issuer, "none", CUSTOM, "--pkce", pkce) as running:
        ended = finish(running)
    assert (ended.code, ended.result["error"]) == (1, "callback.error")
    assert says in ended.steps["callback"]["detail"]
