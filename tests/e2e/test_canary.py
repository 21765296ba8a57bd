"""No secret is left anywhere: a dozen go through every operation here, fifty in the soak; plants prove each search."""

import subprocess
import sys
from pathlib import Path

import pytest

from bcdesk.contract.key_format import generate
from tests.e2e.canary.forms import forms, look
from tests.e2e.kill import session

whole = pytest.mark.skipif(
    sys.platform != "linux" or session.missing() is not None, reason="needs Linux, dbus-run-session and gnome-keyring"
)


def searched(*arguments: str) -> None:
    """Run the suite and fail with its report."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.canary", *arguments],
        cwd=session.TOP,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    sys.stdout.write(done.stdout)  # shown where the test fails, or asked for with -s
    assert done.returncode == 0, done.stdout


@whole
@pytest.mark.keyring_real
@pytest.mark.timeout(420)
def test_that_no_secret_is_left_by_any_operation() -> None:
    searched("--short")


@whole
@pytest.mark.slow
@pytest.mark.keyring_real
@pytest.mark.timeout(1800)
def test_that_fifty_secrets_leave_nothing() -> None:
    searched()


@pytest.mark.parametrize("form", forms(generate("live")))
def test_that_each_form_of_a_secret_is_found_in_the_midst_of_others(form: str) -> None:
    secret, other = generate("live"), generate("live")
    data = b"\x00before " + forms(secret)[form] + b" after\xff"
    assert [found for found, _ in look(data, [other, secret])] == [secret]
    assert not list(look(data, [other]))


def test_that_base64_of_any_surroundings_is_found() -> None:
    import base64

    secret = generate("live")
    for before in range(12):
        data = base64.b64encode(b"k" * before + secret.encode() + b"after")
        assert list(look(data, [secret])), before


def test_that_names_of_files_are_searched_too(tmp_path: Path) -> None:
    from tests.e2e.canary.places import in_files

    secret = generate("live")
    (tmp_path / secret[9:]).mkdir()
    assert in_files([tmp_path], [secret])
