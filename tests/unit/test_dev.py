"""packaging/dev.py: what it says, what it asks the system for, and what it refuses to write."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

import dev
from bcdesk.__main__ import parser as bcdesk_parser
from devlib import debian, lockfile, places, running, session, setup, suites, terminal

linux_only = pytest.mark.skipif(not places.ON_LINUX, reason="Xvfb and apt are Linux matters")


def run_dev(*arguments: str, **environment: str) -> tuple[int, str, str]:
    """Runs dev.py as a user does, with no display, and returns its exit code, stdout and stderr."""
    kept = {name: value for name, value in os.environ.items() if not re.search("DISPLAY|^QT_", name)}
    done = subprocess.run(
        [sys.executable, places.TOP / "packaging" / "dev.py", *arguments],
        env=kept | environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_that_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert dev.main(["--help"]) == 0
    said = capsys.readouterr().out
    assert all(re.search(rf"^  {verb} ", said, re.MULTILINE) for verb in dev.VERBS)


def test_that_an_unknown_verb_is_one_line_and_code_2() -> None:
    code, out, err = run_dev("tset")
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert "tset" in err


@linux_only
def test_that_run_without_a_display_is_one_line_that_names_shots() -> None:
    code, out, err = run_dev("run", "--data", "somewhere")
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert "dev.py shots DIR" in err


@pytest.mark.parametrize("name", ["DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"])
def test_that_each_way_to_a_display_counts(name: str) -> None:
    assert running.has_display({name: "x"})
    assert not running.has_display({name: ""})


def test_that_every_verb_of_bcdesk_runs_without_a_display() -> None:
    verbs = next(action.choices for action in bcdesk_parser()._actions if action.dest == "verb")
    assert verbs is not None
    assert set(verbs) <= running.WINDOWLESS
    assert not running.needs_display(["flow", "--browser", "print"])


@pytest.mark.parametrize(
    "arguments",
    [[], ["--data", "x"], ["flow", "--browser", "embedded"], ["flow", "--browser=embedded"]],
)
def test_that_the_desk_and_a_browser_of_ours_need_one(arguments: list[str]) -> None:
    assert running.needs_display(arguments)


def test_that_only_steps_that_exist_can_be_selected(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        suites.test(["--only", "lint,typos"])
    assert ended.value.code == 2
    assert "typos" in capsys.readouterr().err


def test_that_every_group_but_the_tests_has_a_step() -> None:
    assert {step.group for step in suites.STATIC} | {"tests"} == set(suites.GROUPS)


def test_that_a_failed_command_is_named_with_its_code(capsys: pytest.CaptureFixture[str]) -> None:
    def fail(arguments: list[str]) -> int:
        terminal.run([sys.executable, "-c", *arguments])
        return 0

    assert terminal.guarded(fail, ["raise SystemExit(7)"]) == 1
    said = capsys.readouterr().err
    assert "code 7" in said
    assert "raise SystemExit(7)" in said
    assert "Traceback" not in said


def test_that_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(terminal.Stop, match="no-such-program"):
        terminal.run([tmp_path / "no-such-program"])
    code, said = terminal.output_of([tmp_path / "no-such-program"])
    assert code == 127
    assert "no-such-program" in said


# ------------------------------------------------------------------ set-up


def test_that_a_change_of_lock_or_project_asks_for_a_new_set_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = {setup.fingerprint()}
    for name in ("LOCK", "PROJECT"):
        changed = tmp_path / name
        changed.write_bytes(getattr(places, name).read_bytes() + b"\n")
        monkeypatch.setattr(places, name, changed)
        seen.add(setup.fingerprint())
    assert len(seen) == 3


def test_that_a_stamp_without_its_environment_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stamp = tmp_path / "stamp"
    monkeypatch.setattr(places, "VENV", tmp_path)
    assert not setup.up_to_date(stamp, "abc")
    stamp.write_text("abc", encoding="ascii")
    assert not setup.up_to_date(stamp, "abc")
    python = places.tool("python")
    python.parent.mkdir()
    python.touch()
    assert setup.up_to_date(stamp, "abc")
    assert not setup.up_to_date(stamp, "abd")


@pytest.fixture
def dpkg(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes dpkg-query answer with a text of the test's choice."""

    def answer(said: str) -> None:
        monkeypatch.setattr(terminal, "output_of", lambda command, cwd=None: (1, said))

    return answer


def test_that_either_name_of_a_renamed_package_meets_the_need(dpkg: Callable[[str], None]) -> None:
    dpkg("libnss3 installed\nlibasound2t64 installed\nxvfb config-files\ndpkg-query: no packages found matching dbus\n")
    assert debian.missing(["libnss3", "libasound2|libasound2t64", "xvfb", "dbus"]) == ["xvfb", "dbus"]


def test_that_the_name_this_release_has_is_installed() -> None:
    new = {"libasound2t64", "xvfb"}.__contains__
    assert debian.chosen(["xvfb", "libasound2|libasound2t64"], new) == ["xvfb", "libasound2t64"]
    assert debian.chosen(["libasound2|libasound2t64"], lambda name: False) == ["libasound2"]


@linux_only
def test_that_a_plain_user_is_told_the_one_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(debian, "_exists", lambda name: True)
    with pytest.raises(terminal.Stop) as stopped:
        debian.install(["xvfb", "libasound2|libasound2t64"])
    assert str(stopped.value).endswith("sudo apt-get install -y --no-install-recommends xvfb libasound2")


def test_that_node_from_anywhere_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/opt/bin/{name}")
    assert debian.NODE not in debian.needs("test")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert debian.NODE in debian.needs("test")
    assert debian.NODE not in debian.needs("run")


# ------------------------------------------------------------------ the session of the tests


@linux_only
def test_that_the_session_of_the_tests_touches_no_folder_of_the_user() -> None:
    with session.private(display=False) as (env, _):
        folders = [Path(env[f"XDG_{name}"]) for name in session.XDG_FOLDERS]
        assert all(folder.is_dir() and Path.home() not in folder.parents for folder in folders)
    assert not any(folder.exists() for folder in folders)


@linux_only
def test_that_a_display_of_our_own_comes_up_and_goes() -> None:
    with session.virtual_display() as first, session.virtual_display() as second:
        assert first != second
        sockets = [Path("/tmp/.X11-unix") / f"X{name.removeprefix(':')}" for name in (first, second)]
        assert all(socket.exists() for socket in sockets)
    assert not any(socket.exists() for socket in sockets)


# ------------------------------------------------------------------ the lock


@pytest.mark.parametrize("lock", lockfile.LOCKS, ids=lambda lock: lock.name)
def test_that_a_lock_names_no_address(lock: Path) -> None:
    assert lockfile.addresses(lock.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    ["--index-url https://example.test/simple", "-i mirror", "--find-links ./wheels", "bcdesk @ file:///here"],
)
def test_that_an_address_in_a_lock_is_found(line: str) -> None:
    assert lockfile.addresses(f"idna==3.20 \\\n    --hash=sha256:00\n    # via httpx\n{line}\n") == [line]


@pytest.mark.parametrize(("lock", "extra"), lockfile.LOCKS.items(), ids=lambda one: getattr(one, "name", one))
def test_that_a_lock_pins_and_hashes_everything_the_project_asks_for(lock: Path, extra: str) -> None:
    text = lock.read_text(encoding="utf-8")
    blocks = re.findall(
        r"^([a-z0-9._-]+)(?:\[[a-z,-]+\])?==\S+(?: ;[^\n\\]*)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)",
        text,
        re.M,
    )
    assert len(blocks) == len(re.findall(r"^\S+==", text, re.M))
    project = tomllib.loads(places.PROJECT.read_text(encoding="utf-8"))["project"]
    asked = project["dependencies"] + project["optional-dependencies"][extra]
    names = {re.split(r"[<>=;\[ ]", line)[0].lower() for line in asked}
    assert names <= {name for name, _ in blocks}


# ------------------------------------------------------------------ the files themselves


def test_that_dev_needs_nothing_but_the_standard_library() -> None:
    files = [places.TOP / "packaging" / "dev.py", *(places.TOP / "packaging" / "devlib").glob("*.py")]
    imported = set()
    for file in files:
        if file.name == "release_note.py":
            continue  # a program of its own, which dev.py runs in the environment of bcdesk
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").split(".")[0])
                assert all("release_note" not in alias.name for alias in node.names)
    assert imported <= sys.stdlib_module_names | {"devlib"}


@pytest.mark.skipif(places.ON_WINDOWS, reason="a bash script")
def test_that_the_ci_script_can_be_started_and_runs_the_same_tests() -> None:
    script = places.TOP / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "packaging/dev.py test" in script.read_text(encoding="utf-8")
