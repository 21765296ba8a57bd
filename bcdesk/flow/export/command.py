"""A set-up as the ``bcdesk flow`` command that runs it again."""

from collections.abc import Iterator
from typing import Final

from bcdesk.contract.redirects import parts_of
from bcdesk.flow.export.shell import VARIABLES, word
from bcdesk.flow.redact import DOTS, Redactor
from bcdesk.flow.trace import Hidden, Value
from bcdesk.flow.values import Setup

_USUAL: Final = Setup("", "", "")
_HOSTS: Final = ("127.0.0.1", "[::1]", "localhost")


def command(setup: Setup, *, browser: str = "") -> str:
    """Return the command for a POSIX shell; the client secret is that of ``$BC_CLIENT_SECRET``.

    Without ``browser`` it is the system's where a listener can take the answer, else the embedded one. What cannot
    be said on a command line is left out: endpoints that were typed in, and a verifier or state in place of the
    run's own.
    """
    chosen = browser or ("system" if is_listenable(setup.redirect_uri) else "embedded")
    return " \\\n  ".join(["bcdesk flow", *_options(setup, chosen)])


def is_listenable(uri: str) -> bool:
    """Tell whether a listener on this machine can take what is sent to ``uri``."""
    parts = parts_of(uri)
    return parts is not None and parts.scheme == "http" and parts.host in _HOSTS and parts.userinfo is None


def has_open_port(uri: str) -> bool:
    """Tell whether ``uri`` leaves the choice of a port to whoever listens."""
    parts = parts_of(uri)
    return parts is not None and parts.port in (None, "0")


def _options(setup: Setup, browser: str) -> Iterator[str]:
    usual_method = "none"
    yield _option("issuer", setup.issuer)
    yield _option("client-id", setup.client_id)
    if setup.auth_method != "none":
        usual_method = "client_secret_basic"
        yield _option("client-secret-env", VARIABLES["client_secret"])
    if setup.auth_method != usual_method:
        yield _option("auth-method", setup.auth_method)
    yield _option("redirect-uri", setup.redirect_uri)
    if setup.scopes:
        yield _option("scope", " ".join(setup.scopes))
    if setup.pkce != _USUAL.pkce:
        yield _option("pkce", setup.pkce)
    if browser != "system":
        yield _option("browser", browser)
    for name, value in setup.params:
        yield _option("param", f"{name}=", value if Redactor().value(name, value) == value else Hidden(name, 0, ""))
    if setup.then:
        yield _option("then", ",".join(setup.then))
    if setup.api_url is not None and "call" in setup.then:
        yield _option("api", _address("api_url", setup.api_url))
    tls = setup.tls
    files = {"ca-bundle": tls.ca_bundle, "client-cert": tls.client_certificate, "client-key": tls.client_key}
    for name, path in files.items():
        if path is not None:
            yield _option(name, str(path))
    if tls.proxy is not None:
        yield _option("proxy", _address("proxy", tls.proxy))
    if setup.timeout != _USUAL.timeout:
        yield _option("timeout", repr(setup.timeout).removesuffix(".0"))


def _address(name: str, url: str) -> Value:
    """Return ``url``, or a variable in its place where there is a password or token in it."""
    return Hidden(name, 0, "") if DOTS in Redactor().address(url) else url


def _option(name: str, *value: Value) -> str:
    sign = "=" if str(value[0]).startswith("-") or value == ("",) else " "  # or it would read as another option
    return f"--{name}{sign}{word(*value)}"
