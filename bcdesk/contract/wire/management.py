"""What the management API answers."""

from typing import Literal

from pydantic import AwareDatetime

from bcdesk.contract.wire.base import Wire

Environment = Literal["live", "sandbox"]
Role = Literal["owner", "manager", "viewer"]
Status = Literal["active", "disabled", "expired", "revoked"]
VersionState = Literal["pending", "current", "retiring", "retired", "revoked"]
MemberState = Literal["invited", "active", "disabled"]
HandoverState = Literal["waiting", "handed_over", "discarded"]


class Version(Wire):
    """One secret of a key."""

    id: str
    last4: str
    created_at: AwareDatetime
    last_used_at: AwareDatetime | None = None
    retires_at: AwareDatetime | None
    state: VersionState


class Rotation(Wire):
    """What the old version of a key under rotation still does."""

    state: Literal["waiting", "overlapping"]
    old_version: str
    new_version: str
    overlap_seconds: int
    old_retires_at: AwareDatetime | None


class Handover(Wire):
    """The state of a secret's one hand-over."""

    id: str
    state: HandoverState
    expires_at: AwareDatetime


class Key(Wire):
    """An API key without any secret. ``last_used_at``: null never, absent unknown."""

    id: str
    name: str
    description: str
    owner: str
    tags: list[str]
    environment: Environment
    masked: str
    scopes: list[str]
    allowed_cidrs: list[str]
    status: Status
    rotation: Rotation | None
    created_at: AwareDatetime
    created_by: str
    updated_at: AwareDatetime
    last_used_at: AwareDatetime | None = None
    last_used_from: str | None = None
    expires_at: AwareDatetime | None
    revoked_at: AwareDatetime | None
    revoked_reason: str | None
    compromised: bool
    replaces: str | None
    replaced_by: str | None
    versions: list[Version]
    handover: Handover | None
    revision: int


class Deleted(Wire):
    """A row that is gone, in a list of changes."""

    id: str
    deleted_at: AwareDatetime


class KeyPage(Wire):
    """A page of keys. ``since`` is opaque: hand it back to get what changed after this list began."""

    items: list[Key | Deleted]
    next_cursor: str | None
    as_of: AwareDatetime
    since: str


class KeyMade(Wire):
    """The answer to *create*, less its ``secret``."""

    key: Key
    handover: Handover


class VersionMade(Wire):
    """The answer to *rotate*, less its ``secret``."""

    version: Version
    key: Key
    handover: Handover


class Caller(Wire):
    """One address and program that called with a key."""

    address: str
    user_agent: str
    last_seen_at: AwareDatetime
    requests_24h: int
    requests_7d: int
    limited_24h: int


class Callers(Wire):
    """Who called with a key, busiest first."""

    items: list[Caller]
    requests_24h: int
    requests_7d: int
    limited_24h: int
    as_of: AwareDatetime


class Member(Wire):
    """Someone who runs the studio."""

    id: str
    name: str
    email: str
    role: Role
    disabled: bool
    created_at: AwareDatetime
    revision: int = 1
    state: MemberState = "active"
    last_seen_at: AwareDatetime | None = None


class MemberMade(Wire):
    """The answer to *invite* and to *make a set-up link*, less the link's token, which is its ``secret``."""

    member: Member
    handover: Handover


class MemberPage(Wire):
    """A page of members."""

    items: list[Member]
    next_cursor: str | None
    as_of: AwareDatetime
    since: str


class Session(Wire):
    """Who the caller is, and what this server can do."""

    member: Member
    role: Role
    server_id: str
    server_version: str
    capabilities: list[str]
    signed_in_by: Literal["browser", "token", "start", ""] = ""


class ScopeItem(Wire):
    """A scope, what it allows in words, and whether it changes anything."""

    name: str
    sentence: str
    writes: bool


class ScopeList(Wire):
    """Every scope that a key can carry."""

    items: list[ScopeItem]


class Identified(Wire):
    """The key and version that a hash belongs to."""

    sha256: str
    key_id: str
    version_id: str
    state: VersionState


class IdentifiedList(Wire):
    """The hashes that belong to a key of this server; others are left out."""

    items: list[Identified]


ChangeKind = Literal["keys", "apps", "members", "session"]


class ChangeNote(Wire):
    """What changed, by id; no ids at all mean that any may have. ``session`` is who the caller is."""

    kind: ChangeKind
    ids: list[str]


class ChangeNotes(Wire):
    """What changed after the ``Last-Event-ID`` of the request; ``since`` asks for what comes after it."""

    items: list[ChangeNote]
    since: str
