"""What an owner can do with a member now, and the reason where that is nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from bcdesk.contract.rows import MemberRow
    from bcdesk.store.store import Store


def sees_to_members(store: Store) -> bool:
    """Tell whether this member is an owner of a server that has members."""
    session = store.session
    return session is not None and session.role == "owner" and "members" in session.capabilities


def is_me(store: Store, row: MemberRow) -> bool:
    """Tell whether ``row`` is who uses the desk."""
    return store.session is not None and store.session.member.id == row.id


def owner_reason(store: Store, row: MemberRow) -> str | None:
    """Return why a member's role stays and they cannot be turned off, or None: the server judges in the same way."""
    if row.role != "owner" or row.disabled:
        return None
    others = [one for one in tuple(store.members.values()) if one.role == "owner" and not one.disabled]
    states = {one.state for one in others if one.id != row.id}
    if not states:
        return tr("The last owner stays: make somebody else an owner first.")
    if (row.state == "active" or is_me(store, row)) and states == {"invited"}:
        return tr("The last owner stays until another one has come in.")
    return None


def link_reason(row: MemberRow) -> str | None:
    """Return why a member gets no set-up link, or None."""
    return tr("Turned off: turn them on first.") if row.disabled else None
