"""The whole desk is killed at its start, while it syncs, and while keys change; each next one shows its rows."""

import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from bcdesk.store.connections import Connections
from tests.bench.plant import plant
from tests.e2e.desk_kill import digest
from tests.e2e.kill.child import Child
from tests.e2e.serving import Served, serving

KEYS = 3000
PATIENCE = 30.0
MOMENTS = ("start", "sync", "live")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills as Unix does it")


@pytest.mark.timeout(300)
def test_that_a_desk_that_was_killed_shows_its_rows_at_its_next_start(tmp_path: Path) -> None:
    killed(tmp_path, 3)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_that_twenty_kills_of_the_whole_desk_leave_a_copy_that_opens(tmp_path: Path) -> None:
    killed(tmp_path, 20)


def killed(tmp_path: Path, rounds: int) -> None:
    """Kill a desk ``rounds`` times, look at each next start, and kill that one too."""
    plant(tmp_path / "server", KEYS)
    dice, data = random.Random(rounds), tmp_path / "data"
    found: Counter[str] = Counter()
    with serving(tmp_path / "server") as served, served.client() as http:
        connections = Connections(data / "desk")
        connections.use(connections.add(name="Studio", url=served.base_url).id)
        ids = [item["id"] for item in http.get("/manage/v1/keys", params={"limit": 1000}).json()["items"]]
        for number in range(rounds):
            moment = MOMENTS[number % len(MOMENTS)]
            if number % 6 in (1, 5):  # the copy is begun anew, so that the kill meets the first sync
                for file in (data / "desk" / "cache").glob("*"):
                    file.unlink()
            kill(Desk(data, served), moment, http, ids, dice)
            began = look(Desk(data, served), http)
            found[f"{moment}: {began}"] += 1
            print(f"{number + 1:>3} killed at {moment:<6} next start: {began}", flush=True)  # noqa: T201
    assert not list((data / "desk" / "cache").glob("*set-aside*"))
    assert sum(times for what, times in found.items() if what.endswith("cached")) >= rounds // 3, found


class Desk(Child):
    """A desk in a process of its own."""

    def __init__(self, data: Path, served: Served) -> None:
        """Start it, signed in at ``served``."""
        started = ["-m", "tests.e2e.desk_kill", str(data)]
        super().__init__(started, data.parent / "desk-stderr", QT_QPA_PLATFORM="offscreen")
        assert self.process.stdin is not None
        self.process.stdin.write(f"{served.ready['owner_token']}\n".encode())
        self.process.stdin.flush()

    def state(self, wanted: str) -> dict[str, Any]:
        """Wait for a state of the link."""
        return self.until(lambda line: (line.get("at"), line.get("state")) == ("state", wanted), PATIENCE)

    def end(self) -> None:
        self.kill()
        self.drain()


def kill(desk: Desk, moment: str, http: httpx.Client, ids: list[str], dice: random.Random) -> None:
    """Let it come as far as ``moment``, and kill it a little after that."""
    try:
        if moment == "sync":
            desk.at("first_request", seconds=PATIENCE)
        elif moment == "live":
            desk.state("online")
            for _ in range(dice.randrange(1, 30)):
                http.post(f"/manage/v1/keys/{dice.choice(ids)}/{dice.choice(('disable', 'enable'))}")
        else:
            change(http, ids, dice)
        time.sleep(dice.uniform(0.0, {"start": 1.5, "sync": 0.8, "live": 0.3}[moment]))  # not a condition: the moment
        assert desk.alive, "it ended by itself"
    finally:
        desk.end()


def change(http: httpx.Client, ids: list[str], dice: random.Random) -> None:
    """Let something have changed that the next desk has to hear of."""
    assert http.post(f"/manage/v1/keys/{dice.choice(ids)}/{dice.choice(('disable', 'enable'))}").status_code in (
        200,
        409,
    )


def look(desk: Desk, http: httpx.Client) -> str:
    """Start the next desk, see that it shows rows without a complaint, and return how it began."""
    try:
        desk.state("online")
        states = [line["state"] for line in desk.told if line.get("at") == "state"]
        if "cached" in states:
            first = next(line for line in desk.told if line.get("state") == "cached")
            assert (first["rows"], first["requests"]) == (KEYS, 0)
        wanted = everything(http)
        end = time.monotonic() + PATIENCE
        while (told := asked(desk))["digest"] != wanted:
            assert time.monotonic() < end, f"{told['rows']} rows, and not those of the server"
        shown = [(line["dialogs"], line["problem"]) for line in desk.told if line.get("at") == "shows"]
        assert set(map(str, shown)) == {"([], '')"}, shown
        return "cached" if "cached" in states else "empty"
    finally:
        desk.end()


def asked(desk: Desk) -> dict[str, Any]:
    desk.tell(do="digest")
    return desk.at("digest", seconds=PATIENCE)


def everything(http: httpx.Client) -> str:
    """Return the digest of all rows of the server."""
    rows: list[tuple[str, int]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = http.get("/manage/v1/keys", params={"limit": 1000, **({"cursor": cursor} if cursor else {})}).json()
        rows += [(item["id"], item["revision"]) for item in page["items"]]
        cursor = page["next_cursor"]
    return digest(rows)
