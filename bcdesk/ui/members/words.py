"""The page's own words, and the states of members."""

from __future__ import annotations

from typing import Final

from bcdesk.ui.text import tr

STATES: Final = ("invited", "active", "disabled")


def title() -> str:
    """Return the page's title."""
    return tr("Members")


def subtitle() -> str:
    """Return the page's sentence beneath it."""
    return tr("Who runs this studio, and what each of them may do.")


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
