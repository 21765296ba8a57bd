"""The life of applications as a state machine: whatever is done in whatever order, the contract's promises hold."""

import base64
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import multiple, rule

from bcdesk.contract import wire
from bcdesk.server.apps import gone
from tests.contract.life import SHORT, Handed, Life
from tests.contract.support import SERVICE

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class AppLife(Life):
    """Members do what the management API offers, clients ask for tokens, and time passes."""

    rows = "apps"
    page = wire.AppPage
    of_the_clock = ("secrets",)

    def __init__(self) -> None:
        super().__init__()
        self.client_ids: dict[str, str] = {}

    @rule(target=Life.handovers)
    def register(self) -> Any:
        found = self.made("apps", SERVICE)
        self.client_ids[found["app"]["id"]] = found["app"]["client_id"]
        return (found["app"]["id"], found["handover"]["id"], found["secret"])

    @rule(target=Life.handovers, one=Life.handovers, overlap=st.sampled_from([0, 60, 86_400]))
    def add_secret(self, one: Handed, overlap: int) -> Any:
        found = self.made(f"apps/{one[0]}/secrets", {"overlap_seconds": overlap})
        return (one[0], found["handover"]["id"], found["secret"]) if found else multiple()

    @rule(target=Life.handovers, one=Life.handovers, index=st.integers(0, 1))
    def replace(self, one: Handed, index: int) -> Any:
        secret = self.secret(one, index)
        found = self.made(f"apps/{one[0]}/secrets", {"replaces_secret": secret}) if secret else None
        return (one[0], found["handover"]["id"], found["secret"]) if found else multiple()

    @rule(one=Life.handovers, overlap=st.sampled_from([0, 60]), index=st.integers(-1, 1))
    def think_better_of_it(self, one: Handed, overlap: int, index: int) -> None:
        """Make a secret and discard it at once: all is as it was, but for a hand-over that it took the place of."""
        secret = self.secret(one, index) if index >= 0 else None
        row = self.mirror.get(one[0])
        waits = row is not None and row["handover"] is not None
        found = self.made(f"apps/{one[0]}/secrets", {"overlap_seconds": overlap, "replaces_secret": secret})
        if found is None or row is None:
            return
        self.act(f"handovers/{found['handover']['id']}/discard")
        self.dead.add(found["secret"])
        after = self.run(self.api.app_row(one[0]))
        if not (secret and waits):
            assert after["secrets"] == row["secrets"]

    @rule(one=Life.handovers, index=st.integers(0, 1))
    def delete_secret(self, one: Handed, index: int) -> None:
        secret = self.secret(one, index)
        if secret is not None and self.act(f"apps/{one[0]}/secrets/{secret}", method="DELETE") == 204:
            assert secret not in [each["id"] for each in self.run(self.api.app_row(one[0]))["secrets"]]
            assert self.run(self.api.app_row(one[0]))["secrets"]

    @rule(one=Life.handovers, verb=st.sampled_from(["disable", "enable", "restore", "restore"]))
    def turn(self, one: Handed, verb: str) -> None:
        self.act(f"apps/{one[0]}/{verb}")

    @rule(one=Life.handovers)
    def delete(self, one: Handed) -> None:
        self.act(f"apps/{one[0]}", method="DELETE")

    @rule()
    def keep_house(self) -> None:
        self.state.usage.flush()
        gone.settle(self.state, self.clock())

    def secret(self, one: Handed, index: int) -> str | None:
        row = self.mirror.get(one[0])
        found = [each["id"] for each in row["secrets"]] if row else []
        return found[index % len(found)] if found else None

    def opens(self, one: Handed) -> int:
        basic = base64.b64encode(f"{self.client_ids[one[0]]}:{one[2]}".encode()).decode()
        headers = {**FORM, "Authorization": f"Basic {basic}"}
        reply = self.run(
            self.api.nobody.request(
                "POST", "/oauth/token", raw=b"grant_type=client_credentials&scope=beats.read", headers=headers
            )
        )
        row = self.mirror.get(one[0])
        listed = row is not None and row["status"] == "active" and one[2][-4:] in {s["last4"] for s in self.now(one)}
        assert (reply.status_code == 200) == listed
        return reply.status_code

    def now(self, one: Handed) -> Any:
        return self.run(self.api.app_row(one[0]))["secrets"]

    def check(self, row: dict[str, Any]) -> None:
        assert len(row["secrets"]) <= 2
        assert [secret["expires_at"] for secret in row["secrets"]].count(None) <= 1
        assert all(member not in row for member in ("secret", "secret_hmac", "registration_token_hmac"))


AppLife.TestCase.settings = SHORT
TestAppLife = pytest.mark.timeout(300)(AppLife.TestCase)
