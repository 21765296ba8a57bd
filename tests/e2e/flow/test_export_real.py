"""What a run exports, used: cURL sends the same requests, and the Markdown and HAR of a real run hold no secret."""

import json
import os
import re
import secrets
import shutil
import subprocess
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bcdesk.flow.export.curl import curl
from bcdesk.flow.export.har import har
from bcdesk.flow.export.markdown import markdown
from bcdesk.flow.held import Held
from bcdesk.flow.pkce import challenge_of
from bcdesk.flow.run import Run
from bcdesk.flow.values import Setup
from tests.e2e.flow.walking import walk
from tests.e2e.oauth.walking import REDIRECT, SCOPES, App
from tests.e2e.serving import Served

VERIFIER = secrets.token_urlsafe(48)
_SECRETS = re.compile(r"\bbc[a-z]_[A-Za-z0-9_-]{43}")


class Ran:
    """A run that went all the way, and whatever it was given."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.variables = {"BC_CLIENT_SECRET": app.secret or "", "BC_CODE_VERIFIER": VERIFIER}
        setup = Setup(
            app.served.base_url, app.client_id, REDIRECT, SCOPES, "client_secret_basic", verifier=VERIFIER,
            params=(("code_challenge", challenge_of(VERIFIER, "S256")),),
        )  # fmt: skip
        self.run = Run(setup, secret=Held(app.secret or ""))

    async def authorize(self) -> None:
        landing = walk(await self.run.prepare(), REDIRECT)
        self.variables["BC_CODE"] = parse_qs(urlsplit(landing).query)["code"][0]
        assert self.run.offer(landing).kind == "code"
        await self.run.callback()

    async def use(self) -> None:
        tokens = await self.run.exchange()
        self.variables["BC_ACCESS_TOKEN"] = tokens.access.show()
        assert tokens.refresh is not None
        self.variables["BC_REFRESH_TOKEN"] = tokens.refresh.show()
        await self.run.introspect()
        await self.run.userinfo()

    def again(self, name: str, variables: dict[str, str]) -> Any:
        """Send the hop of that name by cURL and return the JSON that comes."""
        hop = next(hop for hop in self.run.trace.hops if hop.name == name)
        command = f"{curl(hop, client_id=self.app.client_id)} --silent --show-error --fail"
        environment = {"PATH": os.environ["PATH"], **variables}
        done = subprocess.run(["sh", "-euc", command], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
async def ran(demo_server: Served) -> AsyncIterator[Ran]:
    with App(demo_server) as app:
        one = Ran(app)
        try:
            await one.authorize()
            await one.use()
            yield one
        finally:
            await one.run.aclose()


@pytest.mark.skipif(shutil.which("curl") is None or shutil.which("sh") is None, reason="needs curl and a POSIX shell")
async def test_that_curl_gets_what_the_run_got(ran: Ran) -> None:
    assert ran.again("introspect", ran.variables)["active"] is True
    assert ran.again("userinfo", ran.variables)["sub"]
    another = Ran(ran.app)
    try:
        await another.authorize()
        got = ran.again("token", {**ran.variables, "BC_CODE": another.variables["BC_CODE"]})
    finally:
        await another.run.aclose()
    assert got["token_type"] == "Bearer"


async def test_that_no_export_of_a_run_holds_a_secret_of_it(ran: Ran) -> None:
    exports = {
        "markdown": markdown(ran.run),
        "har": har(ran.run.trace, ran.run.setup),
        "curl": "\n".join(curl(hop) for hop in ran.run.trace.hops),
    }
    for name, text in exports.items():
        assert not _SECRETS.findall(text), name
        assert not [kind for kind, secret in ran.variables.items() if secret in text], name
        assert ran.app.client_id in text, name
    assert _SECRETS.findall(exports["har"] + ran.variables["BC_ACCESS_TOKEN"])
