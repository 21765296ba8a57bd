"""What a run asks of a server by the back channel once it has a code: tokens, and what one does with them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bcdesk.flow.client_auth import proof
from bcdesk.flow.failures import Failure, FlowError, Reason
from bcdesk.flow.held import Held
from bcdesk.flow.recorder import Recorder
from bcdesk.flow.reply import read_json, read_tokens, refusal
from bcdesk.flow.tokens import Tokens, verify
from bcdesk.flow.trace import Hop
from bcdesk.flow.values import ServerFacts, Setup

if TYPE_CHECKING:
    from bcdesk.flow.wire import Got, Wire


class Steps:
    """The back channel of one run; ``failure`` is that of its last step."""

    def __init__(
        self,
        setup: Setup,
        facts: ServerFacts,
        wire: "Wire",
        recorder: Recorder,
        secret: Held | None,
        now: Callable[[], float],
    ) -> None:
        """Ask by ``wire``, as the client of ``setup``."""
        self.tokens: Tokens | None = None
        self.failure: Failure | None = None
        self._subject: str | None = None
        self._setup, self._facts, self._wire, self._recorder = setup, facts, wire, recorder
        self._secret, self._now = secret, now

    def forget(self) -> None:
        """Forget the failure of the step before."""
        self.failure = None

    async def exchange(self, code: Held, verifier: Held | None, nonce: str | None) -> Tokens:
        """Send the code (RFC 6749 §4.1.3) and check what comes."""
        form = {"grant_type": "authorization_code", "code": code.show(), "redirect_uri": self._setup.redirect_uri}
        if verifier is not None:
            form["code_verifier"] = verifier.show()
        return await self._grant("token", form, nonce)

    async def refresh(self) -> Tokens:
        """Send the refresh token (RFC 6749 §6); it stays where the answer has no other."""
        held = self._token("refresh")
        return await self._grant("refresh", {"grant_type": "refresh_token", "refresh_token": held.show()}, None)

    async def introspect(self, which: str) -> dict[str, Any]:
        """Return what the server says of a token (RFC 7662 §2.2)."""
        form = {"token": self._token(which).show(), "token_type_hint": f"{which}_token"}
        hop, got = await self._post("introspect", self._facts.introspection_endpoint, form)
        data = self._object(hop, got)
        if not isinstance(data.get("active"), bool):
            raise self._failed(hop, FlowError(Reason.STEP_GARBLED, what="active"))
        self._recorder.end(hop, ok=True, active=str(data["active"]).lower())
        return data

    async def userinfo(self) -> dict[str, Any]:
        """Return who signed in; the subject must be the ID token's (OpenID Connect Core §5.3.2)."""
        hop, got = await self._get("userinfo", self._endpoint("userinfo_endpoint", self._facts.userinfo_endpoint))
        data = self._object(hop, got)
        if self._subject is not None and data.get("sub") != self._subject:
            raise self._failed(hop, FlowError(Reason.STEP_GARBLED, what="sub"))
        self._recorder.end(hop, ok=True)
        return data

    async def call(self, url: str) -> "Got":
        """Get ``url`` with the access token."""
        hop, got = await self._get("call", self._endpoint("api_url", url))
        if got.status >= 300:
            raise self._failed(hop, refusal(got, Reason.STEP_REFUSED))
        self._recorder.end(hop, ok=True)
        return got

    async def revoke(self, which: str) -> None:
        """End a token; the access token where there is no refresh token."""
        if which == "refresh" and self.tokens is not None and self.tokens.refresh is None:
            which = "access"
        form = {"token": self._token(which).show(), "token_type_hint": f"{which}_token"}
        hop, got = await self._post("revoke", self._facts.revocation_endpoint, form)
        if got.status != 200:
            raise self._failed(hop, refusal(got, Reason.STEP_REFUSED))
        self._recorder.end(hop, ok=True, token=which)

    async def _grant(self, name: str, form: dict[str, str], nonce: str | None) -> Tokens:
        hop, got = await self._post(name, self._facts.token_endpoint, form, Reason.TOKEN_GARBLED)
        try:
            reply = read_tokens(got)
        except FlowError as error:
            raise self._failed(hop, error) from None
        hold, at = self._recorder.redactor.hold, self._now()
        asked = self.tokens.scopes if self.tokens is not None else self._setup.scopes
        given = asked if reply.scopes is None else reply.scopes
        kept = self.tokens.refresh if self.tokens is not None else None
        tokens = Tokens(
            access=hold("access_token", reply.access_token),
            refresh=kept if reply.refresh_token is None else hold("refresh_token", reply.refresh_token),
            id_token=None if reply.id_token is None else hold("id_token", reply.id_token),
            token_type=reply.token_type,
            scopes=given,
            expires_at=None if reply.expires_in is None else at + reply.expires_in,
            received_at=at,
        )
        self._recorder.end(hop, ok=True)
        if set(asked) != set(given):
            self._recorder.end(hop, ok=True, scope_asked=" ".join(asked), scope_given=" ".join(given))
        if tokens.id_token is not None:
            await self._check_identity(hop, tokens, nonce)
        self.tokens = tokens
        return tokens

    async def _check_identity(self, hop: Hop, tokens: Tokens, nonce: str | None) -> None:
        """Check an ID token where its server says who it is by OpenID; elsewhere nobody asked for one."""
        assert tokens.id_token is not None  # noqa: S101 - the caller looked
        if not self._facts.jwks_uri and "openid" not in self._setup.scopes:
            self._recorder.end(hop, ok=True, id_token="unchecked")
            return
        try:
            decoded = await verify(
                tokens.id_token, wire=self._wire, recorder=self._recorder, facts=self._facts,
                client_id=self._setup.client_id, now=self._now(), nonce=nonce, access_token=tokens.access,
                secret=self._secret,
            )  # fmt: skip
        except FlowError as error:
            raise self._failed(hop, error) from None
        self._subject = decoded.claims["sub"]
        self._recorder.end(hop, ok=True, id_token="checked")

    async def _post(
        self, name: str, endpoint: str | None, form: dict[str, str], garbled: Reason = Reason.STEP_GARBLED
    ) -> "tuple[Hop, Got]":
        headers, members = proof(self._setup.auth_method, self._setup.client_id, self._secret)
        url = self._endpoint(f"{name}_endpoint", endpoint)
        try:
            return await self._recorder.ask(
                self._wire, name, "POST", url, headers=headers, form=(*form.items(), *members.items())
            )
        except FlowError as error:
            raise self._broken(error, garbled) from None

    async def _get(self, name: str, url: str) -> "tuple[Hop, Got]":
        headers = {"Authorization": f"Bearer {self._token('access').show()}"}
        try:
            return await self._recorder.ask(self._wire, name, "GET", url, headers=headers)
        except FlowError as error:
            raise self._broken(error, Reason.STEP_GARBLED) from None

    def _object(self, hop: Hop, got: "Got") -> dict[str, Any]:
        try:
            if got.status >= 400:
                raise refusal(got, Reason.STEP_REFUSED)
            return read_json(got, Reason.STEP_GARBLED)
        except FlowError as error:
            raise self._failed(hop, error) from None

    def _token(self, which: str) -> Held:
        tokens = self.tokens
        held = None if tokens is None else tokens.refresh if which == "refresh" else tokens.access
        if held is None:
            raise FlowError(Reason.STEP_MISSING, what=f"{which}_token")
        return held

    def _endpoint(self, name: str, endpoint: str | None) -> str:
        if not endpoint:
            raise FlowError(Reason.STEP_MISSING, what=name)
        return endpoint

    def _failed(self, hop: Hop, error: FlowError) -> FlowError:
        """Write down why a hop failed, and return the error for raising, cleaned."""
        self.failure = self._recorder.failed(hop, error)
        return FlowError(error.reason, **self.failure.facts)

    def _broken(self, error: FlowError, garbled: Reason) -> FlowError:
        """Keep the failure of a hop that got no answer."""
        reason = garbled if error.reason is Reason.STEP_GARBLED else error.reason
        hop = self._recorder.trace.hops[-1]
        return self._failed(hop, FlowError(reason, **error.facts))
