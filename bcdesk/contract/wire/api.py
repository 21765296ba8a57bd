"""Problem documents, and what ``/v1`` and the health routes answer."""

from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, Field

from bcdesk.contract.wire.base import Body, Wire


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


class PurchaseNew(Body):
    """What ``/v1/purchases`` takes: a beat, and how it may be used."""

    beat_id: str
    licence: Literal["lease", "exclusive"] = "lease"


class Purchase(Wire):
    """A licence that was bought; ``price_cents`` in US cents."""

    id: str
    beat_id: str
    licence: Literal["lease", "exclusive"]
    price_cents: int
    created_at: AwareDatetime


class Subscription(Wire):
    """What ``/v1/me/subscription`` answers."""

    plan: Literal["creator", "studio"]
    status: Literal["active"]
    renews_at: AwareDatetime


class Health(Wire):
    """What the health routes answer."""

    status: Literal["ok", "unavailable"]
    checked_at: datetime
