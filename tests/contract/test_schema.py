"""The database's shape: made at once when empty, by migrations when old, the same either way."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bcdesk.server import schema
from bcdesk.server.database import Database, sqlite_url
from bcdesk.server.migrations.run import upgrade
from bcdesk.server.server_secret import KEY_FILE, VARIABLE, KeyFileError, load_secret
from bcdesk.server.tables import metadata


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(sqlite_url(tmp_path / "server.db"))
    yield database
    database.close()


def differences(database: Database) -> list[object]:
    with database.read() as connection:
        settings = {"compare_type": True, "compare_server_default": True}
        found: list[object] = compare_metadata(MigrationContext.configure(connection, opts=settings), metadata)
    return [one for one in found if "alembic_version" not in str(one)]


def test_that_an_empty_database_gets_every_table_and_the_newest_revision(database: Database) -> None:
    server_id = schema.prepare(database, 0.0)
    assert server_id
    assert differences(database) == []
    assert schema.prepare(database, 1.0) == server_id


def test_that_migrations_lead_to_the_same_tables(database: Database) -> None:
    upgrade(database)
    assert differences(database) == []
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT id, value FROM change_clock").all() == [(1, 0)]


def test_that_applications_of_the_first_form_are_kept(database: Database) -> None:
    upgrade(database, "0001")
    with database.write() as connection:
        for name, kind, status in (("Shop", "web", "active"), ("Phone", "mobile", "disabled")):
            connection.exec_driver_sql(
                "INSERT INTO applications VALUES (?, ?, ?, '', 'Platform', ?, '[]', '[]', ?, 12.5, 3)",
                (f"app_{name}", f"client_{name}", name, kind, status),
            )
    upgrade(database)
    with database.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT name, token_endpoint_auth_method, pkce_required, disabled_at, created_at, changed"
            " FROM applications ORDER BY name"
        ).all()
    assert rows == [("Phone", "none", 1, 12.5, 12.5, 3), ("Shop", "client_secret_basic", 1, None, 12.5, 3)]


def test_that_hand_overs_and_kept_replies_of_keys_are_kept(database: Database) -> None:
    upgrade(database, "0002")
    with database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO handovers VALUES ('hnd_1', 'create', 'key_1', 'ver_1', 'mem_1', 'waiting', NULL, 1, 2, NULL)"
        )
        connection.exec_driver_sql(
            "INSERT INTO idempotency VALUES ('mem_1', 'POST /x', x'01', x'02', x'03', 'hnd_1', 'key_1', 1)"
        )
    upgrade(database)
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT row_id, secret_id FROM handovers").all() == [("key_1", "ver_1")]
        kept = connection.exec_driver_sql("SELECT sealed_reply, handover_id, row_id FROM idempotency").all()
    assert kept == [(b"\x03", "hnd_1", "key_1")]


def test_that_members_and_their_tokens_are_kept(database: Database) -> None:
    upgrade(database, "0003")
    with database.write() as connection:
        connection.exec_driver_sql("INSERT INTO members VALUES ('mem_1', 'A', '', 'owner', 1, NULL, 1, '{}', 1)")
        connection.exec_driver_sql("INSERT INTO member_tokens VALUES (x'01', 'mem_1', 'last', 1, NULL, NULL)")
    upgrade(database)
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT * FROM members").one() == (
            "mem_1", "A", "", "owner", 1, None, 1, "{}", 1, None,
        )  # fmt: skip
        kept = connection.exec_driver_sql("SELECT * FROM member_tokens").one()
    assert kept == (b"\x01", "mem_1", "last", 1, None, None, None)


def test_that_a_difference_is_seen(database: Database) -> None:
    upgrade(database)
    with database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE keys DROP COLUMN owner")
    assert "owner" in str(differences(database))


def test_that_the_stamp_is_the_newest_migration() -> None:
    folder = Path(schema.__file__).parent / "migrations"
    assert ScriptDirectory(str(folder)).get_current_head() == schema.HEAD


def test_that_a_database_of_a_newer_program_is_left_alone(database: Database) -> None:
    schema.prepare(database, 0.0)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(schema.NewerDatabaseError):
        schema.prepare(database, 1.0)


def test_that_a_new_database_keeps_what_it_was_told(database: Database) -> None:
    with database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        version = connection.exec_driver_sql("SELECT sqlite_version()").scalar_one()
    assert tuple(map(int, version.split("."))) >= (3, 51, 3)  # past the WAL-reset bug


def test_that_an_error_inside_a_write_leaves_nothing(database: Database) -> None:
    schema.prepare(database, 0.0)

    def fail() -> None:
        with database.write() as connection:
            schema.write_meta(connection, "half", "done")
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    with database.read() as connection:
        assert schema.read_meta(connection, "half") is None


def test_that_the_key_file_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    first = load_secret(tmp_path, {})
    file = tmp_path / KEY_FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(file.read_bytes()) == 32
    assert load_secret(tmp_path, {}).pepper == first.pepper
    assert [one.name for one in tmp_path.iterdir()] == [KEY_FILE]


@pytest.mark.parametrize(
    "text", ["00" * 32, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"]
)
def test_that_the_key_may_come_from_the_environment(tmp_path: Path, text: str) -> None:
    (tmp_path / KEY_FILE).write_bytes(bytes(32))
    from_file = load_secret(tmp_path, {})
    (tmp_path / KEY_FILE).unlink()
    assert load_secret(tmp_path, {VARIABLE: text}).pepper == from_file.pepper
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "short", "zz" * 32])
def test_that_a_wrong_key_is_refused_without_being_shown(tmp_path: Path, text: str) -> None:
    with pytest.raises(KeyFileError) as caught:
        load_secret(tmp_path, {VARIABLE: text})
    assert not text or text not in str(caught.value)


def test_that_a_cut_key_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_bytes(bytes(31))
    with pytest.raises(KeyFileError):
        load_secret(tmp_path, {})


def test_that_every_table_is_made_by_name(database: Database) -> None:
    schema.prepare(database, 0.0)
    with database.read() as connection:
        assert set(sa.inspect(connection).get_table_names()) == {*metadata.tables, "alembic_version"}
