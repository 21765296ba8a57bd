"""Ids: a prefix that says what, and a ULID, so that they sort by birth."""

from typing import Literal

from ulid import ULID

Kind = Literal["key", "ver", "mem", "hnd", "req", "evt", "app"]


def new_id(kind: Kind) -> str:
    """Draw an id such as ``key_01JD…``."""
    return f"{kind}_{ULID()}"
