"""The bench of the offline copy on a small one: it still runs, and what no clock decides holds there too."""

import pytest

from tests.bench import cache


@pytest.mark.timeout(240)
def test_that_a_sync_of_nothing_is_one_request_and_a_copy_opens_within_its_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cache, "COUNT", 1200)
    monkeypatch.setattr(cache, "ROUNDS", 1)
    figures = {figure.name: figure for figure in cache.measure()}
    assert figures["requests of a sync of nothing"].value == 1
    assert figures["memory when painted"].value <= 200
    assert figures["full sync beside decode and insert"].value > 0
    assert figures["copy opened to painted"].value > 0
