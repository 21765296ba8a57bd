"""What the management API takes."""

from typing import Annotated, Literal

from pydantic import Field

from bcdesk.contract import key_rules as rules
from bcdesk.contract.wire.base import Body, Moment
from bcdesk.contract.wire.management import Environment, Role

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class KeyNew(Body):
    """What *create* takes. Values are judged by `bcdesk.contract.key_rules`."""

    name: str
    description: str = ""
    owner: str = ""
    tags: list[str] = Field(default_factory=list)
    environment: Environment
    scopes: list[str]
    expires_at: Moment | None = None
    allowed_cidrs: list[str] = Field(default_factory=list)
    replaces: str | None = None


class KeyPatch(Body):
    """An RFC 7396 merge patch; only the members that are set change. Null clears ``expires_at``."""

    name: str | None = None
    description: str | None = None
    owner: str | None = None
    tags: list[str] | None = None
    scopes: list[str] | None = None
    expires_at: Moment | None = None
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

    retires_at: Moment


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
