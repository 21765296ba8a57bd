"""What is tested, and what one run of it asks for: as registered, or changed for this run."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Final

from bcdesk.contract.app_rules import confidential
from bcdesk.contract.redirects import is_loopback_ip, parts_of
from bcdesk.flow.values import SECONDS, Setup, TlsProfile

if TYPE_CHECKING:
    from bcdesk.contract.rows import AppRow
    from bcdesk.flow.values import ServerFacts

ISSUER: Final = "issuer"
"""The key of the target whose issuer was typed in."""
API: Final = (
    ("GET", "/v1/me", "user.profile"),
    ("GET", "/v1/beats", "beats.read"),
    ("GET", "/v1/me/subscription", "user.subscription"),
)
"""What the API that an access token opens can be asked, with the scope that it takes."""


@dataclass(frozen=True, slots=True)
class RunValues:
    """What one run asks for; the names are those of `Setup`."""

    redirect_uri: str = ""
    scopes: tuple[str, ...] = ()
    pkce: str = "S256"
    auth_method: str = "none"
    params: tuple[tuple[str, str], ...] = ()
    state: str | None = None
    verifier: str | None = None
    then: tuple[str, ...] = ()
    timeout: float = SECONDS
    tls: TlsProfile = field(default_factory=TlsProfile)

    def changed(self, registered: RunValues) -> tuple[str, ...]:
        """Name the fields that are not as ``registered``."""
        return tuple(one.name for one in fields(self) if getattr(self, one.name) != getattr(registered, one.name))


@dataclass(frozen=True, slots=True)
class Target:
    """A client of an authorization server: an application of the desk's own, or any other by its issuer."""

    key: str
    name: str
    issuer: str
    client_id: str
    redirect_uris: tuple[str, ...] = ()
    type: str = ""
    app_id: str | None = None
    registered: RunValues = RunValues()
    server: ServerFacts | None = None

    @property
    def confidential(self) -> bool:
        """Tell whether the client has a secret, as far as is known."""
        return confidential(self.type) if self.type else self.registered.auth_method != "none"

    @property
    def runs_code(self) -> bool:
        """Tell whether users sign in to it; a service calls for itself."""
        return self.type != "service"

    def setup(self, values: RunValues) -> Setup:
        """Return what the engine takes."""
        return Setup(
            issuer=self.issuer,
            client_id=self.client_id,
            server=self.server,
            app_id=self.app_id,
            **{one.name: getattr(values, one.name) for one in fields(values)},
        )


def of_app(row: AppRow, issuer: str) -> Target:
    """Take everything from the registration of an application."""
    values = RunValues(
        redirect_uri=row.redirect_uris[0] if row.redirect_uris else "",
        scopes=row.scopes,
        pkce="S256",
        auth_method=row.token_endpoint_auth_method,
    )
    return Target(row.id, row.name, issuer, row.client_id, row.redirect_uris, row.type, row.id, values)


def of_issuer(
    issuer: str, client_id: str, values: RunValues, server: ServerFacts | None = None, *, name: str = ""
) -> Target:
    """Take a client of any server, as it was typed in."""
    uris = (values.redirect_uri,) if values.redirect_uri else ()
    return Target(ISSUER, name or issuer, issuer, client_id, uris, registered=values, server=server)


def merged(old: Target, new: Target, values: RunValues) -> RunValues:
    """Keep what was changed for the run where the registration moved from ``old`` to ``new``."""
    kept = {name: getattr(values, name) for name in values.changed(old.registered)}
    return replace(new.registered, **kept)


def can_listen(uri: str) -> bool:
    """Tell whether a listener of this machine can receive a redirect to ``uri``."""
    parts = parts_of(uri)
    if is_loopback_ip(uri):
        return True
    return parts is not None and parts.scheme == "http" and parts.host == "localhost" and parts.userinfo is None


def is_https(uri: str) -> bool:
    """Tell whether ``uri`` is a page of the web, which is held before it loads."""
    parts = parts_of(uri)
    return parts is not None and parts.scheme.lower() == "https"


def host_of(uri: str) -> str:
    """Return host and port of ``uri`` as they are written, or its scheme where it has no host."""
    parts = parts_of(uri)
    if parts is None:
        return uri
    if not parts.host:
        return f"{parts.scheme}:"
    return f"{parts.host}:{parts.port}" if parts.port else parts.host
