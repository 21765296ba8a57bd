"""Servers whose pages and metadata are not as they must be."""

from collections.abc import Callable
from typing import Any

import pytest

from bcdesk.server import guard
from bcdesk.server.oauth import (
    pages,
    routes,
)
from tests.unit.flow.checks.weak.support import around, finds


def _says(patch: pytest.MonkeyPatch, **members: Any) -> None:
    around(patch, routes, "metadata", lambda original, issuer: original(issuer) | members)


@finds("server.s256")
def plain_is_listed(patch: pytest.MonkeyPatch) -> None:
    _says(patch, code_challenge_methods_supported=["S256", "plain"])


@finds("server.no_implicit")
def implicit_is_listed(patch: pytest.MonkeyPatch) -> None:
    _says(patch, grant_types_supported=["authorization_code", "implicit"])


@finds("server.token_by_get")
def token_page(patch: pytest.MonkeyPatch) -> None:
    async def call(original: Any, self: Any, scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/oauth/token" and scope["method"] == "GET" and not scope["query_string"]:
            await routes.reply({"hello": "browser"})(scope, receive, send)
            return
        await original(self, scope, receive, send)

    around(patch, routes.Shortcut, "__call__", call)


def _page(patch: pytest.MonkeyPatch, change: Callable[[Any], None]) -> None:
    def page(original: Any, *given: Any, **named: Any) -> Any:
        reply = original(*given, **named)
        change(reply.headers)
        return reply

    around(patch, pages, "_page", page)


@finds("server.frames")
def pages_in_frames(patch: pytest.MonkeyPatch) -> None:
    def change(headers: Any) -> None:
        del headers["X-Frame-Options"]
        headers["Content-Security-Policy"] = headers["Content-Security-Policy"].replace("frame-ancestors 'none'; ", "")

    _page(patch, change)


@finds("server.page_no_store")
def pages_cached(patch: pytest.MonkeyPatch) -> None:
    around(patch, guard, "rule_of", lambda original, path: (
        original(path)._replace(no_store=path != "/oauth/authorize")
    ))  # fmt: skip


@finds("server.referrer")
def referrers_told(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(guard, "_ALWAYS", guard._ALWAYS[:-1])
