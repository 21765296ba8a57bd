"""No secret of a run is in its trace, however one looks at it; one that is planted there is found."""

import base64
import gc
import pickle
from collections.abc import Iterator
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from bcdesk.flow.failures import FlowError
from bcdesk.flow.run import Run
from bcdesk.flow.trace import Message
from tests.contract.oauth_support import put_app
from tests.unit.flow.foreign_server import Foreign
from tests.unit.flow.walking_server import LOOPBACK, Walk

_CODE = (type, ModuleType, FunctionType, BuiltinFunctionType, MethodType)


def texts(root: object) -> Iterator[str]:
    """Return every text that can be reached from an object."""
    seen, left = set(), [root]
    while left:
        thing = left.pop()
        if id(thing) in seen or isinstance(thing, _CODE):
            continue
        seen.add(id(thing))
        if isinstance(thing, str):
            yield thing
        elif isinstance(thing, bytes | bytearray):
            yield bytes(thing).decode("utf-8", "replace")
        else:
            left.extend(gc.get_referents(thing))


def found(run: Run, secrets: set[str]) -> set[str]:
    """Return the secrets that the trace gives away by its graph, its pickle, or its repr."""
    heap = [
        *texts(run.trace),
        pickle.dumps(run.trace.hops).decode("utf-8", "replace"),
        repr(run.trace.hops),
        repr(vars(run.trace)),
    ]
    return {secret for secret in secrets if any(secret in text for text in heap)}


def spellings(secrets: list[str]) -> set[str]:
    return {spelled for secret in secrets for spelled in (secret, quote(secret, safe=""))}


def held_of(run: Run) -> list[str]:
    return [held.show() for _, held in run._redactor._held]


async def test_that_the_trace_of_a_whole_run_holds_no_secret(walk: Walk) -> None:
    app = put_app(walk.oauth.state, "web", redirect_uris=[LOOPBACK])
    run = walk.run(
        app,
        then=("refresh", "introspect", "userinfo", "call", "revoke"),
        api_url=f"{walk.oauth.state.base_url}/v1/beats",
    )
    came = await walk.consent(await run.prepare())
    run.offer(came)
    await run.callback()
    await run.go_on()
    secrets = held_of(run)
    assert len(secrets) == 7  # client secret, verifier, code, two access and two refresh tokens
    assert parse_qs(urlsplit(came).query)["code"][0] in secrets
    assert app.secret in secrets
    looked_for = spellings(secrets) | {base64.b64encode(f"{app.client_id}:{app.secret}".encode()).decode()}
    assert found(run, looked_for) == set()
    assert run.trace.hops[4].sent is not None
    run.trace.hops[4].received = Message(text=f"planted: {secrets[0]}")
    assert found(run, looked_for) == {secrets[0]}
    await run.aclose()


async def test_that_a_server_that_echoes_everything_plants_nothing() -> None:
    server = Foreign()
    echoed = "your {code} and {secret} are bad: {quoted}"
    code, secret = "c0de/+ 123456", "s3cr3t-of-the-client"
    text = echoed.format(code=code, secret=secret, quoted=quote(code, safe=""))
    headers = {
        "x-debug": f"code={quote(code, safe='')}",
        "www-authenticate": f'Basic realm="{secret}", error="{secret}"',
    }
    body = {"error": "invalid_grant", "error_description": text, "deep": {"request": {"code": code}, "list": [secret]}}
    server.answers["/tenant/token"] = (400, headers, body)
    run = server.run(secret)
    await server.come_back(run, quote(code, safe=""))
    with pytest.raises(FlowError) as caught:
        await run.go_on()
    assert code not in repr(vars(caught.value))
    assert secret not in repr(vars(caught.value))
    assert run.failure is not None
    assert "bad" in run.failure.facts["error_description"] or "•" in run.failure.facts["error_description"]
    assert found(run, spellings([code, secret])) == set()
    assert code not in repr(run.failure)
    await run.aclose()


async def test_that_a_callback_that_is_refused_leaves_no_code() -> None:
    server = Foreign()
    run = server.run()
    await run.prepare()
    for url in (
        f"{LOOPBACK}?code=s3cr3t-code&code=s3cr3t-more&state={run.state}",
        f"{LOOPBACK}?code=s3cr3t-code&state=foreign",
        "https://elsewhere.example/x?code=s3cr3t-code",
        f"{LOOPBACK}#access_token=s3cr3t-code&state={run.state}",
    ):
        run.offer(url)
    run.page(
        "https://id.example/login?ticket=s3cr3t-code#code=s3cr3t-code", title="Success code=s3cr3t-code-0123456789"
    )
    assert len(run.trace.hops) >= 5
    assert found(run, {"s3cr3t"}) == set()
    await run.aclose()


async def test_that_closing_a_run_wipes_all_that_it_held() -> None:
    server = Foreign()
    run = server.run("s3cr3t-of-the-client")
    await server.come_back(run)
    tokens = await run.exchange()
    held = [held for _, held in run._redactor._held]
    assert len(held) == 4
    await run.aclose()
    await run.aclose()
    assert all(one.spent for one in held)
    assert tokens.access.spent
    assert run.tokens is None
    assert not [text for text in texts(run) if "at-0123456789" in text or "c0de-123456" in text]
