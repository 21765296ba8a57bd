"""``python -m tests.e2e.canary``: takes 50 secrets and a session through every operation, looks for them everywhere."""

import argparse
import asyncio
import base64
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import httpx

from bcdesk.contract.key_format import generate
from tests.e2e.canary import atspi, signed_in
from tests.e2e.canary.errors import texts
from tests.e2e.canary.flows import OPERATIONS, Canary
from tests.e2e.canary.places import found_in_process, in_files, in_processes, in_text
from tests.e2e.kill import session
from tests.e2e.kill.child import Child
from tests.e2e.serving import make_key

PLANTED_FORMS: dict[str, Callable[[str], bytes]] = {
    "raw": lambda secret: secret.encode(),
    "base64": lambda secret: base64.b64encode(f"key={secret}".encode()),
    "hex": lambda secret: secret.encode().hex().encode(),
    "UTF-16": lambda secret: secret.encode("utf-16"),
}


class Report:
    """What each detector found, and whether it finds what is planted."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, int, list[str], bool]] = []

    def add(self, detector: str, looked_at: int, found: list[str], control: bool) -> None:
        """Note a detector: how much it looked at, what it found, whether it found its planted secret."""
        self.rows.append((detector, looked_at, found, control))
        print(f"{detector:<44}{looked_at:>9}{len(found):>7}  planted: {'found' if control else 'MISSED'}", flush=True)
        for one, times in Counter(found).items():
            print(f"    {one} ({times})", flush=True)

    @property
    def good(self) -> bool:
        return all(not found and control for _, _, found, control in self.rows)


def main() -> int:
    """Run the suite in a session of its own; return 1 where a secret or no planted one was found."""
    parser = argparse.ArgumentParser("tests.e2e.canary", description=__doc__)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep data and logs in this new folder")
    parser.add_argument("--short", action="store_true", help="each operation once or twice")
    options = parser.parse_args()
    if not session.inside():
        return session.run_inside("tests.e2e.canary", sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="bcdesk-canary-") as folder:
        if options.keep is not None:
            options.keep.mkdir(parents=True)
        return run(options.keep or Path(folder), short=options.short)


def run(folder: Path, *, short: bool) -> int:
    """Do everything, then look everywhere."""
    started = time.monotonic()
    data, logs, handed, home = (
        folder / "data",
        folder / "logs",
        folder / "handed",
        Path(os.environ["XDG_DATA_HOME"]).parent,
    )
    for one in (logs, handed):
        one.mkdir()
    report = Report()
    canary = Canary(data, logs, handed)
    print(f"{'where':<44}{'looked at':>9}{'found':>7}")
    running: list[str] = []
    shown: list[str] = []
    try:
        for operation, times in OPERATIONS:
            for _ in range(1 if short else times):
                operation(canary)
                running += in_files([data, logs, home], canary.secrets, handed.iterdir())
                shown += in_processes(canary.secrets)
        _windows(canary, report)
        report.add("arguments and environment of every process", _processes(), shown, _argv())
        canary.program.do("print", text=(planted := generate("live")))
        assert canary.program.stop() == 0
    finally:
        canary.program.kill()
        canary.program.drain()
    more, words, control = _server(data, folder / "server-words")
    secrets = [*canary.secrets, *more]
    if not atspi.missing():
        secrets += _from_outside(folder, report)
    report.add("stdout and stderr of the server", len(words), in_text(words, secrets), control)
    said = (logs / "program").read_text("utf-8", "replace")
    report.add(
        "stdout, stderr and DEBUG log of the program", len(said), in_text(said, secrets), bool(in_text(said, [planted]))
    )
    folders = [data, logs, home, folder / "server-words", folder / "outside"]
    saved = [*handed.iterdir(), *(folder / "handed-outside").glob("*")]
    stopped = in_files(folders, secrets, saved)
    count = sum(one.is_file() for each in folders for one in each.rglob("*"))
    report.add("files: data, logs, home, temporary ones", count, [*running, *stopped], _files(data))
    held = [one for file in saved for one in in_files([file.parent], secrets, set(file.parent.iterdir()) - {file})]
    report.add("  (the saved files, the one excepted place)", len(saved), [], bool(saved) and len(held) == len(saved))
    _errors(folder, report)
    signed_in.run(folder / "signed-in", home, report)
    print(f"{len(secrets)} secrets, {canary.walked} walks of the windows, {time.monotonic() - started:.0f} s")
    print("no secret was found anywhere, and every planted one was" if report.good else "NOT GOOD")
    return 0 if report.good else 1


def _windows(canary: Canary, report: Report) -> None:
    """Look through the windows once more for all, and plant one in each of their places."""
    program = canary.program
    seen = program.do("traces", secrets=canary.secrets)
    controls = []
    for place in ("accessible", "label", "property", "undo"):
        secret = generate("live")
        program.do("plant", place=place, secret=secret)
        controls.append(bool(program.do("traces", secrets=[secret])["found"]))
        program.do("uproot")
    report.add("windows and their accessible trees", seen["size"], [*canary.found, *seen["found"]], all(controls))


def _from_outside(folder: Path, report: Report) -> list[str]:
    """Show, save and copy a key on a real display, and read the program as a screen reader does."""
    found: list[str] = []
    size = 0
    (folder / "handed-outside").mkdir()
    with atspi.display() as screen:
        where = {"DISPLAY": screen, "QT_QPA_PLATFORM": "xcb", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
        canary = Canary(folder / "outside", folder / "logs", folder / "handed-outside", **where)
        bus = atspi.Bus()

        def walk() -> None:
            nonlocal size
            said = "\n".join(bus.texts())
            size = max(size, len(said))
            found.extend(in_text(said, canary.secrets))

        try:
            canary.listener = walk
            canary.create_and_copy()
            canary.identify()
            canary.create_and_save()
            secret = generate("live")
            canary.program.do("plant", place="accessible", secret=secret)
            said = "\n".join(bus.texts())
            control = bool(in_text(said, [secret])) and "New sandbox key ending" not in said and "API keys" in said
            canary.program.do("uproot")
            assert canary.program.stop() == 0
        finally:
            bus.close()
            canary.program.kill()
            canary.program.drain()
    report.add("AT-SPI, read from outside on a display", size, found, control)
    return canary.secrets


def _server(data: Path, words: Path) -> tuple[list[str], str, bool]:
    """Run the server by itself, so that its stdout is seen too; make, use and misuse keys."""
    words.mkdir()
    command = ["-m", "bcdesk", "serve", "--owner-token", "--exit-with-parent", "--data", str(data / "server")]
    server = Child(command, words / "stderr", BCDESK_LOG="DEBUG")
    ready = server.next()
    made = []
    token = {"Authorization": f"Bearer {ready['owner_token']}"}
    with httpx.Client(base_url=ready["base_url"], headers=token, trust_env=False, timeout=30) as client:
        for number in range(3):
            answer = make_key(client, name=f"Server canary {number}")
            made.append(answer["secret"])
            rotated = client.post(
                f"/manage/v1/keys/{answer['key']['id']}/rotate", json={}, headers={"Idempotency-Key": f"{number}" * 40}
            )
            made.append(rotated.json()["secret"])
            for secret in made[-2:]:
                used = client.get("/v1/beats", headers={"Authorization": f"Bearer {secret}", "User-Agent": "canary"})
                assert used.status_code == 200
                client.get(f"/manage/v1/keys?cursor={secret}")
                client.post(f"/manage/v1/keys/{secret}/revoke", json={"reason": secret, "what": secret})
                client.post("/manage/v1/keys", content=secret.encode(), headers={"Idempotency-Key": secret})
    server.stop()
    said = bytes(server.raw).decode() + (words / "stderr").read_text()
    return made, said, bool(in_text(said, [ready["owner_token"]]))  # the one line that holds a secret, by its purpose


def _files(data: Path) -> bool:
    """Tell whether every form of a planted secret is found in a file, and in a database."""
    from sqlcipher3 import dbapi2

    good = True
    place = data / "desk" / "planted"
    for form in PLANTED_FORMS.values():
        secret = generate("live")
        place.write_bytes(b"\x01\x02\x03" + form(secret) + b"\xff")
        good = good and bool(in_files([data], [secret]))
    place.unlink()
    secret = generate("live")
    kept = data / "server" / "planted.sqlite3"
    connection = dbapi2.connect(str(kept))
    connection.execute("CREATE TABLE t (x)")
    connection.execute("INSERT INTO t VALUES (?)", [f'{{"secret":"{secret}"}}'])
    connection.commit()
    connection.close()
    good = good and bool(in_files([data], [secret]))
    kept.unlink()
    return good


def _processes() -> int:
    return sum(one.name.isdigit() for one in Path("/proc").iterdir())


def _argv() -> bool:
    """Tell whether a secret in a process's arguments, and one in its environment, is found."""
    return found_in_process(generate("live")) and found_in_process(generate("live"), variable=True)


def _errors(folder: Path, report: Report) -> None:
    """Provoke every failure around a secret of its own."""
    secret, planted = generate("live"), generate("live")
    said = asyncio.run(texts(secret, {}, folder))
    found = [f"{kind}: {form}" for kind, text in said.items() for form in in_text(text, [secret])]
    try:
        raise ValueError(f"the key {planted} is wrong")
    except ValueError as error:
        from tests.e2e.canary.places import text_of

        control = bool(in_text(text_of(error), [planted]))
    report.add("exception texts and what is logged of them", len(said), found, control)


if __name__ == "__main__":
    sys.exit(main())
