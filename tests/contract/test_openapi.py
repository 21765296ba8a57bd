"""The OpenAPI document says what the contract says, no more and no less."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from bcdesk.contract import app_routes, routes, wire
from bcdesk.contract.codes import Code
from bcdesk.server.openapi_data import SECRET_FORMS, STATUS_OF
from tests.contract.support import Api

ROUTES = (*routes.ROUTES, *app_routes.APP_ROUTES)
OAUTH = ("/oauth/", "/.well-known/")
METHODS = {"get", "post", "patch", "put", "delete"}


@pytest.fixture
async def document(api: Api) -> dict[str, Any]:
    reply = await api.nobody.get("/openapi.json")
    assert reply.status_code == 200
    found: dict[str, Any] = reply.json()
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method in METHODS:
                yield path, method, operation


def walk(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    yield place, value
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from walk(inner, f"{place}/{name}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from walk(inner, f"{place}/{index}")


async def test_that_the_document_and_the_contract_have_the_same_routes(document: dict[str, Any]) -> None:
    told = {(method.upper(), path, operation["operationId"]) for path, method, operation in operations(document)}
    assert told == {(route.method, route.path, route.name) for route in ROUTES}


async def test_that_the_program_serves_each_route_of_the_contract(api: Api) -> None:
    for route in ROUTES:
        path = re.sub(r"\{\w+\}", "x", route.path)
        reply = await api.nobody.request(route.method, path)
        assert reply.status_code not in (404, 405), route


async def test_that_no_schema_is_empty(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    for place, value in walk(document):
        if place.endswith(("/schema", "/items")) or "/schemas/" in place:
            assert value != {}, place


async def test_that_every_reference_leads_somewhere_and_every_schema_is_used(document: dict[str, Any]) -> None:
    used = {value for place, value in walk(document) if place.endswith("/$ref")}
    for reference in used:
        found: Any = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
    assert {f"#/components/schemas/{name}" for name in document["components"]["schemas"]} <= used


async def test_that_every_problem_is_told_with_its_form(document: dict[str, Any]) -> None:
    for path, _, operation in operations(document):
        for status, reply in operation["responses"].items():
            assert "X-Request-Id" in reply["headers"], path
            if int(status) >= 400 and path.startswith(OAUTH):
                (content,) = reply["content"].values()
                assert content["schema"] in ({"$ref": "#/components/schemas/OAuthError"}, {"type": "string"})
            elif int(status) >= 400:
                (schema,) = (one["schema"] for one in [reply["content"]["application/problem+json"]])
                codes = schema["allOf"][1]["properties"]["code"]["enum"]
                assert codes
                assert {STATUS_OF[Code(code)] for code in codes} == {int(status)}


async def test_that_every_code_has_its_status_and_its_place(document: dict[str, Any]) -> None:
    assert set(STATUS_OF) == set(Code)
    told = {code for place, codes in walk(document) if place.endswith("/properties/code/enum") for code in codes}
    assert set(Code) <= told
    in_replies = {
        code
        for _, _, operation in operations(document)
        for reply in operation["responses"].values()
        for place, codes in walk(reply)
        if place.endswith("/code/enum")
        for code in codes
    }
    of_no_one_route = {Code.INTERNAL, Code.METHOD_NOT_ALLOWED}
    assert set(Code) - in_replies == of_no_one_route


async def test_that_a_secret_is_told_in_secret_making_replies_alone(document: dict[str, Any]) -> None:
    holders = {
        operation["operationId"]
        for _, _, operation in operations(document)
        for place, value in walk(operation["responses"])
        if place.endswith("/$ref") and value.endswith("WithSecret")
    }
    assert holders == {route.name for route in ROUTES if route.makes_secret}
    with_secret = {
        name
        for name, schema in document["components"]["schemas"].items()
        if any(place.endswith("/properties/secret") for place, _ in walk(schema))
    }
    assert with_secret == {f"{name}WithSecret" for name in SECRET_FORMS}


async def test_that_every_model_of_a_reply_is_in_the_document(document: dict[str, Any]) -> None:
    models = {
        name
        for name, model in vars(wire).items()
        if isinstance(model, type) and issubclass(model, wire.Wire) and model not in (wire.Wire, wire.Body)
    }
    assert models <= set(document["components"]["schemas"])


async def test_that_security_and_roles_are_told(document: dict[str, Any]) -> None:
    by_name = {route.name: route for route in ROUTES}
    for _, _, operation in operations(document):
        route = by_name[operation["operationId"]]
        if route.role is not None:
            assert operation["security"] == [{"member": []}]
            assert f"Least role: {route.role}." in operation["description"]
    assert document["paths"]["/v1/beats"]["get"]["security"] == [{"key": []}, {"access": []}]
    assert document["paths"]["/healthz"]["get"]["security"] == []


async def test_that_there_are_no_pages_that_load_from_elsewhere(api: Api) -> None:
    for path in ("/docs", "/redoc", "/docs/oauth2-redirect", "/"):
        assert (await api.owner.get(path)).status_code == 404
