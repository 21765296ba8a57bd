"""What the management API answers about the steps of flows (`bcdesk.contract.flow_rows`)."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from bcdesk.contract.flow_rules import EFFECTS, RULES
from bcdesk.contract.wire.base import Wire

Endpoint = Literal["authorize", "sign_in", "consent", "par", "token", "introspect", "revoke", "userinfo", "api"]


class RuleTrace(Wire):
    """One rule that was applied. What a section compares stands in ``expected`` and ``got``, unless it is secret."""

    id: Annotated[str, Field(json_schema_extra={"examples": sorted(RULES)})]
    source: str
    verdict: Literal["passed", "failed", "advice"]
    reason: str
    expected: str
    got: str
    position: int | None


class HopTrace(Wire):
    """One request of a flow as the server saw it; ids grow. ``run`` is base64url(SHA-256(state)), without padding."""

    id: str
    at: AwareDatetime
    endpoint: Endpoint
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
    rules: list[RuleTrace]
    effects: Annotated[list[str], Field(json_schema_extra={"examples": [list(EFFECTS)]})]


class HopList(Wire):
    """The hops of the last hour that were asked for, oldest first."""

    items: list[HopTrace]
    as_of: AwareDatetime
