"""The JSON of the contract as pydantic models: checked at the border, then dropped.

Times are RFC 3339 UTC. Models never hold a secret: the ``secret`` of a secret-making reply is taken out
of the JSON before the rest is checked.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from bcdesk.contract import key_rules as rules

Environment = Literal["live", "sandbox"]
Role = Literal["owner", "manager", "viewer"]
Status = Literal["active", "disabled", "expired", "revoked"]
VersionState = Literal["pending", "current", "retiring", "retired", "revoked"]
HandoverState = Literal["waiting", "handed_over", "discarded"]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Wire(BaseModel):
    """An answer: frozen, unknown members ignored, inputs kept out of errors and of pydantic's string cache."""

    model_config = ConfigDict(frozen=True, extra="ignore", cache_strings="keys", hide_input_in_errors=True)


class Body(Wire):
    """A request: as `Wire`, but an unknown member is a fault."""

    model_config = ConfigDict(extra="forbid", strict=False)


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


class KeyNew(Body):
    """What *create* takes. Values are judged by `bcdesk.contract.key_rules`."""

    name: str
    description: str = ""
    owner: str = ""
    tags: list[str] = Field(default_factory=list)
    environment: Environment
    scopes: list[str]
    expires_at: AwareDatetime | None = None
    allowed_cidrs: list[str] = Field(default_factory=list)
    replaces: str | None = None


class KeyPatch(Body):
    """An RFC 7396 merge patch; only the members that are set change. Null clears ``expires_at``."""

    name: str | None = None
    description: str | None = None
    owner: str | None = None
    tags: list[str] | None = None
    scopes: list[str] | None = None
    expires_at: AwareDatetime | None = None
    allowed_cidrs: list[str] | None = None


class RotateBody(Body):
    """What *rotate* takes; ``replaces_version`` ends an unused version and puts the new one in its place."""

    overlap_seconds: int = Field(default=rules.OVERLAP_DEFAULT, ge=0, le=rules.OVERLAP_MAX)
    starts: Literal["first_use", "now"] = "first_use"
    replaces_version: str | None = None


class RevokeBody(Body):
    """What *revoke* takes; ``compromised`` makes it final."""

    reason: str = Field(default="", max_length=rules.REASON_MAX)
    compromised: bool = False


class ExtendBody(Body):
    """The new end of a retiring version."""

    retires_at: AwareDatetime


class IdentifyBody(Body):
    """SHA-256 digests (hex) of whole keys."""

    sha256: list[Digest] = Field(max_length=100)


class AckBody(Body):
    """How a secret was handed over."""

    how: Literal["copy", "file"]


class MemberNew(Body):
    """A new member."""

    name: str = Field(min_length=1, max_length=rules.NAME_MAX)
    email: str = Field(default="", max_length=254)
    role: Role


class MemberPatch(Body):
    """What can change of a member."""

    role: Role | None = None
    disabled: bool | None = None


class ErrorItem(Wire):
    """A faulty field: JSON pointer (RFC 6901), code, sentence."""

    pointer: str
    code: str
    detail: str


class Problem(Wire):
    """An RFC 9457 problem document."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str
    errors: list[ErrorItem] = Field(default_factory=list)


class Profile(Wire):
    """What ``/v1/me`` answers."""

    id: str
    name: str
    kind: Literal["studio", "user"]


class Beat(Wire):
    """A beat of the catalogue; ``price_cents`` in US cents, ``bpm`` in beats a minute."""

    id: str
    title: str
    producer: str
    genre: str
    bpm: int
    price_cents: int


class BeatList(Wire):
    """A page of beats."""

    items: list[Beat]
    next_cursor: str | None


class Health(Wire):
    """What the health routes answer."""

    status: Literal["ok", "unavailable"]
    checked_at: datetime
