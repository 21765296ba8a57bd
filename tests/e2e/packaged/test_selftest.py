"""The self-test of the frozen program holds, and says that it is frozen."""

import json
from pathlib import Path

from bcdesk import __version__
from tests.e2e.packaged.frozen import environment, run


def test_that_the_self_test_holds(tmp_path: Path) -> None:
    place = tmp_path / "tmp"
    place.mkdir()
    done = run(tmp_path, "--selftest", env=environment(tmp_path, TMPDIR=str(place)))
    assert done.stdout.count("\n") == 1, done.stderr
    report = json.loads(done.stdout)
    assert done.returncode == 0, report
    assert report["frozen"] is True
    assert report["version"] == __version__
    assert [check["name"] for check in report["checks"] if not check["ok"]] == []
    assert not [one for one in place.iterdir() if one.name.startswith("bcdesk-")]
