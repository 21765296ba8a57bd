"""Rounds with the whole program: its real window offscreen, its own server as its child, watched from outside."""

import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any

import psutil

from tests.e2e.kill.child import GoneError
from tests.e2e.kill.headless import Round
from tests.e2e.kill.ledger import Known, demand
from tests.e2e.kill.left import Left
from tests.e2e.kill.points import WINDOW_AIMS, WINDOW_OPS, WINDOW_VICTIMS, Op, Struck, Victim, choose_aim, drawn
from tests.e2e.kill.program import Program
from tests.e2e.kill.studio import Studio
from tests.e2e.kill.watch import MODIFY, MOVED_TO, Watch

PATIENCE = 60.0


class WindowRound(Round):
    """As `Round`, by keys and mouse."""

    def __init__(self, studio: Studio, number: int, *, victim: Victim, op: Op, target: Known | None, aim: str) -> None:
        super().__init__(studio, number, victim=victim, op=op, target=target, aim=aim)
        self.struck.program = "window"
        self.environment = "sandbox"
        self.at_once = False
        self.program: Program | None = None
        self.server = 0
        self._left: Left | None = None

    # ------------------------------------------------------------------ the operation and the kill

    def run(self) -> Struck:
        """Play the round."""
        started = time.monotonic()
        self.studio.stop()
        self.program = self._started()
        self.server = self.program.server_pid()
        try:
            with ExitStack() as stack:
                with suppress(GoneError):
                    self._operate(self.program, stack)
                self.strike()
            self.bury()
            self.judge()
            self.recover()
            self._end()
            self.studio.start()
            self.check()
        finally:
            self.program.kill()
            self.program.drain()
        self.struck.seconds = round(time.monotonic() - started, 2)
        return self.struck

    def _started(self) -> Program:
        program = Program(self.studio.disk.data, self.studio.logs / "window", BCDESK_LOG="DEBUG")
        program.online()
        return program

    def _operate(self, program: Program, stack: ExitStack) -> None:
        if self.op == "create":
            program.do("key", keys="Ctrl+N")
            program.do("type", name="name", text=self.name)
            last = "create_key.make"
        else:
            assert self.target is not None
            program.open_row(self.target.name)
            program.do("key", keys="Ctrl+R" if self.op == "rotate" else "Del")
            if self.op == "revoke":
                program.do("press", name="kind.unneeded")
                if self.target.environment == "live":
                    program.do("type", name="typed_name", text=self.target.name)
            last = "rotate_key.make" if self.op == "rotate" else "revoke_key.revoke"
        self.arm(stack)
        program.do("press", name=last)
        if self.op == "revoke":
            while program.attempt("gone", name="revoke_key", within=10) is None:
                demand(self.dead.is_set(), "the revoke never came to an end")
                program.attempt("press", name=last, within=10)  # the dialog said that the server did not answer
            return
        while program.attempt("wait", name="reveal_copy", within=10) is None:
            demand(self.dead.is_set(), "the secret never came")
            program.attempt("press", name=last, within=10)  # the dialog said that nothing was sent
        if self.aim == "shown":
            self.strike()
        program.do("press", name="reveal_copy")
        program.do("wait", name="reveal_done")
        program.do("press", name="reveal_done")

    def arm(self, stack: ExitStack) -> None:
        """Have the kill come at the aim, without a proxy: by the clock, the journal, or the database."""
        if self.aim == "commit":
            stack.callback(self._after_commit())
        elif self.aim == "clock":
            timer = threading.Timer(self.dice.uniform(0, 0.5), self.strike)
            timer.start()
            stack.callback(timer.cancel)
        elif self.aim != "shown":
            super().arm(stack)

    def _after_commit(self) -> Callable[[], None]:
        """Stop the desk as the database begins to write, wait for the commit from outside, and kill."""
        assert self.program is not None
        desk = self.program.pid
        begun = threading.Event()

        def on_write(name: str, _kind: int) -> None:
            if name.endswith("-wal") and not begun.is_set() and self.studio.disk.journal.is_dir():
                if self.op != "revoke" and not list(self.studio.disk.journal.glob("*.sealed")):
                    return
                begun.set()
                os.kill(desk, signal.SIGSTOP)
                end = time.monotonic() + 10
                while time.monotonic() < end and not self._seen_committed():
                    pass
                self.strike()
                with suppress(ProcessLookupError):
                    os.kill(desk, signal.SIGCONT)

        return Watch(self.studio.disk.server, MODIFY | MOVED_TO, on_write).close

    def _seen_committed(self) -> bool:
        if self.op == "create":
            return bool(self.studio.disk.rows(self.name))
        assert self.target is not None
        assert self.before is not None
        now = self.studio.disk.key(self.target.id)
        return now.revoked if self.op == "revoke" else now.versions != self.before.versions

    def strike(self) -> None:
        """Kill the program or its server, once."""
        if self.dead.is_set():
            return
        self.dead.set()
        assert self.program is not None
        if self.victim in ("desk", "both"):
            self.program.kill()
        if self.victim in ("server", "both"):
            with suppress(ProcessLookupError):
                os.kill(self.server, signal.SIGKILL)
        if self.victim == "server":  # the desk starts another one and goes on: look before it has
            self.lines = self._as_lines(self.program)
            self._left = self.look()

    def bury(self) -> None:
        """Wait until all that should be gone is; what the program showed so far is known then."""
        assert self.program is not None
        if self.victim in ("desk", "both"):
            self.program.drain()
        with suppress(psutil.NoSuchProcess):
            psutil.Process(self.server).wait(30)
        self.lines = self._as_lines(self.program)

    def _as_lines(self, program: Program) -> list[dict[str, Any]]:
        """Return what was seen in the words of the headless desk."""
        lines: list[dict[str, Any]] = [{"at": "begun"}]
        shown = False
        for line in program.told:
            if line.get("at") == "dialogs" and ("reveal" in line["now"]) != shown:
                shown = not shown
                if shown:
                    lines.append({"at": "shown"})
            elif line.get("at") == "clipboard":
                lines.append(line)
            elif line.get("did") == "gone" and not line.get("late") and self.op == "revoke":
                lines.append({"at": "revoked"})
        return lines

    # ------------------------------------------------------------------ the next start

    def judge(self) -> None:
        """As for a headless round; a server that was started again by its desk may have moved on already."""
        super().judge()
        if self._left is not None:
            self.struck.place = self._left.place(self.op, self.before)
        self.deliveries = [self._placed(line) for line in self.deliveries]

    def _placed(self, line: dict[str, Any]) -> dict[str, Any]:
        row = self.made if self.op == "create" else self.after
        assert row is not None
        return {**line, "key": row.id, "version": row.versions[-1]}

    def recover(self) -> None:
        """See what the program shows at its next start, or goes on showing after its server's, and answer it."""
        program = self.program
        assert program is not None
        state = self.entry.state if self.entry is not None else None
        if self.victim != "server":
            self.program = program = self._started()
        wanted = {"sealed": "reveal", "waiting": "reveal", "copying": "maybe_copied"}.get(state or "", "")
        self.struck.outcome = {"": "nothing was left", "reveal": "shown after the restart"}.get(wanted, "asked")
        if self._left is not None and self._left.entry is not None and state is None:
            self.struck.outcome = "went on by itself"
        if state == "handed_over":
            self.struck.outcome = "told to the server"
        if wanted == "maybe_copied":
            program.do("wait", name="maybe_have")
            has_it = bool(self.deliveries)
            program.do("press", name="maybe_have" if has_it else "maybe_replace")
            self.struck.outcome = "asked: had it" if has_it else "asked: replaced"
            wanted = "" if has_it else "reveal"
        if wanted == "reveal":
            self._take(program)
        self._until_told(program)

    def _take(self, program: Program) -> None:
        """Copy what is shown, once."""
        program.do("press", name="reveal_copy")
        program.do("wait", name="reveal_done")
        program.do("press", name="reveal_done")
        given = [line for line in program.told if line.get("at") == "clipboard"]
        row = self.studio.disk.rows(self.name)[0] if self.op == "create" else self.studio.disk.key(self._target_id())
        self.deliveries = [{**given[-1], "key": row.id, "version": row.versions[-1]}]

    def _target_id(self) -> str:
        assert self.target is not None
        return self.target.id

    def _until_told(self, program: Program) -> None:
        """Wait until the journal is empty: the server knows how everything ended."""
        end = time.monotonic() + PATIENCE
        while strays := self.studio.disk.strays():
            if time.monotonic() > end:
                seen = program.do("seen")
                demand(False, f"the journal's folder still holds {strays}; on screen: {seen['names']} {seen['texts']}")
            demand(program.alive, "the program ended")
            with suppress(TimeoutError):
                program.next(0.1)

    def _end(self) -> None:
        assert self.program is not None
        demand(self.program.stop() == 0, "the program did not end in order")


def play(studio: Studio, number: int) -> Struck:
    """Draw a round of the whole program and play it."""
    dice = studio.dice
    op = drawn(dice, WINDOW_OPS)
    fits: dict[str, Callable[[Known], bool]] = {"rotate": lambda known: not known.rotated and known.used}
    target = studio.living(fits.get(op, lambda _known: True)) if op != "create" else None
    if target is None:
        op = "create"
    victim = drawn(dice, WINDOW_VICTIMS)
    aim = choose_aim(dice, op, victim, WINDOW_AIMS)
    return WindowRound(studio, number, victim=victim, op=op, target=target, aim=aim).run()
