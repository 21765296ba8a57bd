"""Creating keys: what comes back, what is kept, and what is refused at which field."""

import hashlib

import pytest

from bcdesk.contract import key_format, wire
from tests.contract.support import KEY, START, Api, at, problem


async def test_that_a_created_key_comes_once_with_its_secret(api: Api) -> None:
    made = await api.make_key(description="For the shop", owner="Platform", tags=["web"])

    assert set(made) == {"key", "secret", "handover"}
    wire.KeyMade.model_validate({name: made[name] for name in ("key", "handover")})
    parts = key_format.parse(made["secret"])
    assert parts is not None
    assert parts.environment == "live"
    assert made["key"]["masked"] == key_format.mask_token(made["secret"])
    assert made["handover"] == made["key"]["handover"]
    assert made["handover"]["state"] == "waiting"
    assert at(made["handover"]["expires_at"]) == START + 86_400
    assert await api.key(made["key"]["id"]) == made["key"]


async def test_that_a_key_opens_the_api_at_once(api: Api) -> None:
    made = await api.make_key()
    assert await api.use(made["secret"]) == 200
    assert await api.use(key_format.generate("live")) == 401


async def test_that_the_database_holds_no_token(api: Api) -> None:
    made = await api.make_key()
    token = made["secret"].encode()
    digest = hashlib.sha256(token)
    assert api.state.data_dir is not None
    written = b"".join(file.read_bytes() for file in api.state.data_dir.iterdir())
    assert made["key"]["id"].encode() in written
    for secret in (token, token[9:39], digest.digest(), digest.hexdigest().encode()):
        assert secret not in written


async def test_that_every_fault_is_told_at_its_field(api: Api) -> None:
    reply = await api.manager.secret_post(
        "/manage/v1/keys",
        {
            "name": "",
            "description": "x" * 281,
            "owner": "a\u0000b",
            "tags": ["a", "a"],
            "environment": "sandbox",
            "scopes": ["beats.read", "purchases.write", "nonsense"],
            "expires_at": "2020-01-01T00:00:00Z",
            "allowed_cidrs": ["10.0.0.1/8", "nowhere"],
            "replaces": "key_01M85VH2HSPGWN3889WGM8YH4S",
        },
    )
    assert problem(reply) == (
        422,
        "invalid_values",
        {
            "/name": "empty",
            "/description": "too_long",
            "/owner": "control_character",
            "/tags/1": "duplicate",
            "/scopes/1": "scope_not_in_sandbox",
            "/scopes/2": "unknown_scope",
            "/expires_at": "in_the_past",
            "/allowed_cidrs/0": "host_bits_set",
            "/allowed_cidrs/1": "not_an_address_range",
            "/replaces": "unknown_key",
        },
    )
    assert (await api.viewer.get("/manage/v1/keys")).json()["items"] == []


@pytest.mark.parametrize(
    ("change", "pointer", "fault"),
    [
        ({"name": None}, "/name", "wrong_type"),
        ({"name": 5}, "/name", "wrong_type"),
        ({"environment": "test"}, "/environment", "unknown_value"),
        ({"scopes": "beats.read"}, "/scopes", "wrong_type"),
        ({"scopes": []}, "/scopes", "empty"),
        ({"scopes": [1]}, "/scopes/0", "wrong_type"),
        ({"tags": [str(number) for number in range(21)]}, "/tags", "too_many"),
        ({"expires_at": "tomorrow"}, "/expires_at", "wrong_type"),
        ({"expires_at": 1_900_000_000}, "/expires_at", "wrong_type"),
        ({"expires_at": "1900000000"}, "/expires_at", "wrong_type"),
        ({"expires_at": "2027-01-01T00:00:00"}, "/expires_at", "wrong_type"),
        ({"expires_at": "2099-01-01T00:00:00Z"}, "/expires_at", "too_far"),
        ({"allowed_cidrs": ["::1/129"]}, "/allowed_cidrs/0", "not_an_address_range"),
        ({"id": "key_mine"}, "/id", "unknown_field"),
        ({"replaces": "\u0000"}, "/replaces", "unknown_key"),
    ],
)
async def test_that_a_wrong_value_is_told_at_its_pointer(
    api: Api, change: dict[str, object], pointer: str, fault: str
) -> None:
    reply = await api.manager.secret_post("/manage/v1/keys", {**KEY, **change})
    assert problem(reply) == (422, "invalid_values", {pointer: fault})


async def test_that_a_missing_member_is_told(api: Api) -> None:
    reply = await api.manager.secret_post("/manage/v1/keys", {"name": "Shop"})
    assert problem(reply) == (422, "invalid_values", {"/environment": "missing", "/scopes": "missing"})


async def test_that_no_fault_echoes_what_was_sent(api: Api) -> None:
    token = key_format.generate("live")
    reply = await api.manager.secret_post(
        "/manage/v1/keys", {**KEY, "scopes": [token], "environment": token, token: token, "expires_at": token}
    )
    assert reply.status_code == 422
    assert token not in reply.text


async def test_that_a_replacement_names_its_predecessor_and_is_named_by_it(api: Api) -> None:
    old = await api.make_key(name="Old")
    new = await api.make_key(name="New", replaces=old["key"]["id"])
    assert new["key"]["replaces"] == old["key"]["id"]
    assert (await api.key(old["key"]["id"]))["replaced_by"] == new["key"]["id"]


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"",
        b'{"name": NaN}',
        b'{"name": Infinity}',
        b'{"name": 1e999}',
        b'{"name": "a", "name": "b"}',
        b'{"name": "\\ud800"}',
        b'{"name": "\xff"}',
        b'\xef\xbb\xbf{"name": "a"}',
        b"[" * 2000 + b"]" * 2000,
        b'{"tags":' + b"[" * 20 + b"]" * 20 + b"}",
        b'{"name": ' + b"9" * 5000 + b"}",
        b"'a'",
        b'{"name": "a",}',
        b'{"name": "\t"}',
    ],
    ids=lambda raw: repr(raw[:24]),
)
async def test_that_json_which_could_be_read_in_two_ways_is_refused(api: Api, raw: bytes) -> None:
    reply = await api.manager.request(
        "POST", "/manage/v1/keys", raw=raw, headers={"Idempotency-Key": "k" * 40, "Content-Type": "application/json"}
    )
    assert problem(reply)[:2] == ((400, "malformed_json") if raw else (422, "invalid_values"))


@pytest.mark.parametrize("raw", [b"[]", b"5", b'"text"', b"null", b"true"])
async def test_that_json_of_another_shape_is_refused(api: Api, raw: bytes) -> None:
    reply = await api.manager.request("POST", "/manage/v1/keys", raw=raw, headers={"Idempotency-Key": "k" * 40})
    assert reply.status_code == 422


async def test_that_text_of_other_scripts_comes_back_as_it_went(api: Api) -> None:
    made = await api.make_key(name='Ọjà "日本" \\ \u2603 😀', description="a\u00a0b", tags=["é", "e\u0301"])
    key = await api.key(made["key"]["id"])
    assert key["name"] == 'Ọjà "日本" \\ \u2603 😀'
    assert key["tags"] == ["é", "e\u0301"]
