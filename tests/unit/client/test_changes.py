"""What changed is told part by part; what is no note is refused, and a line that breaks says so."""

from contextlib import aclosing

import pytest

from bcdesk.client.bearer import Bearer
from bcdesk.client.changes import Told
from bcdesk.client.client import Client
from bcdesk.client.errors import Garbled, NotFound, Unreachable
from bcdesk.client.replies import parsed
from bcdesk.client.transport import Transport
from tests.unit.client.answering import Answer, answer, answering, problem

TWO = (
    b'retry: 1000\n\n:\n\nid: a-1\nevent: change\ndata: {"kind":"keys","ids":["key_1"]}\n\n'
    b'id: a-2\nevent: change\ndata: {"kind":"session","ids":[]}\n\n'
)


def events(body: bytes, length: int | None = None) -> bytes:
    return answer(body, kind="text/event-stream", length=length)


async def followed(script: Answer, since: str | None = "a-0") -> tuple[list[Told], bytes]:
    """Follow until the end and return what was told, and what was asked."""
    async with answering(script) as server:
        client = Client(Transport(server.url, Bearer("bct_x")))
        try:
            async with aclosing(client.changes.follow(since)) as parts:
                return [told async for part in parts for told in part], server.asked[0]
        finally:
            await client.aclose()


async def test_that_what_changed_is_told_with_its_since() -> None:
    told, asked = await followed(events(TWO))
    assert told == [Told("keys", ("key_1",), "a-1"), Told("session", (), "a-2")]
    assert b"\r\nlast-event-id: a-0\r\n" in asked.lower()
    assert b"last-event-id" not in (await followed(events(TWO), None))[1].lower()


@pytest.mark.parametrize(
    "data",
    [b"{", b"[" * 100_000, b'{"kind":"other","ids":[]}', b'{"kind":"keys","ids":"key_1"}', b"NaN", b"\xff"],
    ids=["cut", "deep", "kind", "ids", "nan", "bytes"],
)
async def test_that_what_is_no_note_is_refused_without_a_word_of_it(data: bytes) -> None:
    with pytest.raises(Garbled) as caught:
        await followed(events(b"data: " + data + b"\n\n"))
    assert caught.value.__cause__ is caught.value.__context__ is None


async def test_that_a_line_that_breaks_says_so() -> None:
    with pytest.raises(Unreachable, match="cut"):
        await followed(events(TWO, length=5_000))


async def test_that_a_server_without_events_says_so() -> None:
    with pytest.raises(NotFound):
        await followed(problem(404, "not_found"))


@pytest.mark.parametrize(
    "text", ["NaN", '{"a": Infinity}', "[-Infinity]", '"\\ud800"', '{"\\uDFFF": 1}', "\ufeff{}", ""]
)
def test_that_json_is_taken_as_its_standard_has_it(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parsed(text)
    with pytest.raises(ValueError, match=r"."):
        parsed(text.encode())
    with pytest.raises(ValueError, match=r"."):
        parsed(b'"\xed\xa0\x80"')
    assert parsed(b'"\\ud83d\\ude00 \xc3\x9f"') == "\U0001f600 \u00df"


async def test_that_a_since_which_cannot_be_handed_back_is_none() -> None:
    told, _ = await followed(events(b"id: " + b"x" * 600 + b'\ndata: {"kind":"keys","ids":[]}\n\n'))
    assert told == [Told("keys", (), None)]
