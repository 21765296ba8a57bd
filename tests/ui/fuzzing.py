"""Replies of a server that is broken or hostile, made from true ones: what they hold, how they are written and sent."""

import json
import random
import re
from typing import Any

Json = Any
MARKUP = (
    "<b>bold</b>", "<img src=x onerror=alert(1)>", "<a href='https://evil.example'>Sign in</a>", "&lt;i&gt;", "<table>",
    "<!DOCTYPE html><h1>x</h1>", "\u202eevil\u202c", "a\nb\tc", "\x00\x1b[31m", "z\u0301" * 50, "\u200b",
    "\U0001f469\u200d\U0001f467" * 20, "%s {name} {0} %1 %n", "&accelerator && more", "x" * 300, "\ufffe",
    "..\\..\\", "'; DROP TABLE keys; --",
)  # fmt: skip
MOMENTS = (
    "0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999-14:00",
    "0001-01-01T00:00:00+14:00", "1970-01-01T00:00:00Z", "2026-13-40T99:99:99Z", "2026-11-24T12:00:00", "2038-01-19",
    "2026-11-24T12:00:00.000000001Z", "1e400", "-1",
)  # fmt: skip
NUMBERS = (0, -1, 2**31, 2**53 + 1, 2**63, -(2**63) - 1, 10**400, 0.5, 1e308, -0.0)
OTHERS: tuple[Json, ...] = (None, True, False, [], {}, [[]], {"a": 1}, "", "null")
KINDS = (
    "type", "type", "type", "number", "markup", "markup", "markup", "moment", "missing", "extra", "deep", "long",
    "many", "names",
)  # fmt: skip
WRITINGS = ("", "", "", "", "nan", "twice", "utf8", "surrogate", "cut", "digits", "huge", "bom", "deep", "rubbish")
SENDINGS = ("", "", "", "", "", "", "status", "kind", "length", "encoding", "redirect", "hang_up", "chunks", "empty")


def mutated(value: Json, dice: random.Random) -> Json:
    """Return a true reply with one to three lies in it."""
    value = json.loads(json.dumps(value))
    for _ in range(dice.randint(1, 3)):
        holder, name = _place(value, dice)
        if holder is None:
            return _other(dice)
        _lie(holder, name, dice)
    return value


def _place(value: Json, dice: random.Random) -> tuple[Json, Json]:
    """Choose a place anywhere in a reply."""
    holder, name = None, None
    while isinstance(value, dict | list) and value and (holder is None or dice.random() < 0.8):
        holder, name = value, dice.choice(list(value)) if isinstance(value, dict) else dice.randrange(len(value))
        value = holder[name]
    return holder, name


def _lie(holder: Json, name: Json, dice: random.Random) -> None:
    kind = dice.choice(KINDS)
    if kind == "type":
        holder[name] = _other(dice)
    elif kind == "number":
        holder[name] = dice.choice(NUMBERS)
    elif kind == "markup":
        holder[name] = dice.choice(MARKUP)
    elif kind == "moment":
        holder[name] = dice.choice(MOMENTS)
    elif kind == "missing":
        del holder[name]
    elif kind == "extra" and isinstance(holder, dict):
        holder[dice.choice(MARKUP)] = _other(dice)
    elif kind == "deep":
        for _ in range(dice.choice((3, 50, 400))):
            holder[name] = [holder[name]] if dice.random() < 0.5 else {"a": holder[name]}
    elif kind == "long":
        holder[name] = dice.choice(("x", "ß", "😀", "<b>", " ", "\n")) * dice.choice((2_000, 100_000))
    elif kind == "many" and isinstance(holder[name], list):
        holder[name] = (holder[name] or ["x"]) * dice.choice((2, 50))
    elif kind == "names":
        _everywhere(holder, dice.choice(MARKUP))


def _other(dice: random.Random) -> Json:
    return json.loads(json.dumps(dice.choice(OTHERS)))


def _everywhere(value: Json, text: str) -> None:
    """Put ``text`` wherever a person reads."""
    if isinstance(value, dict):
        for name, one in value.items():
            if name in ("name", "description", "owner", "revoked_reason", "email", "created_by") and one is not None:
                value[name] = text
            elif name == "tags":
                value[name] = [text]
            else:
                _everywhere(one, text)
    elif isinstance(value, list):
        for one in value:
            _everywhere(one, text)


def written(value: Json, dice: random.Random) -> bytes:
    """Write a reply as JSON, or as what is nearly JSON."""
    how = dice.choice(WRITINGS)
    text = json.dumps(value, ensure_ascii=dice.random() < 0.5)
    if how == "nan":
        nan = dice.choice(("NaN", "Infinity", "-Infinity", "1e999"))
        text = re.sub(r': (\d+|null|"[^"]*")', f": {nan}", text, count=1)
    elif how == "twice":
        text = text.replace("{", '{"id": "key_twice", "items": 3, "name": ["x"], ', dice.randint(1, 3))
        text = text.replace("}", ', "revision": 1, "id": "key_2"}', 1)
    elif how == "surrogate":
        text = text.replace(': "', ': "\\ud800', dice.randint(1, 4))
    elif how == "cut":
        text = text[: dice.randrange(len(text) + 1)]
    elif how == "digits":
        text = re.sub(r": \d+", ": " + "9" * dice.choice((40, 5_000)), text, count=1)
    elif how == "huge":
        text = text[:-1] + ', "more": "' + "x" * dice.choice((100_000, 3_000_000)) + '"}'
    elif how == "deep":
        text = "[" * dice.choice((900, 100_000)) + text
    elif how == "rubbish":
        return dice.randbytes(dice.choice((0, 1, 300)))
    content = text.encode("utf-8", "surrogatepass")
    if how == "utf8":
        at = dice.randrange(len(content) + 1)
        content = content[:at] + dice.choice((b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\x80")) + content[at:]
    return b"\xef\xbb\xbf" + content if how == "bom" else content


def sent(content: bytes, kind: str, dice: random.Random) -> tuple[bytes, bool]:
    """Return the bytes of an HTTP answer, and whether the line is cut after them."""
    how = dice.choice(SENDINGS)
    status, headers, length = 200, "", len(content)
    if how == "status":
        status = dice.choice((201, 204, 206, 299, 400, 401, 403, 404, 409, 412, 418, 422, 429, 500, 502, 503, 999))
        headers = dice.choice(("", "Retry-After: 0\r\n", "Retry-After: soon\r\n", "Retry-After: -1\r\n"))
    elif how == "kind":
        kind = dice.choice(("text/html", "", "application/json; charset=latin-1", "application/problem+json", "x" * 90))
    elif how == "length":
        length = dice.choice((0, max(0, length - 7), length + 7))
    elif how == "encoding":
        headers = f"Content-Encoding: {dice.choice(('gzip', 'br', 'identity', 'x'))}\r\n"
    elif how == "redirect":
        status, headers = 302, "Location: https://evil.example/\r\n"
    elif how == "empty":
        content, length = b"", 0
    elif how == "chunks":
        body = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (content[:9], content[9:]) if part)
        tail = dice.choice((b"0\r\n\r\n", b"", b"zz\r\n"))
        head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n"
        return head.encode() + body + tail, True
    start = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n{headers}\r\n"
    whole = start.encode() + content
    if how == "hang_up":
        return whole[: dice.randrange(len(whole) + 1)], True
    return whole, how == "length"
