"""The fields of a key in words, for two edits that meet."""

from __future__ import annotations

from bcdesk.ui import times
from bcdesk.ui.text import tr


def titles() -> dict[str, str]:
    """Return the title of every field that can change."""
    return {
        "name": tr("Name"),
        "description": tr("Description"),
        "owner": tr("Owner"),
        "tags": tr("Tags"),
        "scopes": tr("Scopes"),
        "expires_at": tr("Expires"),
        "allowed_cidrs": tr("Addresses"),
    }


def value_words(name: str, value: object) -> str:
    """Return a field's value in words."""
    if name == "expires_at":
        return times.day(value if isinstance(value, float) else None)
    if isinstance(value, tuple):
        return ", ".join(value) or {"allowed_cidrs": tr("Any")}.get(name, "–")
    return str(value) or "–"
