"""Servers that answer otherwise than they must, or to what they must refuse."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

import pytest

from bcdesk.server.oauth import (
    authorization,
    authorize,
    routes,
)
from bcdesk.server.oauth.clients import Client
from bcdesk.server.oauth.forms import Parameters
from tests.unit.flow.checks.weak.support import around, finds


def _answers(patch: pytest.MonkeyPatch, change: Callable[[dict[str, str], str | None, str], tuple[Any, ...]]) -> None:
    """Change what is told, the state and the issuer of each answer."""

    def answer(original: Any, redirect_uri: str, told: dict[str, str], state: str | None, issuer: str) -> Any:
        return original(redirect_uri, *change(dict(told), state, issuer))

    around(patch, authorization, "answer_uri", answer)


@finds("answer.state", "answer.state_special", "answer.state_in_error")
def states_lost(patch: pytest.MonkeyPatch) -> None:
    _answers(patch, lambda told, _, issuer: (told, None, issuer))


@finds("answer.state_special", "answer.state_in_error")
def states_decoded_twice(patch: pytest.MonkeyPatch) -> None:
    _answers(patch, lambda told, state, issuer: (told, None if state is None else unquote(state), issuer))


@finds("answer.state_in_error")
def states_lost_in_errors(patch: pytest.MonkeyPatch) -> None:
    _answers(patch, lambda told, state, issuer: (told, None if "error" in told else state, issuer))


@finds("answer.state_not_made_up")
def states_made_up(patch: pytest.MonkeyPatch) -> None:
    _answers(patch, lambda told, state, issuer: (told, state or "0", issuer))


@finds("answer.iss", "answer.iss_in_error")
def other_issuer(patch: pytest.MonkeyPatch) -> None:
    _answers(patch, lambda told, state, issuer: (told, state, f"{issuer}/"))


def _without_issuer(patch: pytest.MonkeyPatch, where: Callable[[str], bool]) -> None:
    def answer(original: Any, *given: Any) -> str:
        found: str = original(*given)
        base, _, query = found.partition("?")
        pairs = [pair for pair in parse_qsl(query) if pair[0] != "iss"]
        return f"{base}?{urlencode(pairs)}" if where(query) else found

    around(patch, authorization, "answer_uri", answer)


@finds("answer.iss")
def no_issuer_in_answers(patch: pytest.MonkeyPatch) -> None:
    _without_issuer(patch, lambda query: "error=" not in query)


@finds("answer.iss_in_error")
def no_issuer_in_errors(patch: pytest.MonkeyPatch) -> None:
    _without_issuer(patch, lambda query: "error=" in query)


@finds("answer.no_token")
def tokens_in_answers(patch: pytest.MonkeyPatch) -> None:
    _answers(patch, lambda told, *rest: (told | ({"access_token": "a"} if "code" in told else {}), *rest))


@finds("answer.status")
def forms_sent_on(patch: pytest.MonkeyPatch) -> None:
    def redirect(original: Any, location: str) -> Any:
        reply = original(location)
        reply.status_code = 307
        return reply

    around(patch, authorize, "_redirect", redirect)


def _asked(patch: pytest.MonkeyPatch, change: Callable[[dict[str, str]], dict[str, str]]) -> None:
    def judge(original: Any, client: Client, parameters: Parameters) -> Any:
        return original(client, parameters._replace(values=change(dict(parameters.values))))

    around(patch, authorization, "_judge_rest", judge)


@finds("request.token")
def implicit_taken(patch: pytest.MonkeyPatch) -> None:
    _asked(patch, lambda values: values | ({"response_type": "code"} if values["response_type"] == "token" else {}))


@finds("request.code_token")
def hybrid_taken(patch: pytest.MonkeyPatch) -> None:
    _asked(patch, lambda values: values | ({"response_type": "code"} if " " in values["response_type"] else {}))


@finds("request.fragment")
def fragment_mode_taken(patch: pytest.MonkeyPatch) -> None:
    _asked(patch, lambda values: {k: v for k, v in values.items() if v != "fragment"})


@finds("request.form_post")
def form_post_taken(patch: pytest.MonkeyPatch) -> None:
    _asked(patch, lambda values: {k: v for k, v in values.items() if v != "form_post"})


@finds("request.request_object")
def request_objects_taken(patch: pytest.MonkeyPatch) -> None:
    _asked(patch, lambda values: {k: v for k, v in values.items() if k != "request"})


@finds("request.scope")
def scopes_for_anybody(patch: pytest.MonkeyPatch) -> None:
    def allowed(original: Any, self: Client, scope: str | None) -> str | None:
        return scope if scope and "manage" not in scope else original(self, scope)

    around(patch, Client, "get_allowed_scope", allowed)
    patch.setattr(Client, "left_of", lambda _, scopes: list(scopes))
    # What a token opens is cut down to its application's scopes too: a server needs all of these rules.


@finds("request.manage")
def manage_for_anybody(patch: pytest.MonkeyPatch) -> None:
    around(patch, Client, "get_allowed_scope", lambda original, self, scope: (
        scope if scope and "manage" in scope else original(self, scope)
    ))  # fmt: skip


@finds("request.repeated")
def parameters_twice(patch: pytest.MonkeyPatch) -> None:
    def read(original: Any, text: bytes) -> Parameters:
        found: Parameters = original(text)
        return found._replace(repeated=found.repeated - {"scope"})

    around(patch, authorize, "read", read)


@finds("client.repeated")
def token_parameters_twice(patch: pytest.MonkeyPatch) -> None:
    around(patch, routes, "read_form", lambda original, text: original(text.removesuffix(b"&scope=a&scope=b")))
