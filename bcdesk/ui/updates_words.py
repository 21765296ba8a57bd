"""The words of a check for updates: why one came to nothing, and what to do."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bcdesk.ui import times
from bcdesk.ui.problem_words import Words
from bcdesk.ui.problems import explain
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from bcdesk.client.errors import NoteRefused


def check_words(error: BaseException, running: str) -> Words:
    """Say why a check came to nothing; ``running`` is this version."""
    from bcdesk.client import errors

    if isinstance(error, errors.NoteRefused):
        return _note(error, running)
    if isinstance(error, errors.Unreachable):
        return _unreachable(error.reason)
    if isinstance(error, errors.Garbled):
        return _garbled(error.what, error.status)
    if isinstance(error, errors.Refused):
        return _garbled("status", error.status)
    if isinstance(error, errors.InsecureAddress):
        return address_words(error.reason)
    return explain(error, doing=tr("The check for updates failed."))


def address_words(reason: str) -> Words:
    """Say why an address is none that release notes are read from."""
    why = {
        "not_a_url": tr("This is no address."),
        "userinfo": tr("The address holds a name or password, which would be stored and shown."),
        "extra": tr("The address has more after its path."),
        "http_off_loopback": tr("Without https anyone on the way could hold a new version back."),
    }
    said = why.get(reason, tr("The address does not begin with https."))
    return Words(tr("bcdesk reads no release note there."), said, tr("Give the https address of a file."))


def _note(error: NoteRefused, running: str) -> Words:
    if error.reason == "expired":
        return Words(
            tr("The release note has expired."),
            tr("It held until {day}: an old note could hide a newer version.", day=times.day(error.moment)),
            tr(
                "This computer's clock says {day}: set it if it is wrong; if it is right, tell who runs the address.",
                day=times.day(time.time()),
            ),
        )
    if error.reason == "older":
        facts = {"version": error.version, "floor": error.floor}
        this = tr("It names {version}, and this is {floor}.", **facts)
        seen = tr("It names {version}, and {floor} was named before.", **facts)
        return Words(
            tr("The release note goes back to an older version."),
            this if error.floor == running else seen,
            tr("Stay with this version; if it comes again, tell who runs the address."),
        )
    if error.reason == "signature":
        return Words(
            tr("The release note is not what was signed."),
            tr("Its signature does not fit: somebody changed it, or it was damaged on the way."),
            tr("Download nothing from there, and tell who runs the address."),
        )
    if error.reason == "key":
        return Words(
            tr("The release note is not signed by a key that this build knows."),
            tr("Somebody else signed it, or the keys changed since this build was made."),
            tr("Download nothing from there; get the newest version from where this one came from."),
        )
    return _no_note(tr("It is not in the form that this version of bcdesk reads."))


def _no_note(why: str) -> Words:
    check = tr("Check the address in Settings, About, and tell who runs it if it is right.")
    return Words(tr("What lies at the address is no release note."), why, check)


def _garbled(what: str, status: int) -> Words:
    if what == "too_large":
        return _no_note(tr("It is larger than any release note."))
    if what == "redirect":
        return Words(
            tr("The address leads elsewhere."),
            tr("bcdesk follows no redirect to a release note."),
            tr("Give the address that it leads to, in Settings, About."),
        )
    if what == "status" and status >= 500:
        return Words(
            tr("The address cannot answer now."), tr("Its server has a fault ({status}).", status=status), _later()
        )
    if what == "status":
        return Words(
            tr("There is no release note at the address."),
            tr("Its server answers {status}.", status=status),
            tr("Check the address in Settings, About."),
        )
    return _no_note(tr("It came in a form that cannot be read."))


def _unreachable(reason: str) -> Words:
    what = tr("The address cannot be reached.")
    why = {
        "refused": tr("Nothing listens there."),
        "timeout": tr("It took too long."),
        "tls": tr("Its certificate is not one that this system trusts."),
        "dns": tr("Its name leads nowhere."),
        "proxy": tr("The proxy does not let the connection through."),
    }
    online = tr("Check whether this computer is online, then try again.")
    steps = {
        "tls": tr("Tell who runs the address; bcdesk reads nothing there until this is mended."),
        "proxy": tr("Check the system's proxy with whoever runs it."),
        "dns": tr("Check the spelling in Settings, About, and whether this computer is online."),
    }
    return Words(what, why.get(reason, tr("The connection broke off.")), steps.get(reason, online))


def _later() -> str:
    return tr("Try again later.")
