"""The audit: a row in the transaction of each change, chained so that a writer of the database is found out."""

from pathlib import Path

import pytest

from bcdesk.contract import key_format
from bcdesk.server.audit import HEAD_FILE, Audit
from bcdesk.server.server_secret import ServerSecret
from tests.contract.support import Api


def verify(api: Api, *, with_head: bool = True) -> int | None:
    with api.state.database.read() as connection:
        return api.state.audit.verify(connection, api.state.audit.head() if with_head else None)


def tamper(api: Api, statement: str) -> None:
    with api.state.database.write() as connection:
        connection.exec_driver_sql(statement)


async def test_that_every_change_leaves_its_row(api: Api) -> None:
    made = await api.make_key()
    key_id = made["key"]["id"]
    before = len(api.audit())
    await api.act(f"handovers/{made['handover']['id']}/ack", {"how": "copy"})
    await api.use(made["secret"])
    rotated = await api.rotate(key_id)
    await api.use(rotated["secret"])
    await api.act(f"keys/{key_id}/versions/{made['key']['versions'][0]['id']}/extend", {
        "retires_at": "2026-10-01T00:00:00Z"
    })  # fmt: skip
    await api.act(f"keys/{key_id}/versions/{made['key']['versions'][0]['id']}/retire")
    await api.act(f"keys/{key_id}/disable")
    await api.act(f"keys/{key_id}/enable")
    await api.act(f"keys/{key_id}/revoke", {"reason": "Tidy up"})
    await api.act(f"keys/{key_id}/restore")
    other = await api.make_key()
    await api.act(f"handovers/{other['handover']['id']}/discard")
    assert [action for action, _, _ in api.audit()[before:]] == [
        "handover.acknowledged",
        "key.version.first_used",
        "key.rotated",
        "key.version.first_used",
        "key.version.extended",
        "key.version.retired",
        "key.disabled",
        "key.enabled",
        "key.revoked",
        "key.restored",
        "key.created",
        "handover.discarded",
    ]
    assert verify(api) is None


async def test_that_no_row_holds_a_secret(api: Api) -> None:
    made = await api.make_key()
    rotated = await api.rotate(made["key"]["id"])
    text = str(api.audit())
    assert key_format.mask_token(made["secret"]) in text
    for secret in (made["secret"], rotated["secret"], *api.tokens.values()):
        assert secret not in text


async def test_that_a_refused_change_leaves_no_row(api: Api) -> None:
    made = await api.make_key()
    before = api.audit()
    await api.manager.post(f"/manage/v1/keys/{made['key']['id']}/restore")
    await api.viewer.post(f"/manage/v1/keys/{made['key']['id']}/disable")
    assert api.audit() == before


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit SET actor = 'somebody' WHERE seq = 3", 3),
        ("UPDATE audit SET at = at + 0.001 WHERE seq = 1", 1),
        ("UPDATE audit SET detail = replace(detail, 'owner', 'viewer') WHERE seq = 1", 1),
        ("UPDATE audit SET target = 'key_x' WHERE seq = 5", 5),
        ("UPDATE audit SET mac = previous_mac WHERE seq = 4", 4),
        ("DELETE FROM audit WHERE seq = 2", 2),
        ("DELETE FROM audit WHERE seq = 1", 1),
        ("UPDATE audit SET seq = 99 WHERE seq = 6", 6),
    ],
)
async def test_that_a_changed_row_is_found(api: Api, statement: str, broken: int) -> None:
    await api.make_key()
    assert verify(api) is None
    tamper(api, statement)
    assert verify(api) == broken
    assert verify(api, with_head=False) == broken


async def test_that_a_cut_tail_is_found_by_the_head_alone(api: Api) -> None:
    await api.make_key()
    count = len(api.audit())
    tamper(api, f"DELETE FROM audit WHERE seq = {count}")
    assert verify(api, with_head=False) is None
    assert verify(api) == count


async def test_that_a_forged_row_is_found(api: Api) -> None:
    await api.make_key()
    forger = Audit(ServerSecret(b"x" * 32))
    with api.state.database.write() as connection:
        forger.append(connection, at=1.0, actor="mem_x", action="key.created", target="key_x")
    assert verify(api, with_head=False) == len(api.audit())


async def test_that_the_head_names_the_newest_row(api: Api) -> None:
    await api.make_key()
    head = api.state.audit.head()
    assert head is not None
    assert head.seq == len(api.audit())
    assert api.state.data_dir is not None
    assert not [file for file in api.state.data_dir.iterdir() if file.name.startswith(f".{HEAD_FILE}")]


async def test_that_a_lost_head_costs_no_change(api: Api, tmp_path: Path) -> None:
    api.state.audit = Audit(api.state.secret, tmp_path / "gone")
    await api.make_key()
    assert api.state.audit.head() is None
    assert verify(api) is None


async def test_that_parallel_changes_make_one_chain(api: Api) -> None:
    import asyncio

    await asyncio.gather(*(api.make_key() for _ in range(20)))
    assert verify(api) is None
