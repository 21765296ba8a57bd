"""Walks a server's sign-in pages as a person would who agrees to everything, with a cookie jar of its own.

It presses the buttons of demo users and of consent, and fills the development pages of ``oidc-provider``; where a
page wants a password, nobody has given it one, and it stops.
"""

from typing import Final, NamedTuple
from urllib.parse import urljoin, urlsplit

from bcdesk.flow.checks.cookies import Cookies
from bcdesk.flow.checks.forms import Button, Form, filled, forms_of
from bcdesk.flow.checks.line import Line
from bcdesk.flow.checks.model import NotRunError, Why
from bcdesk.flow.checks.requests import header_of, with_query

STEPS_MAX: Final = 16
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_OWN_FORM: Final = (("Origin", "null"), ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "navigate"))


class Landing(NamedTuple):
    """The browser was sent away from the server: to ``url``, as it was written, by an answer of ``status``."""

    url: str
    status: int
    after_form: bool
    """Whether it was the answer to a form, which a browser would send on after 307."""


class Page(NamedTuple):
    """A page of the server."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    forms: tuple[Form, ...]

    @property
    def goes_on(self) -> bool:
        """Tell whether it is one on which the flow goes on, not one that says what is wrong."""
        return self.status < 400 and bool(self.forms)


class PasswordError(NotRunError):
    """Somebody has to sign in with a password."""


class Walker:
    """One browser of sorts, at one server."""

    def __init__(self, line: Line, origins: frozenset[str], redirect_uri: str) -> None:
        """Stay on ``origins``; whatever leads elsewhere, or to ``redirect_uri``, is where it lands."""
        self._line = line
        self._origins = origins
        self._redirect_uri = redirect_uri
        self._cookies = Cookies()
        self._left = STEPS_MAX

    async def open(self, url: str) -> Landing | Page:
        """Open an address, and follow the server's own redirects."""
        return await self._go("GET", url, None)

    async def walk(self, url: str) -> Landing | Page:
        """Open an address, and press on until the browser is sent away or a page has no way on."""
        at = await self.open(url)
        while isinstance(at, Page) and at.goes_on:
            form, button = _choose(at)
            pairs = filled(form, button)
            target = urljoin(at.url, form.action) if form.action else at.url
            if form.method == "post":
                at = await self._go("POST", target, pairs)
            else:
                at = await self._go("GET", with_query(target.partition("?")[0], pairs), None)
        return at

    async def _go(self, method: str, url: str, form: list[tuple[str, str]] | None) -> Landing | Page:
        after_form = form is not None
        while True:
            self._left -= 1
            if self._left < 0:
                raise NotRunError(Why.UNEXPECTED_PAGE, "too many pages")
            own = _OWN_FORM if form is not None else ()
            got = await self._line.front(method, url, [*self._cookies.header(url), *own], form)
            self._cookies.take(url, got.headers)
            if got.status not in _REDIRECTS:
                page = forms_of(got.content.decode("utf-8", "replace")) if _is_html(got.headers) else []
                return Page(url, got.status, got.headers, tuple(page))
            location = header_of(got.headers, "location")
            if self._is_landing(url, location):
                return Landing(location, got.status, after_form)
            url = urljoin(url, location)
            if got.status not in (307, 308):
                method, form = "GET", None

    def _is_landing(self, at: str, location: str) -> bool:
        if location.partition("?")[0].partition("#")[0] == self._redirect_uri.partition("?")[0]:
            return True
        return origin(urljoin(at, location)) not in self._origins


def origin(url: str) -> str:
    """Return scheme, host and port of ``url`` as they are written."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"


def _is_html(headers: tuple[tuple[str, str], ...]) -> bool:
    return header_of(headers, "content-type").lower().startswith(("text/html", "application/xhtml"))


def _choose(page: Page) -> tuple[Form, Button | None]:
    """Return the form to send and the button to press on a page."""
    for form in page.forms:
        if form.people:
            return form, form.people[0]
    for form in page.forms:
        if form.is_development_login:
            return form, form.buttons[0] if form.buttons else None
    if any(form.asks_for_password for form in page.forms):
        raise PasswordError(Why.SIGN_IN)
    for form in page.forms:
        if not any(one.kind in ("text", "email", "password") for one in form.fields):
            button = form.agreeing()
            if button is not None or not form.buttons:
                return form, button
    raise NotRunError(Why.UNEXPECTED_PAGE, str(page.status))
