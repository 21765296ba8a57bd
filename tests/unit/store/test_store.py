"""The store keeps what the server said, and tells its listeners exactly what each answer changed."""

from collections.abc import Callable

import pytest

from bcdesk.contract.rows import AppRow, KeyRow, MemberRow, SessionRow
from bcdesk.store.store import Change, Link, Store


def key(place: int, **more: object) -> KeyRow:
    row = KeyRow(
        id=f"key_{place}", name=f"Key {place}", description="", owner="", tags=(), environment="live",
        masked="bca_live_*************abcd", scopes=("beats.read",), allowed_cidrs=(), status="active", rotation=None,
        created_at=1.0, created_by="Owner", updated_at=1.0, last_used_at=None, last_used_from=None, expires_at=None,
        revoked_at=None, revoked_reason=None, compromised=False, replaces=None, replaced_by=None, versions=(),
        handover=None, revision=1, haystack=f"key {place}",
    )  # fmt: skip
    return row._replace(**more)  # type: ignore[arg-type]


def app(place: int, **more: object) -> AppRow:
    row = AppRow(
        id=f"app_{place}", name=f"App {place}", description="", owner="", tags=(), type="web", status="active",
        client_id="client_0123456789abcdef01", redirect_uris=("https://shop.example/cb",), scopes=("beats.read",),
        grant_types=("authorization_code",), token_endpoint_auth_method="client_secret_basic", pkce_required=True,
        access_token_ttl=3600, refresh_token_ttl=86400, contacts=(), client_uri="", secrets=(), created_at=1.0,
        created_by="Owner", updated_at=1.0, last_used_at=None, handover=None, revision=1, haystack=f"app {place}",
    )  # fmt: skip
    return row._replace(**more)  # type: ignore[arg-type]


SESSION = SessionRow(MemberRow("mem_1", "Owner", "", "owner", False, 1.0), "owner", "server", "1", frozenset({"demo"}))


@pytest.fixture
def heard() -> list[Change]:
    return []


@pytest.fixture
def store(heard: list[Change]) -> Store:
    store = Store()
    store.listen(heard.append)
    return store


def test_that_one_write_tells_all_it_changed_once(store: Store, heard: list[Change]) -> None:
    store.apply_keys([key(1), key(2), key(3)])
    store.apply_keys([key(2, name="New", revision=2), key(4)], ["key_3", "key_9"])
    assert heard == [
        Change(keys_added=("key_1", "key_2", "key_3")),
        Change(keys_added=("key_4",), keys_changed=("key_2",), keys_removed=("key_3",)),
    ]
    assert set(store.keys) == {"key_1", "key_2", "key_4"}
    assert store.keys["key_2"].name == "New"


def test_that_an_answer_that_says_nothing_new_is_told_to_nobody(store: Store, heard: list[Change]) -> None:
    store.apply_keys([key(1)])
    store.apply_keys([key(1)])
    store.apply_keys([], ["key_2"])
    store.set_link()
    store.set_session(None)
    assert len(heard) == 1


def test_that_an_answer_overtaken_on_its_way_does_not_undo_a_newer_one(store: Store, heard: list[Change]) -> None:
    store.apply_keys([key(1, revision=3, name="Newest")])
    store.apply_keys([key(1, revision=2, name="Older")])
    assert store.keys["key_1"].name == "Newest"
    store.apply_keys([key(1, revision=3, name="Newest", last_used_at=9.0)])
    store.apply_keys([key(1, revision=3, name="Newest", last_used_at=None)])
    assert store.keys["key_1"].last_used_at == 9.0
    store.apply_keys([key(1, revision=1, name="From a backup")], force=True)
    assert store.keys["key_1"].name == "From a backup"
    assert len(heard) == 3


def test_that_replacing_removes_what_is_not_there(store: Store, heard: list[Change]) -> None:
    store.apply_keys([key(1), key(2)])
    store.replace_keys([key(2), key(3)])
    assert heard[-1] == Change(keys_added=("key_3",), keys_removed=("key_1",))


def test_that_link_and_session_are_told(store: Store, heard: list[Change]) -> None:
    store.set_link(state="online", as_of=5.0)
    store.set_session(SESSION)
    assert heard == [Change(link=True), Change(session=True)]
    assert store.link == Link("online", 5.0)
    assert store.session == SESSION


def test_that_a_listener_that_fails_keeps_no_other_from_hearing(
    store: Store, heard: list[Change], caplog: pytest.LogCaptureFixture
) -> None:
    def fails(change: Change) -> None:
        raise RuntimeError("no")

    store.listen(fails)
    after: list[Change] = []
    store.listen(after.append)
    store.apply_keys([key(1)])
    assert len(heard) == len(after) == 1
    assert "a listener of the store failed" in caplog.text


def test_that_a_listener_that_stopped_hears_nothing(store: Store) -> None:
    late: list[Change] = []
    stop, again = store.listen(late.append), store.listen(late.append)
    stop()
    stop()
    store.apply_keys([key(1)])
    assert len(late) == 1
    again()
    store.apply_keys([key(2)])
    assert len(late) == 1


def test_that_a_listener_may_stop_while_it_is_told(store: Store, heard: list[Change]) -> None:
    stops: list[Callable[[], None]] = []
    stops.append(store.listen(lambda change: stops[0]()))
    after: list[Change] = []
    store.listen(after.append)
    store.apply_keys([key(1)])
    store.apply_keys([key(2)])
    assert len(heard) == len(after) == 2


def test_that_applications_are_told_apart_from_keys(store: Store, heard: list[Change]) -> None:
    store.apply_keys([key(1)])
    store.apply_apps([app(1), app(2)])
    store.apply_apps([app(1, name="New", revision=2), app(2, revision=0, name="Older")], ["app_9"])
    store.apply_apps([], ["app_2"])
    assert heard[1:] == [
        Change(apps_added=("app_1", "app_2")),
        Change(apps_changed=("app_1",)),
        Change(apps_removed=("app_2",)),
    ]
    assert [(change.keys, change.apps) for change in heard] == [(True, False), *[(False, True)] * 3]
    assert (set(store.keys), set(store.apps), store.apps["app_1"].name) == ({"key_1"}, {"app_1"}, "New")


def test_that_a_row_of_either_list_is_put_and_found_by_its_id(store: Store, heard: list[Change]) -> None:
    assert [store.apply_row(row).brought(row.id) for row in (key(1), app(1))] == [True, True]
    assert (store.find("key_1"), store.find("app_1")) == (key(1), app(1))
    assert store.find(None) is store.find("") is store.find("app_2") is None
    assert not any(change.brought("app_2") for change in heard)


def test_that_a_store_that_forgets_keeps_nothing_and_says_what_went(store: Store, heard: list[Change]) -> None:
    keys, apps = store.keys, store.apps
    store.apply_keys([key(1), key(2)])
    store.apply_apps([app(1)])
    store.set_link(state="online", as_of=5.0, since="s-1")
    heard.clear()
    store.forget()
    assert (store.keys, store.apps, store.session, store.link) == ({}, {}, None, Link())
    assert keys is store.keys, "whoever holds the rows goes on with them"
    assert apps is store.apps
    (change,) = heard
    assert (set(change.keys_removed), change.apps_removed, change.link, change.session) == (
        {"key_1", "key_2"},
        ("app_1",),
        True,
        True,
    )
    assert store.apply_keys([key(1)]).keys_added == ("key_1",)
