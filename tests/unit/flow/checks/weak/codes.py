"""Servers that take codes and verifiers which they must not take."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import pytest

from bcdesk.server import consents, guard
from bcdesk.server.oauth import (
    authorization,
    core,
    routes,
    tokens,
)
from bcdesk.server.oauth.clients import Client
from bcdesk.server.oauth.core import CodeGrant, S256Alone
from tests.unit.flow.checks.weak.support import around, finds, no_end_for, now_asking, tokens_where


def _verifier(patch: pytest.MonkeyPatch, lets: Callable[[str | None, str], bool]) -> None:
    def judge(original: Any, self: Any, grant: Any, result: Any) -> None:
        sent = grant.request.form.get("code_verifier")
        if not lets(sent, self.get_authorization_code_challenge(grant.request.authorization_code)):
            original(self, grant, result)

    around(patch, S256Alone, "validate_code_verifier", judge)


@finds("pkce.no_verifier")
def no_verifier_needed(patch: pytest.MonkeyPatch) -> None:
    _verifier(patch, lambda sent, _: sent is None)


@finds("pkce.wrong_verifier")
def any_verifier_taken(patch: pytest.MonkeyPatch) -> None:
    _verifier(patch, lambda sent, challenge: sent is not None and sent != challenge)


@finds("pkce.challenge_as_verifier")
def challenge_taken_for_verifier(patch: pytest.MonkeyPatch) -> None:
    _verifier(patch, lambda sent, challenge: sent == challenge)


@finds("pkce.no_verifier", "pkce.wrong_verifier", "pkce.challenge_as_verifier")
def pkce_ignored(patch: pytest.MonkeyPatch) -> None:
    _verifier(patch, lambda *_: True)


def _challenge(patch: pytest.MonkeyPatch, lets: Callable[[dict[str, str]], bool]) -> None:
    def judge(original: Any, client: Client, values: dict[str, str]) -> None:
        if not lets(values):
            original(client, values)

    around(patch, authorization, "_check_challenge", judge)


@finds("pkce.plain")
def plain_taken(patch: pytest.MonkeyPatch) -> None:
    _challenge(patch, lambda values: values.get("code_challenge_method") == "plain")


@finds("pkce.no_challenge")
def no_challenge_needed(patch: pytest.MonkeyPatch) -> None:
    _challenge(patch, lambda values: "code_challenge" not in values)


@finds("pkce.no_method")
def no_method_needed(patch: pytest.MonkeyPatch) -> None:
    _challenge(patch, lambda values: "code_challenge" in values and "code_challenge_method" not in values)


def _found_code(patch: pytest.MonkeyPatch, change: Callable[[Any], Any]) -> None:
    def find(original: Any, state: Any, code: str, *where: Any) -> Any:
        row = original(state, code, *where)
        return None if row is None else change(row)

    around(patch, tokens, "find_code", find)


@finds("code.replayed", "code.replay_revokes")
def codes_used_again(patch: pytest.MonkeyPatch) -> None:
    _found_code(patch, lambda row: row._replace(used_at=None))
    patch.setattr(tokens, "_use_code", lambda *_: True)


@finds("code.replay_revokes")
def replay_ends_nothing(patch: pytest.MonkeyPatch) -> None:
    no_end_for(patch, consents.CODE_REPLAY)


@finds("code.expired")
def codes_for_ever(patch: pytest.MonkeyPatch) -> None:
    _found_code(patch, lambda row: row._replace(expires_at=row.expires_at + 86_400))


@finds("code.other_client")
def codes_for_anybody(patch: pytest.MonkeyPatch) -> None:
    def query(original: Any, self: Any, code: str, client: Client) -> Any:
        now_asking.app_id = client.id
        return original(self, code, client)

    def own(original: Any, state: Any, code: str, *where: Any) -> Any:
        row = original(state, code, *where)
        return None if row is None else row._replace(app_id=now_asking.app_id)

    around(patch, CodeGrant, "query_authorization_code", query)
    around(patch, tokens, "find_code", own)


@finds("code.redirect_changed")
def redirect_may_change(patch: pytest.MonkeyPatch) -> None:
    def validate(original: Any, self: Any) -> None:
        now_asking.named = self.request.payload.redirect_uri
        original(self)

    around(patch, CodeGrant, "validate_token_request", validate)
    _found_code(patch, lambda row: row._replace(redirect_uri=now_asking.named or row.redirect_uri))


@finds("code.redirect_left_out")
def redirect_may_be_left_out(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(core._Code, "get_redirect_uri", lambda _: None)


@finds("code.made_up")
def any_code_taken(patch: pytest.MonkeyPatch) -> None:
    tokens_where(
        patch,
        lambda form, state: (
            form["grant_type"] == "authorization_code"
            and "code" in form
            and tokens.find_code(state, form["code"]) is None
        ),
    )


def _form_also_in_query(patch: pytest.MonkeyPatch, unless: Callable[[dict[str, str]], bool]) -> None:
    async def form_of(original: Any, request: Any) -> Any:
        query = dict(parse_qsl(request.scope["query_string"].decode()))
        if not query or unless(query):
            return await original(request)
        request.scope["query_string"] = b""
        form, given = await original(request)
        return {**query, **form}, given

    around(patch, routes, "_form", form_of)


@finds("code.in_query")
def codes_in_addresses(patch: pytest.MonkeyPatch) -> None:
    _form_also_in_query(patch, lambda query: "code" not in query)


@finds("client.in_query", method="client_secret_post")
def secrets_in_addresses(patch: pytest.MonkeyPatch) -> None:
    _form_also_in_query(patch, lambda query: "client_secret" not in query or "code" in query)


@finds("code.by_get")
def codes_by_get(patch: pytest.MonkeyPatch) -> None:
    """Answer GET at the token endpoint as POST; without parameters it stays refused."""

    async def call(original: Any, self: Any, scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/oauth/token" and scope["method"] == "GET" and scope["query_string"]:
            query, scope["query_string"], scope["method"] = scope["query_string"], b"", "POST"
            scope[guard.BODY] = query
        await original(self, scope, receive, send)

    around(patch, routes.Shortcut, "__call__", call)
