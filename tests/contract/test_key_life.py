"""The life of keys as a state machine: whatever is done in whatever order, the contract's promises hold."""

from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import multiple, rule

from bcdesk.contract import wire
from bcdesk.contract.moments import format_moment
from tests.contract.life import SHORT, Handed, Life
from tests.contract.support import KEY


class KeyLife(Life):
    """Members do what the management API offers, keys are used, and time passes."""

    rows = "keys"
    page = wire.KeyPage
    of_the_clock = ("status", "rotation", "versions", "masked")

    def __init__(self) -> None:
        super().__init__()
        self.leaked: set[str] = set()

    @rule(target=Life.handovers, expires=st.booleans())
    def create(self, expires: bool) -> Any:
        found = self.made("keys", {**KEY, "expires_at": format_moment(self.clock() + 200_000) if expires else None})
        return (found["key"]["id"], found["handover"]["id"], found["secret"])

    @rule(
        target=Life.handovers,
        one=Life.handovers,
        starts=st.sampled_from(["first_use", "now"]),
        overlap=st.sampled_from([0, 60]),
    )
    def rotate(self, one: Handed, starts: str, overlap: int) -> Any:
        found = self.made(f"keys/{one[0]}/rotate", {"starts": starts, "overlap_seconds": overlap})
        return (one[0], found["handover"]["id"], found["secret"]) if found else multiple()

    @rule(target=Life.handovers, one=Life.handovers, index=st.integers(0, 3))
    def replace(self, one: Handed, index: int) -> Any:
        key = self.mirror.get(one[0])
        if key is None:
            return multiple()
        version = key["versions"][index % len(key["versions"])]["id"]
        found = self.made(f"keys/{one[0]}/rotate", {"replaces_version": version})
        return (one[0], found["handover"]["id"], found["secret"]) if found else multiple()

    @rule(one=Life.handovers, compromised=st.booleans())
    def revoke(self, one: Handed, compromised: bool) -> None:
        if self.act(f"keys/{one[0]}/revoke", {"compromised": compromised}) == 200 and compromised:
            self.leaked.add(one[0])

    @rule(one=Life.handovers, verb=st.sampled_from(["restore", "disable", "enable", "restore"]))
    def turn(self, one: Handed, verb: str) -> None:
        status = self.act(f"keys/{one[0]}/{verb}")
        assert not (verb == "restore" and status == 200 and one[0] in self.leaked)

    @rule(one=Life.handovers, index=st.integers(0, 3), verb=st.sampled_from(["retire", "extend"]))
    def end_version(self, one: Handed, index: int, verb: str) -> None:
        key = self.mirror.get(one[0])
        if key is not None:
            version = key["versions"][index % len(key["versions"])]["id"]
            self.act(f"keys/{one[0]}/versions/{version}/{verb}",
                     {"retires_at": format_moment(self.clock() + 5000)} if verb == "extend" else None)  # fmt: skip

    def opens(self, one: Handed) -> int:
        status = self.run(self.api.use(one[2]))
        assert not (status == 200 and one[0] in self.leaked)
        return status

    def check(self, row: dict[str, Any]) -> None:
        states = [version["state"] for version in row["versions"]]
        assert sum(state in ("pending", "current", "retiring") for state in states) <= 2
        assert states.count("current") <= 1
        assert (row["rotation"] is not None) <= (row["status"] in ("active", "disabled"))
        assert not (row["id"] in self.leaked and row["status"] != "revoked")
        if row["rotation"]:
            assert {row["rotation"]["old_version"], row["rotation"]["new_version"]} <= {
                version["id"] for version in row["versions"]
            }


KeyLife.TestCase.settings = SHORT
TestKeyLife = pytest.mark.timeout(300)(KeyLife.TestCase)
