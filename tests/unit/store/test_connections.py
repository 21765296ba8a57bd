"""The servers that the desk knows outlive it, hold nothing secret, and a foreign file is no harm."""

import json
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from bcdesk.store.connections import DEMO, LOCAL, MOST, Connection, ConnectionFaultError, Connections

STUDIO: dict[str, Any] = {"name": "Studio", "url": "https://desk.studio.example"}


def add(connections: Connections, **more: Any) -> Connection:
    return connections.add(**{**STUDIO, **more})


def test_that_the_two_of_this_computer_are_always_there(tmp_path: Path) -> None:
    connections = Connections(tmp_path / "desk")
    assert connections.list() == (LOCAL, DEMO)
    assert connections.last is None
    assert not (tmp_path / "desk").exists()  # looking writes nothing


def test_that_what_was_added_is_found_by_the_next_desk(tmp_path: Path) -> None:
    files: dict[str, Any] = {name: tmp_path / name for name in ("ca_bundle", "client_certificate", "client_key")}
    connections = Connections(tmp_path)
    first = add(connections, **files, proxy="http://proxy.studio.example:3128")
    second = add(connections, name="Büro – 2")
    connections.use(second.id)
    later = Connections(tmp_path)
    assert later.list() == (LOCAL, DEMO, first, second)
    assert later.last == second
    assert later.find(first.id) == Connection(first.id, "remote", **STUDIO, **files, proxy=first.proxy)
    assert later.find("con_0") is None


def test_that_a_change_keeps_the_id_and_a_removal_forgets_the_last_one(tmp_path: Path) -> None:
    connections = Connections(tmp_path)
    made = add(connections)
    connections.use(made.id)
    changed = connections.change(made.id, name="Other", kind="local")
    assert changed == Connection(made.id, "remote", "Other", STUDIO["url"])
    assert Connections(tmp_path).last == changed
    connections.remove(made.id)
    connections.remove(made.id)
    later = Connections(tmp_path)
    assert (later.list(), later.last) == ((LOCAL, DEMO), None)


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"name": " "}, "name", "missing"),
        ({"url": ""}, "url", "missing"),
        ({"name": "x" * 2001}, "name", "too_long"),
        ({"url": "https://me:pw@desk.example"}, "url", "secret"),
        ({"url": "https://token@desk.example"}, "url", "secret"),
        ({"url": "https://desk.example/?token=1"}, "url", "secret"),
        ({"url": "https://desk.example/#token"}, "url", "secret"),
        ({"proxy": "http://me:pw@proxy.example:1"}, "proxy", "secret"),
        ({"client_certificate": Path("me.pem")}, "client_key", "alone"),
        ({"client_key": Path("me.key")}, "client_certificate", "alone"),
    ],
)
def test_that_what_is_incomplete_or_secret_is_not_kept(
    tmp_path: Path, changes: dict[str, Any], field: str, reason: str
) -> None:
    connections = Connections(tmp_path)
    made = add(connections)
    before = (tmp_path / "connections.json").read_bytes()
    with pytest.raises(ConnectionFaultError) as added:
        add(connections, **changes)
    with pytest.raises(ConnectionFaultError) as changed:
        connections.change(made.id, **changes)
    for fault in (added.value, changed.value):
        assert (fault.field, fault.reason) == (field, reason)
        assert "pw" not in str(fault)
    assert (tmp_path / "connections.json").read_bytes() == before
    assert connections.list() == (LOCAL, DEMO, made)


def test_that_those_of_this_computer_and_unknown_ones_are_neither_changed_nor_removed(tmp_path: Path) -> None:
    connections = Connections(tmp_path)
    for id in ("local", "demo", "con_none"):
        with pytest.raises(ConnectionFaultError):
            connections.change(id, name="x")
    for id in ("local", "demo"):
        with pytest.raises(ConnectionFaultError):
            connections.remove(id)
    with pytest.raises(ConnectionFaultError):
        connections.use("con_none")
    connections.use("demo")
    assert Connections(tmp_path).last == DEMO


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX modes")
def test_that_only_its_owner_reads_the_file(tmp_path: Path) -> None:
    add(Connections(tmp_path / "desk"))
    for path in (tmp_path / "desk", tmp_path / "desk" / "connections.json"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"3", b"\xff\xfe", b"[" * 200_000, b'{"connections": "x", "last": 3}']
)
def test_that_a_file_that_is_none_is_set_aside_and_no_harm(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "connections.json").write_bytes(content)
    connections = Connections(tmp_path)
    assert (connections.list(), connections.last) == ((LOCAL, DEMO), None)
    made = add(connections)
    assert Connections(tmp_path).list() == (LOCAL, DEMO, made)


def test_that_what_is_no_connection_is_left_out_and_the_others_stay(tmp_path: Path) -> None:
    good = {"id": "con_1", **STUDIO}
    listed = [3, None, {}, {**good, "id": "local"}, {**good, "url": "https://a:b@c.example"}, {**good, "name": 3}, good]
    file = {"version": 1, "last": "con_1", "connections": [*listed, *({**good, "id": f"con_x{n}"} for n in range(200))]}
    (tmp_path / "connections.json").write_text(json.dumps(file))
    connections = Connections(tmp_path)
    assert connections.list()[2] == Connection("con_1", "remote", **STUDIO) == connections.last
    assert len(connections.list()) <= MOST + 2


def test_that_there_is_an_end_to_how_many_are_kept(tmp_path: Path) -> None:
    connections = Connections(tmp_path)
    listed = [{"id": f"con_{n}", **STUDIO} for n in range(MOST)]
    (tmp_path / "connections.json").write_text(json.dumps({"connections": listed}))
    with pytest.raises(ConnectionFaultError, match="too_many"):
        add(connections)
