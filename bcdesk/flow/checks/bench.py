"""What the checks share: the twins, a browser of sorts, codes and tokens, each asked for when first needed.

Tokens serve all checks until one of them may have ended them.
"""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bcdesk.flow.checks.front import Browse, Front, Landed
from bcdesk.flow.checks.line import Line
from bcdesk.flow.checks.model import NotRunError, Why
from bcdesk.flow.checks.party import Party
from bcdesk.flow.checks.requests import Pairs, Post, Reply, with_query
from bcdesk.flow.client_auth import proof
from bcdesk.flow.held import Held
from bcdesk.flow.values import ServerFacts

if TYPE_CHECKING:
    from bcdesk.client.client import Client
    from bcdesk.flow.checks.twin import Twins


@dataclass(slots=True, repr=False)
class Pair:
    """The tokens of one sign-in."""

    access: Held
    refresh: Held | None
    scopes: tuple[str, ...]
    headers: tuple[tuple[str, str], ...]


class Bench(Front):
    """One suite at one server."""

    def __init__(
        self,
        line: Line,
        facts: ServerFacts,
        metadata: dict[str, Any],
        twins: "Twins",
        *,
        client: "Client | None" = None,
        browse: Browse | None = None,
        clock: Callable[[float], None] | None = None,
        api_url: str | None = None,
    ) -> None:
        """Begin with nothing registered, and nobody signed in."""
        super().__init__(line, facts, twins, browse)
        self.metadata = metadata
        self.client = client
        self.clock = clock
        self.api_url = api_url
        self._pair: Pair | None = None
        self._proved = False
        self._memo: dict[str, Any] = {}

    async def close(self) -> None:
        """Delete the twins and wipe every secret."""
        try:
            await self._twins.remove()
        finally:
            self.line.redactor.wipe()

    async def code(self) -> Landed:
        """Return a code that nobody used, and prove first that a right request gets tokens for one."""
        await self.baseline()
        return await self.fresh()

    def move_clock(self, seconds: float) -> None:
        """Let the server's time pass, and forget what may have ended by it."""
        if self.clock is None:
            raise NotRunError(Why.NO_CLOCK)
        self.clock(seconds)
        self._pool.clear()
        self.spoil()

    # ------------------------------------------------------------------ back channel

    def exchange(self, party: Party, landed: Landed) -> Post:
        """Return the right request that redeems a code."""
        form = [
            ("grant_type", "authorization_code"),
            ("code", landed.code.show()),
            ("redirect_uri", party.redirect_uri),
            ("code_verifier", landed.verifier.show()),
        ]
        return self.post(party, form)

    def post(self, party: Party, form: Pairs, *, url: str | None = None, name: str = "token") -> Post:
        """Return a request in which ``party`` says who it is by its own method."""
        headers, members = proof(party.auth_method, party.client_id, party.secret)
        return Post(url or self.facts.token_endpoint, [*form, *members.items()], [*headers.items()], name=name)

    async def send(self, post: Post) -> Reply:
        """Send a request of the back channel."""
        form = None if post.method == "GET" else post.form
        url = with_query(post.url, post.query)
        return await self.line.back(post.name, post.method, url, headers=post.headers, form=form)

    async def cheap(self, party: Party) -> Post:
        """Return a right token request that needs no sign-in where that can be."""
        await self.baseline()
        if party.may("client_credentials"):
            return self.post(party, [("grant_type", "client_credentials")])
        pair = await self.tokens()
        if pair.refresh is not None:
            return self.post(party, [("grant_type", "refresh_token"), ("refresh_token", pair.refresh.show())])
        return self.exchange(party, await self.fresh())

    # ------------------------------------------------------------------ tokens

    async def baseline(self) -> None:
        """Prove once that a right request gets tokens: else no refusal says anything."""
        if not self._proved:
            await self.tokens()

    async def tokens(self) -> Pair:
        """Return live tokens of the twin."""
        if self._pair is None:
            party = await self.party()
            if party.may("authorization_code") and party.redirect_uri:
                reply = await self.send(self.exchange(party, await self.fresh()))
            else:
                reply = await self.send(self.post(party, [("grant_type", "client_credentials")]))
            self._pair = self.pair_of(reply)
            self._proved = True
        return self._pair

    def pair_of(self, reply: Reply) -> Pair:
        """Take the tokens out of a reply; raise `NotRunError` where a right request was refused."""
        if not reply.gives_token:
            raise NotRunError(Why.BASELINE, f"{reply.status} {reply.error}".strip())
        refresh = reply.text("refresh_token")
        return Pair(
            self.line.hold("access_token", reply.text("access_token")),
            self.line.hold("refresh_token", refresh) if refresh else None,
            tuple(reply.text("scope").split()),
            reply.headers,
        )

    async def refreshed(self, refresh: Held) -> Reply:
        """Send a right refresh."""
        form = [("grant_type", "refresh_token"), ("refresh_token", refresh.show())]
        return await self.send(self.post(await self.party(), form))

    async def refreshable(self) -> tuple[Pair, Held]:
        """Return tokens of which one refreshes."""
        pair = await self.tokens()
        if pair.refresh is None:
            raise NotRunError(Why.NO_REFRESH_GRANT)
        return pair, pair.refresh

    def keep(self, pair: Pair) -> None:
        """Go on with other tokens."""
        self._pair = pair

    def spoil(self) -> None:
        """Use the tokens no more: they may have ended."""
        self._pair = None

    async def once(self, name: str, carry: Callable[[], Awaitable[Any]]) -> Any:
        """Carry an experiment out once for all checks that look at it."""
        if name not in self._memo:
            self._memo[name] = await carry()
        return self._memo[name]

    async def opens(self, access: str) -> bool:
        """Tell whether an access token is taken anywhere: userinfo, the API, or introspection."""
        bearer = [("Authorization", f"Bearer {access}")]
        for name, url in (("userinfo", self.facts.userinfo_endpoint), ("call", self.api_url)):
            if url is not None:
                reply = await self.line.back(name, "GET", url, headers=bearer)
                if reply.status in (200, 403):  # 403: it is known, and its scope is too small (RFC 6750 §3.1)
                    return True
                if reply.status == 401:
                    return False
        party = await self.party()
        if self.facts.introspection_endpoint is None or not party.confidential:
            raise NotRunError(Why.NO_ENDPOINT)
        return await self.active(party, access)

    async def active(self, party: Party, token: str) -> bool:
        """Tell what introspection says of a token to ``party``."""
        if self.facts.introspection_endpoint is None:
            raise NotRunError(Why.NO_ENDPOINT)
        post = self.post(party, [("token", token)], url=self.facts.introspection_endpoint, name="introspect")
        reply = await self.send(post)
        if reply.status != 200 or not isinstance(reply.json.get("active"), bool):
            raise NotRunError(Why.BASELINE, f"{reply.status} {reply.error}".strip())
        return bool(reply.json["active"])

    async def revoke(self, party: Party, token: str) -> Reply:
        """Ask for the end of a token."""
        if self.facts.revocation_endpoint is None:
            raise NotRunError(Why.NO_ENDPOINT)
        return await self.send(self.post(party, [("token", token)], url=self.facts.revocation_endpoint, name="revoke"))


def made_up(prefix: str = "") -> str:
    """Draw something that no server knows."""
    return prefix + secrets.token_urlsafe(32)
