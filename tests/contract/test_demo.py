"""The demo shows what the portal page shows, once, and is marked for ever."""

from collections.abc import AsyncIterator, Iterator

import pytest
import sqlalchemy as sa

from bcdesk.contract import wire
from bcdesk.contract.moments import parse_moment
from bcdesk.server import members
from bcdesk.server.demo import is_demo, seed
from bcdesk.server.schema import prepare
from bcdesk.server.server_secret import ServerSecret
from bcdesk.server.state import ServerState
from bcdesk.server.tables import audit, callers, key_versions, keys
from tests.contract.support import SECRET, Api, Clock, open_state

HOUR = 3600


@pytest.fixture
def demo(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[ServerState]:
    """Seed an empty database."""
    state = open_state(tmp_path_factory.mktemp("demo"), clock)
    assert seed(state)
    state.demo = True
    yield state
    state.database.close()


@pytest.fixture
async def demo_api(demo: ServerState, clock: Clock) -> AsyncIterator[Api]:
    """Call the demo as a new owner."""
    with demo.database.write() as connection:
        owner = members.add(demo, connection, actor="test", name="Owner", role="owner", now=demo.now())
        token = members.issue_token(demo, connection, owner.id, actor="test", expires_at=None, now=demo.now())
    api = Api(demo, clock, dict.fromkeys(("owner", "manager", "viewer"), token))
    yield api
    await api.close()


@pytest.fixture
async def listed(demo_api: Api) -> dict[str, wire.Key]:
    """Return the keys of the demo as a new owner lists them, by name."""
    session = wire.Session.model_validate((await demo_api.viewer.get("/manage/v1/session")).json())
    assert "demo" in session.capabilities
    page = wire.KeyPage.model_validate((await demo_api.viewer.get("/manage/v1/keys")).json())
    return {key.name: key for key in page.items if isinstance(key, wire.Key)}


async def test_that_the_three_keys_are_as_the_page_shows_them(listed: dict[str, wire.Key], clock: Clock) -> None:
    shown = {
        name: (
            key.description,
            key.masked,
            key.environment,
            f"{key.created_at:%B} {key.created_at.day}, {key.created_at.year}",
            key.status,
        )
        for name, key in listed.items()
    }
    assert shown == {
        "Production Key": ("For live environment", "bca_live_*************a4f2", "live", "May 5, 2023", "active"),
        "Sandbox Key": ("For testing environment", "bca_test_*************b3e7", "sandbox", "May 5, 2023", "active"),
        "Old Production Key": (
            "Replaced by new key", "bca_live_*************c8d5", "live", "January 10, 2023", "revoked",
        ),
    }  # fmt: skip
    used = {name: key.last_used_at.timestamp() if key.last_used_at else None for name, key in listed.items()}
    assert used == {
        "Production Key": clock() - 2 * HOUR,
        "Sandbox Key": clock() - 24 * HOUR,
        "Old Production Key": parse_moment("2023-05-04T12:00:00Z"),
    }


async def test_that_the_old_key_was_replaced_by_the_production_key(listed: dict[str, wire.Key]) -> None:
    old, new = listed["Old Production Key"], listed["Production Key"]
    assert (old.revoked_reason, old.replaced_by, new.replaces) == ("Replaced by new key", new.id, old.id)
    assert (old.compromised, [version.state for version in old.versions]) == (False, ["revoked"])
    assert [version.state for version in new.versions] == ["current"]
    assert sorted(listed, key=lambda name: listed[name].id)[0] == "Old Production Key", "ids sort by birth"


async def test_that_the_sandbox_key_reads_only(listed: dict[str, wire.Key]) -> None:
    assert set(listed["Sandbox Key"].scopes) == {"user.profile", "beats.read"}


async def test_that_the_two_applications_are_as_the_page_shows_them(demo_api: Api) -> None:
    page = wire.AppPage.model_validate((await demo_api.viewer.get("/manage/v1/apps")).json())
    apps = [app for app in page.items if isinstance(app, wire.App)]
    shown = {app.name: (app.type, app.status, app.client_id, app.redirect_uris, app.scopes) for app in apps}
    assert shown == {
        "Beat Fusion App": (
            "mobile", "active", "client_5f82a4b7e9d287a3b5", ["beatfusion://callback"],
            ["user.profile", "beats.read", "purchases.write"],
        ),
        "Beat Marketplace": (
            "web", "active", "client_7d93c8e5f2a16b4d9c", ["https://beatmarketplace.com/oauth/callback"],
            ["user.profile", "beats.read", "purchases.write", "user.subscription"],
        ),
    }  # fmt: skip
    secrets = {app.name: [(len(one.last4), one.last_used_at, one.expires_at) for one in app.secrets] for app in apps}
    assert secrets == {"Beat Fusion App": [], "Beat Marketplace": [(4, None, None)]}
    assert all(app.pkce_required and app.created_by == "Demo data" and app.handover is None for app in apps)


async def test_that_what_the_demo_shows_could_be_registered(demo_api: Api) -> None:
    page = wire.AppPage.model_validate((await demo_api.viewer.get("/manage/v1/apps")).json())
    for app in page.items:
        assert isinstance(app, wire.App)
        body = app.model_dump(include=set(wire.AppNew.model_fields))
        made = (await demo_api.manager.secret_post("/manage/v1/apps", body)).json()["app"]
        assert wire.App.model_validate(made).model_dump(include=set(body)) == body


def test_that_callers_agree_with_the_last_use(demo: ServerState) -> None:
    with demo.database.read() as connection:
        newest = dict(
            map(tuple, connection.execute(
                sa.select(callers.c.key_id, sa.func.max(callers.c.last_seen_at)).group_by(callers.c.key_id)
            ))
        )  # fmt: skip
        used = dict(map(tuple, connection.execute(sa.select(keys.c.id, keys.c.last_used_at))))
    assert len(newest) == 2
    assert all(used[key_id] == seen for key_id, seen in newest.items())


def test_that_each_change_is_audited_and_the_chain_holds(demo: ServerState) -> None:
    with demo.database.read() as connection:
        actions = list(connection.scalars(sa.select(audit.c.action).order_by(audit.c.seq)))
        assert demo.audit.verify(connection, demo.audit.head()) is None
    assert actions == ["key.seeded"] * 3 + ["app.seeded"] * 2 + ["user.added"] * 3


def test_that_a_second_start_adds_nothing(demo: ServerState) -> None:
    assert not seed(demo)
    with demo.database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(keys)).scalar_one() == 3
        assert is_demo(connection)


def test_that_a_database_in_use_is_left_alone(server_state: ServerState) -> None:
    assert not seed(server_state)
    with server_state.database.read() as connection:
        assert not is_demo(connection)
        assert connection.execute(sa.select(sa.func.count()).select_from(keys)).scalar_one() == 0


def test_that_every_installation_draws_other_keys(
    demo: ServerState, tmp_path_factory: pytest.TempPathFactory, clock: Clock
) -> None:
    other = open_state(tmp_path_factory.mktemp("other"), clock)
    assert other.secret.pepper == ServerSecret(SECRET).pepper == demo.secret.pepper
    assert seed(other)
    stored = set()
    for state in (demo, other):
        with state.database.read() as connection:
            stored |= set(connection.scalars(sa.select(key_versions.c.token_hmac)))
    assert len(stored) == 6
    other.database.close()


def test_that_a_demo_database_stays_marked(demo: ServerState, clock: Clock) -> None:
    prepare(demo.database, clock())
    with demo.database.read() as connection:
        assert is_demo(connection)


def test_that_seeding_is_quick(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> None:
    import time

    state = open_state(tmp_path_factory.mktemp("quick"), clock)
    started = time.perf_counter()
    assert seed(state)
    assert time.perf_counter() - started < 1
    state.database.close()
