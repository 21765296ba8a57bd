"""The authorization endpoint (RFC 6749 §3.1): sign in, consent, and back to the application with 303.

Nobody stays signed in: each request shows both pages, and leaves nothing behind but its grant.
"""

from collections.abc import Mapping
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bcdesk.server import hop_notes as notes
from bcdesk.server.oauth import pages, pushed, ticket, tokens
from bcdesk.server.oauth.authorization import Authorization, PageError, RedirectError, judge, judge_client
from bcdesk.server.oauth.errors import AccessDeniedError, InvalidRequestError
from bcdesk.server.oauth.forms import Parameters, read, read_form
from bcdesk.server.oauth.people import Person, people_of
from bcdesk.server.oauth.sign_in import SignInLimitedError
from bcdesk.server.oauth.ticket import Ticket
from bcdesk.server.state import ServerState, state_of


class _Step(NamedTuple):
    """A form that a page sent: which request it belongs to, and the browser's address."""

    asked: Authorization
    held: Ticket
    form: Mapping[str, str]
    cookies: Mapping[str, str]
    address: str
    now: float


async def authorize(request: Request) -> Response:
    """Answer the request that an application sends a browser with, then each step of its pages."""
    state = state_of(request)
    if request.method == "HEAD":  # whoever looks at a link beforehand must not use up a pushed request
        return Response(status_code=405, headers={"Allow": "GET, POST"})
    if request.method == "POST":
        body = await request.body()
        return await run_in_threadpool(_answer, state, request, body)
    return await run_in_threadpool(_answer, state, request, None)


def _answer(state: ServerState, request: Request, body: bytes | None) -> Response:
    address = request.client.host if request.client else ""
    try:
        if body is None:
            return _open(state, request.scope["query_string"], request.cookies, state.now())
        return _go_on(state, body, request.cookies, address, state.now())
    except RedirectError as error:
        notes.error(str(error.error.error))
        return _redirect(error.location)
    except PageError as error:
        notes.error(error.reason)
        return pages.error_page(state, error)


def _open(state: ServerState, query: bytes, cookies: Mapping[str, str], now: float) -> Response:
    try:
        parameters = read(query)
    except InvalidRequestError:
        raise PageError("unreadable") from None
    client = judge_client(state, parameters)
    if (request_uri := parameters.values.get("request_uri")) is not None:
        parameters = pushed.take(state, client, request_uri, now)
    asked = judge(state, client, parameters)
    bound_to = ticket.binding(state, cookies)
    return _login(state, asked, bound_to, ticket.seal(state, bound_to, parameters.values, None, now))


def _go_on(state: ServerState, body: bytes, cookies: Mapping[str, str], address: str, now: float) -> Response:
    try:
        form = read_form(body)
    except InvalidRequestError:
        raise PageError("unreadable") from None
    action = form.get("action", "sign_in")
    notes.at("consent" if action in ("allow", "deny") else "sign_in")
    held = ticket.unseal(state, cookies, form.get("ticket"), now)
    notes.passed("page.fresh")
    # Judged once more: the application may have been changed while somebody read the page.
    parameters = Parameters(held.parameters, frozenset())
    asked = judge(state, judge_client(state, parameters), parameters)
    step = _Step(asked, held, form, cookies, address, now)
    if action == "deny":
        notes.failed("user.consented", "denied")
        notes.effect("user_denied")
        notes.error(str(AccessDeniedError.error))
        return _leave(state, asked.denied(AccessDeniedError("The user did not allow it.")))
    if action == "allow":
        return _allow(state, step)
    return _sign_in(state, step)


def _sign_in(state: ServerState, step: _Step) -> Response:
    bound_to = ticket.binding(state, step.cookies)
    try:
        user = people_of(step.asked.client).sign_in(state, step.form, step.address)
    except SignInLimitedError as limited:
        notes.failed("user.signed_in", "limited")
        reply = _login(state, step.asked, bound_to, step.form["ticket"], "limited", step.form.get("email", ""), 429)
        reply.headers["Retry-After"] = str(limited.retry_after)
        return reply
    if user is None:
        notes.failed("user.signed_in", "wrong")
        return _login(state, step.asked, bound_to, step.form["ticket"], "wrong", step.form.get("email", ""), 403)
    notes.passed("user.signed_in")
    held = ticket.seal(state, bound_to, step.held.parameters, user.id, step.now)
    return _with_cookie(state, pages.consent_page(state, step.asked, held, user), bound_to)


def _allow(state: ServerState, step: _Step) -> Response:
    user = _signed_in(state, step)
    notes.passed("user.consented")
    code = tokens.draw(tokens.CODE_PREFIX)
    tokens.give_code(
        state,
        step.asked.client,
        code=code,
        user_id=user.id,
        scopes=step.asked.scopes,
        redirect_uri=step.asked.redirect_uri,
        redirect_uri_sent=step.asked.redirect_uri_sent,
        code_challenge=step.asked.code_challenge,
        now=step.now,
    )
    return _leave(state, step.asked.granted(code))


def _signed_in(state: ServerState, step: _Step) -> Person:
    if step.held.user_id is not None:
        user = people_of(step.asked.client).find(state, step.held.user_id, step.held.made_at)
        if user is not None:
            return user
    raise PageError("expired_page")


def _login(
    state: ServerState,
    asked: Authorization,
    bound_to: str,
    held: str,
    fault: str | None = None,
    email: str = "",
    status: int = 200,
) -> Response:
    return _with_cookie(state, pages.login_page(state, asked, held, fault=fault, email=email, status=status), bound_to)


def _with_cookie(state: ServerState, reply: Response, bound_to: str) -> Response:
    reply.headers["Set-Cookie"] = ticket.set_cookie(state, bound_to)
    return reply


def _leave(state: ServerState, location: str) -> Response:
    """Send the browser back, and let it forget that it was here."""
    reply = _redirect(location)
    reply.headers["Set-Cookie"] = ticket.set_cookie(state, "", 0)
    return reply


def _redirect(location: str) -> Response:
    """Return 303, after which no browser sends a form on (RFC 9700 §4.12); the address is sent as it is."""
    return Response(status_code=303, headers={"Location": location})
