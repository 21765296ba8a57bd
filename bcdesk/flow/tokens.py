"""The tokens of a run, and what an ID token says: decoded without trust, or checked against the server's keys."""

import base64
import hashlib
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bcdesk.flow.callback import same
from bcdesk.flow.failures import FlowError, Reason
from bcdesk.flow.held import Held
from bcdesk.flow.reply import NotJsonError, read_object

if TYPE_CHECKING:
    from joserfc.jwk import Key

    from bcdesk.flow.recorder import Recorder
    from bcdesk.flow.values import ServerFacts
    from bcdesk.flow.wire import Wire

ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "Ed25519",
)
"""By the server's published keys; HS256 to HS512 only by the client's own secret, and none never."""
SHARED: Final = ("HS256", "HS384", "HS512")
LEEWAY: Final = 60.0
"""Seconds that the server's clock may be ahead or behind."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a token endpoint gave; ``scopes`` are those that were granted."""

    access: Held
    refresh: Held | None
    id_token: Held | None
    token_type: str
    scopes: tuple[str, ...]
    expires_at: float | None
    received_at: float


class Decoded(NamedTuple):
    """The header and claims of a JWT, without its signature; that they could be read says nothing of who wrote them."""

    header: dict[str, Any]
    claims: dict[str, Any]


def decode_jwt(text: str) -> Decoded:
    """Read a signed JWT without checking it; raise ValueError where it is none."""
    parts = text.split(".")
    read = _read(parts) if len(parts) == 3 else None
    if read is None:
        raise ValueError("no JWT")
    return read


def _read(parts: list[str]) -> Decoded | None:
    try:
        return Decoded(read_object(_decoded(parts[0])), read_object(_decoded(parts[1])))
    except (NotJsonError, ValueError):  # binascii.Error is a ValueError
        return None


async def verify(
    id_token: Held,
    *,
    wire: "Wire",
    recorder: "Recorder",
    facts: "ServerFacts",
    client_id: str,
    now: float,
    nonce: str | None = None,
    access_token: Held | None = None,
    secret: Held | None = None,
) -> Decoded:
    """Check an ID token's signature and claims (OpenID Connect Core §3.1.3.7); raise TOKEN_GARBLED with ``why``."""
    try:
        algorithm = decode_jwt(id_token.show()).header.get("alg")
    except ValueError:
        algorithm = None
    if not isinstance(algorithm, str):
        raise _garbled("not_jwt")
    if algorithm in SHARED and secret is not None:
        keys: list[Key] = [_shared_key(secret)]
    elif algorithm in ALGORITHMS:
        keys = await fetch_keys(wire, recorder, facts)
    else:
        raise _garbled("algorithm", algorithm=algorithm[:40])
    decoded = _signed(id_token, keys, algorithm)
    _judge(decoded.claims, facts.issuer, client_id, now, nonce)
    at_hash = decoded.claims.get("at_hash")
    if at_hash is not None and access_token is not None and at_hash != _half_hash(access_token.show(), algorithm):
        raise _garbled("at_hash")
    return decoded


async def fetch_keys(wire: "Wire", recorder: "Recorder", facts: "ServerFacts") -> "list[Key]":
    """Return the server's published keys (RFC 7517 §5), those of a kind that is not known left out."""
    if not facts.jwks_uri:
        raise _garbled("no_keys")
    hop, got = await recorder.ask(wire, "keys", "GET", facts.jwks_uri)
    try:
        keys = _keys_of(got.content) if got.status == 200 else []
        if not keys:
            raise _garbled("no_keys", status=str(got.status))
    except FlowError as error:
        recorder.failed(hop, error)
        raise
    recorder.end(hop, ok=True, keys=str(len(keys)))
    return keys


def _keys_of(content: bytes) -> "list[Key]":
    from joserfc.errors import JoseError
    from joserfc.jwk import JWKRegistry

    try:
        listed = read_object(content).get("keys")
    except NotJsonError:
        return []
    keys = []
    for data in listed if isinstance(listed, list) else []:
        if not isinstance(data, dict) or data.get("kty") not in ("RSA", "EC", "OKP") or data.get("use") == "enc":
            continue
        try:
            keys.append(JWKRegistry.import_key(data))
        except (JoseError, ValueError, TypeError, KeyError):
            continue
    return keys


def _shared_key(secret: Held) -> "Key":
    from joserfc.jwk import OctKey

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return OctKey.import_key(secret.show().encode("utf-8", "surrogatepass"))


def _signed(id_token: Held, keys: "list[Key]", algorithm: str) -> Decoded:
    """Return what one of the keys signed; with a ``kid``, only the key of that name is asked."""
    from joserfc import jwt
    from joserfc.errors import JoseError

    named = decode_jwt(id_token.show()).header.get("kid")
    fitting = [key for key in keys if named is None or key.get("kid") in (None, named)]
    if not fitting:
        raise _garbled("unknown_key", kid=str(named)[:100])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a weak key or algorithm: the server chose it, not we
        for key in fitting:
            try:
                token = jwt.decode(id_token.show(), key, algorithms=[algorithm])
            except (JoseError, ValueError, TypeError):
                continue
            return Decoded(dict(token.header), dict(token.claims))
    raise _garbled("signature")


def _judge(claims: dict[str, Any], issuer: str, client_id: str, now: float, nonce: str | None) -> None:
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if claims.get("iss") != issuer:
        raise _garbled("iss", expected=issuer, got=str(claims.get("iss"))[:200])
    if client_id not in audiences or (len(audiences) > 1 and claims.get("azp") not in (None, client_id)):
        raise _garbled("aud", expected=client_id, got=str(audience)[:200])
    for name, earliest, latest in (("exp", now - LEEWAY, float("inf")), ("iat", float("-inf"), now + LEEWAY)):
        at = claims.get(name)
        if not isinstance(at, int | float) or isinstance(at, bool) or not earliest < at < latest:
            raise _garbled(name, got=str(at)[:40])
    if not isinstance(claims.get("sub"), str) or not claims["sub"]:
        raise _garbled("sub")
    if nonce is not None and not same(str(claims.get("nonce", "")), nonce):
        raise _garbled("nonce", expected=nonce, got=str(claims.get("nonce", ""))[:200])


def _half_hash(access_token: str, algorithm: str) -> str:
    """Return the left half of the token's hash (OpenID Connect Core §3.1.3.6)."""
    kind = {"384": "sha384", "512": "sha512", "DSA": "sha512", "519": "sha512"}.get(algorithm[-3:], "sha256")
    digest = hashlib.new(kind, access_token.encode("ascii", "replace")).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).decode("ascii").rstrip("=")


def _decoded(part: str) -> bytes:
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)


def _garbled(why: str, **facts: str) -> FlowError:
    return FlowError(Reason.TOKEN_GARBLED, what="id_token", why=why, **facts)
