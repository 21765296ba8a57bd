"""Judges what a server did with a request that is wrong in one thing."""

from collections.abc import Collection
from typing import Final

from bcdesk.flow.checks.model import Found, Saw, What
from bcdesk.flow.checks.requests import Reply, parameters
from bcdesk.flow.checks.walker import Landing, Page

SECRET_ANSWERS: Final = ("code", "access_token", "id_token", "token")
NOT_POST: Final = (404, 405)
"""How a server refuses a method at an address that takes another one."""


def passed(what: What, detail: str = "", status: int | None = None) -> Found:
    """Return that the server did as it has to."""
    return Found(True, Saw(what, detail, status))


def failed(what: What, detail: str = "", status: int | None = None) -> Found:
    """Return that the server did something else."""
    return Found(False, Saw(what, detail, status))


def refusal(reply: Reply, errors: Collection[str], *, bare: Collection[int] = ()) -> Found:
    """Judge a request of the back channel: it has to be refused with one of ``errors``.

    ``bare`` are statuses that refuse without an OAuth error. Another error is no proof that this very fault was seen.
    """
    if reply.gives_token:
        return failed(What.TOKEN, "", reply.status)
    if reply.status in bare or (400 <= reply.status < 500 and reply.error in errors):
        return passed(What.REFUSED, reply.error, reply.status)
    return failed(What.REFUSED if 400 <= reply.status < 500 else What.ANSWERED, reply.error, reply.status)


def front_refusal(at: Landing | Page, errors: Collection[str]) -> Found:
    """Judge a request of the front channel: it has to end in an error, told by redirect or on a page."""
    if isinstance(at, Page):
        return error_page(at)
    answer = parameters(at.url)
    if names := [name for name, _ in answer if name in SECRET_ANSWERS]:
        return failed(What.CODE if names[0] == "code" else What.TOKEN, names[0], at.status)
    error = dict(answer).get("error", "")
    return Found(error in errors, Saw(What.REFUSED if error else What.REDIRECTED, error, at.status))


def not_redirected(at: Landing | Page) -> Found:
    """Judge a request whose redirect cannot be trusted: the browser has to stay on a page that says so."""
    if isinstance(at, Page):
        return error_page(at)
    return failed(What.REDIRECTED, at.url.partition("?")[0].partition("#")[0], at.status)


def error_page(page: Page) -> Found:
    """Judge a page: it has to say what is wrong, not go on."""
    if page.goes_on:
        return failed(What.SIGN_IN, "", page.status)
    if 400 <= page.status < 500:
        return passed(What.ERROR_PAGE, "", page.status)
    return failed(What.ANSWERED, "", page.status)
