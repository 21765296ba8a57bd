"""What the authorization server tells of the steps of a flow: each hop with the rules that it applied, as light rows.

No row holds a secret: codes, verifiers, tokens and client secrets are named by what became of them, never shown.
"""

import base64
import hashlib
from typing import Final, NamedTuple

ENDPOINTS: Final = ("authorize", "sign_in", "consent", "par", "token", "introspect", "revoke", "userinfo", "api")
"""Where a hop arrived; ``sign_in`` and ``consent`` are the two pages of the authorization endpoint."""
VERDICTS: Final = ("passed", "failed", "advice")
"""``advice`` is what the server takes although RFC 9700 recommends otherwise, such as a request without a state."""
KEPT_SECONDS: Final = 3600.0


class RuleRow(NamedTuple):
    """One rule that was applied: its id and source (`bcdesk.contract.flow_rules`), its verdict, and what was compared.

    ``expected`` and ``got`` are empty where a secret would stand there; ``position`` counts characters from 0 to the
    first that differs, None where they are not compared so. ``reason`` is a code such as ``expired``.
    """

    id: str
    source: str
    verdict: str
    reason: str
    expected: str
    got: str
    position: int | None


class HopRow(NamedTuple):
    """One request of a flow as the server saw it; ``id`` is opaque and grows, ``milliseconds`` is the server's time.

    ``run`` is `run_of` the request's state, None where it had none and the hop joins no run.
    """

    id: str
    at: float
    endpoint: str
    method: str
    status: int
    error: str
    client_id: str
    app_id: str
    run: str | None
    grant_type: str
    address: str
    user_agent: str
    request_id: str
    milliseconds: float
    rules: tuple[RuleRow, ...]
    effects: tuple[str, ...]
    """What it changed: ``code_issued``, ``code_spent``, ``code_burned``, ``family_revoked``, ``tokens_issued``…"""


def run_of(state: str) -> str:
    """Return what a run is called by: base64url of the SHA-256 of its state, without padding."""
    return base64.urlsafe_b64encode(hashlib.sha256(state.encode()).digest()).decode().rstrip("=")
