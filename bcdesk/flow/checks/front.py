"""A browser of sorts for checks, and the clients that it comes from, each registered when it is first needed.

A sign-in may cost a person a click: a code that a check only looked at serves the next one.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bcdesk.flow import pkce
from bcdesk.flow.checks.ending import to_the_end
from bcdesk.flow.checks.line import Line
from bcdesk.flow.checks.model import NotRunError, Why
from bcdesk.flow.checks.party import Party
from bcdesk.flow.checks.requests import Asking, Pairs, parameters, with_query
from bcdesk.flow.checks.walker import Landing, Page, PasswordError, Walker, origin
from bcdesk.flow.held import Held
from bcdesk.flow.values import ServerFacts

if TYPE_CHECKING:
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


class Front:
    """The front channel of one suite at one server."""

    def __init__(self, line: Line, facts: ServerFacts, twins: "Twins", browse: Browse | None) -> None:
        """Begin with nothing registered, and nobody signed in."""
        self.line = line
        self.facts = facts
        self._twins = twins
        self._browse = browse
        self._parties: dict[str, Party | NotRunError] = {}
        self._pool: list[Landed] = []
        self._last: Landed | None = None
        self._page: Page | None = None
        self._by_hand = False

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
                found = await to_the_end(self._twins.first() if which == "first" else self._twins.second())
            except NotRunError as error:
                found = error
            self._parties[which] = found
        if isinstance(found, NotRunError):
            raise NotRunError(found.why, found.detail)
        return found

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
        if self._page is None:
            right, _ = await self.asking()
            at = await self._walker(await self.party()).open(self._url(right))
            if isinstance(at, Landing) or not at.goes_on:
                detail = str(at.status) if isinstance(at, Page) else dict(parameters(at.url)).get("error", "")
                raise NotRunError(Why.BASELINE, detail)
            self._page = at
        return await self._walker(await self.party()).open(self._url(asking))

    async def sign_in_page(self) -> Page:
        """Return the first page that a right request leads to."""
        if self._page is None:
            right, _ = await self.asking()
            await self.open(right)
        assert self._page is not None  # noqa: S101 - `open` set it, or raised
        return self._page

    async def walk(self, asking: Asking) -> Landing | Page:
        """Open an authorization request and agree to everything."""
        party, url = await self.party(), self._url(asking)
        if not self._by_hand:
            try:
                return await self._walker(party).walk(url)
            except PasswordError:
                if self._browse is None:
                    raise
                self._by_hand = True
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

    async def any_answer(self) -> Landed:
        """Return the last answer that came with a code, whatever became of that."""
        if self._last is None:
            self.give_back(await self.land())
        assert self._last is not None  # noqa: S101 - `land` set it
        return self._last

    def give_back(self, landed: Landed) -> None:
        """Leave a code that was only looked at to the next check."""
        self._pool.append(landed)

    async def fresh(self) -> Landed:
        """Return a code that nobody used: one that was only looked at, else of a new sign-in."""
        while self._pool:
            landed = self._pool.pop()
            if time.monotonic() - landed.at < CODE_SECONDS:
                return landed
        return await self.land()

    def _url(self, asking: Asking) -> str:
        return with_query(self.facts.authorization_endpoint, asking.params)

    def _walker(self, party: Party) -> Walker:
        origins = {origin(self.facts.issuer), origin(self.facts.authorization_endpoint)}
        return Walker(self.line, frozenset(origins), party.redirect_uri)
