"""What is kept of the steps of flows is bounded, and nobody pushes out what is another's."""

import pytest

from bcdesk.server import hops
from bcdesk.server.hop_notes import Notes
from bcdesk.server.hops import Asked, Hops, Kept, id_of, number_of

START = 1_790_000_000.0


class Time:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


def hop(kept: Hops, client_id: str, *, app: bool = True, endpoint: str = "token", **values: object) -> None:
    notes = Notes(endpoint)
    notes.client_id, notes.app_id = client_id, f"app of {client_id}" if app else ""
    for name, value in values.items():
        setattr(notes, name, value)
    kept.record(notes, "POST", 200, "127.0.0.1", b"test", "req_1", 0.001)


def of(kept: Hops, client_id: str) -> list[Kept]:
    return kept.find(Asked(client_id=client_id))


def test_that_a_client_keeps_its_last_thousand() -> None:
    kept = Hops(Time())
    for _ in range(2_000):
        hop(kept, "a")
        hop(kept, "a", endpoint="introspect")
    assert len(of(kept, "a")) == len(kept) == hops.CLIENT_MAX
    assert sum(one.notes.endpoint == "token" for one in of(kept, "a")) == hops.CLIENT_MAX - hops.BUSY_MAX


def test_that_introspection_pushes_out_no_sign_in() -> None:
    kept = Hops(Time())
    hop(kept, "a", endpoint="consent")
    for _ in range(5_000):
        hop(kept, "a", endpoint="introspect")
    assert of(kept, "a")[0].notes.endpoint == "consent"


def test_that_strangers_push_out_nobody() -> None:
    kept = Hops(Time())
    hop(kept, "a")
    for number in range(20_000):
        hop(kept, f"stranger{number}", app=False)
    assert len(of(kept, "a")) == 1
    assert len(kept) <= hops.CLIENT_MAX + 1
    assert len(of(kept, "stranger19999")) == 1


def test_that_all_together_are_bounded_and_the_loudest_gives_way() -> None:
    kept = Hops(Time())
    hop(kept, "quiet")
    for number in range(20):
        for _ in range(800):
            hop(kept, f"loud{number}")
    assert len(kept) <= hops.ALL_MAX
    assert len(of(kept, "quiet")) == 1
    assert sum(len(of(kept, f"loud{number}")) for number in range(20)) + 1 == len(kept)


def test_that_what_is_an_hour_old_is_found_no_more_and_forgotten() -> None:
    time = Time()
    kept = Hops(time)
    hop(kept, "a", run="run", grant_id="grant")
    time.now += 3_601
    assert of(kept, "a") == []
    kept.settle()
    assert len(kept) == 0
    hop(kept, "a", grant_id="grant")
    assert of(kept, "a")[0].notes.run is None


def test_that_a_grant_leads_to_its_run() -> None:
    kept = Hops(Time())
    hop(kept, "a", run="run", grant_id="grant")
    hop(kept, "a", grant_id="grant", endpoint="api")
    hop(kept, "a", grant_id="other")
    assert [one.notes.endpoint for one in kept.find(Asked(run="run"))] == ["token", "api"]


def test_that_a_hop_of_nobody_is_not_kept() -> None:
    kept = Hops(Time())
    for client_id in ("", "with space", "x" * 65, f"bcs_{'x' * 43}"):
        hop(kept, client_id, app=False)
    assert len(kept) == 0


def test_that_of_thick_introspection_ten_a_second_are_wanted_and_the_first_of_each_grant() -> None:
    kept = Hops(Time())
    hop(kept, "a", run="run", grant_id="grant")
    notes = Notes("introspect")
    notes.client_id, notes.app_id = "a", "app of a"
    wanted = [kept.wants(notes, 1.0 + number / 1_000) for number in range(1_000)]
    assert sum(wanted) == 10
    notes.grant_id = "grant"
    assert sum(kept.wants(notes, 1.999) for _ in range(100)) == hops.BUSY_OF_GRANT
    notes.failed = True
    assert all(kept.wants(notes, 1.999) for _ in range(100))


async def test_that_who_follows_is_woken_and_let_go() -> None:
    kept = Hops(Time())
    wake = kept.follow()
    hop(kept, "a")
    assert wake.is_set()
    wake.clear()
    kept.close()
    assert wake.is_set()
    assert not kept.open()
    kept.leave(wake)
    kept.leave(wake)


def test_that_it_is_crowded_with_64() -> None:
    kept = Hops(Time())
    tails = [kept.follow() for _ in range(hops.TAILS_MAX)]
    assert kept.crowded
    kept.leave(tails[0])
    assert not kept.crowded


def test_that_ids_grow_also_over_a_new_start() -> None:
    time = Time()
    first = Hops(time)
    for _ in range(3):
        hop(first, "a")
    time.now += 1
    second = Hops(time)
    hop(second, "a")
    ids = [one.row().id for one in (*of(first, "a"), *of(second, "a"))]
    assert ids == sorted(set(ids))


@pytest.mark.parametrize("id", ["", "5", "hop_", "hop_x", "hop_-5", "hop_²", f"hop_{'9' * 25}"])
def test_that_a_foreign_id_is_no_number(id: str) -> None:
    assert number_of(id) is None
    assert number_of(id_of(17)) == 17
