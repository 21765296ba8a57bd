"""The first frame reads what connections wrote, and takes whatever else lies there for nothing."""

from pathlib import Path

import pytest

from bcdesk.store.connections import Connections
from bcdesk.store.last_connection import FILE, last_named


def test_that_it_names_what_was_used_last(tmp_path: Path) -> None:
    assert last_named(tmp_path) == ("", "")
    connections = Connections(tmp_path)
    made = connections.add(name="Our studio", url="https://auth.example.com")
    assert last_named(tmp_path) == ("", "")
    connections.use(made.id)
    assert last_named(tmp_path) == (made.id, "Our studio")
    connections.use("demo")
    assert last_named(tmp_path) == ("demo", "")
    connections.use(made.id)
    connections.remove(made.id)
    assert last_named(tmp_path) == ("", "")


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"null", b"\xff", b'{"last": 7}', b'{"last": "a", "connections": [1]}', b"[" * 100_000]
)
def test_that_a_damaged_file_names_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    assert last_named(tmp_path) == ("", "")
