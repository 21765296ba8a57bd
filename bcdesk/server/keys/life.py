"""The life of a key's versions, derived from stored moments and the clock: nothing here needs a timer.

A version is *pending* until its first use where its rotation waits for that, *current* once active, *retiring* while
its end lies ahead, *retired* after it, and *revoked* where its key is, or where it was ended before its time.
"""

from collections.abc import Sequence
from typing import NamedTuple

from bcdesk.contract.key_rules import status_at
from bcdesk.server.keys.records import KeyRecord, VersionRecord


class RotationFacts(NamedTuple):
    """What the old version of a key under rotation still does."""

    state: str
    old_version: str
    new_version: str
    overlap_seconds: int
    old_retires_at: float | None


def standing(version: VersionRecord, now: float) -> str:
    """Return a version's state, were its key not revoked."""
    if version.ended_at is not None:
        return "revoked"
    if version.retires_at is not None:
        return "retired" if version.retires_at <= now else "retiring"
    return "pending" if version.activated_at is None else "current"


def state_at(version: VersionRecord, now: float, revoked_at: float | None) -> str:
    """Return a version's state; what had retired before its key was revoked stays retired."""
    if revoked_at is None:
        return standing(version, now)
    return "retired" if standing(version, min(now, revoked_at)) == "retired" else "revoked"


def live(versions: Sequence[VersionRecord], now: float) -> list[VersionRecord]:
    """Return the versions that would open the API, were the key in order."""
    return [version for version in versions if standing(version, now) in ("pending", "current", "retiring")]


def status_of(key: KeyRecord, now: float) -> str:
    """Return the key's status by precedence: revoked > expired > disabled > active."""
    return status_at(now, revoked_at=key.revoked_at, expires_at=key.expires_at, disabled=key.disabled_at is not None)


def end_of(version: VersionRecord, expires_at: float | None) -> float | None:
    """Return when a version retires: never past the expiry of its key."""
    if version.retires_at is None or expires_at is None:
        return version.retires_at
    return min(version.retires_at, expires_at)


def rotation_of(key: KeyRecord, versions: Sequence[VersionRecord], now: float) -> RotationFacts | None:
    """Return the rotation of a key that still works, or None where one version alone is live."""
    if len(versions) < 2 or status_of(key, now) in ("revoked", "expired"):
        return None
    by_state = {standing(version, now): version for version in versions}
    new, old = by_state.get("pending"), by_state.get("current")
    if new and old:
        return RotationFacts("waiting", old.id, new.id, new.overlap_seconds, None)
    new, old = by_state.get("current"), by_state.get("retiring")
    if new and old:
        return RotationFacts("overlapping", old.id, new.id, new.overlap_seconds, end_of(old, key.expires_at))
    return None


def face_of(versions: Sequence[VersionRecord], now: float) -> VersionRecord:
    """Return the version whose mask stands for the key: the current one, else the newest that is or was in use."""
    if len(versions) == 1:
        return versions[0]
    ranks = {"current": 3, "retiring": 2, "pending": 1}
    return max(
        versions,
        key=lambda version: (
            ranks.get(standing(version, now), 0),
            version.ended_at is None,
            version.created_at,
            version.id,
        ),
    )
