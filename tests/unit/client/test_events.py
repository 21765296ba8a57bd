"""Events are cut out of bytes as they come, in whatever pieces; what is too long or no text is refused."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcdesk.client.errors import Garbled
from bcdesk.client.events import EVENT_MOST, Event, EventReader

STREAM = (
    'retry: 1000\n\n:\n\nid: 1\nevent: hop\ndata: {"a":1}\n\n: ping\r\nid: 2\r\ndata:é\r\ndata: b\r\n\r\ndata: cut'
).encode()
EVENTS = [Event("1", "hop", '{"a":1}'), Event("2", "message", "é\nb")]


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_that_events_are_the_same_in_any_pieces(cuts: list[int]) -> None:
    reader, places = EventReader(), [0, *sorted(cuts), len(STREAM)]
    pieces = [STREAM[start:end] for start, end in pairwise(places)]
    assert [event for piece in pieces for event in reader.feed(piece)] == EVENTS


@pytest.mark.parametrize("stream", [b"data: " + b"x" * EVENT_MOST, b"data: xxxxxxxx\n" * (EVENT_MOST // 8)])
def test_that_an_endless_event_is_refused(stream: bytes) -> None:
    with pytest.raises(Garbled, match="too_large"):
        list(EventReader().feed(stream))


def test_that_what_is_no_text_is_refused_without_a_word_of_it() -> None:
    with pytest.raises(Garbled, match="encoding") as caught:
        list(EventReader().feed(b"data: \xff\xfe\n\n"))
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
