"""What stands where the table would be: starting, loading, empty, no match, offline, forbidden, error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from bcdesk.ui import problems, times
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from bcdesk.store.store import Link

_SIGN_IN: Final = ("connection.sign_in",)
Place = Literal["table", "empty", "no_match", "offline", "forbidden", "error"]


class Banners(NamedTuple):
    """The strip above the table: what is so, why, its tone, and the commands that mend it."""

    what: str = ""
    why: str = ""
    tone: str = "info"
    commands: tuple[str, ...] = ()


class PageState(NamedTuple):
    """What the page shows: the table or something in its place, and the strip above it."""

    place: Place
    title: str = ""
    sentence: str = ""
    commands: tuple[str, ...] = ()
    icon: str = ""
    banner: Banners = Banners()


class StateWords(NamedTuple):
    """What a page says of its rows where there are none, and the commands that mend that."""

    new: str
    clear: str
    icon: str
    empty: str
    first: str
    ask: str
    no_match: str
    unknown: str
    forbidden: str
    failed: str


def state_of(
    link: Link, words: StateWords, *, known: int, shown: int, narrowed: str, manages: bool, now: float
) -> PageState:
    """Return what to show: ``known`` rows, ``shown`` of them by filters that read ``narrowed`` in words."""
    banner = _banner(link, words, now) if known else Banners()
    if known == 0 and link.state != "online":
        return _without_rows(link, words)
    if known == 0:
        sentence = words.first if manages else words.ask
        return PageState("empty", words.empty, sentence, (words.new,) if manages else (), words.icon)
    if shown == 0 and narrowed:
        sentence = tr("Nothing matches {filters}.", filters=narrowed)
        return PageState("no_match", words.no_match, sentence, (words.clear,), "search", banner)
    return PageState("table", banner=banner)


def _without_rows(link: Link, own: StateWords) -> PageState:
    words = problems.explain(link.error) if link.error is not None else None
    if link.state == "unchosen":
        ask = tr("Connect to your studio's server, run a studio on this computer, or look around with demo data.")
        return PageState("error", tr("No connection yet"), ask, ("connection.choose",), "server")
    if link.state == "signed_out":
        ask = tr("Your browser opens, and you sign in there as yourself.")
        return PageState("forbidden", tr("You are signed out"), ask, ("connection.sign_in",), "lock")
    if link.state == "offline":
        what = words.what if words else tr("The server cannot be reached.")
        locked = tr("What was known had no contact for too long. It stays locked until the server answers.")
        return PageState("offline", what, locked if link.copy == "too_old" else own.unknown, ("sync.now",), "offline")
    if link.state == "forbidden":
        ask = tr("An owner of the studio can let you in, or change your role.")
        return PageState("forbidden", words.what if words else own.forbidden, ask, ("sync.now",), "lock")
    if link.state == "error":
        rest = words.rest if words else ""
        return PageState("error", words.what if words else own.failed, rest, ("sync.now",), "error")
    starting = link.state in ("starting", "reading", "cached")
    said = Banners(tr("The server is starting…")) if starting else Banners()
    return PageState("table", banner=said)


def _banner(link: Link, own: StateWords, now: float) -> Banners:
    words = problems.explain(link.error) if link.error is not None else None
    as_of = times.short(link.as_of, now) if link.as_of is not None else ""
    if link.state == "offline":
        what = tr("Offline, as of {as_of}.", as_of=as_of) if as_of else tr("Offline.")
        why = tr("What needs the server waits until it is back. bcdesk keeps trying.")
        return Banners(what, why, "warn", ("sync.now",))
    if link.state == "signed_out":
        what = tr("You are signed out. What you see is as of {as_of}.", as_of=as_of)
        return Banners(what, tr("Sign in to see what changed since, and to change anything."), "warn", _SIGN_IN)
    seen = tr("What you see is as of {as_of}.", as_of=as_of) if as_of else ""
    if link.state == "forbidden":
        why = " ".join((tr("An owner of the studio can let you in."), seen)).strip()
        return Banners(words.what if words else own.forbidden, why, "bad", ("sync.now",))
    if link.state == "error":
        what = words.what if words else tr("Syncing stopped.")
        return Banners(what, " ".join(filter(None, (words.rest if words else "", seen))), "bad", ("sync.now",))
    return Banners()
