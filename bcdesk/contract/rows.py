"""Light rows: what the desk keeps of each page of answers, as named tuples with times in epoch seconds.

``None`` means never or not set; `bcdesk.contract.moments.UNKNOWN` means that the server did not say.
"""

from typing import NamedTuple


class VersionRow(NamedTuple):
    """One secret of a key; ``state`` is pending, current, retiring, retired or revoked."""

    id: str
    last4: str
    created_at: float
    last_used_at: float | None
    retires_at: float | None
    state: str


class RotationRow(NamedTuple):
    """What the old version of a key under rotation still does.

    ``state`` is ``waiting`` (nobody used the new version yet; the old one works without end) or
    ``overlapping`` (the old one works until ``old_retires_at``).
    """

    state: str
    old_version: str
    new_version: str
    overlap_seconds: int
    old_retires_at: float | None


class HandoverRow(NamedTuple):
    """A secret that waits to be handed over; ``state`` is waiting, handed_over or discarded."""

    id: str
    state: str
    expires_at: float


class KeyRow(NamedTuple):
    """One API key without any secret."""

    id: str
    name: str
    description: str
    owner: str
    tags: tuple[str, ...]
    environment: str
    masked: str
    scopes: tuple[str, ...]
    allowed_cidrs: tuple[str, ...]
    status: str
    rotation: RotationRow | None
    created_at: float
    created_by: str
    updated_at: float
    last_used_at: float | None
    last_used_from: str | None
    expires_at: float | None
    revoked_at: float | None
    revoked_reason: str | None
    compromised: bool
    replaces: str | None
    replaced_by: str | None
    versions: tuple[VersionRow, ...]
    handover: HandoverRow | None
    revision: int
    haystack: str
    """Lower-case text that the search looks in: name, description, owner, tags, mask, id."""


class CallerRow(NamedTuple):
    """Who called with a key: one address and program, with counts of the last 24 hours and 7 days."""

    address: str
    user_agent: str
    last_seen_at: float
    requests_24h: int
    requests_7d: int
    limited_24h: int


class CallersRow(NamedTuple):
    """The callers of a key, busiest first, with totals."""

    items: tuple[CallerRow, ...]
    requests_24h: int
    requests_7d: int
    limited_24h: int
    as_of: float


class MemberRow(NamedTuple):
    """Someone who runs the studio; ``role`` is owner, manager or viewer, ``state`` invited, active or disabled."""

    id: str
    name: str
    email: str
    role: str
    disabled: bool
    created_at: float
    revision: int = 1
    state: str = "active"
    last_seen_at: float | None = None


class SessionRow(NamedTuple):
    """Who the desk is on this server, and what the server can do (``capabilities`` holds ``demo`` on demo data).

    ``server_id`` is bound to the address of a server elsewhere, which cannot pass for another one by its id.
    ``signed_in_by`` is one of `bcdesk.contract.first_party.SIGNED_IN_BY`, or empty where the server did not say.
    """

    member: MemberRow
    role: str
    server_id: str
    server_version: str
    capabilities: frozenset[str]
    signed_in_by: str = ""


class IdentifiedRow(NamedTuple):
    """The key and version that a pasted key belongs to."""

    sha256: str
    key_id: str
    version_id: str
    state: str


class DeletedRow(NamedTuple):
    """A row that is gone, in a list of changes."""

    id: str
    deleted_at: float


class ScopeRow(NamedTuple):
    """A scope that a key can carry, what it allows in words, and whether it changes anything."""

    name: str
    sentence: str
    writes: bool


class AppSecretRow(NamedTuple):
    """One client secret; ``expires_at`` is the end of its overlap, None while it is current."""

    id: str
    last4: str
    created_at: float
    last_used_at: float | None
    expires_at: float | None


class AppRow(NamedTuple):
    """One OAuth application without any secret; lifetimes in seconds."""

    id: str
    name: str
    description: str
    owner: str
    tags: tuple[str, ...]
    type: str
    status: str
    client_id: str
    redirect_uris: tuple[str, ...]
    scopes: tuple[str, ...]
    grant_types: tuple[str, ...]
    token_endpoint_auth_method: str
    pkce_required: bool
    access_token_ttl: int
    refresh_token_ttl: int
    contacts: tuple[str, ...]
    client_uri: str
    secrets: tuple[AppSecretRow, ...]
    created_at: float
    created_by: str
    updated_at: float
    last_used_at: float | None
    handover: HandoverRow | None
    revision: int
    haystack: str
    """Lower-case text that the search looks in: name, description, owner, tags, client id, redirect URIs, id."""


class GrantRow(NamedTuple):
    """What a user allowed an application."""

    id: str
    user_id: str
    user_name: str
    scopes: tuple[str, ...]
    created_at: float
    last_used_at: float | None
    expires_at: float | None
