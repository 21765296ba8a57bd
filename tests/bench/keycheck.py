"""How many keys a second the server checks: in process against hash and read, over HTTP against a bare route."""

import asyncio
import hashlib
import hmac
import tempfile
import time
from pathlib import Path

from bcdesk.server import key_check
from bcdesk.server.place import Place, opened
from bcdesk.server.state import ServerState
from tests.bench.caller import Caller
from tests.bench.figures import Figure, interleaved
from tests.bench.plant import plant
from tests.bench.processes import served

KEYS = 100_000
KNOWN = 200
CALLS = 4_000
HTTP_CALLS = 1_500
ROUNDS = 9
HTTP_ROUNDS = 7


def measure() -> list[Figure]:
    """Measure in process first, then over HTTP, on the same database."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tokens = plant(folder, KEYS, KNOWN)
        with opened(folder) as place:
            figures = _in_process(place, tokens)
        return figures + _over_http(folder, tokens)


def _in_process(place: Place, tokens: list[str]) -> list[Figure]:
    state = ServerState(database=place.database, secret=place.secret, server_id=place.server_id, version="bench")
    wanted = [tokens[number % KNOWN] for number in range(CALLS)]

    async def checks() -> float:
        now = state.now()
        started = time.perf_counter()
        for token in wanted:
            await key_check.check_key(state, token, now, "127.0.0.1")
        return CALLS / (time.perf_counter() - started)

    async def floor() -> float:
        pepper, execute, query = place.secret.pepper, state.database.points.execute, key_check._RAW
        started = time.perf_counter()
        for token in wanted:
            digest = hmac.digest(pepper, hashlib.sha256(token.encode("ascii")).digest(), "sha256")
            execute(query, (digest,)).fetchone()
        return CALLS / (time.perf_counter() - started)

    with asyncio.Runner() as runner:
        ours, base, ratio = interleaved(lambda: runner.run(checks()), lambda: runner.run(floor()), ROUNDS)
    return [
        Figure(
            name="key checks in process", value=ours, unit="/s", base=base, better="more",
            note=f"{ratio:.2f} of the bare hash and read; {KEYS:,} keys",
        )
    ]  # fmt: skip


def _over_http(folder: Path, tokens: list[str]) -> list[Figure]:
    with (
        served("bcdesk", "serve", "--data", str(folder), "--exit-with-parent") as ours,
        served("tests.bench.bare_server") as bare,
    ):
        server, plain = Caller(ours["base_url"]), Caller(bare["base_url"])
        to_server, to_plain = _requests(server, tokens), _requests(plain, tokens)
        server.calls(to_server, KNOWN)
        plain.calls(to_plain, KNOWN)
        one, base, ratio = interleaved(
            lambda: server.calls(to_server, HTTP_CALLS), lambda: plain.calls(to_plain, HTTP_CALLS), HTTP_ROUNDS
        )
    return [
        Figure(
            name="key checks over HTTP", value=one, unit="/s", base=base, better="more",
            note=f"{ratio:.2f} of a bare Starlette route on uvicorn; GET /v1/me, one connection",
        )
    ]  # fmt: skip


def _requests(caller: Caller, tokens: list[str]) -> list[bytes]:
    head = f"GET /v1/me HTTP/1.1\r\nHost: {caller.host}\r\nUser-Agent: bench\r\nAuthorization: Bearer "
    return [f"{head}{token}\r\n\r\n".encode() for token in tokens]
