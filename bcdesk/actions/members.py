"""What an owner can do with members; each applies the server's answer to the store and returns it."""

from collections.abc import Mapping
from typing import Any

from bcdesk.actions.making import make_link, make_member
from bcdesk.client.client import Client
from bcdesk.client.values import MadeMember
from bcdesk.contract.rows import MemberRow
from bcdesk.store.journal import Journal
from bcdesk.store.store import Store


async def invite_member(
    *, client: Client, store: Store, journal: Journal, name: str, email: str, role: str
) -> MadeMember:
    """Invite a member: the set-up link waits for its one hand-over, and works for 15 minutes."""
    body = {"name": name, "email": email, "role": role}
    return await make_member(client=client, store=store, journal=journal, body=body, clock=store.clock.now)


async def new_link(*, client: Client, store: Store, journal: Journal, member_id: str) -> MadeMember:
    """Make a member a new set-up link, which ends those before it: to come in, or to set a new password."""
    return await make_link(client=client, store=store, journal=journal, member_id=member_id, clock=store.clock.now)


async def change_member(
    *, client: Client, store: Store, member_id: str, changes: Mapping[str, Any], revision: int
) -> MemberRow:
    """Change ``role`` or ``disabled`` of a member as it was at ``revision``; raise `Stale` where it changed since."""
    row = await client.members.patch(member_id, changes, revision)
    store.apply_members([row])
    return row


async def refresh_members(*, client: Client, store: Store) -> tuple[MemberRow, ...]:
    """Read all members anew, as when one looks at them: when somebody was last seen moves without a change."""
    rows = await client.members.list()
    store.replace_members(rows)
    return rows
