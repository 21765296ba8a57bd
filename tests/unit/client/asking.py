"""One question to a server that answers by a script, and what became of it."""

from typing import Any

from bcdesk.client.bearer import Bearer
from bcdesk.client.errors import (
    ClientError,
    Unreachable,
)
from bcdesk.client.transport import Transport
from tests.unit.client.answering import Answer, answering

TOKEN = "bct_canary-canary-canary-canary-canary-canary1"


async def ask(*script: Answer, **options: Any) -> tuple[Any, list[bytes]]:
    """Ask a server that answers by ``script``; return the answer or the error, and what arrived."""
    async with answering(*script) as server:
        transport = Transport(server.url, Bearer(TOKEN))
        outcome: Any
        try:
            outcome = await transport.send(options.pop("method", "GET"), "/path", **options)
        except ClientError as error:
            outcome = error
        finally:
            await transport.aclose()
        return outcome, server.asked


async def told(transport: Transport) -> object:
    try:
        return await transport.send("GET", "/")
    except ClientError as error:
        return error


async def failure(url: str) -> Unreachable:
    transport = Transport(url, Bearer(TOKEN))
    error = await told(transport)
    await transport.aclose()
    assert isinstance(error, Unreachable)
    return error
