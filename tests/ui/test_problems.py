"""Every problem has its words."""

import pytest

from bcdesk.client import errors
from bcdesk.contract.codes import Code, Fault
from bcdesk.ui import problems


@pytest.mark.parametrize("code", list(Code))
def test_that_every_code_has_words(code: Code) -> None:
    words = problems.of_code(code)
    assert words.what.endswith(".")
    assert "!" not in words.whole
    assert words.why or words.next_step


@pytest.mark.parametrize("fault", list(Fault))
def test_that_every_fault_has_a_sentence(fault: Fault) -> None:
    assert problems.of_fault(fault).endswith(".")
    assert problems.of_fault(fault) != problems.of_fault("no such fault")


@pytest.mark.parametrize("reason", errors.REASONS)
def test_that_every_way_of_not_reaching_the_server_has_words(reason: str) -> None:
    words = problems.explain(errors.Unreachable(reason))
    assert words.remedy == problems.RETRY
    assert len({problems.explain(errors.Unreachable(one)).what for one in errors.REASONS}) == len(errors.REASONS)


@pytest.mark.parametrize("what", ["ca_bundle", "client_certificate", "proxy"])
def test_that_everything_that_secures_a_connection_has_words_where_it_is_of_no_use(what: str) -> None:
    words = problems.explain(errors.TlsFault(what))
    assert words.why
    assert words.next_step
    assert "fault of the program" not in words.whole


def test_that_an_uncertain_answer_says_that_it_may_have_happened() -> None:
    sure, unsure = (problems.explain(errors.Unreachable("timeout", uncertain=flag)) for flag in (False, True))
    assert "may have" not in sure.whole
    assert "may have" in unsure.whole


def test_that_a_limit_says_when_to_try_again() -> None:
    error = errors.refused(429, "rate_limited", "")
    assert isinstance(error, errors.RateLimited)
    error.retry_after = 12
    assert "12 seconds" in problems.explain(error).whole


def test_that_a_failing_server_gives_its_number() -> None:
    error = errors.refused(500, "internal", "", (), "req_01K8Z4")
    assert "req_01K8Z4" in problems.explain(error).whole


def test_that_an_unknown_code_still_has_words() -> None:
    words = problems.explain(errors.refused(418, "from_the_future", "ignored detail"))
    assert words.what
    assert words.next_step
    assert "ignored detail" not in words.whole


@pytest.mark.parametrize(
    "error",
    [
        errors.Garbled("json"),
        errors.InsecureAddress("http_off_loopback"),
        TimeoutError(),
        PermissionError(13, "Permission denied"),
        OSError(28, "No space left on device"),
        ValueError("a text that may hold anything"),
    ],
)
def test_that_any_error_has_words_without_its_own_text(error: Exception) -> None:
    words = problems.explain(error)
    assert words.what
    assert "may hold anything" not in words.whole


def test_that_faults_land_by_pointer_with_the_first_sentence() -> None:
    faults = (
        errors.FaultItem("/name", "empty", "x"),
        errors.FaultItem("/name", "too_long", "x"),
        errors.FaultItem("/scopes/1", "duplicate", "x"),
    )
    found = problems.faults_of(errors.refused(422, "invalid_values", "", faults))
    assert found == {"/name": problems.of_fault("empty"), "/scopes/1": problems.of_fault("duplicate")}
    assert problems.faults_of(ValueError()) == {}
