"""All checks pass on the server as it is, whatever kind of application they run on."""

import pytest

from bcdesk.flow.checks.data import CHECKS
from bcdesk.flow.checks.model import Outcome, Why
from bcdesk.flow.checks.runner import run_checks
from tests.unit.flow.checks.conftest import Studio


@pytest.mark.parametrize(
    ("kind", "passed", "reasons"),
    [
        ("web", len(CHECKS), set()),
        ("mobile", len(CHECKS) - 6, {Why.NO_SECRET}),
        ("spa", len(CHECKS) - 6, {Why.NO_SECRET}),
        ("service", 20, {Why.NO_CODE_GRANT, Why.DECLARED}),
    ],
)
async def test_that_every_check_passes_on_the_server_as_it_is(
    studio: Studio, kind: str, passed: int, reasons: set[Why]
) -> None:
    results = await run_checks(studio.context(await studio.app(kind)))
    told = {result.check_id: (str(result.got), result.why, result.detail) for result in results
            if result.outcome is not Outcome.PASSED}  # fmt: skip
    assert [result.check_id for result in results if result.outcome is Outcome.FAILED] == [], told
    assert {result.why for result in results if result.why is not None} <= reasons, told
    assert sum(result.outcome is Outcome.PASSED for result in results) >= passed, told
