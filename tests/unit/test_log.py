"""Fifty secrets go through every way into the log; none comes out, and without the filter all do."""

import io
import logging
import secrets
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable

import pytest

from bcdesk import log
from bcdesk.contract import key_format

Log = Callable[[logging.Logger, str], None]


def draw_canaries() -> list[str]:
    """Draw 50 secrets: keys of both environments, tokens of each kind, Idempotency-Keys."""
    keys = [key_format.generate(environment) for environment in ("live", "sandbox") for _ in range(10)]
    tokens = [f"{prefix}{secrets.token_urlsafe(32)}" for prefix in ("bct_", "bcr_", "bcs_") for _ in range(7)]
    return keys + tokens + [secrets.token_urlsafe(32) for _ in range(9)]


CANARIES = draw_canaries()


class Odd:
    """Prints a secret as its representation."""

    def __init__(self, secret: str) -> None:
        self.secret = secret

    def __repr__(self) -> str:
        return f"<Odd {self.secret}>"


def raises(secret: str) -> None:
    raise ValueError(f"cannot use {secret}", {"token": secret})


def chained(logger: logging.Logger, secret: str) -> None:
    try:
        try:
            raises(secret)
        except ValueError as error:
            raise RuntimeError(secret) from error
    except RuntimeError:
        logger.exception("failed with %r", Odd(secret))


def caught(logger: logging.Logger, secret: str) -> None:
    try:
        raises(secret)
    except ValueError as error:
        logger.warning("%s", error, exc_info=error)


WAYS: dict[str, Log] = {
    "message": lambda logger, secret: logger.info("made " + secret),  # noqa: G003
    "argument": lambda logger, secret: logger.info("made %s", secret),
    "repr of an argument": lambda logger, secret: logger.info("made %r", [Odd(secret)]),
    "named argument": lambda logger, secret: logger.info("%(token)s", {"token": secret}),
    "split over arguments": lambda logger, secret: logger.info("%s%s", secret[:20], secret[20:]),
    "wrong format": lambda logger, secret: logger.info("%d", secret),
    "too many arguments": lambda logger, secret: logger.info("nothing", secret),  # noqa: PLE1205
    "extra": lambda logger, secret: logger.info("with more", extra={"token": secret}),
    "extra object": lambda logger, secret: logger.info("with more", extra={"token": Odd(secret)}),
    "exception": chained,
    "exception given": caught,
    "stack": lambda logger, secret: logger.info(secret, stack_info=True),
    "message object": lambda logger, secret: logger.info(Odd(secret)),
    "header": lambda logger, secret: logger.info("headers: {'Authorization': 'Bearer %s'}", secret),
    "header pair": lambda logger, secret: logger.info("(b'authorization', b'Bearer %s')", secret),
    "idempotency key": lambda logger, secret: logger.info("Idempotency-Key: %s", secret),
    "url": lambda logger, secret: logger.info("GET http://127.0.0.1:8/x?token=%s&b=1 HTTP/1.1", secret),
    "path": lambda logger, secret: logger.info('"GET /manage/v1/keys?q=%s HTTP/1.1"', secret),
    "critical of another library": lambda logger, secret: logging.getLogger("httpx").critical("?%s", secret),
}


def written(way: Log, secret: str, *, filtered: bool = True) -> str:
    stream = io.StringIO()
    handler = log.setup("DEBUG", stream)
    handler.setFormatter(logging.Formatter(log.FORMAT + " %(token)s", defaults={"token": ""}))
    if not filtered:
        handler.filters.clear()
    root = logging.getLogger()
    others, root.handlers = root.handlers, [handler]  # pytest's own would trip over a wrong format
    try:
        way(logging.getLogger("bcdesk.canary"), secret)
    finally:
        root.handlers = [one for one in others if one is not handler]
    return stream.getvalue()


@pytest.mark.parametrize("name", WAYS)
def test_that_no_secret_comes_out_of_the_log(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    lines = [written(WAYS[name], secret) for secret in CANARIES]
    out, err = capfd.readouterr()
    for secret, line in zip(CANARIES, lines, strict=True):
        assert line, "something was written"
        for text in (line, out, err):
            assert secret not in text
            assert secret[12:40] not in text


@pytest.mark.parametrize("name", WAYS.keys() - {"wrong format", "too many arguments"})
def test_that_every_way_carries_the_secret_without_the_filter(name: str) -> None:
    for secret in CANARIES:
        assert secret in written(WAYS[name], secret, filtered=False)


def test_that_a_filtered_record_stays_filtered_for_later_handlers() -> None:
    later = logging.StreamHandler(io.StringIO())
    log.setup("INFO", io.StringIO())
    logging.getLogger().addHandler(later)
    WAYS["exception"](logging.getLogger("bcdesk.canary"), CANARIES[0])
    assert "RuntimeError" in later.stream.getvalue()
    assert CANARIES[0] not in later.stream.getvalue()


def test_that_a_warning_goes_through_the_filter() -> None:
    stream = io.StringIO()
    log.setup("INFO", stream)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn(f"about {CANARIES[0]}", stacklevel=1)
    assert "UserWarning" in stream.getvalue()
    assert CANARIES[0] not in stream.getvalue()


def test_that_an_uncaught_exception_of_a_thread_goes_through_the_filter() -> None:
    stream = io.StringIO()
    log.setup("INFO", stream)
    thread = threading.Thread(target=raises, args=(CANARIES[0],))
    hook = threading.excepthook
    thread.start()
    thread.join()
    assert hook is threading.excepthook
    assert "ValueError" in stream.getvalue()
    assert CANARIES[0] not in stream.getvalue()


def test_that_an_uncaught_exception_of_the_process_goes_through_the_filter() -> None:
    program = "import sys\nfrom bcdesk import log\nlog.setup()\nsecret = sys.stdin.read()\nraise ValueError(secret)"
    done = subprocess.run(
        [sys.executable, "-c", program], input=CANARIES[0], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "ValueError: bca_live_[redacted]" in done.stderr
    assert CANARIES[0] not in done.stdout + done.stderr


@pytest.mark.parametrize(
    "text",
    [
        "a key bca_live_*************a4f2 was revoked",
        "key_01GZNWH1G0A0PDNXXYEST2Z8XH ver_01GZNWH1G00AVHQEJD0SR8B9RJ req_01M85VNR4N9YGBG7H8NM3J8PCX",
        "tests/unit/test_log.py::test_that_a_key_under_rotation_shows_what_its_old_version_still_does",
        "the bearer was refused; is this the right server?",
        "GET http://127.0.0.1:40597/manage/v1/keys 200",
        "2026-11-24 03:53:33,905 INFO uvicorn.error: Started server process [1323]",
        "prefix bca_live_ and bca_test_",
    ],
)
def test_that_what_is_no_secret_stays_readable(text: str) -> None:
    assert log.redact(text) == text


def test_that_setting_up_twice_writes_once() -> None:
    first, second = io.StringIO(), io.StringIO()
    log.setup("INFO", first)
    log.setup("INFO", second)
    logging.getLogger("bcdesk").info("once")
    assert first.getvalue() == ""
    assert second.getvalue().count("once") == 1
