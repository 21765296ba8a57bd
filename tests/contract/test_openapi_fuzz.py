"""Requests drawn from the OpenAPI document by schemathesis: no 5xx, no undocumented status, no unmatched form."""

import base64
import secrets
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    missing_required_header,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from bcdesk.contract import app_routes, routes
from bcdesk.contract.routes import Route
from bcdesk.server import consents, users
from bcdesk.server.app import create_app
from tests.contract.support import KEY, WEB, Clock, open_state, seed_members

ROUTES = (*routes.ROUTES, *app_routes.APP_ROUTES)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    negative_data_rejection,
    missing_required_header,
    ignored_auth,
    unsupported_method,
]


class Served:
    """A server that answers over HTTP, with keys in it, and the document that it tells."""

    def __init__(self, folder: Path) -> None:
        self.state = open_state(folder, Clock())
        self.tokens = seed_members(self.state)
        with self.state.database.write() as connection:
            self.user = users.add(
                self.state, connection, actor="test", name="Listener", email="listener@home.example",
                password="not a secret", now=self.state.now(),
            )  # fmt: skip
        listening = socket.create_server(("127.0.0.1", 0))
        self.base_url = self.state.base_url = self.state.issuer = f"http://127.0.0.1:{listening.getsockname()[1]}"
        self.server = uvicorn.Server(
            uvicorn.Config(create_app(self.state), log_config=None, access_log=False, ws="none")
        )
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [listening]})
        self.thread.start()
        self.http = requests.Session()
        self.schema = schemathesis.openapi.from_dict(self.http.get(f"{self.base_url}/openapi.json", timeout=30).json())
        made = self.post("/manage/v1/keys", {**KEY, "scopes": ["user.profile", "beats.read"], "environment": "sandbox"})
        self.credential = made["secret"]
        self.app = self.post("/manage/v1/apps", WEB)
        self.client = self.register()

    def close(self) -> None:
        self.http.close()
        self.server.should_exit = True
        self.thread.join()
        self.state.database.close()

    def ids(self) -> dict[str, str]:
        """Return ids that exist, of a fresh key each time: no random id is ever one."""
        made = self.post("/manage/v1/keys", KEY)
        rotated = self.post(f"/manage/v1/keys/{made['key']['id']}/rotate", {"starts": "now"})
        app = self.post("/manage/v1/apps", WEB)
        with self.state.database.write() as connection:
            grant_id = consents.open_(
                self.state, connection, app_id=app["app"]["id"], user_id=self.user.id, scopes=["beats.read"],
                now=self.state.now(),
            )  # fmt: skip
        members = self.http.get(f"{self.base_url}/manage/v1/members", headers=self.headers("owner"), timeout=30).json()
        return {
            "key_id": made["key"]["id"],
            "version_id": made["key"]["versions"][0]["id"],
            "handover_id": rotated["handover"]["id"],
            "member_id": members["items"][-1]["id"],
            "app_id": app["app"]["id"],
            "secret_id": app["app"]["secrets"][0]["id"],
            "grant_id": grant_id,
            "client_id": self.client["client_id"],
        }

    def register(self) -> dict[str, Any]:
        """Register a client by protocol, for its registration token."""
        metadata = {"client_name": "Drawn", "redirect_uris": ["https://drawn.example/"]}
        return self.post("/oauth/register", metadata)

    def authorization(self, route: Route) -> str:
        """Return what a route asks for, and of OAuth's what leads furthest."""
        if route.name.startswith("oauth.registration."):
            if route.method == "DELETE":
                self.client = self.register()
            return f"Bearer {self.client['registration_access_token']}"
        if route in (app_routes.TOKEN, app_routes.REVOKE, app_routes.PAR):
            pair = f"{self.app['app']['client_id']}:{self.app['secret']}"
            return f"Basic {base64.b64encode(pair.encode()).decode()}"
        by_key = route.role is None and route not in (app_routes.REGISTER, app_routes.INTROSPECT)
        return f"Bearer {self.credential if by_key else self.tokens['owner']}"

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {**self.headers("owner"), "Idempotency-Key": secrets.token_urlsafe(32)}
        reply = self.http.post(f"{self.base_url}{path}", json=body, headers=headers, timeout=30)
        assert reply.status_code == 201, reply.text
        found: dict[str, Any] = reply.json()
        return found

    def headers(self, role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[role]}"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = Served(tmp_path_factory.mktemp("fuzzed"))
    yield served
    served.close()


def fuzz(served: Served, route: Route, examples: int, *, steady: bool = False) -> set[int]:
    """Draw requests for a route, half of them to ids that exist, judge each reply, and return the statuses seen.

    ``steady`` draws the same ones each time.
    """
    operation = served.schema[route.path][route.method]
    told = {parameter.name for parameter in operation.query}
    modes = st.sampled_from(list(schemathesis.GenerationMode))
    cases = modes.flatmap(lambda mode: operation.as_strategy(generation_mode=mode))
    seen = set()

    @settings(max_examples=examples, deadline=None, database=None, derandomize=steady,
              phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(case=cases, existing=st.booleans())
    def each(case: schemathesis.Case[Any], existing: bool) -> None:
        authorization = served.authorization(route)
        if existing and case.path_parameters:
            known = served.ids()
            case.path_parameters = {name: known[name] for name in case.path_parameters}
        headers = {"Authorization": authorization}
        reply = case.call(session=served.http, base_url=served.base_url, headers=headers, timeout=30)
        # A stale edit is refused before its values are judged, and the check knows no 412; a query's members that the
        # document does not tell are not forbidden by it, and are passed over.
        excused = reply.status_code == 412 or set(case.query or ()) - told
        checks = [one for one in CHECKS if one is not negative_data_rejection or not excused]
        case.validate_response(reply, checks=checks, headers=headers)
        seen.add(reply.status_code)

    each()
    return seen


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_that_whatever_is_sent_gets_a_reply_that_the_document_told(served: Served, route: Route) -> None:
    assert fuzz(served, route, 10, steady=True)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_that_it_does_so_for_long(served: Served, route: Route) -> None:
    assert fuzz(served, route, 500)
