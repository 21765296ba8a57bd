"""The data folder that all rounds share, its ledger, and the headless desk and the server that work on it."""

import random
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from tests.e2e.kill.child import Child
from tests.e2e.kill.facts import Disk
from tests.e2e.kill.ledger import Known, Ledger, demand
from tests.e2e.kill.proxy import Proxy

SCOPES = ["beats.read"]


class Studio:
    """The data folder with its ledger, and the two processes that work on it."""

    def __init__(self, data: Path, dice: random.Random) -> None:
        self.disk, self.ledger, self.dice = Disk(data), Ledger(), dice
        self.logs = data.parent / "logs"
        self.logs.mkdir(exist_ok=True)
        self.server: Child | None = None
        self.desk: Child | None = None
        self.proxy: Proxy | None = None
        self.base_url, self._token = "", ""
        self.usual = 0.15
        """Seconds that an operation takes, as measured."""

    # ------------------------------------------------------------------ processes

    def start(self) -> None:
        """Start what does not run and connect the desk anew."""
        if self.desk is None or not self.desk.alive:
            self.desk = Child(
                ["-m", "tests.e2e.kill.desk_process", str(self.disk.desk)], self.logs / "desk", BCDESK_LOG="DEBUG"
            )
        if self.server is None or not self.server.alive:
            arguments = ["-m", "bcdesk", "serve", "--owner-token", "--exit-with-parent"]
            self.server = Child([*arguments, "--data", str(self.disk.server)], self.logs / "server")
            ready = self.server.next()
            self.base_url, self._token = ready["base_url"], ready["owner_token"]
        if self.proxy is not None:
            self.proxy.close()
        parts = urlsplit(self.base_url)
        self.proxy = Proxy(parts.hostname or "", parts.port or 0)
        self.desk.tell(do="connect", base_url=self.proxy.base_url, token=self._token)
        line = self.desk.at("connected", "failed")
        demand(line.get("vault") == "ready", f"the desk did not connect: {line}")
        self.desk.at("idle")

    def stop(self) -> None:
        """End both in order."""
        for one in (self.desk, self.server):
            if one is not None and one.alive:
                one.stop()
        if self.proxy is not None:
            self.proxy.close()
        self.desk = self.server = self.proxy = None

    def warm_up(self) -> None:
        """Make a few keys without any kill."""
        self.start()
        assert self.desk is not None
        for number in range(3):
            name = f"start-{number:03}"
            mark = len(self.desk.told)
            self.desk.tell(do="create", name=name, environment="live", scopes=SCOPES)
            self.desk.at("idle")
            given = next(line for line in self.desk.told[mark:] if line.get("at") == "clipboard")
            self.ledger.keys[given["key"]] = Known(given["key"], name, "live")
            self.ledger.keys[given["key"]].give(given["version"], given["secret"], ends=False)
        self.ledger.check_secrets(self.base_url)
        self.ledger.check_disk(self.disk)

    # ------------------------------------------------------------------ choosing

    def living(self, fit: Callable[[Known], bool] = lambda _known: True) -> Known | None:
        """Draw a key that works and that is fit."""
        found = [known for known in self.ledger.keys.values() if not known.revoked and fit(known)]
        return self.dice.choice(found) if found else None
