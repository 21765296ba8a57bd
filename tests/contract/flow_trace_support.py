"""What the tests of the trace share: hops as a manager reads them."""

from typing import Any

from tests.contract.oauth_support import OAuth, TestApp


async def hops_of(oauth: OAuth, app: TestApp | None = None, **query: str) -> list[dict[str, Any]]:
    """Return the hops of an application, or of what ``query`` names, oldest first."""
    query = query or {"client_id": app.client_id if app else ""}
    (name, value), *_ = query.items()
    reply = await oauth.api.manager.get(f"/manage/v1/flow-trace?{name}={value}")
    assert reply.status_code == 200, reply.text
    items: list[dict[str, Any]] = reply.json()["items"]
    return items


def rules(hop: dict[str, Any], verdict: str) -> dict[str, dict[str, Any]]:
    """Return the rules of a hop that have a verdict, by their id."""
    return {rule["id"]: rule for rule in hop["rules"] if rule["verdict"] == verdict}


def why(hop: dict[str, Any]) -> dict[str, str]:
    """Return the reason of each rule that was not kept."""
    return {id: rule["reason"] for id, rule in rules(hop, "failed").items()}
