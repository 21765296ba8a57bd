"""A key's limit over the real port, called by several programs at once."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from tests.e2e.serving import Served, make_key

THREADS = 8
CALLS = 1100


def test_that_1100_calls_by_8_programs_get_1000_answers_and_the_rest_is_told_to_wait(demo_server: Served) -> None:
    with demo_server.client() as client:
        made = make_key(client, environment="live")

    def call(share: int) -> list[httpx.Response]:
        with demo_server.client(made["secret"]) as caller:
            return [caller.get("/v1/beats?limit=1") for _ in range(share)]

    started = time.monotonic()
    with ThreadPoolExecutor(THREADS) as pool:
        shares = [CALLS // THREADS + (number < CALLS % THREADS) for number in range(THREADS)]
        replies = [reply for part in pool.map(call, shares) for reply in part]
    took = time.monotonic() - started
    assert took < 60, f"{CALLS} calls took {took:.0f} s: more than one window"
    assert Counter(reply.status_code for reply in replies) == {200: 1000, 429: 100}
    for reply in replies:
        assert reply.headers["ratelimit-policy"] == '"key";q=1000;w=60'
        if reply.status_code == 429:
            assert reply.json()["code"] == "rate_limited"
            assert 1 <= int(reply.headers["retry-after"]) <= 60
    assert callers_of(demo_server, made["key"]["id"]) == (CALLS, 100)


def callers_of(served: Served, key_id: str) -> tuple[int, int]:
    """Return the calls and the limited ones of a key once all are written, or what is known after 5 seconds."""
    deadline = time.monotonic() + 5
    with served.client() as client:
        while True:
            found: dict[str, Any] = client.get(f"/manage/v1/keys/{key_id}/callers").json()
            if found["requests_24h"] >= CALLS or time.monotonic() > deadline:
                return found["requests_24h"], found["limited_24h"]
