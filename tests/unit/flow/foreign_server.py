"""An authorization server of somebody else, in this process: it says what a test wants, right unless changed."""

import asyncio
import base64
import hashlib
import json
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, Key

from bcdesk.flow.held import Held
from bcdesk.flow.run import Run
from bcdesk.flow.values import Setup
from bcdesk.flow.wire import Wire

ISSUER = "http://127.0.0.1:9/tenant"
REDIRECT = "http://127.0.0.1:9/back"
CLIENT = "client_1"
Message = MutableMapping[str, Any]


class Foreign:
    """Its answers lie in ``answers`` by path: status, headers, body; a body that is callable is made when asked."""

    def __init__(self, **more_metadata: object) -> None:
        self.key: Key = ECKey.generate_key("P-256", {"kid": "k1", "use": "sig", "alg": "ES256"})
        self.nonce = ""
        self.asked: list[tuple[str, str, bytes]] = []
        self.claims: dict[str, object] = {}
        self.header: dict[str, object] = {}
        self.token: dict[str, Any] = {"access_token": "at-0123456789", "token_type": "bearer", "expires_in": 60}
        self.metadata: dict[str, Any] = {
            "issuer": ISSUER,
            **{f"{name}_endpoint": f"{ISSUER}/{name}" for name in (
                "authorization", "token", "userinfo", "introspection", "revocation")},
            "jwks_uri": f"{ISSUER}/jwks",
            "authorization_response_iss_parameter_supported": True,
            **more_metadata,
        }  # fmt: skip
        self.answers: dict[str, tuple[int, dict[str, str], Any]] = {
            "/tenant/.well-known/openid-configuration": (200, {}, lambda: self.metadata),
            "/tenant/token": (200, {}, lambda: self.token),
            "/tenant/jwks": (200, {}, lambda: {"keys": [{"kty": "ZZ"}, self.key.as_dict(private=False)]}),
            "/tenant/userinfo": (200, {}, {"sub": "somebody"}),
        }
        self.transport = httpx.ASGITransport(self)

    async def __call__(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        body = (await receive()).get("body", b"")
        self.asked.append((scope["method"], scope["path"], body))
        for _ in range(4):  # as on a line, others have their turn meanwhile
            await asyncio.sleep(0)
        status, headers, content = self.answers.get(scope["path"], (404, {"content-type": "text/plain"}, b"nothing"))
        content = content() if callable(content) else content
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        all_headers = {"content-type": "application/json", **headers}
        pairs = [(name.encode(), value.encode()) for name, value in all_headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": pairs})
        await send({"type": "http.response.body", "body": raw})

    def count(self, path: str) -> int:
        return sum(asked == path for _, asked, _ in self.asked)

    def id_token(self, key: Key | None = None) -> str:
        half = hashlib.sha256(self.token["access_token"].encode()).digest()[:16]
        claims = {
            "iss": ISSUER, "aud": CLIENT, "sub": "somebody", "exp": int(time.time()) + 60, "iat": int(time.time()),
            "nonce": self.nonce, "at_hash": base64.urlsafe_b64encode(half).decode().rstrip("="), **self.claims,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": "ES256", "kid": "k1", **self.header}
        header = {name: value for name, value in header.items() if value is not None}
        return jwt.encode(header, claims, key or self.key, algorithms=[str(header["alg"])])

    def run(self, secret: str | None = None, **changes: Any) -> Run:
        """Return a run of a public client, or of one that signs in by ``secret``."""
        values = {
            "issuer": ISSUER, "client_id": CLIENT, "redirect_uri": REDIRECT, "scopes": ("openid",),
            "auth_method": "none" if secret is None else "client_secret_post", **changes,
        }  # fmt: skip
        setup = Setup(**values)
        held = None if secret is None else Held(secret)
        return Run(setup, secret=held, wire=Wire(setup.tls, inner=self.transport))

    async def come_back(self, run: Run, code: str = "c0de-123456") -> str:
        """Prepare a run and send its browser back with a code; return the address."""
        asked = dict(parse_qsl(urlsplit(await run.prepare()).query))
        self.nonce = asked.get("nonce", "")
        url = f"{REDIRECT}?code={code}&state={asked['state']}&iss={quote(ISSUER, safe='')}"
        assert run.offer(url).kind == "code"
        return url
