"""The pages that users see: sign-in, consent and what went wrong; plain HTML that needs no script.

Each page's Content-Security-Policy names its one style sheet by hash, and where its form may lead to: this server,
and the redirect of this very request, since Chromium holds a form to that list on its way through redirects too.
"""

import base64
import hashlib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import HTMLResponse

from bcdesk.contract import redirects, scopes
from bcdesk.server.oauth.authorization import Authorization, PageError
from bcdesk.server.oauth.people import Person, people_of
from bcdesk.server.state import ServerState

if TYPE_CHECKING:
    from jinja2 import Environment

_WEB: Final = ("http", "https")


def login_page(
    state: ServerState,
    asked: Authorization,
    ticket: str,
    *,
    fault: str | None = None,
    email: str = "",
    status: int = 200,
) -> HTMLResponse:
    """Return the page on which a user or a member signs in; ``fault`` is why the last try failed."""
    people = people_of(asked.client)
    return _page(
        state, people.login, status, asked, ticket=ticket, demo_users=people.click(state), fault=fault, email=email
    )


def consent_page(state: ServerState, asked: Authorization, ticket: str, user: Person) -> HTMLResponse:
    """Return the page on which somebody allows what the client asks for, or does not."""
    allowed = [scopes.BY_NAME[name] for name in asked.scopes if name in scopes.BY_NAME]
    return _page(state, people_of(asked.client).consent, 200, asked, ticket=ticket, user=user, scopes=allowed)


def setup_page(state: ServerState, step: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return the page of a set-up link at one of its steps: open, password or done."""
    return _page(state, "setup.html", status, None, step=step, script=_raw("setup.js"), **{"fault": None, **values})


def error_page(state: ServerState, error: PageError) -> HTMLResponse:
    """Return the page on which a request ends that cannot be answered by redirect."""
    status = 403 if error.reason == "expired_page" else 400
    return _page(state, "error.html", status, None, reason=error.reason, client=error.client)


def destination(redirect_uri: str) -> dict[str, str]:
    """Return where the browser goes next, as the pages say it: a host, this computer, or an app by its scheme."""
    parts = redirects.parts_of(redirect_uri)
    if parts is None:
        return {"kind": "app", "name": redirect_uri}
    if parts.scheme.lower() not in _WEB:
        return {"kind": "app", "name": parts.scheme}
    host = parts.host or ""
    port = f":{parts.port}" if parts.port else ""
    here = host.lower() in ("127.0.0.1", "[::1]", "localhost")
    return {"kind": "here" if here else "host", "name": f"{host}{port}"}


def form_targets(redirect_uri: str) -> str:
    """Return the sources (CSP 3 §2.3.1) that a form may lead to so that the redirect is reached."""
    parts = redirects.parts_of(redirect_uri)
    if parts is None:
        return "'self'"
    origin = redirects.origin_of(redirect_uri)
    # A host source cannot be an IPv6 literal: its scheme is named instead.
    target = f"{parts.scheme.lower()}:" if origin is None or "[" in origin else origin
    return f"'self' {target}"


def _page(state: ServerState, template: str, status: int, asked: Authorization | None, **values: Any) -> HTMLResponse:
    if asked is not None:
        values |= {"client": asked.client, "goes_to": destination(asked.redirect_uri)}
    html = _templates().get_template(template).render(style=_raw("pages.css"), demo=state.demo, **values)
    target = form_targets(asked.redirect_uri) if asked is not None else "'self'" if "step" in values else "'none'"
    script = f" script-src 'sha256-{_hash_of('setup.js')}';" if "script" in values else ""
    policy = (
        f"default-src 'none'; style-src 'sha256-{_hash_of('pages.css')}';{script} base-uri 'none';"
        f" frame-ancestors 'none'; form-action {target}"
    )
    return HTMLResponse(html, status, {"Content-Security-Policy": policy, "X-Frame-Options": "DENY"})


@cache
def _templates() -> "Environment":
    from jinja2 import Environment, FunctionLoader, StrictUndefined  # 0.1 s: imported with the first page

    return Environment(loader=FunctionLoader(_read), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                       lstrip_blocks=True)  # fmt: skip


@cache
def _raw(name: str) -> Any:
    from markupsafe import Markup

    return Markup(_read(name))  # noqa: S704 - our own file


@cache
def _hash_of(name: str) -> str:
    return base64.b64encode(hashlib.sha256(_read(name).encode("utf-8")).digest()).decode("ascii")


def _read(name: str) -> str:
    return resources.files("bcdesk").joinpath("resources", "pages", name).read_text("utf-8")
