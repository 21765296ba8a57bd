"""A run as HAR 1.2, which browsers and proxies open; every secret is told apart but not shown."""

import json
from typing import Any, Final
from urllib.parse import quote, urlencode

from bcdesk import __version__
from bcdesk.contract.moments import format_moment
from bcdesk.flow.trace import Hidden, Hop, Message, Pairs, Trace, Value
from bcdesk.flow.values import Setup

GONE: Final = "[redacted]"
_HTTP: Final = "HTTP/1.1"
_UNKNOWN: Final = -1
"""What HAR 1.2 says for a size or a time that nobody measured."""


def har(trace: Trace, setup: Setup) -> str:
    """Return the hops of ``trace`` that went over a wire as a HAR 1.2 document."""
    entries = [_entry(hop, request) for hop in trace.hops if (request := _request_of(hop)) is not None]
    log = {
        "version": "1.2",
        "creator": {"name": "bcdesk", "version": __version__},
        "comment": f"A run of client {setup.client_id} at {setup.issuer}. Secrets are redacted.",
        "pages": [],
        "entries": entries,
    }
    return json.dumps({"log": log}, indent=2, ensure_ascii=False) + "\n"


def _request_of(hop: Hop) -> Message | None:
    """Return what was asked; a hop that only received an address, as a callback, was asked for that."""
    for message in (hop.sent, hop.received):
        if message is not None and message.url:
            return message
    return None


def _entry(hop: Hop, request: Message) -> dict[str, Any]:
    took = _UNKNOWN if hop.milliseconds is None else round(hop.milliseconds, 3)
    return {
        "startedDateTime": format_moment(hop.started_at),
        "time": max(took, 0),
        "request": _request(request),
        "response": _response(None if hop.received is request else hop.received),
        "cache": {},
        "timings": {"send": 0, "wait": max(took, 0), "receive": 0},
        "comment": f"{hop.name}, {hop.channel} channel" + (f": {hop.failure.reason}" if hop.failure else ""),
    }


def _request(message: Message) -> dict[str, Any]:
    request = {
        "method": message.method or "GET",
        "url": _url(message),
        "httpVersion": _HTTP,
        "cookies": [],
        "headers": _pairs(message.headers),
        "queryString": _pairs(message.query),
        "headersSize": _UNKNOWN,
        "bodySize": _UNKNOWN,
    }
    if message.form:
        request["postData"] = {
            "mimeType": "application/x-www-form-urlencoded",
            "params": _pairs(message.form),
            "text": urlencode([(name, _shown(value)) for name, value in message.form]),
        }
    elif body := _body(message):
        request["postData"] = {"mimeType": _type(message, "text/plain"), "params": [], "text": body}
    return request


def _response(message: Message | None) -> dict[str, Any]:
    """Return a reply; of a page that the browser fetched nobody saw more than that it came (status 0)."""
    message = message or Message()
    body = _body(message)
    location = next((value for name, value in message.headers if name.lower() == "location"), "")
    return {
        "status": message.status or 0,
        "statusText": "",
        "httpVersion": _HTTP,
        "cookies": [],
        "headers": _pairs(message.headers),
        "content": {"size": len(body.encode()), "mimeType": _type(message, "x-unknown"), "text": body},
        "redirectURL": _shown(location),
        "headersSize": _UNKNOWN,
        "bodySize": _UNKNOWN,
    }


def _url(message: Message) -> str:
    if not message.query:
        return message.url
    pairs = "&".join(f"{quote(name, safe='')}={quote(_shown(value), safe='')}" for name, value in message.query)
    return f"{message.url}?{pairs}"


def _body(message: Message) -> str:
    if message.json:
        return json.dumps({name: _shown(value) for name, value in message.json}, ensure_ascii=False)
    return message.text


def _type(message: Message, otherwise: str) -> str:
    found = next((str(value) for name, value in message.headers if name.lower() == "content-type"), "")
    return found or ("application/json" if message.json else otherwise)


def _pairs(pairs: Pairs) -> list[dict[str, str]]:
    found = []
    for name, value in pairs:
        one = {"name": name, "value": _shown(value)}
        if isinstance(value, Hidden):
            one["comment"] = f"{value.kind}, {value.length} characters, SHA-256 {value.fingerprint}…"
        found.append(one)
    return found


def _shown(value: Value) -> str:
    return GONE if isinstance(value, Hidden) else value
