"""What the management API takes.

Values are judged by `bcdesk.contract.key_rules`, which names each fault; what stands here of them beside the types
goes into the OpenAPI document.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from bcdesk.contract import key_rules as rules
from bcdesk.contract import scopes
from bcdesk.contract.wire.base import Body, Moment
from bcdesk.contract.wire.management import Environment, Role

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


def _told(**schema: Any) -> Any:
    return Field(json_schema_extra=schema)


Name = Annotated[str, _told(minLength=1, maxLength=rules.NAME_MAX, pattern=r"\S")]
Description = Annotated[str, _told(maxLength=rules.DESCRIPTION_MAX)]
Owner = Annotated[str, _told(maxLength=rules.OWNER_MAX)]
Tag = Annotated[str, _told(minLength=1, maxLength=rules.TAG_MAX, pattern=r"\S")]
Tags = Annotated[list[Tag], _told(maxItems=rules.TAGS_MAX, uniqueItems=True)]
ScopeName = Annotated[str, _told(enum=[scope.name for scope in scopes.SCOPES])]
Scopes = Annotated[list[ScopeName], _told(minItems=1, uniqueItems=True)]
Range = Annotated[str, _told(examples=["203.0.113.0/24", "2001:db8::/32"])]
Ranges = Annotated[list[Range], _told(maxItems=rules.CIDRS_MAX, uniqueItems=True)]


def _unset(value: Any) -> Any:
    """Return a field that may be left out but not be null; only ``model_fields_set`` tells whether it was there."""
    return Field(default=value)


class KeyNew(Body):
    """What *create* takes."""

    name: Name
    description: Description = ""
    owner: Owner = ""
    tags: Tags = Field(default_factory=list)
    environment: Environment
    scopes: Scopes
    expires_at: Moment | None = None
    allowed_cidrs: Ranges = Field(default_factory=list)
    replaces: str | None = None


class KeyPatch(Body):
    """An RFC 7396 merge patch; only the members that are set change. Null clears ``expires_at``."""

    name: Name = _unset("")
    description: Description = _unset("")
    owner: Owner = _unset("")
    tags: Tags = _unset([])
    scopes: Scopes = _unset([])
    expires_at: Moment | None = _unset(None)
    allowed_cidrs: Ranges = _unset([])


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

    name: Annotated[str, Field(min_length=1, max_length=rules.NAME_MAX)]
    email: str = Field(default="", max_length=254)
    role: Role


class MemberPatch(Body):
    """An RFC 7396 merge patch of a member; only the members that are set change."""

    role: Role = _unset("viewer")
    disabled: bool = _unset(False)
