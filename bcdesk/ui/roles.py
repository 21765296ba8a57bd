"""The roles of members in words."""

from __future__ import annotations

from typing import Final

from bcdesk.ui.text import tr

ROLES: Final = ("owner", "manager", "viewer")


def role_words(role: str) -> str:
    """Name a role, as a chip or a cell shows it."""
    return {"owner": tr("Owner"), "manager": tr("Manager"), "viewer": tr("Viewer")}.get(role, role)


def role_sentence(role: str) -> str:
    """Say what a role may do."""
    return {
        "owner": tr("May do everything, and sees to the members."),
        "manager": tr("Makes, changes and ends keys and apps, and sees each new secret once."),
        "viewer": tr("Sees everything but secrets, and changes nothing."),
    }.get(role, "")
