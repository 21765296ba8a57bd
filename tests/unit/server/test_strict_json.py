"""JSON is read in one way or not at all."""

import pytest

from bcdesk.server.problems import ProblemError
from bcdesk.server.strict_json import DEPTH_MAX, canonical, parse


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": [1, -2.5, true, null, "\\u00e9"]}', {"a": [1, -2.5, True, None, "é"]}),
        (b' "\\ud83d\\ude00" ', "😀"),
        ("é".encode().join([b'"', b'"']), "é"),
        (b"60.0", 60),
        (b"6e1", 60),
        (b"-0", 0),
        (b"[" * DEPTH_MAX + b"]" * DEPTH_MAX, None),
    ],
    ids=repr,
)
def test_that_json_is_read(body: bytes, value: object) -> None:
    found = parse(body)
    if value is not None:
        assert found == value
        assert type(found) is type(value)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{} {}",
        b"NaN",
        b"-Infinity",
        b"1e400",
        b"01",
        b"'a'",
        b'{"a": 1, "a": 1}',
        b'{"a": {"b": 1, "b": 2}}',
        b'"\\udc00\\ud800"',
        b'"\xed\xa0\x80"',
        b'"\xff"',
        b"\xef\xbb\xbf{}",
        '{"a": 1}'.encode("utf-16"),
        b'"\n"',
        b"9" * 41,
        b"[" * (DEPTH_MAX + 1) + b"]" * (DEPTH_MAX + 1),
        b"[" * 60_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    ],
    ids=lambda body: repr(body[:20]),
)
def test_that_anything_else_is_malformed(body: bytes) -> None:
    with pytest.raises(ProblemError) as caught:
        parse(body)
    assert caught.value.status == 400


def test_that_equal_values_have_one_form() -> None:
    assert canonical(parse(b'{"b": 1.0, "a": "\\u00e9"}')) == canonical(parse('{"a":"é","b":1}'.encode()))
    assert canonical({"a": 1}) != canonical({"a": "1"})
