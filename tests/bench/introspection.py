"""Introspection and client credentials beside two other authorization servers, in one interleaved run."""

import base64
import json
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from tests.bench.caller import Caller
from tests.bench.figures import Figure
from tests.bench.processes import served
from tests.installs import NotInstalledError, node, npm_packages, python_packages

RIVALS = Path(__file__).parent / "rivals"
KNOWN = 100
CONNECTIONS = 8
ROUNDS = 7


class Server(NamedTuple):
    """A running authorization server with a client that acts for itself, and how many calls a round takes."""

    caller: Caller
    told: dict[str, Any]
    calls: int

    def request(self, path: str, **form: str) -> bytes:
        """Return the bytes of a call of this client."""
        pair = base64.b64encode(f"{self.told['client_id']}:{self.told['client_secret']}".encode()).decode()
        body = urlencode(form)
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {self.caller.host}\r\nUser-Agent: bench\r\nAuthorization: Basic {pair}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return f"{head}{body}".encode()

    def token_request(self) -> bytes:
        return self.request(self.told["token"], grant_type="client_credentials", scope="beats.read")

    def lookups(self) -> list[bytes]:
        """Get tokens and return the calls that introspect them, one of which was seen to say *active*."""
        tokens = [self.caller.ask(self.token_request())["access_token"] for _ in range(KNOWN)]
        calls = [self.request(self.told["introspect"], token=token) for token in tokens]
        if self.caller.ask(calls[0])["active"] is not True:
            raise AssertionError("the token is not active")
        return calls


def measure() -> list[Figure]:
    """Measure all servers in turn, round by round; a rival that cannot be installed here is left out, and said so."""
    with ExitStack() as stack:
        servers = {"ours": stack.enter_context(_ours())}
        missing = []
        for name, start in {"oidc-provider": _oidc_provider, "django-oauth-toolkit": _django_toolkit}.items():
            try:
                servers[name] = stack.enter_context(start())
            except NotInstalledError as error:
                missing.append(f"without {name}: {error}")
        lookups = {name: server.lookups() for name, server in servers.items()}
        introspection = _rounds(servers, lookups)
        grants = _rounds(servers, {name: [server.token_request()] for name, server in servers.items()})
    bounds = {"oidc-provider": (0.7, 1.0), "django-oauth-toolkit": (2.0, None)}
    return [
        *_figures("introspection", introspection, bounds, missing),
        *_figures("client credentials", grants, {}, missing),
    ]


def _rounds(servers: dict[str, Server], calls: dict[str, list[bytes]]) -> dict[str, list[float]]:
    """Return the calls a second of each server, round by round."""
    rates: dict[str, list[float]] = {name: [] for name in servers}
    for name, server in servers.items():
        server.caller.calls(calls[name], server.calls)  # warm
    for _ in range(ROUNDS):
        for name, server in servers.items():
            rates[name].append(server.caller.calls(calls[name], server.calls))
    return rates


def _figures(
    what: str, rates: dict[str, list[float]], bounds: dict[str, tuple[float, float | None]], missing: list[str]
) -> list[Figure]:
    ours = statistics.median(rates["ours"])
    figures = [Figure(name=what, value=ours, unit="/s", better="more", note="; ".join(missing))]
    for name, theirs in rates.items():
        if name == "ours":
            continue
        limit, aim = bounds.get(name, (None, None))
        ratio = statistics.median(one / other for one, other in zip(rates["ours"], theirs, strict=True))
        note = f"{ours:,.0f}/s against {statistics.median(theirs):,.0f}/s; {CONNECTIONS} connections"
        figures.append(
            Figure(
                name=f"{what} beside {name}", value=ratio, unit="x", limit=limit, aim=aim, better="more", note=note
            )
        )  # fmt: skip
    return figures


@contextmanager
def _ours() -> Iterator[Server]:
    with (
        tempfile.TemporaryDirectory() as folder,
        served("bcdesk", "serve", "--data", folder, "--owner-token", "--exit-with-parent") as ready,
    ):
        told = {"token": "/oauth/token", "introspect": "/oauth/introspect"} | _registered(ready)
        yield Server(Caller(ready["base_url"], CONNECTIONS), told, 2_000)


def _registered(ready: dict[str, Any]) -> dict[str, Any]:
    import urllib.request

    wanted = {"client_name": "bench", "grant_types": ["client_credentials"], "scope": "beats.read"}
    request = urllib.request.Request(
        f"{ready['base_url']}/oauth/register",
        json.dumps(wanted).encode(),
        {"Authorization": f"Bearer {ready['owner_token']}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as reply:
        told: dict[str, Any] = json.load(reply)
    return told


@contextmanager
def _oidc_provider() -> Iterator[Server]:
    script = npm_packages(RIVALS / "oidc_provider") / "run.mjs"
    with served(str(script), program=[node()]) as told:
        yield Server(Caller(told["base_url"], CONNECTIONS), told, 2_000)


@contextmanager
def _django_toolkit() -> Iterator[Server]:
    python = python_packages(RIVALS / "django_toolkit")
    with (
        tempfile.TemporaryDirectory() as folder,
        served(str(RIVALS / "django_toolkit" / "serve.py"), folder, program=[str(python)]) as told,
    ):
        yield Server(Caller(told["base_url"], CONNECTIONS), told, 400)
