"""Roles and states of members in words."""

from __future__ import annotations

from typing import Final

from bcdesk.ui.text import tr

ROLES: Final = ("owner", "manager", "viewer")
STATES: Final = ("invited", "active", "disabled")


def title() -> str:
    """Return the page's title."""
    return tr("Members")


def subtitle() -> str:
    """Return the page's sentence beneath it."""
    return tr("Who runs this studio, and what each of them may do.")


def role_words(role: str) -> str:
    """Name a role, as a chip or a cell shows it."""
    return {"owner": tr("Owner"), "manager": tr("Manager"), "viewer": tr("Viewer")}.get(role, role)


def role_sentence(role: str) -> str:
    """Say what a role may do."""
    return {
        "owner": tr("Everything, and sees to the members."),
        "manager": tr("Makes, changes and ends keys and apps, and sees each secret once."),
        "viewer": tr("Sees everything but secrets, and changes nothing."),
    }.get(role, "")


def state_words(state: str) -> str:
    """Name the state of a member."""
    return {"invited": tr("Invited"), "active": tr("Active"), "disabled": tr("Turned off")}.get(state, state)


def state_sentence(state: str) -> str:
    """Say what a state means."""
    return {
        "invited": tr("No password is set yet: the set-up link was not used."),
        "active": tr("Can sign in."),
        "disabled": tr("Cannot sign in; whoever was signed in was signed out at once."),
    }.get(state, "")
