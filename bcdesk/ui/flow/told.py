"""A failure in words, and what its sentences are about."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bcdesk.ui.flow.mend import Mend
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from bcdesk.ui.flow.target import RunValues, Target

Facts = dict[str, str]


class Told(NamedTuple):
    """A failure in words, with the buttons that mend it."""

    what: str
    why: str
    do: str
    mends: tuple[Mend, ...] = ()


class About(NamedTuple):
    """What the sentences are about: who was tested, what was asked, and what the server says it did.

    ``rules`` are the failed rules as (id, reason), known where the server is ours.
    """

    target: Target
    values: RunValues
    rules: tuple[tuple[str, str], ...] = ()
    system_browser: bool = False


def back(about: About, field: str) -> tuple[Mend, ...]:
    """Offer the registered value of a field that was changed for the run."""
    registered, now = getattr(about.target.registered, field, None), getattr(about.values, field, None)
    if registered == now or not hasattr(about.target.registered, field):
        return ()
    return (Mend(tr("Use the registered value…"), "run", field, now, registered),)


def register_redirect(about: About) -> tuple[Mend, ...]:
    """Offer to register the redirect URI of the run."""
    uri, known = about.values.redirect_uri, about.target.redirect_uris
    if about.target.app_id is None or not uri or uri in known:
        return ()
    return (Mend(tr("Register it…"), "app", "redirect_uris", known, (*known, uri)),)
