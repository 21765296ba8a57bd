"""A secret is asked for so that no cut line and no crash makes two keys or loses one."""

import asyncio
from pathlib import Path

import httpx
import pytest

from bcdesk.actions import handovers
from bcdesk.actions.making import settled
from bcdesk.client.errors import (
    ClientError,
    Conflict,
    Forbidden,
    Garbled,
    InvalidValues,
    NotFound,
    Refused,
    SignInNeeded,
    Unreachable,
)
from tests.unit.actions.conftest import Bench

ALL = ["after"] * 4


async def test_that_the_request_is_in_the_journal_before_it_is_sent(bench: Bench) -> None:
    on_disk: list[int] = []

    def watch(request: httpx.Request) -> None:
        if request.method == "POST":
            on_disk.append(len(list(Path(bench.folder, "journal").iterdir())))

    bench.line.watch = watch
    made = await bench.create()
    await bench.rotate(made.key.id, replaces_version=made.version_id)
    assert on_disk == [1, 2]


async def test_that_two_requests_never_share_an_idempotency_key(bench: Bench) -> None:
    await bench.create()
    await bench.create()
    sent = [request.headers["Idempotency-Key"] for request in bench.line.carried if request.method == "POST"]
    assert len(set(sent)) == 2
    assert {len(key) for key in sent} == {43}


@pytest.mark.parametrize("breaks", [["after"], ["before"], ["garbled", "x"], ["before", "after", "after"]])
async def test_that_a_cut_attempt_is_repeated_with_the_same_key(bench: Bench, breaks: list[str]) -> None:
    if breaks[0] == "garbled":
        bench.line.breaks = ["garbled"]
        with pytest.raises(Garbled):
            await bench.create()
        assert [entry.state for entry in bench.journal.pending()] == ["sealed"]
    else:
        bench.line.breaks = breaks
    made = await bench.create()
    assert await bench.names() == ["Shop"]
    assert await bench.api.use(made.secret.take()) == 200
    assert [entry.state for entry in bench.journal.pending()] == ["waiting"]


async def test_that_an_attempt_given_up_is_taken_up_again_and_not_doubled(bench: Bench) -> None:
    bench.line.breaks = ALL[:]
    with pytest.raises(Unreachable) as cut:
        await bench.create(expires_at=bench.clock() + 86_400.0)
    assert cut.value.uncertain
    assert bench.journal.claimed == set()
    made = await bench.create(expires_at=bench.clock() + 86_460.0)
    assert await bench.names() == ["Shop"]
    assert made.key.expires_at == bench.clock() + 86_400.0
    assert len(bench.journal.pending()) == 1


@pytest.mark.parametrize("more", [{"name": "Till"}, {"expires_at": 1_790_100_000.0}])
async def test_that_a_changed_wish_is_a_request_of_its_own(bench: Bench, more: dict[str, object]) -> None:
    bench.line.breaks = ALL[:]
    with pytest.raises(Unreachable):
        await bench.create()
    await bench.create(**more)
    assert [entry.state for entry in bench.journal.pending()] == ["sealed", "waiting"]
    found = await handovers.recover(**bench.parts, clock=bench.clock)
    assert [one.kind for one in found] == ["waiting"]
    assert len(await bench.names()) == 2


async def test_that_what_surely_never_arrived_is_forgotten(bench: Bench) -> None:
    bench.line.down = True
    with pytest.raises(Unreachable) as refused:
        await bench.create()
    assert (refused.value.reason, refused.value.uncertain) == ("refused", False)
    assert bench.journal.pending() == ()
    bench.line.down = False
    assert await handovers.recover(**bench.parts, clock=bench.clock) == []
    assert await bench.names() == []


async def test_that_a_cancelled_request_is_settled_later(bench: Bench) -> None:
    arrived = asyncio.Event()

    def watch(request: httpx.Request) -> None:
        arrived.set()

    bench.line.watch = watch
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(bench.create())
        await arrived.wait()
        task.cancel()
    assert bench.journal.claimed == set()
    (found,) = await handovers.recover(**bench.parts, clock=bench.clock)
    assert found.made is not None
    assert await bench.api.use(found.made.secret.take()) == 200
    assert await bench.names() == ["Shop"]


async def test_that_the_entry_says_what_a_person_needs_to_know(bench: Bench) -> None:
    made = await bench.create()
    (entry,) = bench.journal.pending()
    assert (entry.kind, entry.key_id, entry.version_id) == ("create", made.key.id, made.version_id)
    assert (entry.handover_id, entry.masked) == (made.handover.id, made.key.masked)
    assert entry.connection == bench.api.state.server_id
    await handovers.acknowledge(**bench.parts, made=made, how="copy")
    rotated = await bench.rotate(made.key.id)
    (entry,) = bench.journal.pending()
    assert (entry.kind, entry.key_id, entry.version_id) == ("rotate", made.key.id, rotated.version.id)
    assert entry.masked == "bca_live_*************" + rotated.secret.last4


async def test_that_no_secret_is_in_the_journal_the_store_or_a_print(bench: Bench) -> None:
    made = await bench.create()
    value = made.secret.show()
    places = [repr(bench.store.keys), repr(bench.journal.pending()), repr(made), repr(vars(bench.journal))]
    places += [file.read_bytes().decode("latin-1") for file in bench.folder.rglob("*") if file.is_file()]
    assert value[:-4] not in "".join(places)
    assert value[9:20] not in "".join(places)


def uncertain(error: ClientError) -> ClientError:
    error.uncertain = True
    return error


@pytest.mark.parametrize(
    ("error", "proves"),
    [
        (Unreachable("refused"), True),
        (Unreachable("cut", uncertain=True), False),
        (Garbled("json"), False),
        (InvalidValues(422, "invalid_values", ""), True),
        (uncertain(InvalidValues(422, "invalid_values", "")), True),
        (uncertain(NotFound(404, "not_found", "")), True),
        (uncertain(Refused(400, "malformed_json", "")), True),
        (Conflict(409, "idempotency_in_flight", ""), False),
        (uncertain(Conflict(409, "handover_ended", "")), True),
        (Forbidden(403, "forbidden_role", ""), True),
        (uncertain(Forbidden(403, "forbidden_role", "")), False),
        (uncertain(SignInNeeded(401, "invalid_token", "")), False),
    ],
)
def test_that_only_a_definite_answer_settles_a_request(error: ClientError, proves: bool) -> None:
    assert settled(error) is proves
