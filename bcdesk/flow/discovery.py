"""Finds a server's endpoints from its issuer: RFC 8414, then OpenID Discovery where the first has nothing."""

from typing import TYPE_CHECKING, Any, Final

from bcdesk.client.address import checked_address
from bcdesk.client.errors import InsecureAddress
from bcdesk.flow.failures import FlowError, Reason
from bcdesk.flow.recorder import Recorder
from bcdesk.flow.reply import NotJsonError, read_object
from bcdesk.flow.trace import Trace
from bcdesk.flow.values import ServerFacts

if TYPE_CHECKING:
    from bcdesk.flow.wire import Got, Wire

_OAUTH: Final = "/.well-known/oauth-authorization-server"
_OPENID: Final = "/.well-known/openid-configuration"


def addresses_of(issuer: str) -> tuple[str, str]:
    """Return where the metadata of ``issuer`` lies (RFC 8414 §3.1, OpenID Discovery §4)."""
    scheme, _, rest = issuer.rstrip("/").partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host}{_OAUTH}{slash}{path}", f"{scheme}://{rest}{_OPENID}"


async def discover(wire: "Wire", issuer: str, trace: Trace, *, recorder: Recorder | None = None) -> ServerFacts:
    """Return the metadata of ``issuer``, which must name itself exactly so (RFC 8414 §3.3)."""
    if "?" in issuer or "#" in issuer or "://" not in issuer:
        raise FlowError(Reason.SETUP_INVALID, what="issuer")
    recorder = recorder or Recorder(trace)
    first, second = addresses_of(issuer)
    facts = await _ask(wire, issuer, first, recorder, last=False) or await _ask(
        wire, issuer, second, recorder, last=True
    )
    assert facts is not None  # noqa: S101 - the last one raises
    return facts


async def _ask(wire: "Wire", issuer: str, address: str, recorder: Recorder, *, last: bool) -> ServerFacts | None:
    """Return the metadata at an address; None where nothing lies there and it is not the last one."""
    hop, got = await recorder.ask(wire, "discovery", "GET", address)
    try:
        if got.status != 200:
            raise FlowError(Reason.DISCOVERY_FAILED, status=str(got.status), issuer=issuer)
        facts = _read(got, issuer, address)
    except FlowError as error:
        if last or error.reason is Reason.DISCOVERY_FOREIGN_ISSUER:
            recorder.failed(hop, error)
            raise
        recorder.end(hop, ok=True, found="no")
        return None
    recorder.end(hop, ok=True, found="yes", issuer=facts.issuer)
    return facts


def _read(got: "Got", issuer: str, address: str) -> ServerFacts:
    try:
        data = read_object(got.content)
    except NotJsonError as error:
        raise FlowError(Reason.DISCOVERY_NOT_METADATA, what=error.what) from None
    named = data.get("issuer")
    if not isinstance(named, str) or not named:
        raise FlowError(Reason.DISCOVERY_NOT_METADATA, what="issuer")
    if named != issuer:
        raise FlowError(Reason.DISCOVERY_FOREIGN_ISSUER, expected=issuer, got=named[:500])
    return ServerFacts(
        issuer=named,
        authorization_endpoint=_endpoint(data, "authorization_endpoint") or "",
        token_endpoint=_endpoint(data, "token_endpoint") or "",
        revocation_endpoint=_endpoint(data, "revocation_endpoint"),
        introspection_endpoint=_endpoint(data, "introspection_endpoint"),
        userinfo_endpoint=_endpoint(data, "userinfo_endpoint"),
        registration_endpoint=_endpoint(data, "registration_endpoint"),
        pushed_authorization_request_endpoint=_endpoint(data, "pushed_authorization_request_endpoint"),
        jwks_uri=_endpoint(data, "jwks_uri"),
        scopes_supported=_texts(data, "scopes_supported"),
        code_challenge_methods_supported=_texts(data, "code_challenge_methods_supported"),
        token_endpoint_auth_methods_supported=_texts(data, "token_endpoint_auth_methods_supported"),
        iss_parameter_supported=data.get("authorization_response_iss_parameter_supported") is True,
        openid=address.endswith(_OPENID) or "id_token_signing_alg_values_supported" in data,
        source=address,
    )


def _endpoint(data: dict[str, Any], name: str) -> str | None:
    """Return an endpoint's address; two of them a code flow cannot do without."""
    value = data.get(name)
    if value is None and name not in ("authorization_endpoint", "token_endpoint"):
        return None
    if not isinstance(value, str) or not _usable(value):
        raise FlowError(Reason.DISCOVERY_NOT_METADATA, what=name)
    return value


def _usable(address: str) -> bool:
    """Tell whether an endpoint is https, or http on this machine."""
    try:
        checked_address(address.partition("?")[0])
    except InsecureAddress:
        return False
    return "#" not in address


def _texts(data: dict[str, Any], name: str) -> tuple[str, ...]:
    value = data.get(name)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
