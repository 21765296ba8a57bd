"""Whatever a token endpoint answers is a pair, the end of the session, or garbled: nothing else ever comes out."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bcdesk.client.errors import ClientError, Garbled
from bcdesk.client.replies import Reply
from bcdesk.client.session_bearer import SessionBearer
from bcdesk.contract.app_routes import TOKEN

NAMES = st.sampled_from(["access_token", "refresh_token", "token_type", "expires_in", "error", "scope", "x"])
TEXTS = st.one_of(
    st.text(max_size=50), st.sampled_from(["bearer", "Bearer", "invalid_grant", "t", "a b", "é", "x" * 5000])
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
BODIES = st.one_of(
    st.binary(max_size=200),
    VALUES.map(lambda value: json.dumps(value).encode()),
    st.dictionaries(NAMES, VALUES, max_size=6).map(lambda value: json.dumps(value).encode()),
    st.fixed_dictionaries({"access_token": TEXTS, "refresh_token": TEXTS, "token_type": TEXTS}).map(
        lambda value: json.dumps(value).encode()
    ),
)


@settings(max_examples=500, deadline=None)
@given(body=BODIES, status=st.sampled_from([200, 201, 204, 400, 401]))
async def test_that_nothing_but_a_pair_an_end_or_garble_comes_of_an_answer(body: bytes, status: int) -> None:
    done: list[str] = []

    async def keep(refresh: str) -> None:
        done.append(refresh)

    async def ended() -> None:
        done.append("ended")

    async def post(path: str, pairs: object) -> Reply:
        assert path == TOKEN.path
        return Reply(status, body, "")

    bearer = SessionBearer("bcr_first", keep=keep, on_ended=ended)
    error: ClientError | None = None
    try:
        await bearer.renew("", post)
    except ClientError as raised:
        error = raised
    if error is None:
        assert len(done) == 1
        assert all(text.isascii() and text.isprintable() and " " not in text for text in (done[0], bearer.header()[7:]))
    elif isinstance(error, Garbled):
        assert (done, bearer.ended, error.uncertain) == ([], False, False)
    else:
        assert (done, bearer.ended) == (["ended"], True)
