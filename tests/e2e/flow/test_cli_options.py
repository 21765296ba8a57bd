"""The options of `bcdesk flow`: what does not go together is told before anything is sent."""

import pytest

from tests.e2e.flow.flowing import PUBLIC
from tests.e2e.serving import run


@pytest.mark.parametrize(
    "wrong",
    [
        ("--client-secret-env", "NO_SUCH_VARIABLE"),
        ("--auth-method", "client_secret_basic"),
        ("--auth-method", "private_key_jwt"),
        ("--then", "refresh,dance"),
        ("--then", "call"),
        ("--param", "no sign"),
        ("--ca-bundle", "no/such/file"),
        ("--timeout", "0"),
        ("--timeout", "soon"),
        ("--pkce", "S512"),
        ("--browser", "lynx"),
        ("--redirect-uri", "http://a b"),
        ("--client-cert", __file__),
    ],
)
def test_that_options_that_do_not_go_together_are_usage(wrong: tuple[str, str]) -> None:
    done = run("flow", "--issuer", "https://issuer.example", *PUBLIC, *wrong)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_that_a_secret_in_the_place_of_its_variable_is_not_repeated() -> None:
    done = run("flow", "--issuer", "https://issuer.example", *PUBLIC, "--client-secret-env", "bcs_" + "x" * 43)
    assert done.returncode == 2
    assert "xxx" not in done.stderr
