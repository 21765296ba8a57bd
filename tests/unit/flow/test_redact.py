"""What the trace keeps holds no secret: by name, by look, and wherever one echoes, in any spelling."""

import base64
import json
from urllib.parse import quote

import pytest

from bcdesk.flow.redact import DOTS, Redactor
from bcdesk.flow.trace import Hidden

SECRET = 'p/ss w+rd&"x"<é>0123'
TOKEN = "bct_" + "aB3_" * 10 + "xyz"


@pytest.fixture
def redactor() -> Redactor:
    redactor = Redactor()
    redactor.hold("code", SECRET)
    return redactor


def test_that_parameters_of_a_secrets_name_are_hidden(redactor: Redactor) -> None:
    names = ("code", "client_secret", "code_verifier", "refresh_token", "TOKEN", "password", "my_secret", "assertion")
    for name, value in redactor.pairs((name, "short") for name in names):
        assert isinstance(value, Hidden), name
        assert value.length == 5
    assert dict(redactor.pairs([("state", "s"), ("token_type", "Bearer"), ("scope", "a b")])) == {
        "state": "s", "token_type": "Bearer", "scope": "a b",
    }  # fmt: skip


@pytest.mark.parametrize(
    "echoed",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        quote(SECRET, safe="").replace("%20", "+"),
        "p/ss w+rd&amp;&quot;x&quot;&lt;é&gt;0123",
        json.dumps(SECRET)[1:-1].replace('\\"', '"'),
    ],
)
def test_that_a_held_secret_is_hidden_wherever_it_echoes(redactor: Redactor, echoed: str) -> None:
    kept = (
        redactor.text(f"your code {echoed} is bad"),
        redactor.pairs([("error_description", f"no {echoed}!")]),
        redactor.headers([("X-Echo", echoed)]),
        redactor.json({"detail": {"deep": [f"<{echoed}>"]}}),
        redactor.facts({"got": echoed}),
    )
    assert DOTS in kept[0]
    for text in (echoed, SECRET, "rd&"):
        assert text not in repr(kept)


def test_that_what_looks_like_a_token_is_hidden_although_nobody_held_it(redactor: Redactor) -> None:
    jwt = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (b'{"alg":"x"}', b'{"a":1}', b"sig"))
    for text in (TOKEN, jwt, f"bca_live_{'a1B2c3' * 6}"):
        assert text not in repr(redactor.text(f"see {text}!"))


def test_that_headers_lose_their_credentials_and_keep_their_scheme(redactor: Redactor) -> None:
    headers = dict(
        redactor.headers(
            [
                ("Authorization", "Basic abcdefgh"),
                ("Set-Cookie", "sid=abcdefgh; Path=/"),
                ("Location", "https://a.example/b?code=abcdefgh&state=s#access_token=abcdefgh"),
                ("Content-Type", "application/json"),
            ]
        )
    )
    assert "abcdefgh" not in repr(headers)
    assert str(getattr(headers["Authorization"], "kind", "")) == "basic"
    assert headers["Location"] == f"https://a.example/b?code={DOTS}&state=s&access_token={DOTS}"
    assert headers["Content-Type"] == "application/json"


def test_that_a_url_loses_its_userinfo(redactor: Redactor) -> None:
    assert redactor.url("https://me:hunter2@a.example/b?code=x")[0] == f"https://{DOTS}@a.example/b"
    assert "hunter2" not in repr(redactor.facts({"got": "see https://me:hunter2@a.example/b"}))


@pytest.mark.parametrize(
    "body",
    [
        '{"access_token": "s3cr3t-value", "token_type": "Bear',
        "access_token=s3cr3t-value&token_type=bearer",
        "{'refresh_token': 's3cr3t-value'",
        "<p>token: s3cr3t-value</p>",
        "x" * 3990 + " s3cr3t-value" + "ABCDEFGH1234" * 3,
    ],
)
def test_that_a_body_that_cannot_be_read_gives_no_token_away(redactor: Redactor, body: str) -> None:
    kept = redactor.response(200, [("Content-Type", "text/plain")], body.encode())
    assert "s3cr3t" not in repr(kept)
    assert "ABCDEFGH1234" not in repr(kept)


def test_that_a_secret_cut_by_the_limit_is_not_shown_in_part() -> None:
    redactor = Redactor()
    assert "eyJhb" not in redactor.text("a " * 1995 + "eyJhbGciOi.eyJhbGciOi" * 20)


def test_that_a_member_tells_nothing_of_the_token_beside_it(redactor: Redactor) -> None:
    kept = redactor.json({"access_token": "s3cr3t-value", "echo": "it is s3cr3t-value", "code": 123456, "n": 1})
    assert "s3cr3t" not in repr(kept)
    assert "123456" not in repr(kept)
    assert ("n", "1") in kept


def test_that_a_long_body_takes_no_long_time(redactor: Redactor) -> None:
    for body in (b"a" * 2**20, b"eyJ" * 300_000, b"a.b:" * 250_000, b"%41" * 300_000):
        assert len(redactor.response(200, [], body).text) <= 4100
