"""Calls are counted in memory, written together, and shown by hour."""

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bcdesk.server.changes import current_change
from bcdesk.server.database import Database, sqlite_url
from bcdesk.server.schema import prepare
from bcdesk.server.tables import callers, key_versions, keys
from bcdesk.server.usage import KINDS_MAX, REST, Usage, callers_of, clean_user_agent

NOW = 1_800_000_000.0
HOUR = 3600


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Open a database with the keys ``key_1`` and ``key_2``, each with one version."""
    database = Database(sqlite_url(tmp_path / "server.sqlite3"))
    prepare(database, NOW)
    with database.write() as connection:
        for number in (1, 2):
            row: dict[str, Any] = dict.fromkeys(("name", "description", "owner", "created_by"), "x")
            row |= dict.fromkeys(("tags", "scopes", "allowed_cidrs"), "[]") | {"environment": "live"}
            row |= {"id": f"key_{number}", "created_at": NOW, "updated_at": NOW, "compromised": False}
            connection.execute(keys.insert().values(**row, revision=1, field_revisions="{}", changed=0))
            connection.execute(
                key_versions.insert().values(
                    id=f"ver_{number}", key_id=f"key_{number}", token_hmac=bytes([number]) * 32, prefix="bca_live_",
                    last4="0000", created_at=NOW, overlap_seconds=0,
                )
            )  # fmt: skip
    yield database
    database.close()


def usage_at(database: Database, now: float = NOW) -> Usage:
    return Usage(database, lambda: now)


def row_of(database: Database, table: sa.Table, name: str) -> Any:
    with database.read() as connection:
        return connection.execute(sa.select(table).where(table.c.id == name)).one()


def callers_at(database: Database, now: float = NOW, key_id: str = "key_1") -> Any:
    with database.read() as connection:
        return callers_of(connection, key_id, now)


def test_that_a_call_moves_the_last_use_of_its_key_and_version_and_the_change_number(database: Database) -> None:
    usage = usage_at(database)
    usage.record("key_1", "ver_1", "203.0.113.9", "curl/8", NOW)
    usage.record("key_1", "ver_1", "203.0.113.10", "curl/8", NOW + 1)
    assert row_of(database, keys, "key_1").last_used_at is None
    usage.flush()
    for table, name in ((keys, "key_1"), (key_versions, "ver_1")):
        row = row_of(database, table, name)
        assert (row.last_used_at, row.last_used_from) == (NOW + 1, "203.0.113.10")
    changed = row_of(database, keys, "key_1").changed
    assert changed > 0
    assert row_of(database, keys, "key_2").changed == 0
    with database.read() as connection:
        assert current_change(connection) >= changed


def test_that_the_last_use_never_goes_back(database: Database) -> None:
    later, earlier = usage_at(database), usage_at(database)
    later.record("key_1", "ver_1", "203.0.113.9", "curl/8", NOW + 9)
    earlier.record("key_1", "ver_1", "203.0.113.10", "curl/8", NOW)
    later.flush()
    earlier.flush()
    assert row_of(database, keys, "key_1").last_used_from == "203.0.113.9"
    assert callers_at(database)["requests_24h"] == 2


def test_that_a_limited_call_is_counted_but_is_no_use(database: Database) -> None:
    usage = usage_at(database)
    usage.record("key_1", "ver_1", "203.0.113.9", "curl/8", NOW, limited=True)
    usage.flush()
    assert row_of(database, keys, "key_1").last_used_at is None
    found = callers_at(database)
    assert (found["requests_24h"], found["limited_24h"]) == (1, 1)


def test_that_callers_are_told_apart_and_come_busiest_first(database: Database) -> None:
    usage = usage_at(database)
    for count, address, program, at in (
        (2, "203.0.113.9", "curl/8", NOW),
        (5, "203.0.113.9", "player/1", NOW),
        (9, "203.0.113.8", "nightly/1", NOW - 48 * HOUR),
        (50, "203.0.113.7", "old/1", NOW - 7 * 24 * HOUR),
    ):
        for _ in range(count):
            usage.record("key_1", "ver_1", address, program, at)
    usage.flush()
    found = callers_at(database)
    assert [(item["user_agent"], item["requests_24h"], item["requests_7d"]) for item in found["items"]] == [
        ("player/1", 5, 5), ("curl/8", 2, 2), ("nightly/1", 0, 9),
    ]  # fmt: skip
    assert (found["requests_24h"], found["requests_7d"], found["limited_24h"]) == (7, 16, 0)
    assert callers_at(database, key_id="key_2")["items"] == []


def test_that_no_more_than_a_hundred_callers_are_listed_and_the_totals_hold_all(database: Database) -> None:
    usage = usage_at(database)
    for number in range(150):
        usage.record("key_1", "ver_1", f"10.0.0.{number}", "curl/8", NOW)
    usage.flush()
    found = callers_at(database)
    assert len(found["items"]) == 100
    assert found["requests_24h"] == 150


def test_that_a_caller_who_changes_its_name_at_each_call_fills_no_table(database: Database) -> None:
    usage = usage_at(database)
    for number in range(3000):
        usage.record("key_1", "ver_1", "10.0.0.1", f"program/{number}", NOW)
        if number % 500 == 0:
            usage.flush()
    usage.flush()
    with database.read() as connection:
        rows = connection.execute(sa.select(callers.c.user_agent, callers.c["count"])).all()
    assert len(rows) == KINDS_MAX + 1
    assert dict(map(tuple, rows))[REST] == 3000 - KINDS_MAX


def test_that_calls_of_a_key_that_is_gone_are_dropped(database: Database) -> None:
    usage = usage_at(database)
    usage.record("key_gone", "ver_gone", "10.0.0.1", "curl/8", NOW)
    usage.record("key_1", "ver_1", "10.0.0.1", "curl/8", NOW)
    usage.flush()
    assert callers_at(database)["requests_24h"] == 1


def test_that_what_cannot_be_written_now_is_written_later(database: Database, tmp_path: Path) -> None:
    from sqlcipher3 import dbapi2

    usage = usage_at(database)
    usage.record("key_1", "ver_1", "10.0.0.1", "curl/8", NOW)
    with contextlib.closing(dbapi2.connect(tmp_path / "server.sqlite3", isolation_level=None)) as other:
        other.execute("ALTER TABLE callers RENAME TO elsewhere")
        usage.flush()
        usage.record("key_1", "ver_1", "10.0.0.1", "curl/8", NOW + 1)
        other.execute("ALTER TABLE elsewhere RENAME TO callers")
    usage.flush()
    assert callers_at(database)["requests_24h"] == 2


def test_that_counts_older_than_eight_days_are_forgotten(database: Database) -> None:
    usage = usage_at(database, NOW)
    usage.record("key_1", "ver_1", "10.0.0.1", "curl/8", NOW - 9 * 24 * HOUR)
    usage.flush()
    usage_at(database, NOW + HOUR).flush()
    with database.read() as connection:
        assert connection.execute(sa.select(callers)).all() == []


def test_that_a_program_is_kept_short_and_never_with_a_secret_in_its_name() -> None:
    assert clean_user_agent("x" * 500) == "x" * 120
    assert clean_user_agent("a\r\nb\x00c") == "a  b c"
    secret = "bca_live_" + "a" * 36
    assert secret not in clean_user_agent(f"curl {secret}")
    assert clean_user_agent("bct_" + "A-_b" * 11) == "(removed)"


async def test_that_a_call_is_written_within_two_seconds_and_the_rest_at_the_stop(database: Database) -> None:
    usage = usage_at(database)
    usage.record("key_1", "ver_1", "10.0.0.1", "curl/8", NOW)
    written = asyncio.Event()
    loop = asyncio.get_running_loop()
    sa.event.listen(database.engine, "checkin", lambda *_: loop.call_soon_threadsafe(written.set))
    async with asyncio.timeout(2), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(usage.run())
        await written.wait()
        assert callers_at(database)["requests_24h"] == 1
        usage.record("key_1", "ver_1", "10.0.0.1", "curl/8", NOW)
        running.cancel()
    assert callers_at(database)["requests_24h"] == 2
