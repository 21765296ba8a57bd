"""The checks against a running demo server: over its port, with nobody at the keyboard."""

import secrets
from collections.abc import Iterator

import pytest

from bcdesk.client.bearer import Bearer
from bcdesk.client.client import Client
from bcdesk.client.transport import Transport
from bcdesk.contract.rows import AppRow
from bcdesk.flow.checks.data import CHECKS
from bcdesk.flow.checks.junit import junit
from bcdesk.flow.checks.model import Outcome, Why
from bcdesk.flow.checks.runner import Context, run_checks
from bcdesk.flow.checks.twin import TAG
from bcdesk.flow.values import Setup, TlsProfile
from bcdesk.flow.wire import Wire
from tests.e2e.serving import Served, serving


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("checks") / "server", "--demo") as served:
        yield served


async def test_that_the_seed_apps_pass_every_check_that_can_run(demo: Served) -> None:
    client = Client(Transport(demo.base_url, Bearer(str(demo.ready["owner_token"]))))
    apps = [row for row in (await client.apps.list()).items if isinstance(row, AppRow)]
    assert len(apps) == 2
    for app in apps:
        wire = Wire(TlsProfile())
        setup = Setup(str(demo.ready["issuer"]), app.client_id, app.redirect_uris[0], app.scopes)
        results = await run_checks(Context(setup, wire, app, client))
        await wire.aclose()
        outcomes = {result.check_id: (result.outcome, str(result.got), result.why, result.detail) for result in results}
        assert [one for one in outcomes.items() if one[1][0] is Outcome.FAILED] == []
        assert {result.why for result in results if result.why is not None} <= {Why.NO_CLOCK, Why.NO_SECRET}, outcomes
        assert sum(result.outcome is Outcome.PASSED for result in results) >= len(CHECKS) - 7
        assert junit(results).count("<testcase ") == len(CHECKS)
        report = repr(results) + junit(results)
        assert not any(text in report for text in ("bct_", "bcr_", "bco_", "bcs_"))
    left = await client.apps.list()
    assert [row.id for row in left.items if isinstance(row, AppRow)] == [app.id for app in apps]
    assert not any(TAG in row.tags for row in left.items if isinstance(row, AppRow))
    await client.aclose()


def test_that_a_made_up_token_would_be_seen_in_a_report() -> None:
    """Look for a planted token as the test above does: it would be found."""
    planted = f"bct_{secrets.token_urlsafe(32)}"
    assert any(text in repr({"detail": planted}) for text in ("bct_", "bcr_", "bco_", "bcs_"))
