"""The pages of a set-up link: its code opens a form for the new password, which ends the link."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bcdesk.contract import key_rules
from bcdesk.contract.first_party import PASSWORD_MAX, PASSWORD_MIN, SETUP_PATH
from bcdesk.server import member_sign_in, members, setups
from bcdesk.server.oauth import pages, ticket
from bcdesk.server.oauth.authorization import PageError
from bcdesk.server.oauth.errors import InvalidRequestError
from bcdesk.server.oauth.forms import read_form
from bcdesk.server.oauth.sign_in import SignInLimitedError, limited
from bcdesk.server.setups import Link
from bcdesk.server.state import ServerState, state_of

_LINK: Final = "link"
_OF_PASSWORD: Final = ("too_short", "too_long", "yourself")


async def setup(request: Request) -> Response:
    """Show the form that takes a link's code, then answer each step."""
    state = state_of(request)
    if request.method == "HEAD":
        return Response(status_code=405, headers={"Allow": "GET, POST"})
    if request.method == "GET":
        return await run_in_threadpool(pages.setup_page, state, "open")
    body = await request.body()
    address = request.client.host if request.client else ""
    return await run_in_threadpool(_answer, state, body, request.cookies, address)


async def setup_done(request: Request) -> Response:
    """Say that the password is set."""
    return await run_in_threadpool(pages.setup_page, state_of(request), "done")


def _answer(state: ServerState, body: bytes, cookies: Mapping[str, str], address: str) -> Response:
    try:
        form = read_form(body)
    except InvalidRequestError:
        return pages.setup_page(state, "open", 400, fault="unknown")
    try:
        return _set(state, form, cookies) if form.get("action") == "set" else _open(state, form, cookies, address)
    except SignInLimitedError as error:
        reply = pages.setup_page(state, "open", 429, fault="limited")
        reply.headers["Retry-After"] = str(error.retry_after)
        return reply
    except PageError:
        return pages.setup_page(state, "open", 403, fault="expired")


def _open(state: ServerState, form: Mapping[str, str], cookies: Mapping[str, str], address: str) -> Response:
    limited(state, f"set-up address {address}")
    now = state.now()
    with state.database.read() as connection:
        link = setups.by_token(state, connection, form.get("token", "").strip(), now)
    if link is None:
        return pages.setup_page(state, "open", 403, fault="unknown")
    limited(state, f"set-up {link.member.id}")
    bound_to = ticket.binding(state, cookies, ticket.SETUP)
    sealed = ticket.seal(state, bound_to, {_LINK: link.id}, link.member.id, now, ticket.SETUP)
    reply = _form(state, link, sealed)
    reply.headers["Set-Cookie"] = ticket.set_cookie(state, bound_to, place=ticket.SETUP)
    return reply


def _set(state: ServerState, form: Mapping[str, str], cookies: Mapping[str, str]) -> Response:
    now = state.now()
    held = ticket.unseal(state, cookies, form.get("ticket"), now, ticket.SETUP)
    with state.database.read() as connection:
        link = setups.by_id(connection, held.parameters.get(_LINK, ""), now)
    if link is None:
        return pages.setup_page(state, "open", 403, fault="unknown")
    asks_who = not link.member.email
    name = form.get("name", "").strip() if asks_who else link.member.name
    email = form.get("email", "").strip().lower() if asks_who else link.member.email
    again: dict[str, Any] = {"name": name, "email": email, "status": 422}
    password = form.get("password", "")
    fault = member_sign_in.check(password, name=name, email=email)
    if asks_who and key_rules.check_line("/name", name, key_rules.NAME_MAX, required=True):
        fault = "name"
    elif asks_who and not _may_have(state, email, link):
        fault = "email"
    elif fault is None and password != form.get("again"):
        fault = "differs"
    if fault is not None:
        return _form(state, link, form["ticket"], fault=fault, **again)
    password_hash = member_sign_in.hash_of(password)
    with state.database.write() as connection:
        if members.check_email(connection, email, link.member.id):
            return _form(state, link, form["ticket"], fault="email", **again)
        if not setups.set_up(state, connection, link, password_hash=password_hash, name=name, email=email, now=now):
            return pages.setup_page(state, "open", 403, fault="unknown")
    reply = Response(status_code=303, headers={"Location": f"{SETUP_PATH}/done"})
    reply.headers["Set-Cookie"] = ticket.set_cookie(state, "", 0, ticket.SETUP)
    return reply


def _may_have(state: ServerState, email: str, link: Link) -> bool:
    with state.database.read() as connection:
        return bool(email) and not members.check_email(connection, email, link.member.id)


def _form(
    state: ServerState,
    link: Link,
    sealed: str,
    *,
    fault: str | None = None,
    name: str | None = None,
    email: str = "",
    status: int = 200,
) -> Response:
    return pages.setup_page(
        state,
        "password",
        status,
        ticket=sealed,
        member=link.member,
        asks_who=not link.member.email,
        fault=fault,
        bad_password=_OF_PASSWORD,
        name=link.member.name if name is None else name,
        email=email,
        least=PASSWORD_MIN,
        most=PASSWORD_MAX,
    )
