"""A member's session: an access token, and the refresh token that brings the next one (RFC 6749 §6).

However many requests find their token refused at once, one renewal goes out. What it brings is kept durably before
it is used; where its reply was lost, it is repeated with the same refresh token, for which the server gives the same
pair for a minute. A session that the server ended is told of once, and asks nothing of the server any more.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any, Final, NamedTuple, NoReturn, TypeVar

from bcdesk.client.bearer import Post
from bcdesk.client.errors import ClientError, Garbled, SignInNeeded, Unreachable
from bcdesk.client.replies import Reply
from bcdesk.contract.app_routes import REVOKE, TOKEN
from bcdesk.contract.codes import Code
from bcdesk.contract.first_party import CLIENT_ID
from bcdesk.contract.secret import OneTimeSecret

SETTLE_SECONDS: Final = 2.0
TOKEN_MOST: Final = 4_096
UNPROVEN_MOST: Final = 3
_OVER: Final = ("invalid_grant", "invalid_client", "unauthorized_client")
"""What a token endpoint says when this refresh token will bring nothing any more (RFC 6749 §5.2)."""
_TOKEN: Final = re.compile(r"[\x21-\x7e]+")
E = TypeVar("E", bound=ClientError)


class SessionBearer:
    """Holds the tokens of one session for as long as its connection lives; only the transport reads them."""

    __slots__ = ("_access", "_ended", "_keep", "_on_ended", "_refresh", "_renewing", "_unproven")

    def __init__(
        self,
        refresh: str,
        *,
        keep: Callable[[str], Awaitable[object]],
        on_ended: Callable[[], Awaitable[object]],
        access: str = "",
    ) -> None:
        """Take charge of both tokens; without ``access`` the first request renews.

        ``keep`` stores a refresh token before its pair is used. ``on_ended`` is awaited once, when the server ended
        the session: it wipes what was stored and tells whoever is to sign in again.
        """
        self._refresh = OneTimeSecret(refresh)
        self._access = OneTimeSecret(access)
        self._keep = keep
        self._on_ended = on_ended
        self._unproven = 0
        """How many renewals in a row brought a token that the server was not yet seen to know."""
        self._ended = False
        self._renewing: asyncio.Task[ClientError | None] | None = None

    @property
    def ended(self) -> bool:
        """Tell whether the session is over: each request then raises `SignInNeeded`."""
        return self._ended

    def header(self) -> str:
        """Return the value of ``Authorization`` (RFC 6750 §2.1); empty where a token must be fetched first."""
        return f"Bearer {self._access.show()}" if self._access.length else ""

    def accepted(self, header: str) -> None:
        """Hear that the server knew the token of ``header``."""
        if header == self.header():
            self._unproven = 0

    async def renew(self, stale: str, post: Post) -> bool:
        """Put another token in the place of the one in ``stale``; raise `SignInNeeded` where the session is over.

        Whoever is cancelled while waiting leaves the renewal to the others: half of one would lose the session.
        """
        if not self._ended and stale == self.header():
            if self._unproven < UNPROVEN_MOST:
                await self._renewal(post)
            else:  # the server does not know what it gives: asking again would go on for ever
                await self._end()
        if self._ended:
            raise needed()
        return True

    async def revoke(self, post: Post) -> bool:
        """End the session on the server (RFC 7009), and tell whether it heard of it; here it is over in any case."""
        if self._ended:
            return True
        self._ended = True
        await self._leave()  # what a renewal would bring ends with the token before it
        form = {"token": self._refresh.show(), "token_type_hint": "refresh_token", "client_id": CLIENT_ID}
        try:
            return (await post(REVOKE.path, form)).status == 200
        except ClientError:
            return False
        finally:
            self._wipe()

    async def settle(self) -> None:
        """Let a renewal that is under way finish, since its answer would be lost; leave it after 2 seconds."""
        if self._renewing is not None:
            await asyncio.wait({self._renewing}, timeout=SETTLE_SECONDS)
            await self._leave()

    async def _leave(self) -> None:
        renewing = self._renewing
        if renewing is not None and renewing.cancel():
            await asyncio.wait({renewing})

    async def _renewal(self, post: Post) -> None:
        """Wait for the one renewal, and raise what it failed with."""
        if self._renewing is None:
            self._renewing = asyncio.get_running_loop().create_task(self._renewed(post), name="renewal")  # held here
            self._renewing.add_done_callback(self._over)
        renewing = self._renewing
        await asyncio.wait({renewing})
        failure = Unreachable("cut") if renewing.cancelled() else renewing.result()
        if failure is not None and not self._ended:
            raise _another(failure)

    def _over(self, _: "asyncio.Task[ClientError | None]") -> None:
        self._renewing = None

    async def _renewed(self, post: Post) -> ClientError | None:
        """Renew, and return what that failed with; a refusal ends the session."""
        form = {"grant_type": "refresh_token", "refresh_token": self._refresh.show(), "client_id": CLIENT_ID}
        try:
            pair = _pair_of(await post(TOKEN.path, form))
        except ClientError as error:
            return error.with_traceback(None)
        finally:
            form.clear()
        if pair is None:
            await self._end()
            return None
        if self._ended:  # signed out meanwhile
            return None
        await self._keep(pair.refresh)
        if not self._ended:
            self._wipe()
            self._access, self._refresh = OneTimeSecret(pair.access), OneTimeSecret(pair.refresh)
            self._unproven += 1
        return None

    async def _end(self) -> None:
        if not self._ended:
            self._ended = True
            self._wipe()
            await self._on_ended()

    def _wipe(self) -> None:
        self._access.discard()
        self._refresh.discard()

    def __repr__(self) -> str:
        return f"<SessionBearer{' ended' if self._ended else ''}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a session is neither copied nor stored")


class _Pair(NamedTuple):
    access: str
    refresh: str

    def __repr__(self) -> str:
        return "<_Pair>"


def needed() -> SignInNeeded:
    """Return the error of a session that is over."""
    return SignInNeeded(401, Code.INVALID_TOKEN, "")


def _pair_of(reply: Reply) -> _Pair | None:
    """Return the pair of a token endpoint's answer, None where it says that the session is over."""
    members: Any = reply.json()
    if not isinstance(members, dict):
        raise Garbled("shape", status=reply.status, uncertain=False)
    if reply.status != 200:
        if members.get("error") in _OVER:
            return None
        raise Garbled("status", status=reply.status, uncertain=False)
    if str(members.get("token_type")).lower() != "bearer":
        raise Garbled("shape", status=reply.status, uncertain=False)
    return _Pair(_token(members, "access_token"), _token(members, "refresh_token"))


def _token(members: dict[str, Any], name: str) -> str:
    value = members.get(name)
    if isinstance(value, str) and len(value) <= TOKEN_MOST and _TOKEN.fullmatch(value):
        return value
    raise Garbled("secret", status=200, uncertain=False)


def _another(error: E) -> E:
    """Return a copy of an error that several wait for: each of them says on it whether its own request is in doubt."""
    copied = type(error).__new__(type(error), *error.args)
    copied.__dict__.update(error.__dict__, uncertain=False)
    return copied
