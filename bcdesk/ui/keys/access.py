"""What can be done with a key now, and the reason where it cannot: known before anything is pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.contract import key_rules
from bcdesk.ui.keys.filters import status_of
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from bcdesk.contract.rows import KeyRow


def _ended(row: KeyRow, now: float) -> str | None:
    status = status_of(row, now)
    if status == "revoked":
        return tr("This key is revoked. A revoked key never comes back under a new secret: make a new key.")
    if status == "expired":
        return tr("This key has expired. Make a new key.")
    return None


def rotate_reason(row: KeyRow, now: float) -> str | None:
    """Return why ``row`` cannot be rotated, or None; two live versions are the dialog's to explain."""
    return _ended(row, now)


def edit_reason(row: KeyRow, now: float) -> str | None:
    """Return why ``row`` cannot be edited, or None."""
    return _ended(row, now)


def disable_reason(row: KeyRow, now: float) -> str | None:
    """Return why ``row`` cannot be turned off, or None."""
    return _ended(row, now) or (tr("This key is off already.") if status_of(row, now) == "disabled" else None)


def enable_reason(row: KeyRow, now: float) -> str | None:
    """Return why ``row`` cannot be turned on, or None."""
    return _ended(row, now) or (tr("This key is on already.") if status_of(row, now) != "disabled" else None)


def revoke_reason(row: KeyRow, _now: float) -> str | None:
    """Return why ``row`` cannot be revoked, or None."""
    return tr("This key is revoked already.") if row.revoked_at is not None else None


def leaked_reason(row: KeyRow, _now: float) -> str | None:
    """Return why ``row`` cannot be called leaked after it was revoked as not needed, or None."""
    if row.revoked_at is None:
        return tr("This key still works: revoke it.")
    return tr("This key was revoked as leaked: that is final.") if row.compromised else None


def restore_reason(row: KeyRow, now: float) -> str | None:
    """Return why ``row`` cannot be restored, or None."""
    if row.revoked_at is None:
        return tr("This key is not revoked.")
    if row.compromised:
        return tr("This key was revoked as leaked: that is final.")
    if not key_rules.restorable(now, revoked_at=row.revoked_at, compromised=False):
        return tr("A revoked key can be restored for 60 minutes; they are over.")
    return None


def replacement_reason(row: KeyRow, now: float) -> str | None:
    """Return why no key can be made in the place of ``row``, or None."""
    if status_of(row, now) not in ("revoked", "expired"):
        return tr("This key still works: rotate it instead.")
    return tr("A key replaced it already.") if row.replaced_by else None
