"""Rounds with the desk's real client, journal and actions, without a window, through a proxy that can hold back."""

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from bcdesk.store.journal import Pending
from tests.e2e.kill.child import Child, GoneError
from tests.e2e.kill.facts import KeyFacts
from tests.e2e.kill.ledger import Known, demand
from tests.e2e.kill.left import Left
from tests.e2e.kill.points import AIMS, OPS, VICTIMS, Op, Struck, Victim, choose_aim, drawn
from tests.e2e.kill.proxy import Hold, Stage
from tests.e2e.kill.studio import SCOPES, Studio
from tests.e2e.kill.watch import CREATE, DELETE, MODIFY, MOVED_TO, Watch


class Round:
    """One operation, one kill, one recovery, and every check after it."""

    def __init__(self, studio: Studio, number: int, *, victim: Victim, op: Op, target: Known | None, aim: str) -> None:
        self.studio, self.dice = studio, studio.dice
        self.op, self.victim, self.target, self.aim = op, victim, target, aim
        self.struck = Struck(number, "headless", op, victim, aim)
        self.name = f"round-{number:03}-{op}"
        self.at_once = self.dice.random() < 0.5
        self.environment = self.dice.choice(["live", "sandbox"])
        self.before: KeyFacts | None = studio.disk.key(target.id) if target is not None else None
        self.dead = threading.Event()
        self.deliveries: list[dict[str, Any]] = []
        self.lost: list[dict[str, Any]] = []
        self.lines: list[dict[str, Any]] = []
        self.entry: Pending | None = None
        self.made: KeyFacts | None = None
        self.after: KeyFacts | None = None
        self.shown_again = 0

    # ------------------------------------------------------------------ the operation and the kill

    def run(self) -> Struck:
        """Play the round; raise `LostError` where anything is lost."""
        studio, started = self.studio, time.monotonic()
        assert studio.desk is not None
        desk = studio.desk
        mark = len(desk.told)
        with ExitStack() as stack:
            self.arm(stack)
            began = time.monotonic()
            try:
                for order in self.orders():
                    desk.tell(**order)
                    desk.at("idle")
            except GoneError:
                pass
            if not self.dead.is_set():
                studio.usual += 0.3 * (time.monotonic() - began - studio.usual)
                self.strike()
        self.bury()
        self.lines = desk.told[mark:]
        self.judge()
        self.recover()
        self.check()
        self.struck.seconds = round(time.monotonic() - started, 2)
        return self.struck

    def orders(self) -> list[dict[str, Any]]:
        """Return what the desk is told."""
        create = {"do": "create", "name": self.name, "environment": self.environment, "scopes": SCOPES}
        if self.target is None:
            return [create]
        revoke = {"do": "revoke", "key_id": self.target.id, "reason": "round", "compromised": self.op == "leak"}
        if self.op == "revoke":
            return [revoke]
        if self.op == "leak":
            return [revoke, create | {"replaces": self.target.id}]
        rotate = {"do": "rotate", "key_id": self.target.id, "overlap_seconds": 0, "starts": "now"}
        if self.op == "replace":
            return [rotate | {"replaces_version": self.before.versions[-1] if self.before else ""}]
        return [rotate if self.at_once else rotate | {"overlap_seconds": 86400, "starts": "first_use"}]

    def strike(self) -> None:
        """Kill the victims, once."""
        if self.dead.is_set():
            return
        self.dead.set()
        for name, child in (("desk", self.studio.desk), ("server", self.studio.server)):
            if child is not None and self.victim in (name, "both"):
                child.kill()
        if self.victim != "desk" and self.studio.proxy is not None:
            self.studio.proxy.close()  # what was held back is lost with its server

    def arm(self, stack: ExitStack) -> None:
        """Have the kill come at the aim."""
        kind, _, number = self.aim.partition(" ")
        if self.aim == "clock":
            timer = threading.Timer(self.dice.uniform(0, 1.2 * self.studio.usual), self.strike)
            timer.start()
            stack.callback(timer.cancel)
        elif kind == "journal":
            self.studio.disk.journal.mkdir(mode=0o700, exist_ok=True)
            count = iter(range(1, 1000))
            mask, wanted = (CREATE, 1) if number == "temp" else (MOVED_TO | DELETE, int(number))
            if number == "temp":
                wanted = self.dice.randint(1, 4)

            def on_entry(name: str, _kind: int) -> None:
                if (number == "temp" or name.endswith(".sealed")) and next(count) == wanted:
                    self.strike()

            stack.callback(Watch(self.studio.disk.journal, mask, on_entry).close)
        elif self.aim == "log written":
            left = self.dice.choice([1, 1, 1, 2, 3, 5])  # equal events in a row come as one
            written = iter(range(1, 100_000))

            def on_write(name: str, _kind: int) -> None:
                if name.endswith("-wal") and next(written) == left:
                    self.strike()

            stack.callback(Watch(self.studio.disk.server, MODIFY, on_write).close)
        else:
            assert self.studio.proxy is not None
            words = (b"POST", b"/ack") if kind == "ack" else (b"POST", self._route())
            stages: dict[str, Stage] = {"request held": "request", "ack held": "request", "half a reply": "half"}
            hold = Hold(words, stages.get(self.aim, "reply"), self.strike)
            self.studio.proxy.hold = hold

    def _route(self) -> bytes:
        if self.op == "leak":
            return self.dice.choice([b"/revoke", b"/keys "])
        return {"create": b"/keys ", "revoke": b"/revoke"}.get(self.op, b"/rotate")

    def bury(self) -> None:
        """Have the dead read and, where the desk outlived its server, let it come to its end; then all is quiet."""
        studio = self.studio
        assert studio.desk is not None
        assert studio.server is not None
        assert studio.proxy is not None
        if self.victim != "desk":
            studio.server.drain()
            studio.proxy.close()
        if self.victim == "server":
            self._let_desk_end(studio.desk)
        else:
            studio.desk.drain()
        if self.victim == "desk":
            studio.proxy.close()
            if self.dice.random() < 0.5:
                studio.server.stop()  # as its lifeline would; in the other half it goes on

    def _let_desk_end(self, desk: Child) -> None:
        """In half of the cases end it in order; in the others it goes on with the next server."""
        if self.dice.random() < 0.5:
            assert desk.process.stdin is not None
            desk.process.stdin.close()
            desk.drain()

    # ------------------------------------------------------------------ what it left

    def look(self) -> Left:
        """Read what lies on the disk now."""
        disk = self.studio.disk
        entries, made = disk.entries(), disk.rows(self.name)
        demand(len(entries) <= 1, f"{len(entries)} entries in the journal")
        demand(len(made) <= 1, f"{len(made)} keys for one intent")
        return Left(
            entry=entries[0] if entries else None,
            made=made[0] if made else None,
            after=disk.key(self.target.id) if self.target is not None else None,
            places=frozenset(line.get("at") for line in self.lines),
            second=sum(line.get("at") == "begun" for line in self.lines) > 1,
        )

    def judge(self) -> None:
        """Check what lies on the disk, and name the moment of the kill."""
        demand(not (wrong := self.studio.disk.sound()), f"the doctor: {wrong}")
        left = self.look()
        self.entry, self.made, self.after = left.entry, left.made, left.after
        self.deliveries = [line for line in self.lines if line.get("at") == "clipboard"]
        self.struck.place = left.place(self.op, self.before)
        committed = left.committed(self.op, self.before)
        demand(committed or "shown" not in left.places, "a secret was shown that the server does not know")
        if left.entry is None and self.op != "revoke" and committed:
            demand(bool(self.deliveries), "nothing is pending, and nobody was given the secret")
        if "revoked" in left.places and left.after is not None:
            demand(left.after.revoked, "an acknowledged revoke is lost")
        if left.entry is not None and left.entry.state == "handed_over":
            demand(bool(self.deliveries), "the journal says handed over, and nobody was given the secret")

    # ------------------------------------------------------------------ the next start

    def recover(self) -> None:
        """Start again what is down, and have the desk take up what is left."""
        studio = self.studio
        again = studio.desk is not None and studio.desk.alive and self.dice.random() < 0.5
        studio.start()
        desk = studio.desk
        assert desk is not None
        mark = len(desk.told)
        state = self.entry.state if self.entry is not None else None
        if again and state == "sealed" and self.op == "create":
            desk.tell(**self.orders()[-1])  # the person presses again instead of waiting
            desk.at("idle")
        desk.tell(do="recover")
        over = desk.at("over", "failed")
        demand(over["at"] == "over", f"recovery failed: {over}")
        desk.at("idle")
        found = [line["kind"] for line in desk.told[mark:] if line.get("at") == "recovered"]
        doubtful = [line["entry"] for line in desk.told[mark:] if line.get("kind") == "maybe_copied"]
        self.shown_again = sum(line.get("at") == "shown" for line in desk.told[mark:])
        self._expect(state, found)
        for entry in doubtful:
            has_it = bool(self.deliveries) and self.dice.random() < 0.5
            desk.tell(do="have" if has_it else "replace", entry=entry)
            desk.at("idle")
            self.struck.outcome = "asked: had it" if has_it else "asked: replaced"
            if not has_it:
                self.lost, self.deliveries = self.deliveries, []
        demand(not over["set_aside"] and not over["orphans"], f"left behind: {over}")
        demand(all(state == "copying" for _, state in over["left"]), f"still pending: {over['left']}")
        failed = [line for line in desk.told[mark:] if line.get("at") == "failed"]
        demand(not failed, f"it failed: {failed}")
        self.deliveries = [*self.deliveries, *(line for line in desk.told[mark:] if line.get("at") == "clipboard")]
        demand(not (strays := studio.disk.strays()), f"the journal's folder still holds {strays}")

    def _expect(self, state: str | None, found: list[str]) -> None:
        """Hold what was shown to what the journal said."""
        wanted = {None: 0, "sealed": 1, "waiting": 1}.get(state, 0)
        demand(self.shown_again == wanted, f"{state} in the journal, and {self.shown_again} secrets shown: {found}")
        if state == "copying":
            demand(found == ["maybe_copied"], f"copying in the journal, and it found {found}")
        outcome = {None: "nothing was left", "handed_over": "told to the server"}
        self.struck.outcome = outcome.get(state, "shown after the restart")

    # ------------------------------------------------------------------ every check

    def check(self) -> None:
        """Bring the ledger up to date, and hold everything to it."""
        studio = self.studio
        ledger, disk, desk = studio.ledger, studio.disk, studio.desk
        assert desk is not None
        demand(len(self.deliveries) <= 1, f"{len(self.deliveries)} hand-overs of one secret")
        delivery = self.deliveries[0] if self.deliveries else None
        if self.op in ("revoke", "leak"):
            self._finish_revoke(desk)
        made = disk.rows(self.name)
        if self.op in ("create", "leak"):
            demand(len(made) == (1 if delivery else 0), f"{len(made)} keys, secret delivered: {delivery is not None}")
        if delivery is not None:
            known = ledger.keys.get(delivery["key"])
            if known is None:
                known = ledger.keys[delivery["key"]] = Known(delivery["key"], self.name, self.environment)
            if self.op == "rotate":
                known.rotated = known.rotated or not self.at_once
            known.give(delivery["version"], delivery["secret"], ends=self.op == "replace" or self.at_once)
            known.secrets |= {line["version"]: (line["secret"], False) for line in self.lost}
        ledger.check_disk(disk)
        touched = [one.id for one in (self.target, ledger.keys.get(delivery["key"]) if delivery else None) if one]
        if not (self.op == "create" and self.dice.random() < 0.25):  # some stay unused, for *replace*
            for id in dict.fromkeys(touched):
                ledger.check_secrets(studio.base_url, id)
        desk.tell(do="rows")
        rows = desk.at("rows")["rows"]
        desk.at("idle")
        wrong = {id for id, known in ledger.keys.items() if (rows.get(id) == "revoked") != known.revoked}
        demand(rows.keys() == ledger.keys.keys() and not wrong, f"the desk's list is wrong about {wrong}")

    def _finish_revoke(self, desk: Child) -> None:
        assert self.target is not None
        desk.tell(**self.orders()[0])  # whoever did not see it done does it again
        demand(desk.at("revoked", "failed").get("status") == "revoked", "the revoke cannot be finished")
        desk.at("idle")
        self.target.revoke()


def play(studio: Studio, number: int) -> Struck:
    """Draw a round and play it."""
    dice = studio.dice
    op = drawn(dice, OPS)
    fits: dict[str, Callable[[Known], bool]] = {
        "rotate": lambda known: not known.rotated and known.used,
        "replace": lambda known: not known.used,
    }
    target = studio.living(fits.get(op, lambda _known: True)) if op != "create" else None
    if target is None:
        op = "create"
    victim = drawn(dice, VICTIMS)
    return Round(studio, number, victim=victim, op=op, target=target, aim=choose_aim(dice, op, victim, AIMS)).run()
