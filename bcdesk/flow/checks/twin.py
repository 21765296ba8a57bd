"""The twins of an application that attacks are run on: registered for the suite, and deleted at its end."""

import json
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, Protocol

from bcdesk.client.client import Client
from bcdesk.client.errors import ClientError, NotFound
from bcdesk.client.values import AppDraft, MadeApp
from bcdesk.contract.rows import AppRow, DeletedRow
from bcdesk.flow.checks.line import Line
from bcdesk.flow.checks.model import NotRunError, Why
from bcdesk.flow.checks.party import Party
from bcdesk.flow.values import Setup

TAG: Final = "bcdesk-checks"
"""By this tag the leftovers of a suite that crashed are recognised."""
LEFT_SECONDS: Final = 3600.0
"""A suite does not last that long: what another member's left behind goes after it."""
SECOND_REDIRECT: Final = "https://bcdesk-checks.invalid/callback"
NAME_MAX: Final = 50
_running: set[str] = set()


class Twins(Protocol):
    """Registers what a suite needs."""

    async def first(self) -> Party:
        """Register the twin of the application."""
        ...

    async def second(self) -> Party:
        """Register another client, confidential, that nothing of the first one is meant for."""
        ...

    async def remove(self) -> None:
        """Delete both, and whatever an earlier suite left."""
        ...


class ManagedTwins:
    """Twins on the desk's own server, by its management API."""

    def __init__(self, client: Client, app: AppRow, line: Line, now: Callable[[], float] = time.time) -> None:
        """Take ``app`` as the pattern; nothing is registered yet."""
        self._client = client
        self._app = app
        self._line = line
        self._now = now
        self._suite = f"suite-{secrets.token_hex(6)}"
        self._parties: list[Party] = []
        _running.add(self._suite)

    async def first(self) -> Party:
        """Register the twin of the application."""
        app = self._app
        draft = AppDraft(
            name=f"{app.name[:NAME_MAX]} (checks, deleted at the end)",
            type=app.type,
            scopes=app.scopes,
            redirect_uris=app.redirect_uris,
            description="Registered for a run of checks, and deleted at its end.",
            owner=app.owner,
            tags=(TAG, self._suite),
            grant_types=app.grant_types,
            token_endpoint_auth_method=app.token_endpoint_auth_method,
            pkce_required=app.pkce_required,
        )
        return await self._register(draft)

    async def second(self) -> Party:
        """Register another confidential client with the same scopes."""
        draft = AppDraft(
            name=f"{self._app.name[:NAME_MAX]} (checks, another client)",
            type="web",
            scopes=self._app.scopes,
            redirect_uris=(SECOND_REDIRECT,),
            description="Registered for a run of checks, and deleted at its end.",
            owner=self._app.owner,
            tags=(TAG, self._suite),
        )
        return await self._register(draft)

    async def remove(self) -> None:
        """Delete what this suite registered, even where no answer told of it, and what crashed suites left."""
        for party in self._parties:
            party.forget()
        _running.discard(self._suite)
        await remove_leftovers(self._client, self._now)

    async def _register(self, draft: AppDraft) -> Party:
        try:
            made = await self._client.apps.create(draft, secrets.token_urlsafe(32))
            row = made.app if isinstance(made, MadeApp) else made
            secret = None
            if isinstance(made, MadeApp):
                secret = self._line.hold("client_secret", made.secret.take())
                await self._client.handovers.ack(made.handover.id, "copy")
        except ClientError as error:
            raise NotRunError(Why.CANNOT_REGISTER, str(error)) from None
        party = Party(
            client_id=row.client_id,
            auth_method=row.token_endpoint_auth_method,
            redirect_uri=row.redirect_uris[0] if row.redirect_uris else "",
            scopes=row.scopes,
            grant_types=row.grant_types,
            pkce_required=row.pkce_required,
            secret=secret,
            app_id=row.id,
        )
        self._parties.append(party)
        return party


async def remove_leftovers(client: Client, now: Callable[[], float] = time.time) -> int:
    """Delete the twins of suites that ended or crashed, and return how many there were; running ones stay."""
    member = (await client.session()).member.name
    removed, cursor = 0, None
    while True:
        page = await client.apps.list(cursor=cursor)
        for row in page.items:
            if isinstance(row, DeletedRow) or TAG not in row.tags or _running.intersection(row.tags):
                continue
            if row.created_by == member or now() - row.created_at > LEFT_SECONDS:
                with suppress(NotFound):
                    await client.apps.delete(row.id)
                    removed += 1
        cursor = page.next_cursor
        if cursor is None:
            return removed


class ProtocolTwins:
    """Twins on any server that registers clients openly (RFC 7591) and deletes them again (RFC 7592)."""

    def __init__(self, line: Line, endpoint: str | None, setup: Setup) -> None:
        """Take ``setup`` as the pattern; nothing is registered yet."""
        self._line = line
        self._endpoint = endpoint
        self._setup = setup
        self._parties: list[Party] = []

    async def first(self) -> Party:
        """Register the twin of the client."""
        setup = self._setup
        return await self._register(setup.redirect_uri, setup.auth_method, setup.scopes)

    async def second(self) -> Party:
        """Register another confidential client with the same scopes."""
        return await self._register(SECOND_REDIRECT, "client_secret_basic", self._setup.scopes)

    async def remove(self) -> None:
        """Delete what was registered."""
        for party in self._parties:
            if party.configuration and party.token is not None:
                bearer = [("Authorization", f"Bearer {party.token.show()}")]
                with suppress(NotRunError):
                    await self._line.back("registration", "DELETE", party.configuration, headers=bearer)
            party.forget()
        self._parties.clear()

    async def _register(self, redirect_uri: str, auth_method: str, scopes: tuple[str, ...]) -> Party:
        if self._endpoint is None:
            raise NotRunError(Why.CANNOT_REGISTER)
        refreshes = ["authorization_code", "refresh_token"]
        reply = await self._line.back(
            "registration", "POST", self._endpoint, json=_metadata(redirect_uri, auth_method, scopes, refreshes)
        )
        if reply.status not in (200, 201) or not reply.text("client_id"):
            raise NotRunError(Why.CANNOT_REGISTER, f"{reply.status} {reply.error}".strip())
        told, token = reply.text("client_secret"), reply.text("registration_access_token")
        granted = reply.json.get("grant_types")
        party = Party(
            client_id=reply.text("client_id"),
            auth_method=auth_method,
            redirect_uri=redirect_uri,
            scopes=scopes,
            grant_types=tuple(map(str, granted)) if isinstance(granted, list) else tuple(refreshes),
            pkce_required=auth_method == "none",
            secret=self._line.hold("client_secret", told) if told and auth_method != "none" else None,
            configuration=reply.text("registration_client_uri"),
            token=self._line.hold("registration_access_token", token) if token else None,
        )
        self._parties.append(party)
        return party


def _metadata(redirect_uri: str, auth_method: str, scopes: tuple[str, ...], grants: list[str]) -> bytes:
    native = not redirect_uri.startswith("https://")
    told: dict[str, Any] = {
        "client_name": "bcdesk checks (deleted at the end)",
        "redirect_uris": [redirect_uri],
        "grant_types": grants,
        "response_types": ["code"],
        "token_endpoint_auth_method": auth_method,
        "application_type": "native" if native else "web",
    }
    if scopes:
        told["scope"] = " ".join(scopes)
    return json.dumps(told).encode()
