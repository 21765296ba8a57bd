"""Servers that send answers where they must not go."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from bcdesk.contract import redirects
from bcdesk.server.oauth import (
    authorization,
    authorize,
    pushed,
)
from bcdesk.server.oauth.authorization import Authorization, PageError, RedirectError
from bcdesk.server.oauth.clients import Client
from bcdesk.server.oauth.errors import UnsupportedResponseTypeError
from bcdesk.server.oauth.forms import Parameters
from tests.unit.flow.checks.weak.support import around, finds


def _goes_to(patch: pytest.MonkeyPatch, same: Callable[[str, str], bool]) -> None:
    def judge(original: Any, uri: str, *, app_type: str, registered: Iterable[str] | None = None) -> Any:
        verdict = original(uri, app_type=app_type, registered=registered)
        if registered is not None and not verdict.ok and any(same(uri, one) for one in registered):
            return verdict._replace(ok=True)
        return verdict

    around(patch, redirects, "judge", judge)


@finds("redirect.trailing_slash")
def slashes_ignored(patch: pytest.MonkeyPatch) -> None:
    _goes_to(patch, lambda uri, one: uri.rstrip("/") == one.rstrip("/"))


@finds("redirect.upper_case")
def case_ignored(patch: pytest.MonkeyPatch) -> None:
    _goes_to(patch, lambda uri, one: uri.lower() == one.lower())


@finds("redirect.extra_query")
def queries_ignored(patch: pytest.MonkeyPatch) -> None:
    _goes_to(patch, lambda uri, one: uri.partition("?")[0] == one)


@finds("redirect.fragment")
def fragments_ignored(patch: pytest.MonkeyPatch) -> None:
    _goes_to(patch, lambda uri, one: uri.partition("#")[0] == one)


@finds("redirect.trailing_slash", "redirect.extra_query", "redirect.fragment", "redirect.below")
def beginnings_compared(patch: pytest.MonkeyPatch) -> None:
    _goes_to(patch, lambda uri, one: uri.startswith(one))


@finds("redirect.below")
def paths_below_taken(patch: pytest.MonkeyPatch) -> None:
    _goes_to(patch, lambda uri, one: uri.startswith(one + "/") and uri != one + "/")


@finds("redirect.lookalike")
def hosts_compared_by_beginning(patch: pytest.MonkeyPatch) -> None:
    _goes_to(patch, lambda uri, one: uri.startswith("https://shop.example.") and uri.endswith("/callback"))


@finds("redirect.userinfo")
def userinfo_ignored(patch: pytest.MonkeyPatch) -> None:
    _goes_to(patch, lambda uri, one: uri.startswith("https://shop.example@"))


@finds("redirect.unregistered", "redirect.error_elsewhere", "redirect.pushed", "redirect.userinfo",
       "redirect.trailing_slash", "redirect.upper_case", "redirect.extra_query", "redirect.fragment",
       "redirect.below", "redirect.lookalike")  # fmt: skip
def any_redirect(patch: pytest.MonkeyPatch) -> None:
    _goes_to(patch, lambda *_: True)


@finds("redirect.twice")
def two_redirects(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(authorization, "_WHERE", frozenset())


def _sent_on(error: Exception, parameters: Parameters) -> RedirectError:
    to = parameters.values["redirect_uri"]
    return RedirectError(UnsupportedResponseTypeError(), f"{to}?error={error}")


@finds("redirect.unknown_client")
def unknown_clients_sent_on(patch: pytest.MonkeyPatch) -> None:
    def judge_client(original: Any, state: Any, parameters: Parameters) -> Client:
        try:
            client: Client = original(state, parameters)
        except PageError as error:
            if error.reason != "unknown_client":
                raise
            raise _sent_on(error, parameters) from None
        return client

    around(patch, authorize, "judge_client", judge_client)


@finds("redirect.error_elsewhere")
def errors_sent_anywhere(patch: pytest.MonkeyPatch) -> None:
    def judge(original: Any, state: Any, client: Client, parameters: Parameters) -> Authorization:
        try:
            asked: Authorization = original(state, client, parameters)
        except PageError as error:
            if parameters.values.get("response_type") == "code":
                raise
            raise _sent_on(error, parameters) from None
        return asked

    around(patch, authorize, "judge", judge)


@finds("redirect.pushed")
def pushed_redirects_unjudged(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(pushed, "check_pushed", lambda *_: None)
