"""What this member can change now, and the reason where that is nothing: known before anything is pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from bcdesk.store.store import Store


def may_manage(store: Store) -> bool:
    """Tell whether the member can change keys; before the server said who that is, nobody is turned away."""
    return store.session is None or store.session.role in ("owner", "manager")


def link_reason(store: Store) -> str | None:
    """Return why nothing can be asked of the server now, or None."""
    state = store.link.state
    if state in ("starting", "reading", "cached"):
        return tr("Not connected yet.")
    if state == "unchosen":
        return tr("No connection yet: choose one first.")
    if state == "signed_out":
        return tr("You are signed out: sign in first.")
    if state == "offline":
        return tr("Offline: this needs the server.")
    if state in ("forbidden", "error"):
        return tr("The server does not answer this desk now.")
    if store.session is None:
        return tr("Not connected yet.")
    return None


def change_reason(store: Store) -> str | None:
    """Return why this member cannot change anything now, or None."""
    if not may_manage(store):
        return tr("Your role only reads. Ask an owner or a manager.")
    return link_reason(store)
