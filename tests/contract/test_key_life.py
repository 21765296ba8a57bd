"""The life of keys as a state machine: whatever is done in whatever order, the contract's promises hold."""

import asyncio
import secrets
import shutil
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from bcdesk.contract import wire
from bcdesk.contract.moments import format_moment
from tests.contract.support import KEY, Api, Clock, open_state, seed_members

T = TypeVar("T")
SPANS = st.sampled_from([1, 59, 61, 3599, 3601, 86_399, 86_401])


class KeyLife(RuleBasedStateMachine):
    """Members do what the management API offers, keys are used, and time passes."""

    handovers = Bundle("handovers")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="key-life-"))
        self.clock = Clock()
        self.state = open_state(self.folder, self.clock)
        self.runner = asyncio.Runner()
        self.api = Api(self.state, self.clock, seed_members(self.state))
        self.mirror: dict[str, dict[str, Any]] = {}
        self.since = ""
        self.leaked: set[str] = set()
        self.dead: set[str] = set()
        self.of_handover: dict[str, tuple[str, str, Any, str]] = {}

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def teardown(self) -> None:
        with self.state.database.read() as connection:
            assert self.state.audit.verify(connection, self.state.audit.head()) is None
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        self.run(self.api.close())
        self.runner.close()
        self.state.database.close()
        shutil.rmtree(self.folder)

    @initialize()
    def begin(self) -> None:
        self.since = self.run(self.api.viewer.get("/manage/v1/keys")).json()["since"]

    def made(self, path: str, body: dict[str, Any]) -> Any:
        key = secrets.token_urlsafe(32)
        reply = self.run(self.api.manager.secret_post(path, body, key=key))
        assert reply.status_code in (201, 404, 409), reply.text
        if reply.status_code != 201:
            return None
        found = reply.json()
        self.of_handover[found["handover"]["id"]] = (key, path, body, reply.text)
        return found

    @rule(target=handovers, expires=st.booleans())
    def create(self, expires: bool) -> Any:
        found = self.made(
            "/manage/v1/keys", {**KEY, "expires_at": format_moment(self.clock() + 200_000) if expires else None}
        )
        return (found["key"]["id"], found["handover"]["id"], found["secret"])

    @rule(
        target=handovers, one=handovers, starts=st.sampled_from(["first_use", "now"]), overlap=st.sampled_from([0, 60])
    )
    def rotate(self, one: tuple[str, str, str], starts: str, overlap: int) -> Any:
        found = self.made(f"/manage/v1/keys/{one[0]}/rotate", {"starts": starts, "overlap_seconds": overlap})
        return (one[0], found["handover"]["id"], found["secret"]) if found else multiple()

    @rule(target=handovers, one=handovers, index=st.integers(0, 3))
    def replace(self, one: tuple[str, str, str], index: int) -> Any:
        key = self.mirror.get(one[0])
        if key is None:
            return multiple()
        version = key["versions"][index % len(key["versions"])]["id"]
        found = self.made(f"/manage/v1/keys/{one[0]}/rotate", {"replaces_version": version})
        return (one[0], found["handover"]["id"], found["secret"]) if found else multiple()

    def act(self, path: str, body: object = None) -> int:
        reply = self.run(self.api.manager.post(f"/manage/v1/{path}", body))
        assert reply.status_code in (200, 404, 409, 422), reply.text
        return reply.status_code

    @rule(one=handovers, verb=st.sampled_from(["ack", "discard"]))
    def end(self, one: tuple[str, str, str], verb: str) -> None:
        before = self.run(self.api.use(one[2])) if verb == "discard" and one[2] in self.dead else None
        status = self.act(f"handovers/{one[1]}/{verb}", {"how": "copy"} if verb == "ack" else None)
        assert before in (None, 401)
        if verb == "discard" and status == 200:
            self.dead.add(one[2])

    @rule(one=handovers)
    def replay(self, one: tuple[str, str, str]) -> None:
        key, path, body, text = self.of_handover[one[1]]
        reply = self.run(self.api.manager.secret_post(path, body, key=key))
        assert (reply.status_code, reply.text) == (201, text) or reply.json()["code"] == "handover_ended"

    @rule(one=handovers, compromised=st.booleans())
    def revoke(self, one: tuple[str, str, str], compromised: bool) -> None:
        if self.act(f"keys/{one[0]}/revoke", {"compromised": compromised}) == 200 and compromised:
            self.leaked.add(one[0])

    @rule(one=handovers, verb=st.sampled_from(["restore", "disable", "enable", "restore"]))
    def turn(self, one: tuple[str, str, str], verb: str) -> None:
        status = self.act(f"keys/{one[0]}/{verb}")
        assert not (verb == "restore" and status == 200 and one[0] in self.leaked)

    @rule(one=handovers, index=st.integers(0, 3), verb=st.sampled_from(["retire", "extend"]))
    def end_version(self, one: tuple[str, str, str], index: int, verb: str) -> None:
        key = self.mirror.get(one[0])
        if key is not None:
            version = key["versions"][index % len(key["versions"])]["id"]
            self.act(f"keys/{one[0]}/versions/{version}/{verb}",
                     {"retires_at": format_moment(self.clock() + 5000)} if verb == "extend" else None)  # fmt: skip

    @rule(one=handovers)
    def use(self, one: tuple[str, str, str]) -> None:
        status = self.run(self.api.use(one[2]))
        assert status in (200, 401, 429)
        assert not (status == 200 and (one[0] in self.leaked or one[2] in self.dead))

    @rule(seconds=SPANS)
    def wait(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @invariant()
    def follow(self) -> None:
        """Follow the changes and compare with the whole list: no change is ever missed."""
        if not self.since:
            return
        told = self.run(self.api.viewer.get(f"/manage/v1/keys?since={self.since}")).json()
        for item in told["items"]:
            if "deleted_at" in item:
                self.mirror.pop(item["id"], None)
            else:
                self.mirror[item["id"]] = item
        self.since = told["since"]
        reply = self.run(self.api.viewer.get("/manage/v1/keys?limit=1000"))
        wire.KeyPage.model_validate_json(reply.content)
        listed = {item["id"]: item for item in reply.json()["items"]}
        assert listed.keys() == self.mirror.keys()
        for key_id, key in listed.items():
            derived = ("status", "rotation", "versions", "masked")  # these move with the clock alone
            assert {**self.mirror[key_id], **{name: key[name] for name in derived}} == key
            self.mirror[key_id] = key
            states = [version["state"] for version in key["versions"]]
            assert sum(state in ("pending", "current", "retiring") for state in states) <= 2
            assert states.count("current") <= 1
            assert (key["rotation"] is not None) <= (key["status"] in ("active", "disabled"))
            assert not (key["id"] in self.leaked and key["status"] != "revoked")
            if key["rotation"]:
                assert {key["rotation"]["old_version"], key["rotation"]["new_version"]} <= {
                    version["id"] for version in key["versions"]
                }


KeyLife.TestCase.settings = settings(
    max_examples=12, stateful_step_count=25, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
TestKeyLife = pytest.mark.timeout(300)(KeyLife.TestCase)
