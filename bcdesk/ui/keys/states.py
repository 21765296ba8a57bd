"""What stands where the table would be: starting, loading, empty, no match, offline, forbidden, error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from bcdesk.ui import problems, times
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from bcdesk.store.store import Link

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


def state_of(link: Link, *, known: int, shown: int, narrowed: str, manages: bool, now: float) -> PageState:
    """Return what to show: ``known`` keys, ``shown`` of them by filters that read ``narrowed`` in words."""
    banner = _banner(link, now) if known else Banners()
    if known == 0 and link.state != "online":
        return _without_rows(link)
    if known == 0:
        sentence = (
            tr("A key lets your server call the BeatConnect API. It is shown once, when you make it.")
            if manages
            else tr("An owner or a manager of the studio can make one.")
        )
        return PageState("empty", tr("No API keys yet"), sentence, ("keys.new",) if manages else (), "key")
    if shown == 0 and narrowed:
        sentence = tr("Nothing matches {filters}.", filters=narrowed)
        return PageState("no_match", tr("No key matches"), sentence, ("keys.clear_filters",), "search", banner)
    return PageState("table", banner=banner)


def _without_rows(link: Link) -> PageState:
    words = problems.explain(link.error) if link.error is not None else None
    if link.state == "offline":
        return PageState(
            "offline",
            words.what if words else tr("The server cannot be reached."),
            tr("No key is known here yet. bcdesk keeps trying."),
            ("sync.now",),
            "offline",
        )
    if link.state == "forbidden":
        return PageState(
            "forbidden",
            words.what if words else tr("You may not see these keys."),
            tr("An owner of the studio can let you in, or change your role."),
            ("sync.now",),
            "lock",
        )
    if link.state == "error":
        return PageState(
            "error",
            words.what if words else tr("The keys could not be loaded."),
            words.rest if words else "",
            ("sync.now",),
            "error",
        )
    starting = link.state == "starting"
    said = Banners(tr("The server is starting…")) if starting else Banners()
    return PageState("table", banner=said)


def _banner(link: Link, now: float) -> Banners:
    words = problems.explain(link.error) if link.error is not None else None
    if link.state == "offline":
        as_of = times.short(link.as_of, now) if link.as_of is not None else ""
        what = tr("Offline, as of {as_of}.", as_of=as_of) if as_of else tr("Offline.")
        why = tr("What needs the server waits until it is back. bcdesk keeps trying.")
        return Banners(what, why, "warn", ("sync.now",))
    if link.state == "forbidden":
        why = tr("An owner of the studio can let you in. What you see is what was known before.")
        return Banners(words.what if words else tr("You may not see these keys."), why, "bad", ("sync.now",))
    if link.state == "error":
        return Banners(
            words.what if words else tr("Syncing stopped."), words.rest if words else "", "bad", ("sync.now",)
        )
    return Banners()
