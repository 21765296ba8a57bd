"""Attacks on who the client is: another secret, another way, none, one that has ended; and grants that it has not."""

import secrets
from typing import TYPE_CHECKING, Final

from bcdesk.client.errors import ClientError
from bcdesk.flow.checks.bench import Bench, made_up
from bcdesk.flow.checks.check import Check
from bcdesk.flow.checks.ending import to_the_end
from bcdesk.flow.checks.judge import failed, refusal
from bcdesk.flow.checks.model import Found, Group, Need, NotRunError, Saw, What, Why
from bcdesk.flow.checks.party import Party
from bcdesk.flow.checks.requests import Post
from bcdesk.flow.checks.walker import Page
from bcdesk.flow.client_auth import proof

if TYPE_CHECKING:
    from bcdesk.client.client import Client

CLIENT: Final = frozenset({"invalid_client"})
OTHER_GRANT: Final = frozenset({"unsupported_grant_type", "unauthorized_client"})


async def _as(bench: Bench, party: Party, method: str, secret: str) -> Post:
    """Return a right request, but for how its client authenticates."""
    right = await bench.cheap(party)
    form = [pair for pair in right.form if pair[0] not in ("client_id", "client_secret")]
    headers, members = proof(method, party.client_id, bench.line.hold("client_secret", secret))
    return Post(right.url, [*form, *members.items()], [*headers.items()])


def _secret(party: Party) -> str:
    if party.secret is None:
        raise NotRunError(Why.NO_SECRET)
    return party.secret.show()


async def wrong_secret(bench: Bench) -> Found:
    """Present another secret."""
    party = await bench.party()
    post = await _as(bench, party, party.auth_method, made_up("bcs_"))
    return refusal(await bench.send(post), CLIENT)


async def no_secret(bench: Bench) -> Found:
    """Present the client id alone."""
    party = await bench.party()
    return refusal(await bench.send(await _as(bench, party, "none", "")), CLIENT)


async def other_method(bench: Bench) -> Found:
    """Present the right secret in another way than the registered one."""
    party = await bench.party()
    method = "client_secret_post" if party.auth_method == "client_secret_basic" else "client_secret_basic"
    return refusal(await bench.send(await _as(bench, party, method, _secret(party))), CLIENT)


async def both_methods(bench: Bench) -> Found:
    """Present the right secret in two ways at once."""
    party = await bench.party()
    post = await _as(bench, party, "client_secret_basic", _secret(party))
    post.set("client_id", party.client_id).set("client_secret", _secret(party))
    return refusal(await bench.send(post), CLIENT | {"invalid_request"})


async def in_query(bench: Bench) -> Found:
    """Present the right secret in the address."""
    party = await bench.party()
    post = await _as(bench, party, "none", "")
    post.drop("client_id").query = [("client_id", party.client_id), ("client_secret", _secret(party))]
    return refusal(await bench.send(post), CLIENT | {"invalid_request"})


async def deleted_secret(bench: Bench) -> Found:
    """Present a secret that was replaced without an overlap."""
    party, client = await bench.party(), _management(bench)
    await bench.baseline()
    old = _secret(party)
    await to_the_end(_replace(bench, client, party))
    reply = await bench.send(await _as(bench, party, party.auth_method, old))
    found = refusal(reply, CLIENT)
    if found.passed and not (await bench.send(await bench.cheap(party))).gives_token:
        raise NotRunError(Why.BASELINE)  # the new one opens nothing either: the refusal says nothing of the old one
    bench.spoil()
    return found


async def _replace(bench: Bench, client: "Client", party: Party) -> None:
    try:
        made = await client.apps.add_secret(
            party.app_id or "", overlap_seconds=0, idempotency_key=secrets.token_urlsafe(32)
        )
        party.secret = bench.line.hold("client_secret", made.secret.take())
        await client.handovers.ack(made.handover.id, "copy")
    except ClientError as error:
        raise NotRunError(Why.MANAGEMENT, str(error)) from None


async def disabled(bench: Bench) -> Found:
    """Turn the twin off: no code, no token, and what it has opens nothing."""
    party, client = await bench.party(), _management(bench)
    access = (await bench.tokens()).access.show()
    asking = (await bench.asking())[0] if party.may("authorization_code") else None
    if asking is not None:
        await bench.open(asking)
    right = await bench.cheap(party)
    try:
        await client.apps.disable(party.app_id or "")
        if asking is not None:
            at = await bench.open(asking)
            if isinstance(at, Page) and at.goes_on:
                return failed(What.SIGN_IN, "", at.status)
        reply = await bench.send(right)
        found = refusal(reply, CLIENT | {"unauthorized_client", "invalid_grant"})
        if not found.passed:
            return found
        return failed(What.OPENS) if await _opens_still(bench, access) else found
    except ClientError as error:
        raise NotRunError(Why.MANAGEMENT, str(error)) from None
    finally:
        bench.spoil()
        await to_the_end(_enable(client, party))


async def _opens_still(bench: Bench, access: str) -> bool:
    """Tell whether a token of the turned-off twin opens something; who may not even ask has none that does."""
    try:
        return await bench.opens(access)
    except NotRunError as error:
        if error.why in (Why.BASELINE, Why.NO_ENDPOINT):
            return False
        raise


async def _enable(client: "Client", party: Party) -> None:
    try:
        await client.apps.enable(party.app_id or "")
    except ClientError as error:
        raise NotRunError(Why.MANAGEMENT, str(error)) from None


def _management(bench: Bench) -> "Client":
    if bench.client is None:
        raise NotRunError(Why.NOT_MANAGED)
    return bench.client


async def password(bench: Bench) -> Found:
    """Ask for a token with a user's password."""
    party = await bench.party()
    await bench.baseline()
    form = [("grant_type", "password"), ("username", "listener@demo.example"), ("password", made_up())]
    return refusal(await bench.send(bench.post(party, form)), OTHER_GRANT)


async def other_grant(bench: Bench) -> Found:
    """Ask for a token by a grant that the client is not registered for."""
    party = await bench.party()
    await bench.baseline()
    if party.may("client_credentials"):
        raise NotRunError(Why.DECLARED, "client_credentials")
    post = bench.post(party, [("grant_type", "client_credentials")])
    return refusal(await bench.send(post), OTHER_GRANT | CLIENT)


async def repeated(bench: Bench) -> Found:
    """Send a parameter of the token request twice."""
    party = await bench.party()
    post = await bench.cheap(party)
    post.form = [*post.form, ("scope", "a"), ("scope", "b")]
    return refusal(await bench.send(post), {"invalid_request"})


async def public_client_credentials(bench: Bench) -> Found:
    """Ask for tokens as another client that keeps a secret, without it."""
    second = await bench.second()
    await bench.baseline()
    form = [("grant_type", "refresh_token"), ("refresh_token", made_up("bcr_")), ("client_id", second.client_id)]
    return refusal(await bench.send(Post(bench.facts.token_endpoint, form)), CLIENT)


_TWIN: Final = frozenset({Need.TWIN})
_SECRET: Final = _TWIN | {Need.CONFIDENTIAL}
_CLIENT: Final = Saw(What.REFUSED, "invalid_client")
CHECKS: Final = (
    Check("client.wrong_secret", Group.CLIENT, "RFC 6749 §2.3.1", _SECRET, _CLIENT, wrong_secret),
    Check("client.no_secret", Group.CLIENT, "RFC 6749 §3.2.1", _SECRET, _CLIENT, no_secret),
    Check("client.other_method", Group.CLIENT, "RFC 7591 §2", _SECRET, _CLIENT, other_method),
    Check("client.both_methods", Group.CLIENT, "RFC 6749 §2.3", _SECRET, Saw(What.REFUSED), both_methods),
    Check("client.in_query", Group.CLIENT, "RFC 6749 §2.3.1", _SECRET, Saw(What.REFUSED), in_query),
    Check(
        "client.other_without_secret", Group.CLIENT, "RFC 6749 §3.2.1", _TWIN | {Need.SECOND_APP}, _CLIENT,
        public_client_credentials,
    ),
    Check("client.password_grant", Group.CLIENT, "RFC 9700 §2.4", _TWIN,
          Saw(What.REFUSED, "unsupported_grant_type"), password),
    Check("client.other_grant", Group.CLIENT, "RFC 6749 §5.2", _TWIN,
          Saw(What.REFUSED, "unauthorized_client"), other_grant),
    Check("client.repeated", Group.CLIENT, "RFC 6749 §3.2", _TWIN, Saw(What.REFUSED, "invalid_request"), repeated),
    Check("client.deleted_secret", Group.CLIENT, "RFC 6749 §2.3.1", _SECRET | {Need.MANAGE}, _CLIENT, deleted_secret),
    Check("client.disabled", Group.CLIENT, "RFC 6749 §5.2", _TWIN | {Need.MANAGE}, _CLIENT, disabled),
)  # fmt: skip
