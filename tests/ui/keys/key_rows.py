"""Key rows for tests, with everything that does not matter filled in."""

from typing import Any, Final

from bcdesk.contract.rows import KeyRow, VersionRow

NOW: Final = 1_790_000_000.0
DAY: Final = 86_400.0


def key_row(place: int = 1, **changes: Any) -> KeyRow:
    """Return a healthy live key made and used ten days before `NOW`, with ``changes``."""
    row = KeyRow(
        id=f"key_{place:026d}", name=f"Key {place}", description="", owner="", tags=(), environment="live",
        masked=f"bca_live_*************{place:04d}", scopes=("beats.read",), allowed_cidrs=(), status="active",
        rotation=None, created_at=NOW - 10 * DAY, created_by="mem_1", updated_at=NOW - 10 * DAY,
        last_used_at=NOW - 10 * DAY, last_used_from="192.0.2.7", expires_at=None, revoked_at=None,
        revoked_reason=None, compromised=False, replaces=None, replaced_by=None, versions=(), handover=None,
        revision=1, haystack=f"key {place}",
    )  # fmt: skip
    return row._replace(**changes)


def version_row(state: str, created_at: float) -> VersionRow:
    """Return a version in ``state``."""
    return VersionRow("ver_1", "0001", created_at, None, None, state)
