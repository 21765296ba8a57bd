"""A hop as a command line of cURL: one header or field a line, secrets as variables of the shell."""

import json
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote_plus

from bcdesk.flow.export.shell import word
from bcdesk.flow.trace import Hidden, Hop, Message, Value

_OWN: Final = frozenset(
    ("host", "content-length", "connection", "accept-encoding", "transfer-encoding", "user-agent", "cookie")
)
"""Headers that cURL makes itself, and those of a browser that the command cannot have."""
_FORM: Final = "application/x-www-form-urlencoded"
_AS_CLIENT: Final = frozenset(("token", "refresh", "introspect", "revoke"))


def curl(hop: Hop, *, client_id: str = "") -> str:
    """Return the command that sends what ``hop`` sent, for a POSIX shell; empty where it sent nothing.

    Without ``client_id`` a client that authenticates by Basic is called ``$BC_CLIENT_ID``; its secret is to be
    form-urlencoded there (RFC 6749 §2.3.1), which changes nothing of most.
    """
    if hop.sent is None or not hop.sent.url:
        return ""
    name: Value = quote_plus(client_id) if client_id else Hidden("client_id", 0, "")
    return " \\\n  ".join(_words(hop.sent, name, as_client=hop.name in _AS_CLIENT))


def _words(sent: Message, client: Value, *, as_client: bool) -> Iterator[str]:
    body = json.dumps({name: str(value) for name, value in sent.json}) if sent.json else sent.text
    usual = "POST" if sent.form or body else "GET"
    method = sent.method or usual
    yield f"curl {word(sent.url)}"
    if method != usual:
        yield f"--request {word(method)}"
    if sent.query and usual == "GET":
        yield "--get"
    for name, value in sent.headers:
        lower = name.lower()
        if lower == "authorization":
            yield _authorization(value, client, as_client=as_client)
        elif lower not in _OWN and not (sent.form and lower == "content-type" and str(value).startswith(_FORM)):
            yield f"--header {word(f'{name}: ', value)}"
    for name, value in sent.query:
        yield f"{'--data-urlencode' if usual == 'GET' else '--url-query'} {word(f'{name}=', value)}"
    hint = dict(sent.form).get("token_type_hint", "token")
    for name, value in sent.form:
        hidden = Hidden(str(hint), 0, "") if name == "token" and isinstance(value, Hidden) else value
        yield f"--data-urlencode {word(f'{name}=', hidden)}"
    if body and not sent.form:
        yield f"--data-raw {word(body)}"


def _authorization(value: Value, client: Value, *, as_client: bool) -> str:
    """Return how cURL authenticates: as the client by Basic, or with a bearer token."""
    kind = value.kind if isinstance(value, Hidden) else str(value).partition(" ")[0].lower()
    if kind in ("client_secret", "basic") or (as_client and kind not in ("access_token", "bearer")):
        return f"--user {word(client, ':', Hidden('client_secret', 0, ''))}"
    return f"--header {word('Authorization: Bearer ', Hidden('access_token', 0, ''))}"
