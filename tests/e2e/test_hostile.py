"""Requests that a hostile page or program sends to the loopback server: none is served.

Each is sent once as it is and once more with its one fault mended, so that a refusal is about the fault. Bytes go
over a raw socket: HTTP clients would put some of them right.
"""

import json
import secrets
from typing import Any, NamedTuple

import pytest

from tests.e2e.serving import Served, make_key, send_raw


class Answer(NamedTuple):
    """A reply taken apart."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        return str(json.loads(self.body)["code"])


def ask(served: Served, *lines: str, body: bytes = b"") -> Answer:
    """Send the request that ``lines`` are, with ``{host}`` and ``{token}`` filled in, and read the reply."""
    text = "\r\n".join([*lines, "Connection: close", "", ""])
    text = text.replace("{host}", served.authority).replace("{token}", str(served.ready["owner_token"]))
    reply = send_raw(served, text.encode("latin-1") + body)
    head, _, rest = reply.partition(b"\r\n\r\n")
    status, *fields = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in fields)}
    return Answer(int(status.split(" ")[1]), headers, rest)


HOST = "Host: {host}"
TOKEN = "Authorization: Bearer {token}"
LIST = "GET /manage/v1/keys HTTP/1.1"
JSON = "Content-Type: application/json"


def create(served: Served, *lines: str, body: bytes | None = None, length: bool = True) -> Answer:
    """Send a request that would create a key, with ``lines`` among its headers."""
    if body is None:
        body = json.dumps({"name": "Planted", "environment": "sandbox", "scopes": ["beats.read"]}).encode()
    size = [f"Content-Length: {len(body)}"] if length else []
    key = f"Idempotency-Key: {secrets.token_urlsafe(32)}"
    return ask(served, "POST /manage/v1/keys HTTP/1.1", TOKEN, key, *size, *lines, body=body)


def count_keys(served: Served) -> int:
    with served.client() as client:
        items: list[Any] = client.get("/manage/v1/keys?limit=1000").json()["items"]
        return len(items)


def test_that_a_request_as_it_should_be_is_served(demo_server: Served) -> None:
    assert ask(demo_server, LIST, HOST, TOKEN).status == 200
    before = count_keys(demo_server)
    assert create(demo_server, HOST, JSON).status == 201
    assert count_keys(demo_server) == before + 1


HOSTILE_READS = {
    "a foreign Host": ((LIST, "Host: evil.example", TOKEN), 421, "wrong_host"),
    "a foreign Host with our port": ((LIST, "Host: evil.example:{port}", TOKEN), 421, "wrong_host"),
    "localhost instead of what was bound": ((LIST, "Host: localhost:{port}", TOKEN), 421, "wrong_host"),
    "a Host without its port": ((LIST, "Host: 127.0.0.1", TOKEN), 421, "wrong_host"),
    "a Host with another port": ((LIST, "Host: 127.0.0.1:1", TOKEN), 421, "wrong_host"),
    "an empty Host": ((LIST, "Host: ", TOKEN), 421, "wrong_host"),
    "HTTP/1.0 without Host": (("GET /manage/v1/keys HTTP/1.0", TOKEN), 421, "wrong_host"),
    "an absolute-form target": (("GET http://evil.example/manage/v1/keys HTTP/1.1", HOST, TOKEN), 421, "wrong_host"),
    "an absolute-form target of ours": (("GET http://{host}/manage/v1/keys HTTP/1.1", HOST, TOKEN), 421, "wrong_host"),
    "an asterisk-form target": (("OPTIONS * HTTP/1.1", HOST, TOKEN), 421, "wrong_host"),
    "a foreign Origin": ((LIST, HOST, TOKEN, "Origin: https://evil.example"), 403, "foreign_origin"),
    "the Origin null": ((LIST, HOST, TOKEN, "Origin: null"), 403, "foreign_origin"),
    "our Origin over https": ((LIST, HOST, TOKEN, "Origin: https://{host}"), 403, "foreign_origin"),
    "an Origin of another local port": ((LIST, HOST, TOKEN, "Origin: http://127.0.0.1:1"), 403, "foreign_origin"),
    "our Origin and a foreign one": (
        (LIST, HOST, TOKEN, "Origin: http://{host}", "Origin: https://evil.example"), 403, "foreign_origin",
    ),
    "a fetch from another site": ((LIST, HOST, TOKEN, "Sec-Fetch-Site: cross-site"), 403, "foreign_origin"),
    "a fetch from another port": ((LIST, HOST, TOKEN, "Sec-Fetch-Site: same-site"), 403, "foreign_origin"),
    "a navigation from another site": (
        (LIST, HOST, TOKEN, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"), 403, "foreign_origin",
    ),
    "no token": ((LIST, HOST), 401, "token_missing"),
    "an empty token": ((LIST, HOST, "Authorization: Bearer "), 401, "token_missing"),
    "a token of another server": ((LIST, HOST, f"Authorization: Bearer bct_{'A' * 43}"), 401, "invalid_token"),
    "a key that is no ASCII": (
        ("GET /v1/beats HTTP/1.1", HOST, "Authorization: Bearer bca_live_\xe9"), 401, "invalid_token",
    ),
    "a token as a query": (("GET /manage/v1/keys?access_token={token} HTTP/1.1", HOST), 401, "token_missing"),
    "a token as a cookie": ((LIST, HOST, "Cookie: token={token}"), 401, "token_missing"),
    "two tokens": ((LIST, HOST, TOKEN, TOKEN), 401, "token_missing"),
    "basic credentials": ((LIST, HOST, "Authorization: Basic e30="), 401, "token_missing"),
    "a preflight": (
        ("OPTIONS /manage/v1/keys HTTP/1.1", HOST, "Origin: https://evil.example",
         "Access-Control-Request-Method: POST"), 403, "foreign_origin",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE_READS)
def test_that_a_hostile_read_is_not_served(demo_server: Served, name: str) -> None:
    lines, status, code = HOSTILE_READS[name]
    port = str(demo_server.address[1])
    answer = ask(demo_server, *(line.replace("{port}", port) for line in lines))
    assert (answer.status, answer.code) == (status, code)
    assert b'"items"' not in answer.body
    assert "access-control-allow-origin" not in answer.headers
    assert "set-cookie" not in answer.headers
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "lines",
    [
        (HOST,),
        ("hOsT: {host}",),
        (HOST, "Origin: http://{host}"),
        (HOST, "Sec-Fetch-Site: same-origin"),
        (HOST, "Sec-Fetch-Site: none"),
    ],
    ids=["plain", "another case", "our Origin", "same origin", "typed by the user"],
)
def test_that_the_same_read_without_its_fault_is_served(demo_server: Served, lines: tuple[str, ...]) -> None:
    assert ask(demo_server, LIST, TOKEN, *lines).status == 200


@pytest.mark.parametrize(
    "lines", [(HOST, HOST), (), (HOST, "Host: evil.example")], ids=["two Hosts", "no Host", "ours and a foreign Host"]
)
def test_that_a_request_that_breaks_http_itself_is_not_served(demo_server: Served, lines: tuple[str, ...]) -> None:
    answer = ask(demo_server, LIST, TOKEN, *lines)
    assert answer.status == 400
    assert b"items" not in answer.body


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/openapi.json", "/", "/v1/beats"])
def test_that_no_path_is_answered_to_a_foreign_host(demo_server: Served, path: str) -> None:
    assert ask(demo_server, f"GET {path} HTTP/1.1", "Host: evil.example").code == "wrong_host"
    assert ask(demo_server, f"GET {path} HTTP/1.1", HOST).status != 421


@pytest.mark.parametrize(
    "path", ["//manage/v1/keys", "/%6danage/v1/keys", "/./manage/v1/keys", "/v1/../manage/v1/keys"]
)
def test_that_a_path_written_otherwise_gets_no_further(demo_server: Served, path: str) -> None:
    answer = ask(demo_server, f"GET {path} HTTP/1.1", HOST, TOKEN, "Origin: https://evil.example")
    assert answer.status in (403, 404)
    assert b"items" not in answer.body


HOSTILE_WRITES: dict[str, tuple[tuple[str, ...], int, str]] = {
    "text/plain": ((HOST, "Content-Type: text/plain"), 415, "unsupported_media_type"),
    "a form": ((HOST, "Content-Type: application/x-www-form-urlencoded"), 415, "unsupported_media_type"),
    "a multipart form": ((HOST, "Content-Type: multipart/form-data; boundary=x"), 415, "unsupported_media_type"),
    "no type": ((HOST,), 415, "unsupported_media_type"),
    "two types": ((HOST, JSON, "Content-Type: text/plain"), 415, "unsupported_media_type"),
    "JSON in disguise": ((HOST, "Content-Type: text/plain; application/json"), 415, "unsupported_media_type"),
    "another charset": ((HOST, f"{JSON}; charset=utf-16"), 415, "unsupported_media_type"),
    "a compressed body": ((HOST, JSON, "Content-Encoding: gzip"), 415, "unsupported_media_type"),
    "a merge patch": ((HOST, "Content-Type: application/merge-patch+json"), 415, "unsupported_media_type"),
    "a foreign Host": (("Host: evil.example", JSON), 421, "wrong_host"),
    "a foreign Origin": ((HOST, JSON, "Origin: https://evil.example"), 403, "foreign_origin"),
    "the Origin null": ((HOST, JSON, "Origin: null"), 403, "foreign_origin"),
    "a cross-site fetch": ((HOST, JSON, "Sec-Fetch-Site: cross-site"), 403, "foreign_origin"),
}


@pytest.mark.parametrize("name", HOSTILE_WRITES)
def test_that_a_hostile_write_changes_nothing(demo_server: Served, name: str) -> None:
    lines, status, code = HOSTILE_WRITES[name]
    before = count_keys(demo_server)
    answer = create(demo_server, *lines)
    assert (answer.status, answer.code) == (status, code)
    assert b"bca_" not in answer.body
    assert count_keys(demo_server) == before


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_that_json_by_any_of_its_names_is_taken(demo_server: Served, kind: str) -> None:
    assert create(demo_server, HOST, f"Content-Type: {kind}").status == 201


def padded(size: int) -> bytes:
    """Return a body of exactly ``size`` bytes that would create a key."""
    body = json.dumps({"name": "Padded", "environment": "sandbox", "scopes": ["beats.read"]}).encode()
    return body[:-1] + b" " * (size - len(body)) + b"}"


def chunks(body: bytes, size: int = 1000) -> bytes:
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in parts) + b"0\r\n\r\n"


def test_that_a_body_of_64_kib_is_the_largest(demo_server: Served) -> None:
    assert create(demo_server, HOST, JSON, body=padded(65_536)).status == 201
    too_large = create(demo_server, HOST, JSON, body=padded(65_537))
    assert (too_large.status, too_large.code) == (413, "body_too_large")


def test_that_a_chunked_body_is_measured_as_it_comes(demo_server: Served) -> None:
    chunked = (HOST, JSON, "Transfer-Encoding: chunked")
    assert create(demo_server, *chunked, body=chunks(padded(65_536)), length=False).status == 201
    too_large = create(demo_server, *chunked, body=chunks(padded(200_000)), length=False)
    assert (too_large.status, too_large.code) == (413, "body_too_large")


@pytest.mark.parametrize("length", ["-1", "9" * 30, "0x10", "1e3"])
def test_that_a_length_that_is_none_is_not_served(demo_server: Served, length: str) -> None:
    answer = ask(demo_server, "POST /manage/v1/keys HTTP/1.1", HOST, TOKEN, JSON, f"Content-Length: {length}")
    assert answer.status in (400, 413)


def test_that_length_and_chunks_together_are_not_read_twice(demo_server: Served) -> None:
    before = count_keys(demo_server)
    smuggled = b"0\r\n\r\nDELETE /manage/v1/keys HTTP/1.1\r\n\r\n"
    answer = create(demo_server, HOST, JSON, "Transfer-Encoding: chunked", body=smuggled)
    assert answer.status == 400
    assert count_keys(demo_server) == before


def test_that_an_abandoned_body_creates_nothing_and_the_server_goes_on(demo_server: Served) -> None:
    before = count_keys(demo_server)
    head = f"POST /manage/v1/keys HTTP/1.1\r\nHost: {demo_server.authority}\r\n"
    head += f"Authorization: Bearer {demo_server.ready['owner_token']}\r\nContent-Type: application/json\r\n"
    head += f"Idempotency-Key: {secrets.token_urlsafe(32)}\r\nContent-Length: 500\r\n\r\n"
    send_raw(demo_server, head.encode() + b'{"name": "half', hang_up=True)
    assert count_keys(demo_server) == before


def test_that_a_forged_forwarding_header_changes_no_address(demo_server: Served) -> None:
    with demo_server.client() as client:
        made = make_key(client, allowed_cidrs=["203.0.113.0/24"])
        own = make_key(client, allowed_cidrs=["127.0.0.1/32"])
    forged = ("X-Forwarded-For: 203.0.113.9", "X-Real-IP: 203.0.113.9", "Forwarded: for=203.0.113.9")
    beats = ("GET /v1/beats HTTP/1.1", HOST)
    refused = ask(demo_server, *beats, f"Authorization: Bearer {made['secret']}", *forged)
    assert (refused.status, refused.code) == (403, "address_not_allowed")
    assert ask(demo_server, *beats, f"Authorization: Bearer {own['secret']}", *forged).status == 200


def test_that_a_key_opens_no_management(demo_server: Served) -> None:
    with demo_server.client() as client:
        secret = make_key(client)["secret"]
    answer = ask(demo_server, LIST, HOST, f"Authorization: Bearer {secret}")
    assert (answer.status, answer.code) == (403, "not_a_management_token")
    assert ask(demo_server, "GET /v1/beats HTTP/1.1", HOST, f"Authorization: Bearer {secret}").status == 200


def test_that_a_page_of_another_origin_reads_no_answer_of_the_open_api(demo_server: Served) -> None:
    with demo_server.client() as client:
        secret = make_key(client)["secret"]
    for path in ("/v1/beats", "/v1/me"):
        answer = ask(
            demo_server, f"GET {path} HTTP/1.1", HOST, f"Authorization: Bearer {secret}", "Origin: https://evil.example"
        )
        assert "access-control-allow-origin" not in answer.headers
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    preflight = ask(
        demo_server, "OPTIONS /v1/beats HTTP/1.1", HOST, "Origin: https://evil.example",
        "Access-Control-Request-Method: GET", "Access-Control-Request-Headers: authorization",
    )  # fmt: skip
    assert preflight.status == 405
    assert "access-control-allow-origin" not in preflight.headers


def test_that_a_websocket_is_not_opened(demo_server: Served) -> None:
    answer = ask(
        demo_server, "GET /manage/v1/session HTTP/1.1", HOST, "Upgrade: websocket",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
    )  # fmt: skip
    assert answer.status == 401


def test_that_every_reply_has_its_own_request_id_and_takes_none_from_the_caller(demo_server: Served) -> None:
    answers = [ask(demo_server, LIST, HOST, TOKEN, "X-Request-Id: req_mine") for _ in range(2)]
    answers.append(ask(demo_server, LIST, "Host: evil.example"))
    ids = [answer.headers["x-request-id"] for answer in answers]
    assert len({*ids, "req_mine"}) == 4
    assert json.loads(answers[2].body)["request_id"] == ids[2]


def test_that_management_and_the_open_api_are_never_cached(demo_server: Served) -> None:
    for path in ("/manage/v1/keys", "/manage/v1/nothing", "/v1/beats", "/v1"):
        assert ask(demo_server, f"GET {path} HTTP/1.1", HOST).headers["cache-control"] == "no-store"


def test_that_no_secret_of_these_requests_came_to_the_log(demo_server: Served) -> None:
    text = demo_server.errors.read_text()
    assert str(demo_server.ready["owner_token"]) not in text
    assert "bct_" not in text
    assert "bca_" not in text
