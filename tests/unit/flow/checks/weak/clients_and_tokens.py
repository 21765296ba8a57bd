"""Servers that take other clients, secrets and tokens than they must."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from bcdesk.server import consents, guard
from bcdesk.server.oauth import (
    access,
    client_auth,
    clients,
    lookups,
    routes,
    tokens,
)
from bcdesk.server.oauth.clients import Client
from bcdesk.server.oauth.core import RefreshGrant
from bcdesk.server.oauth.errors import InvalidRequestError
from bcdesk.server.tables_oauth import access_tokens, refresh_tokens
from tests.unit.flow.checks.weak.support import around, finds, no_end_for, now_asking, tokens_where, without


@finds("client.wrong_secret", "client.deleted_secret")
def any_secret_taken(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Client, "check_client_secret", lambda *_: True)


def _method(patch: pytest.MonkeyPatch, lets: Callable[[str, str], bool]) -> None:
    around(patch, Client, "check_endpoint_auth_method", lambda original, self, method, endpoint: (
        lets(method, self.auth_method) or original(self, method, endpoint)
    ))  # fmt: skip


@finds("client.no_secret", "client.other_without_secret")
def no_secret_needed(patch: pytest.MonkeyPatch) -> None:
    _method(patch, lambda shown, _: shown == "none")


@finds("client.other_method")
def any_method_taken(patch: pytest.MonkeyPatch) -> None:
    _method(patch, lambda shown, registered: "none" not in (shown, registered))


@finds("client.both_methods")
def two_methods_taken(patch: pytest.MonkeyPatch) -> None:
    def presented(original: Any, form: dict[str, str], given: Any) -> Any:
        return original({k: v for k, v in form.items() if not given or k != "client_secret"}, given)

    around(patch, client_auth, "presented", presented)


@finds("client.deleted_secret")
def secrets_for_ever(patch: pytest.MonkeyPatch) -> None:
    around(patch, clients, "find_with_secret", lambda original, state, client_id, secret, now: (
        original(state, client_id, secret, 0.0)
    ))  # fmt: skip


@finds("client.disabled")
def disabled_clients_ask(patch: pytest.MonkeyPatch) -> None:
    without(patch, clients, "_BY_CLIENT_ID", "a.disabled_at IS NULL AND ")


@finds("client.disabled")
def disabled_clients_authenticate(patch: pytest.MonkeyPatch) -> None:
    without(patch, clients, "_BY_SECRET", "a.disabled_at IS NULL AND ")


@finds("client.disabled")
def disabled_tokens_open(patch: pytest.MonkeyPatch) -> None:
    without(patch, access, "_FIND", "a.disabled_at IS NULL AND ")


@finds("client.password_grant")
def passwords_taken(patch: pytest.MonkeyPatch) -> None:
    tokens_where(patch, lambda form, _: form["grant_type"] == "password")


@finds("client.other_grant")
def any_grant_taken(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Client, "check_grant_type", lambda *_: True)


@finds("token.no_store", "token.error_no_store")
def token_replies_cached(patch: pytest.MonkeyPatch) -> None:
    around(patch, guard, "rule_of", lambda original, path: (
        original(path)._replace(no_store=path != "/oauth/token")
    ))  # fmt: skip


@finds("token.refresh_scope")
def refresh_for_more(patch: pytest.MonkeyPatch) -> None:
    def issue(original: Any, self: Any, user: str, refresh: Any) -> Any:
        now_asking.refreshes = True
        try:
            return original(self, user, refresh)
        finally:
            now_asking.refreshes = False

    def allowed(original: Any, self: Client, scope: str | None) -> Any:
        return scope if getattr(now_asking, "refreshes", False) else original(self, scope)

    patch.setattr(RefreshGrant, "_validate_token_scope", lambda *_: None)
    patch.setattr(Client, "left_of", lambda _, scopes: list(scopes))
    around(patch, RefreshGrant, "issue_token", issue)
    around(patch, Client, "get_allowed_scope", allowed)


def _refreshes(patch: pytest.MonkeyPatch, change: Callable[[Any, Client], Any]) -> None:
    def authenticate(original: Any, self: Any, token: str) -> Any:
        now_asking.client = self.request.client
        return original(self, token)

    def find(original: Any, state: Any, token: str, *where: Any) -> Any:
        row, client = original(state, token, *where), getattr(now_asking, "client", None)
        return row if row is None or client is None else change(row, client)

    around(patch, RefreshGrant, "authenticate_refresh_token", authenticate)
    around(patch, tokens, "find_refresh", find)


@finds("token.refresh_other_client")
def refresh_for_anybody(patch: pytest.MonkeyPatch) -> None:
    _refreshes(patch, lambda row, client: row._replace(app_id=client.id))


@finds("token.access_as_refresh")
def access_tokens_refresh(patch: pytest.MonkeyPatch) -> None:
    tokens_where(patch, lambda form, _: form.get("refresh_token", "").startswith("bct_"))


@finds("token.refresh_as_access")
def refresh_tokens_open(patch: pytest.MonkeyPatch) -> None:
    async def find(original: Any, state: Any, token: str, now: float) -> Any:
        row = tokens.find_refresh(state, token)
        if row is None:
            return await original(state, token, now)
        return access.Access(row.app_id, "", "", row.grant_id, row.user_id, "", frozenset(), "", 0.0, now + 1)

    around(patch, routes, "find_access", find)


@finds("token.in_query")
def tokens_in_addresses(patch: pytest.MonkeyPatch) -> None:
    def authorization_of(original: Any, request: Any) -> list[str]:
        token = request.query_params.get("access_token")
        return original(request) if token is None else [f"Bearer {token}"]

    around(patch, routes, "_authorization", authorization_of)


@finds("token.introspected_by_other")
def introspection_for_anybody(patch: pytest.MonkeyPatch) -> None:
    async def authenticate(original: Any, *given: Any) -> Client:
        client: Client = await original(*given)
        now_asking.app_id = client.id
        return client

    async def find(original: Any, *given: Any) -> Any:
        found = await original(*given)
        return None if found is None else found._replace(app_id=now_asking.app_id)

    around(patch, client_auth, "authenticate_soon", authenticate)
    around(patch, lookups, "find_access", find)


def _ends(state: Any, token: str) -> None:
    with state.database.write() as connection:
        found = access_tokens.c.token_hmac == state.secret.token_hmac(token)
        connection.execute(access_tokens.update().where(found).values(revoked_at=state.now()))


@finds("token.revoked_by_other")
def revocation_by_anybody(patch: pytest.MonkeyPatch) -> None:
    def revoke(original: Any, state: Any, form: dict[str, str], given: Any) -> None:
        original(state, form, given)
        _ends(state, form["token"])

    around(patch, lookups, "revoke", revoke)


@finds("token.unknown_revoked")
def unknown_tokens_told(patch: pytest.MonkeyPatch) -> None:
    def revoke(original: Any, state: Any, form: dict[str, str], given: Any) -> None:
        if set(form["token"][4:]) == {"A"}:
            raise InvalidRequestError("There is no such token.")
        original(state, form, given)

    around(patch, lookups, "revoke", revoke)


@finds("token.revoked", "token.revoke_family")
def revocation_ignored(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(lookups, "revoke", lambda *_: None)


@finds("token.revoke_family")
def revocation_of_one_alone(patch: pytest.MonkeyPatch) -> None:
    no_end_for(patch, consents.BY_CLIENT)


@finds("token.refresh_reuse", "token.refresh_reuse_revokes")
def refresh_tokens_used_again(patch: pytest.MonkeyPatch) -> None:
    def rotate(original: Any, state: Any, client: Client, old: Any, *given: Any) -> bool:
        with state.database.write() as connection:
            unused = refresh_tokens.update().where(refresh_tokens.c.token_hmac == old.token_hmac)
            connection.execute(unused.values(used_at=sa.null()))
        return bool(original(state, client, old, *given))

    around(patch, tokens, "rotate", rotate)


@finds("token.refresh_reuse_revokes")
def reuse_ends_nothing(patch: pytest.MonkeyPatch) -> None:
    no_end_for(patch, consents.REFRESH_REUSE)
