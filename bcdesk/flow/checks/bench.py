"""What the checks share: the twins, a browser of sorts, codes and tokens, each asked for when first needed.

A sign-in may cost a person a click: a code that a check only looked at serves the next one, and tokens serve all
until one of them may have ended them.
"""

import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bcdesk.flow import pkce
from bcdesk.flow.checks.line import Line
from bcdesk.flow.checks.model import NotRunError, Why
from bcdesk.flow.checks.party import Party
from bcdesk.flow.checks.requests import Asking, Pairs, Post, Reply, parameters, with_query
from bcdesk.flow.checks.walker import Landing, Page, PasswordError, Walker, origin
from bcdesk.flow.client_auth import proof
from bcdesk.flow.held import Held
from bcdesk.flow.values import ServerFacts

if TYPE_CHECKING:
    from bcdesk.client.client import Client
    from bcdesk.flow.checks.twin import Twins

Browse = Callable[[str, str], Awaitable[str]]
"""Has somebody sign in at an address, and returns where the browser was sent then; the second is the redirect URI."""
CODE_SECONDS: Final = 240.0
"""A code that was not used by then is not used any more; they live ten minutes at most (RFC 6749 §4.1.2)."""
SPECIAL_STATE: Final = 'it\'s "a+b" & c=d/%41?e;g\\h~|<i>{j}%'
"""Characters that are lost or changed by whoever decodes or encodes once too often (all of them VSCHAR)."""


@dataclass(slots=True, repr=False)
class Landed:
    """A browser that came back with a code: what else the answer held, and what redeems the code."""

    code: Held
    verifier: Held
    state: str | None
    answer: Pairs
    """The answer without its code."""
    status: int
    after_form: bool
    at: float

    def said(self, name: str) -> str | None:
        """Return a parameter of the answer, None where it was not there."""
        return dict(self.answer).get(name)


@dataclass(slots=True, repr=False)
class Pair:
    """The tokens of one sign-in."""

    access: Held
    refresh: Held | None
    scopes: tuple[str, ...]
    headers: tuple[tuple[str, str], ...]


class Bench:
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
        self.line = line
        self.facts = facts
        self.metadata = metadata
        self.client = client
        self.clock = clock
        self._twins = twins
        self._browse = browse
        self.api_url = api_url
        self._parties: dict[str, Party | NotRunError] = {}
        self._pool: list[Landed] = []
        self._last: Landed | None = None
        self._pair: Pair | None = None
        self._proved = False
        self._asked = False
        self._memo: dict[str, Any] = {}
        self._someone: str | None = None

    # ------------------------------------------------------------------ clients

    async def party(self) -> Party:
        """Return the twin."""
        return await self._registered("first")

    async def second(self) -> Party:
        """Return the other client."""
        return await self._registered("second")

    async def _registered(self, which: str) -> Party:
        found = self._parties.get(which)
        if found is None:
            try:
                found = await (self._twins.first() if which == "first" else self._twins.second())
            except NotRunError as error:
                found = error
            self._parties[which] = found
        if isinstance(found, NotRunError):
            raise NotRunError(found.why, found.detail)
        return found

    async def close(self) -> None:
        """Delete the twins and wipe every secret."""
        try:
            await self._twins.remove()
        finally:
            self.line.redactor.wipe()

    # ------------------------------------------------------------------ front channel

    async def asking(self, *, state: str | None = "", scopes: tuple[str, ...] | None = None) -> tuple[Asking, Held]:
        """Return a right authorization request, and the verifier of its challenge; ``state`` None sends none."""
        party = await self.party()
        drawn = pkce.draw("S256")
        params = [
            ("response_type", "code"),
            ("client_id", party.client_id),
            ("redirect_uri", party.redirect_uri),
            ("scope", " ".join(party.scopes if scopes is None else scopes)),
            ("state", pkce.draw_state() if state == "" else state or ""),
            ("code_challenge", drawn.challenge or ""),
            ("code_challenge_method", "S256"),
        ]
        verifier = drawn.verifier
        assert verifier is not None  # noqa: S101 - S256 has one
        return Asking([pair for pair in params if pair[1]]), self.line.redactor.hold("code_verifier", verifier)

    async def open(self, asking: Asking) -> Landing | Page:
        """Open an authorization request as a browser does, and press nothing."""
        if not self._asked:
            right, _ = await self.asking()
            at = await self._walker(await self.party()).open(self._url(right))
            if isinstance(at, Landing) or not at.goes_on:
                detail = str(at.status) if isinstance(at, Page) else dict(parameters(at.url)).get("error", "")
                raise NotRunError(Why.BASELINE, detail)
            self._asked = True
            self._memo["page"] = at
        return await self._walker(await self.party()).open(self._url(asking))

    async def sign_in_page(self) -> Page:
        """Return the first page that a right request leads to."""
        right, _ = await self.asking()
        await self.open(right)
        page: Page = self._memo["page"]
        return page

    async def walk(self, asking: Asking) -> Landing | Page:
        """Open an authorization request and agree to everything."""
        party, url = await self.party(), self._url(asking)
        if self._someone is None:
            try:
                return await self._walker(party).walk(url)
            except PasswordError:
                if self._browse is None:
                    raise
                self._someone = "asked"
        if self._browse is None:
            raise NotRunError(Why.SIGN_IN)
        return Landing(await self._browse(url, party.redirect_uri), 0, False)

    async def land(self, state: str | None = "") -> Landed:
        """Sign in and come back with a code."""
        asking, verifier = await self.asking(state=state)
        return self.landed(await self.walk(asking), asking, verifier)

    def landed(self, at: Landing | Page, asking: Asking, verifier: Held) -> Landed:
        """Take the code out of an answer; raise `NotRunError` where there is none."""
        if isinstance(at, Page):
            raise NotRunError(Why.BASELINE, str(at.status))
        answer = parameters(at.url)
        code = dict(answer).get("code", "")
        if not code:
            raise NotRunError(Why.BASELINE, dict(answer).get("error", ""))
        rest = [pair for pair in answer if pair[0] != "code"]
        sent = dict(asking.params).get("state")
        found = Landed(self.line.hold("code", code), verifier, sent, rest, at.status, at.after_form, time.monotonic())
        self._last = found
        return found

    async def code(self) -> Landed:
        """Return a code that nobody used, and prove first that a right request gets tokens for one."""
        await self.baseline()
        return await self._fresh()

    async def any_answer(self) -> Landed:
        """Return the last answer that came with a code, whatever became of that."""
        if self._last is None:
            self.give_back(await self.land())
        assert self._last is not None  # noqa: S101 - `land` set it
        return self._last

    def give_back(self, landed: Landed) -> None:
        """Leave a code that was only looked at to the next check."""
        self._pool.append(landed)

    async def _fresh(self) -> Landed:
        while self._pool:
            landed = self._pool.pop()
            if time.monotonic() - landed.at < CODE_SECONDS:
                return landed
        return await self.land()

    def move_clock(self, seconds: float) -> None:
        """Let the server's time pass, and forget what may have ended by it."""
        if self.clock is None:
            raise NotRunError(Why.NO_CLOCK)
        self.clock(seconds)
        self._pool.clear()
        self.spoil()

    def _url(self, asking: Asking) -> str:
        return with_query(self.facts.authorization_endpoint, asking.params)

    def _walker(self, party: Party) -> Walker:
        origins = {origin(self.facts.issuer), origin(self.facts.authorization_endpoint)}
        return Walker(self.line, frozenset(origins), party.redirect_uri)

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
        return self.exchange(party, await self._fresh())

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
                reply = await self.send(self.exchange(party, await self._fresh()))
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
