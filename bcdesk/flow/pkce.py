"""Proof Key for Code Exchange (RFC 7636), and the state that binds a callback to its run."""

import base64
import hashlib
import secrets
from dataclasses import dataclass

from bcdesk.flow.held import Held


@dataclass(frozen=True, slots=True)
class Pkce:
    """A verifier and its challenge; both are None where the run does without (``method`` none)."""

    method: str
    verifier: Held | None
    challenge: str | None


def draw(method: str, verifier: str | None = None) -> Pkce:
    """Draw 256 random bits for ``method`` (S256, plain, none); a ``verifier`` given keeps the drawn challenge.

    So a run can show that another verifier than the one it committed to is refused.
    """
    if method == "none":
        return Pkce(method, None if verifier is None else Held(verifier), None)
    drawn = secrets.token_urlsafe(32)
    return Pkce(method, Held(drawn if verifier is None else verifier), challenge_of(drawn, method))


def challenge_of(verifier: str, method: str) -> str:
    """Return the challenge of ``verifier`` (RFC 7636 §4.2)."""
    if method == "plain":
        return verifier
    digest = hashlib.sha256(verifier.encode("utf-8", "surrogatepass")).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")


def draw_state() -> str:
    """Draw a state of 256 random bits."""
    return secrets.token_urlsafe(32)
