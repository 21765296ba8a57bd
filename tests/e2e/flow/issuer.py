"""A certified authorization server that is not ours: npm ``oidc-provider`` with its own pages."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.installs import node, npm_packages

LOOPBACK = "http://127.0.0.1:0/callback"
CUSTOM = "com.example.studio:/callback"
SCOPES = "openid offline_access profile beats.read"
_STOP_SECONDS = 20


class Issuer(NamedTuple):
    """Where it answers, the clients it knows by their way to authenticate, and the secret of those that have one."""

    url: str
    client_secret: str
    clients: dict[str, str]


@contextmanager
def certified() -> Iterator[Issuer]:
    """Run the server until left; raise `tests.installs.NotInstalledError` where it cannot be had.

    Its clients are ``basic``, ``post`` and ``public``: each takes `LOOPBACK` on any port and `CUSTOM`. Any name and
    any password sign in.
    """
    script = npm_packages(Path(__file__).parent / "oidc_provider") / "run.mjs"
    with subprocess.Popen(
        [node(), str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout is not None
            told = json.loads(process.stdout.readline())
            methods = {"client_secret_basic": "basic", "client_secret_post": "post", "none": "public"}
            yield Issuer(told["issuer"], told["client_secret"], methods)
        finally:
            process.terminate()
            process.wait(_STOP_SECONDS)
