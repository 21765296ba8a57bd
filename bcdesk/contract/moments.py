"""RFC 3339 on the wire, seconds since the epoch (float, UTC) everywhere else."""

from datetime import UTC, datetime
from typing import Final

UNKNOWN: Final = -1.0
"""A moment that the server does not know; ``None`` means that it never happened."""


def parse_moment(text: str) -> float:
    """Turn RFC 3339 text into seconds since the epoch; raise ValueError where it has no offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment needs its UTC offset")
    return moment.timestamp()


def format_moment(seconds: float) -> str:
    """Turn seconds since the epoch into RFC 3339 UTC with milliseconds (``2026-11-24T03:31:38.120Z``)."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
