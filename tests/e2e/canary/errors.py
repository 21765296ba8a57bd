"""Provokes every kind of failure around a secret, and gathers all that the exceptions and their log lines say."""

import asyncio
import io
import json
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from bcdesk import log
from bcdesk.actions.keys import create_key
from bcdesk.actions.secret_file import Form, NotSavedError, write
from bcdesk.client.bearer import Bearer
from bcdesk.client.client import Client
from bcdesk.client.errors import ClientError
from bcdesk.client.transport import Transport
from bcdesk.client.values import KeyDraft
from bcdesk.contract.secret import OneTimeSecret, SecretSpentError
from bcdesk.store.journal import Journal, JournalError
from bcdesk.store.store import Store
from bcdesk.store.vault import UnreadableError, Vault, VaultState
from tests.e2e.canary.places import text_of


def replies(secret: str, good: dict[str, Any]) -> dict[str, bytes]:
    """Return broken answers to *create*, each with the secret in it."""
    body = json.dumps(good | {"secret": secret})
    problem = {"type": "about:blank", "title": secret, "status": 0, "detail": secret, "code": "invalid_values"}
    made = {
        "no json": _http(201, body[:-1] + ",}"),
        "cut": _http(201, body)[: len(body) // 2 + 100],
        "html": _http(201, f"<p>{secret}", kind="text/html"),
        "secret in a number's place": _http(201, json.dumps({**good, "secret": secret, "handover": secret})),
        "secret in the id's place": _http(201, json.dumps({**good, "secret": {"value": secret}})),
        "a list of secrets": _http(201, json.dumps([secret])),
        "row is the secret": _http(201, json.dumps({**good, "secret": secret, "key": secret})),
        "redirect": _http(302, "", more=f"Location: https://example.org/{secret}\r\n"),
        "encoded": _http(201, body, more="Content-Encoding: gzip\r\n"),
        "too long": _http(201, json.dumps({"secret": secret, "pad": "x" * (9 * 2**20)})),
        "no http": f"{secret}\r\n\r\n".encode(),
        "bad header": f"HTTP/1.1 201 {secret}\r\n{secret}\r\n\r\n".encode(),
        "hung up": b"",
    }
    for status in (400, 401, 403, 404, 409, 412, 422, 429, 500, 503):
        faults = [{"pointer": f"/name/{secret}", "code": "too_long", "detail": secret}] if status == 422 else []
        more = "Retry-After: 600\r\n" if status in (429, 503) else ""
        said = json.dumps({**problem, "status": status, "errors": faults, "secret": secret})
        made[f"problem {status}"] = _http(status, said, kind="application/problem+json", more=more)
        made[f"bare {status}"] = _http(status, secret, kind="text/plain", more=more)
    return made


def _http(status: int, body: str, *, kind: str = "application/json", more: str = "") -> bytes:
    data = body.encode()
    head = f"HTTP/1.1 {status} Status\r\nContent-Type: {kind}\r\n{more}Content-Length: {len(data)}\r\n\r\n"
    return head.encode() + data


async def texts(secret: str, good: dict[str, Any], folder: Path) -> dict[str, str]:
    """Return what each failure said, by its kind; `Refused.detail`, which is the server's own sentence, left out."""
    stream = io.StringIO()
    handler = log.setup(logging.DEBUG, stream)
    said: dict[str, str] = {}
    try:
        for kind, reply in replies(secret, good).items():
            said[kind] = await _provoked(secret, reply)
        for kind, act in _others(secret, folder).items():
            said[kind] = await _caught(act)
    finally:
        logging.getLogger().removeHandler(handler)
    return {**said, "the log": stream.getvalue()}


async def _provoked(secret: str, reply: bytes) -> str:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(reply)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = Client(Transport(f"http://127.0.0.1:{port}", Bearer(secret)))
    vault = Vault(Path("/nonexistent"))
    vault.state = VaultState.NONE
    journal = Journal(Path("/nonexistent"), vault)
    draft = KeyDraft(name="Canary", environment="live", scopes=("beats.read",))

    async def act() -> None:
        made = await asyncio.wait_for(client.keys.create_from(draft.body(), "k" * 40), 20)
        raise AssertionError(f"it was taken: {made}")

    try:
        one = await _caught(act)
        if reply.startswith(b"HTTP/1.1 4"):
            one += await _caught(lambda: create_key(client=client, store=Store(), journal=journal, draft=draft))
        return one
    finally:
        await client.aclose()
        server.close()
        journal.close()


async def _caught(act: Callable[[], Awaitable[Any]]) -> str:
    try:
        await act()
    except (ClientError, NotSavedError, SecretSpentError, UnreadableError, JournalError, TypeError) as error:
        logging.getLogger("bcdesk.canary").error("it failed: %s", error, exc_info=error)
        for name in ("detail", "faults"):  # the server's own words, shown at the field and nowhere else
            vars(error).pop(name, None)
        return text_of(error)
    raise AssertionError("nothing was raised")


def _others(secret: str, folder: Path) -> dict[str, Callable[[], Awaitable[Any]]]:
    spent = OneTimeSecret(secret)
    spent.take()

    async def taken_twice() -> None:
        spent.take()

    async def pickled() -> None:
        import pickle

        pickle.dumps(OneTimeSecret(secret))

    async def not_saved() -> None:
        write(folder / "missing" / "x.env", secret, Form.ENV)

    async def over_a_file() -> None:
        (folder / "there").touch()
        write(folder / "there", secret, Form.BARE)

    async def unreadable() -> None:
        vault = Vault(folder)
        vault._key, vault.state = bytes(32), VaultState.READY
        vault.unseal(secret.encode() * 2, "journal/x")

    return {
        "taken twice": taken_twice,
        "pickled": pickled,
        "no folder": not_saved,
        "over a file": over_a_file,
        "unreadable": unreadable,
    }
