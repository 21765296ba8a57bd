"""The log: one handler on the root, whose filter takes out every secret before a word is written."""

import logging
import os
import re
import sys
import threading
import traceback
from types import TracebackType
from typing import IO, Any, Final

FORMAT: Final = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
GONE: Final = "[redacted]"
_QUIET: Final = ("authlib", "httpx", "httpcore", "uvicorn.access", "hpack", "keyring", "asyncio", "urllib3")
_PLAIN: Final = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}

_RULES: Final = (  # compiled when the first line is written (and kept by `re`): a start has no line to write
    # Authorization in any of its forms, then a bearer or basic credential without its name
    (r"(?i)((?:proxy-)?authorization[\"']?\s*[:=,]\s*[b\"'(\[]*)(?:[a-z]+\s+)?[^\s\"',;)\]}]+", rf"\1{GONE}"),
    (r"(?i)\b((?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{16,}", rf"\1{GONE}"),
    (r"(?i)(idempotency[-_ ]?key[\"']?\s*[:=,]?\s*[b\"'(\[]*)[A-Za-z0-9_-]{8,}", rf"\1{GONE}"),
    # keys and tokens by their form; a masked key stays readable
    (r"(bca_(?:live|test)_)[0-9A-Za-z]{5,}", rf"\1{GONE}"),
    (r"\b(bc[a-z]_)(?!live_|test_)[A-Za-z0-9_-]{8,}", rf"\1{GONE}"),
    # the query of a URL or of a path
    (r"(?i)((?:\b[a-z][a-z0-9+.-]*://|/)[^\s?\"'<>]*)\?[^\s\"'<>]+", rf"\1?{GONE}"),
    # what is random enough to be a key: 43 characters of base64url carry 256 bits, names carry no such mixture
    (r"(?<![A-Za-z0-9_-])(?=[a-z_-]*[A-Z0-9])[A-Za-z0-9_-]{40,}={0,2}(?![A-Za-z0-9_-])", GONE),
)


def level_of_environment(otherwise: str) -> str:
    """Return the level that ``BCDESK_LOG`` asks for (debug, info, warning, error), else ``otherwise``."""
    asked = os.environ.get("BCDESK_LOG", "").upper()
    return asked if asked in ("DEBUG", "INFO", "WARNING", "ERROR") else otherwise


def redact(text: str) -> str:
    """Return ``text`` without keys, tokens, Authorization values, Idempotency-Keys and query strings."""
    for pattern, instead in _RULES:
        text = re.sub(pattern, instead, text)
    return text


class Redaction(logging.Filter):
    """Redacts a record in place: message, traceback, stack and extra members; lets every record through."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Turn the record into plain redacted text, whatever its arguments are; never raise."""
        try:
            message = record.getMessage()
        except Exception as error:  # noqa: BLE001 - logging itself would print the arguments
            message = f"{record.msg!s} (not formatted: {type(error).__name__})"
        record.msg, record.args = redact(message), None
        if record.exc_info:
            record.exc_text = _told(record.exc_info)
            record.exc_info = None
        if record.exc_text:
            record.exc_text = redact(record.exc_text)
        if record.stack_info:
            record.stack_info = redact(record.stack_info)
        for name in record.__dict__.keys() - _PLAIN:
            record.__dict__[name] = _plain(record.__dict__[name])
        return True


def setup(level: int | str = logging.INFO, stream: IO[str] | None = None) -> logging.Handler:
    """Make the root logger write redacted lines to ``stream`` (stderr), uncaught exceptions too; return its handler."""
    root = logging.getLogger()
    for handler in [one for one in root.handlers if any(isinstance(each, Redaction) for each in one.filters)]:
        root.removeHandler(handler)
        handler.close()
    handler = logging.StreamHandler(stream if stream is not None else sys.stderr)
    handler.setFormatter(logging.Formatter(FORMAT))
    handler.addFilter(Redaction())
    root.addHandler(handler)
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    return handler


def _plain(value: Any) -> Any:
    """Return a value that no formatter can draw a secret from."""
    if value is None or isinstance(value, bool | int | float):
        return value
    try:
        return redact(str(value))
    except Exception:  # noqa: BLE001 - a value that cannot be printed is not worth a failure
        return GONE


def _told(info: Any) -> str:
    """Return a traceback as text, without locals."""
    if not isinstance(info, tuple):
        info = sys.exc_info()
    try:
        return "".join(traceback.format_exception(*info)).rstrip("\n")
    except Exception as error:  # noqa: BLE001 - an exception that cannot be printed
        return f"(traceback not formatted: {type(error).__name__})"


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("bcdesk").critical("uncaught", exc_info=(kind, error, trace))


def _uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
        name = args.thread.name if args.thread else "?"
        trace = (args.exc_type, args.exc_value, args.exc_traceback)
        logging.getLogger("bcdesk").critical("uncaught in thread %s", name, exc_info=trace)
