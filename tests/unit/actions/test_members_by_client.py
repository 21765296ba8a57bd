"""Members as the client tells them of a real server: invited with a link, changed under their revision."""

import pytest

from bcdesk.client.bearer import Bearer
from bcdesk.client.client import Client
from bcdesk.client.errors import Conflict, Forbidden, InvalidValues, Stale
from bcdesk.client.transport import Transport
from bcdesk.contract.first_party import SETUP, setup_link
from tests.unit.actions.conftest import Bench


def client_of(bench: Bench, role: str) -> Client:
    return Client(Transport(bench.api.state.base_url, Bearer(bench.api.tokens[role]), inner=bench.line))


async def test_that_an_invitation_brings_a_link_that_comes_again_with_its_key_alone(bench: Bench) -> None:
    owner, new = client_of(bench, "owner"), {"name": "Newcomer", "email": "New@studio.example", "role": "viewer"}
    made = await owner.members.create(**new, idempotency_key="k" * 43)
    assert (made.row.state, made.row.email, made.row.last_seen_at) == ("invited", "new@studio.example", None)
    assert SETUP.fullmatch(made.secret.show())
    assert setup_link("https://desk.example/", made.secret.show()).startswith("https://desk.example/setup#bcu_")
    assert made.secret.show() not in repr(made)
    again = await owner.members.create(**new, idempotency_key="k" * 43)
    assert again.secret.show() == made.secret.show()
    with pytest.raises(InvalidValues) as refused:
        await owner.members.create(**new, idempotency_key="m" * 43)
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/email", "duplicate")]
    renewed = await owner.members.setup(made.row.id, idempotency_key="n" * 43)
    assert renewed.secret.show() != made.secret.show()
    assert made.row in await owner.members.list()
    await owner.aclose()


async def test_that_a_member_is_changed_by_an_owner_as_it_was_read(bench: Bench) -> None:
    owner, manager = client_of(bench, "owner"), client_of(bench, "manager")
    rows = {row.role: row for row in await manager.members.list()}
    with pytest.raises(Forbidden):
        await manager.members.patch(rows["viewer"].id, {"role": "owner"}, rows["viewer"].revision)
    changed = await owner.members.patch(rows["viewer"].id, {"disabled": True}, rows["viewer"].revision)
    assert (changed.state, changed.disabled, changed.revision) == ("disabled", True, 2)
    with pytest.raises(Stale):
        await owner.members.patch(rows["viewer"].id, {"role": "manager"}, 1)
    with pytest.raises(Conflict) as refused:
        await owner.members.patch(rows["owner"].id, {"role": "viewer"}, rows["owner"].revision)
    assert refused.value.code == "last_owner"
    assert (await owner.session()).signed_in_by == "token"
    await owner.aclose()
    await manager.aclose()
