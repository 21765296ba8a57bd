"""Release notes: believed by their signature alone, read only after that, and fetched without telling of us."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcdesk.client.errors import ClientError, Garbled, NoteRefused, Unreachable
from bcdesk.client.releases import NOTE_MOST, NOTE_TYPE, fetch, opened, signed_bytes
from tests.unit.client.answering import answer, answering
from tests.unit.client.releasing import (
    FOREIGN,
    KEY,
    NEXT,
    NEXT_KEY,
    NOW,
    PRIVATE,
    WHAT_IS_NEW,
    base64_of,
    note,
    payload,
    spoiled,
)

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
MEMBERS = ("version", "released", "expires", "minimum", "notes", "downloads")


def reason(content: bytes, *keys: Any) -> str:
    with pytest.raises(NoteRefused) as caught:
        opened(content, keys or (KEY,))
    assert caught.value.__cause__ is None
    return caught.value.reason


def test_that_a_note_says_what_was_signed() -> None:
    found = opened(note(), (KEY,))
    assert (found.version, found.minimum, found.notes) == ("0.2.0", "", WHAT_IS_NEW)
    assert found.released < NOW < found.expires
    assert found.downloads["macos-arm64"].size == 104_857_600


def test_that_what_is_signed_holds_its_type_and_both_lengths() -> None:
    assert signed_bytes(b"hello world") == f"DSSEv1 {len(NOTE_TYPE)} {NOTE_TYPE} 11 hello world".encode()


def test_that_one_good_signature_of_two_is_enough_while_keys_change() -> None:
    both = note(PRIVATE, NEXT)
    for known in ((KEY,), (NEXT_KEY,), (KEY, NEXT_KEY)):
        assert opened(both, known).version == "0.2.0"


def test_that_a_note_of_a_key_that_this_build_does_not_know_is_refused() -> None:
    assert reason(note(FOREIGN)) == "key"
    assert reason(note(NEXT)) == "key"
    assert reason(spoiled(note(), signatures=[])) == "key"
    with pytest.raises(NoteRefused):
        opened(note(), ())


def test_that_a_byte_changed_after_the_signature_is_refused() -> None:
    envelope = note()
    assert reason(spoiled(envelope, payload=base64_of(payload(version="0.3.0")))) == "signature"
    assert reason(spoiled(envelope, payload=base64_of(payload() + b" "))) == "signature"


def test_that_a_foreign_signature_under_our_keys_name_is_refused() -> None:
    foreign = json.loads(note(FOREIGN))["signatures"][0]["sig"]
    for signature in (foreign, "", "AAAA", "not base64", base64_of(bytes(64))):
        assert reason(spoiled(note(), signatures=[{"keyid": KEY.id, "sig": signature}])) == "signature"


def test_that_a_signature_over_another_type_or_over_the_bare_note_is_refused() -> None:
    bare = base64_of(PRIVATE.sign(payload()))
    other = base64_of(PRIVATE.sign(b"DSSEv1 1 x %d %s" % (len(payload()), payload())))
    for signature in (bare, other):
        assert reason(spoiled(note(), signatures=[{"keyid": KEY.id, "sig": signature}])) == "signature"
    assert reason(spoiled(note(), payloadType="x")) == "form"


@pytest.mark.parametrize(
    "changes",
    [
        {"version": "2"},
        {"minimum": "x"},
        {"released": "2026-01-01"},
        {"expires": "soon"},
        {"released": "2026-01-02T00:00:00Z", "expires": "2026-01-01T00:00:00Z"},
        {"notes": "x" * 16_001},
        {"notes": "\u202egnp.exe"},
        {"notes": "\x1b[2J"},
        {"downloads": {"windows-amd64": {"url": "http://releases.example/x", "size": 1, "sha256": "0" * 64}}},
        {"downloads": {"windows-amd64": {"url": "file:///etc/passwd", "size": 1, "sha256": "0" * 64}}},
        {"downloads": {"windows-amd64": {"url": "https://me:x@releases.example/x", "size": 1, "sha256": "0" * 64}}},
        {"downloads": {"windows-amd64": {"url": "https://releases.example/x", "size": 0, "sha256": "0" * 64}}},
        {"downloads": {"windows-amd64": {"url": "https://releases.example/x", "size": 1, "sha256": "0" * 63 + "G"}}},
        {"downloads": {"windows-amd64": {"url": "https://releases.example/x", "size": "1", "sha256": "0" * 64}}},
    ],
)
def test_that_a_signed_note_with_a_value_that_makes_no_sense_is_refused(changes: dict[str, Any]) -> None:
    assert reason(note(**changes)) == "form"


def test_that_members_of_a_later_version_are_passed_over() -> None:
    assert opened(note(channel="stable"), (KEY,)).version == "0.2.0"


@given(st.binary(max_size=400) | JSON.map(lambda found: json.dumps(found).encode()))
def test_that_any_bytes_are_refused_and_never_raise_anything_else(content: bytes) -> None:
    assert reason(content) in ("form", "key")


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_that_a_note_with_any_byte_changed_is_refused_or_says_the_same(place: int, change: int) -> None:
    content = bytearray(note())
    content[place % len(content)] ^= change
    with suppress(NoteRefused):
        assert opened(bytes(content), (KEY,)) == opened(note(), (KEY,))


@given(st.sampled_from(MEMBERS), JSON)
def test_that_any_value_under_our_own_signature_is_a_note_or_refused(member: str, value: Any) -> None:
    with suppress(NoteRefused):
        found = opened(note(**{member: value}), (KEY,))
        assert found.released < found.expires


@given(JSON)
def test_that_any_payload_under_our_own_signature_is_refused(value: Any) -> None:
    from devlib import release_note

    assert reason(release_note.signed(json.dumps(value).encode(), (PRIVATE,))) == "form"


# ------------------------------------------------------------------ fetching


async def fetched(*script: Any) -> tuple[object, list[bytes]]:
    """Fetch what a server says, and return that or the error, with what the server was asked."""
    async with answering(*script) as server:
        outcome: object
        try:
            outcome = await fetch(f"{server.url}/desk/release.json")
        except ClientError as error:
            outcome = error
        return outcome, server.asked


async def test_that_a_note_is_fetched_whatever_type_its_host_gives_it() -> None:
    for kind in ("application/json", "application/octet-stream", "text/plain; charset=utf-8"):
        outcome, asked = await fetched(answer(note(), kind=kind))
        assert outcome == note()
        assert asked[0].startswith(b"GET /desk/release.json HTTP/1.1\r\n")


async def test_that_the_host_is_told_nothing_of_who_asks() -> None:
    _, asked = await fetched(answer(note(), headers="Set-Cookie: seen=1; Path=/\r\n"))
    head, _, body = asked[0].partition(b"\r\n\r\n")
    names = {line.split(b":")[0].lower() for line in head.split(b"\r\n")[1:]}
    assert names == {b"host", b"accept", b"accept-encoding", b"connection", b"user-agent"}
    assert b"\r\nUser-Agent: bcdesk\r\n" in head + b"\r\n"
    assert body == b""


async def test_that_a_note_larger_than_any_is_not_read_to_its_end() -> None:
    outcome, _ = await fetched(answer(b" " * (NOTE_MOST + 1)))
    assert isinstance(outcome, Garbled)
    assert outcome.what == "too_large"
    assert (await fetched(answer(b" " * NOTE_MOST)))[0] == b" " * NOTE_MOST


async def test_that_no_redirect_is_followed_and_what_is_not_there_is_told() -> None:
    outcome, asked = await fetched(answer(b"", 302, headers="Location: /elsewhere\r\n"))
    assert isinstance(outcome, Garbled)
    assert outcome.what == "redirect"
    assert len(asked) == 1
    outcome, _ = await fetched(answer(b"<html>", 404, kind="text/html"))
    assert isinstance(outcome, Garbled)
    assert outcome.status == 404


async def test_that_an_answer_cut_short_is_no_note() -> None:
    outcome, _ = await fetched(answer(note(), length=len(note()) + 10))
    assert isinstance(outcome, Unreachable)
    assert outcome.reason == "cut"
