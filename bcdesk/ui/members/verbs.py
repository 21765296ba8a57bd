"""What the page does with members: opens a dialog, awaits it, hands links over, offers *Undo*."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.ui.dialogs import ask
from bcdesk.ui.page.verbs import Verbs
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from bcdesk.client.values import MadeMember
    from bcdesk.contract.rows import MemberRow


class MemberVerbs(Verbs):
    """Starts each verb as a task of the desk; every one binds to the id that it was started with."""

    def invite(self) -> None:
        """Invite a member."""
        self._dialog("invite member", self._invite())

    def edit(self, member_id: str) -> None:
        """Give a member another role."""
        self._dialog("member role", self._edit(member_id))

    def new_link(self, member_id: str) -> None:
        """Make a member a new set-up link."""
        self._dialog("new link", self._new_link(member_id))

    def disable(self, member_id: str) -> None:
        """Turn a member off, after its dialog."""
        self._dialog("turn member off", self._disable(member_id))

    def enable(self, member_id: str) -> None:
        """Turn a member on."""
        self._at_once("turn member on", self._enable(member_id))

    def refresh(self) -> None:
        """Read the members anew, unless there is no server to ask; what fails here the sync says."""
        if self._desk.client is not None:
            self._at_once("members", self._refresh())

    def _row(self, member_id: str) -> MemberRow | None:
        return self._desk.store.members.get(member_id)

    async def _invite(self) -> None:
        from bcdesk.ui.members.invite import InviteDialog

        await self._reveal(await ask(InviteDialog(self._host, self._desk)))

    async def _edit(self, member_id: str) -> None:
        from bcdesk.ui.members.changes import RoleDialog

        row = self._row(member_id)
        if row is not None:
            await ask(RoleDialog(self._host, self._desk, row))

    async def _new_link(self, member_id: str) -> None:
        from bcdesk.ui.members.changes import NewLinkDialog

        row = self._row(member_id)
        if row is not None:
            await self._reveal(await ask(NewLinkDialog(self._host, self._desk, row)))

    async def _disable(self, member_id: str) -> None:
        from bcdesk.ui.members.changes import TurnOffMemberDialog

        row = self._row(member_id)
        if row is not None and await ask(TurnOffMemberDialog(self._host, self._desk, row)) is not None:
            self._undo.offer(row.id, tr("{name} is off.", name=row.name), lambda: self.enable(row.id))

    async def _reveal(self, made: MadeMember | None) -> None:
        if made is None:
            return
        from bcdesk.ui.keys.reveal import hand_over

        self._select(made.row.id)
        await hand_over(self._host, made, desk=self._desk)

    async def _enable(self, member_id: str) -> None:
        from bcdesk.actions.members import change_member
        from bcdesk.client.errors import Stale

        row, on = self._row(member_id), {"disabled": False}
        if row is None:
            return
        client, store = self._client(), self._desk.store
        try:
            await change_member(client=client, store=store, member_id=row.id, changes=on, revision=row.revision)
        except Stale:
            await self._refresh()  # so that the next press goes against how it stands now
            raise
        self._forget_offer(member_id)

    async def _refresh(self) -> None:
        from bcdesk.actions.members import refresh_members
        from bcdesk.client.errors import ClientError

        try:
            await refresh_members(client=self._client(), store=self._desk.store)
        except ClientError:
            self._desk.sync_now()
