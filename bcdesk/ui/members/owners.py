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


def last_owner(store: Store, row: MemberRow) -> bool:
    """Tell whether nobody else would be left who sees to the members."""
    if row.role != "owner" or row.disabled:
        return False
    return not any(
        one.role == "owner" and not one.disabled and one.id != row.id for one in tuple(store.members.values())
    )


def owner_reason(store: Store, row: MemberRow) -> str | None:
    """Return why a member's role stays and they cannot be turned off, or None."""
    if not last_owner(store, row):
        return None
    return tr("The last owner stays: make somebody else an owner first.")


def link_reason(row: MemberRow) -> str | None:
    """Return why a member gets no set-up link, or None."""
    return tr("Turned off: turn them on first.") if row.disabled else None
