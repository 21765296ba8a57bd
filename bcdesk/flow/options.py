"""The options of ``bcdesk flow``, and the set-up of the run that they ask for."""

import argparse
import os
from argparse import ArgumentTypeError
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from bcdesk.flow.values import AUTH_METHODS, PKCE_METHODS, SECONDS, THEN, Setup, TlsProfile

BROWSERS: Final = ("system", "embedded", "print")
TIMEOUT_MAX: Final = 3600.0


class UsageError(Exception):
    """Options that do not go together; the text says which."""


class Asked(NamedTuple):
    """What the command line asks for: the run, and the name of the variable that holds its client secret."""

    setup: Setup
    secret_variable: str | None


def add_options(verb: argparse.ArgumentParser) -> None:
    """Add the options of the verb to its parser."""
    verb.add_argument("--issuer", required=True, metavar="URL", help="the authorization server's issuer identifier")
    verb.add_argument("--client-id", required=True, metavar="ID", help="the client, as it is registered")
    verb.add_argument(
        "--client-secret-env", metavar="NAME", help="the environment variable that holds the client secret"
    )
    verb.add_argument(
        "--redirect-uri",
        required=True,
        metavar="URI",
        type=_text,
        help="sent as it is; port 0 of a loopback address takes a free one",
    )
    verb.add_argument(
        "--scope", action="append", default=[], metavar="SCOPES", help="what to ask for, parted by spaces"
    )
    verb.add_argument("--pkce", default="S256", choices=PKCE_METHODS, help="the code challenge method (%(default)s)")
    verb.add_argument(
        "--browser",
        default="system",
        choices=BROWSERS,
        help="who opens the authorization page; print leaves it to whoever reads the output (%(default)s)",
    )
    verb.add_argument(
        "--auth-method",
        choices=AUTH_METHODS,
        help="how the client authenticates (client_secret_basic where it has a secret, else none)",
    )
    verb.add_argument(
        "--then", default=(), type=_then, metavar="STEPS", help=f"what follows the token: {','.join(THEN)}"
    )
    verb.add_argument("--api", metavar="URL", help="what the step call gets with the access token")
    verb.add_argument(
        "--param",
        action="append",
        default=[],
        type=_pair,
        metavar="NAME=VALUE",
        help="a further parameter of the authorization request; may be given again",
    )
    verb.add_argument("--ca-bundle", type=_file, metavar="FILE", help="certificates to trust (PEM)")
    verb.add_argument("--client-cert", type=_file, metavar="FILE", help="a client certificate (PEM)")
    verb.add_argument("--client-key", type=_file, metavar="FILE", help="the client certificate's key (PEM)")
    verb.add_argument("--proxy", metavar="URL", help="a proxy, as http://host:port")
    verb.add_argument(
        "--timeout",
        default=SECONDS,
        type=_seconds,
        metavar="SECONDS",
        help="how long the browser may take (%(default)g)",
    )
    verb.add_argument("--json", action="store_true", help="answer as JSON lines; print implies it")


def asked(options: argparse.Namespace, environment: Mapping[str, str] = os.environ) -> Asked:
    """Return what ``options`` ask for; raise `UsageError` where they do not go together."""
    variable: str | None = options.client_secret_env
    method = options.auth_method or ("none" if variable is None else "client_secret_basic")
    if variable is not None and not environment.get(variable):
        raise UsageError(
            "--client-secret-env: there is no such variable, or it is empty"
        )  # it may be the secret itself
    if variable is None and method != "none":
        raise UsageError(f"--auth-method {method} needs --client-secret-env")
    if variable is not None and method == "none":
        raise UsageError("--auth-method none sends no secret: leave --client-secret-env out")
    if ("call" in options.then) != (options.api is not None):
        raise UsageError("--then call and --api URL belong together")
    if (options.client_cert is None) != (options.client_key is None):
        raise UsageError("--client-cert and --client-key belong together")
    setup = Setup(
        issuer=options.issuer,
        client_id=options.client_id,
        redirect_uri=options.redirect_uri,
        scopes=tuple(dict.fromkeys(" ".join(options.scope).split())),
        auth_method=method,
        pkce=options.pkce,
        params=tuple(options.param),
        then=options.then,
        api_url=options.api,
        timeout=options.timeout,
        tls=TlsProfile(options.ca_bundle, options.client_cert, options.client_key, options.proxy),
    )
    return Asked(setup, variable)


def _text(text: str) -> str:
    if not text or not text.isprintable() or any(character.isspace() for character in text):
        raise ArgumentTypeError("it is empty, or holds a space or a control character")
    return text


def _then(text: str) -> tuple[str, ...]:
    steps = tuple(text.split(","))
    for step in steps:
        if step not in THEN:
            raise ArgumentTypeError(f"invalid step: {step!r} (choose from {', '.join(THEN)})")
    return steps


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not name or not sign:
        raise ArgumentTypeError(f"{name!r} is not NAME=VALUE")
    return name, value


def _file(text: str) -> Path:
    path = Path(text)
    try:
        with path.open("rb"):
            return path
    except OSError as error:
        raise ArgumentTypeError(f"{text}: {error.strerror}") from None


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a number") from None
    if not 0 < seconds <= TIMEOUT_MAX:
        raise ArgumentTypeError(f"it must lie above 0 and not above {TIMEOUT_MAX:g}")
    return seconds
