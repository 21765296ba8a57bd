"""What the lives of keys and of applications have in common as state machines on a real server."""

import asyncio
import secrets
import shutil
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from bcdesk.contract import wire
from tests.contract.support import Api, Clock, open_state, seed_members

T = TypeVar("T")
SPANS = st.sampled_from([1, 59, 61, 3599, 3601, 86_399, 86_401])
SHORT = settings(
    max_examples=12, stateful_step_count=25, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
Handed = tuple[str, str, str]
"""A secret that was made: the ids of its row and of its hand-over, and the secret."""


class Life(RuleBasedStateMachine):
    """Secrets are made and handed over, time passes, and whoever follows the changes knows the whole list."""

    handovers = Bundle("handovers")
    rows: ClassVar[str]
    """What lives, as its path has it."""
    page: ClassVar[type[wire.Wire]]
    of_the_clock: ClassVar[tuple[str, ...]]
    """Members of a row that move with the clock alone."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix=f"{self.rows}-life-"))
        self.clock = Clock()
        self.state = open_state(self.folder, self.clock)
        self.runner = asyncio.Runner()
        self.api = Api(self.state, self.clock, seed_members(self.state))
        self.mirror: dict[str, dict[str, Any]] = {}
        self.since = ""
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
        self.since = self.run(self.api.viewer.get(f"/manage/v1/{self.rows}")).json()["since"]

    def made(self, path: str, body: dict[str, Any]) -> Any:
        """Make a secret; None where the server says that it is not the time."""
        key = secrets.token_urlsafe(32)
        reply = self.run(self.api.manager.secret_post(f"/manage/v1/{path}", body, key=key))
        assert reply.status_code in (201, 404, 409, 422), reply.text
        if reply.status_code != 201:
            return None
        found = reply.json()
        self.of_handover[found["handover"]["id"]] = (key, f"/manage/v1/{path}", body, reply.text)
        return found

    def act(self, path: str, body: object = None, method: str = "POST") -> int:
        reply = self.run(self.api.manager.request(method, f"/manage/v1/{path}", body=body))
        assert reply.status_code in (200, 204, 404, 409, 422), reply.text
        return reply.status_code

    def opens(self, one: Handed) -> int:
        """Use a secret and return the status."""
        raise NotImplementedError

    def check(self, row: dict[str, Any]) -> None:
        """Check what holds of a row at any moment."""
        raise NotImplementedError

    @rule(one=handovers, verb=st.sampled_from(["ack", "discard"]))
    def end(self, one: Handed, verb: str) -> None:
        before = self.opens(one) if verb == "discard" and one[2] in self.dead else None
        status = self.act(f"handovers/{one[1]}/{verb}", {"how": "copy"} if verb == "ack" else None)
        assert before in (None, 401)
        if verb == "discard" and status == 200:
            self.dead.add(one[2])

    @rule(one=handovers)
    def replay(self, one: Handed) -> None:
        key, path, body, text = self.of_handover[one[1]]
        reply = self.run(self.api.manager.secret_post(path, body, key=key))
        assert (reply.status_code, reply.text) == (201, text) or reply.json()["code"] == "handover_ended"

    @rule(one=handovers)
    def use(self, one: Handed) -> None:
        status = self.opens(one)
        assert status in (200, 401, 429)
        assert not (status == 200 and one[2] in self.dead)

    @rule(seconds=SPANS)
    def wait(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @invariant()
    def follow(self) -> None:
        """Follow the changes and compare with the whole list: no change is ever missed."""
        if not self.since:
            return
        told = self.run(self.api.viewer.get(f"/manage/v1/{self.rows}?since={self.since}")).json()
        for item in told["items"]:
            if "deleted_at" in item:
                self.mirror.pop(item["id"], None)
            else:
                self.mirror[item["id"]] = item
        self.since = told["since"]
        reply = self.run(self.api.viewer.get(f"/manage/v1/{self.rows}?limit=1000"))
        self.page.model_validate_json(reply.content)
        listed = {item["id"]: item for item in reply.json()["items"]}
        assert listed.keys() == self.mirror.keys()
        for name, row in listed.items():
            assert {**self.mirror[name], **{member: row[member] for member in self.of_the_clock}} == row
            self.mirror[name] = row
            self.check(row)
