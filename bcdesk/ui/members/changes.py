"""The dialogs that change a member: another role, turned off, a new set-up link; each says what that does to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.members.about import MemberLine
from bcdesk.ui.members.owners import is_me, owner_reason
from bcdesk.ui.roles import ROLES, role_sentence, role_words
from bcdesk.ui.submission import Submission
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Button, Card, Field, Label, Radios

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from bcdesk.client.client import Client
    from bcdesk.client.values import MadeMember
    from bcdesk.contract.rows import MemberRow
    from bcdesk.store.store import Change
    from bcdesk.ui.desk import Desk


class MemberDialog(Dialog):
    """Is bound to a member as at the press; what changed meanwhile is said and taken over before it can be sent."""

    def __init__(
        self, parent: QWidget, desk: Desk, row: MemberRow, title: str, *, name: str, destructive: bool = False
    ) -> None:
        """Bind to ``row``."""
        super().__init__(parent, title, name=name, destructive=destructive)
        self._desk, self.row = desk, row
        self.act: Button | None = None
        self.add(MemberLine(desk, row))
        self._submission = Submission(self, desk)
        self._stop_listening = desk.store.listen(self._store_changed)
        self.finished.connect(lambda _result: self._stop_listening())

    def end_with(self, text: str, kind: Any) -> None:
        """End the dialog with its buttons; ``text`` is the verb."""
        self.add_leave()
        self.act = Button(text, kind, name=f"{self.objectName()}.act", on_click=self._submit)
        self.add_button(self.act, default=not self.destructive)
        self.refresh()

    def blocked(self) -> str | None:
        """Return why it cannot be done now, or None."""
        return None

    def refresh(self) -> None:
        """Say on the button why it cannot be pressed."""
        gone = self.row.id not in self._desk.store.members
        reason = tr("This member is no longer on the server.") if gone else self.blocked()
        if self.act is not None and not self.busy:
            self.act.set_reason(reason)

    def send(self) -> None:
        """Send what the dialog asks for."""
        raise NotImplementedError

    def changed(self, client: Client, **changes: Any) -> Any:
        """Return the request that changes the member as it was read."""
        from bcdesk.actions.members import change_member

        store, row = self._desk.store, self.row
        return change_member(client=client, store=store, member_id=row.id, changes=changes, revision=row.revision)

    def stale(self, error: BaseException) -> bool:
        """Take over what someone else changed meanwhile, and say so; nothing was sent then."""
        from bcdesk.client.errors import Stale

        if not isinstance(error, Stale):
            return False
        self._desk.scope.start(self._read_again(), name="read member again")
        return True

    def rebound(self) -> None:
        """Show what depends on the member as it is now."""

    async def _read_again(self) -> None:
        from bcdesk.actions.members import refresh_members
        from bcdesk.client.errors import ClientError

        client = self._desk.client
        if client is None:
            return
        try:
            await refresh_members(client=client, store=self._desk.store)
        except ClientError:
            return
        row = self._desk.store.members.get(self.row.id)
        if row is not None and self._submission.open:
            self.row = row
            self.rebound()
            what = tr("Someone else changed this member meanwhile.")
            self.show_problem(what, tr("Nothing was done. It stands as it is now; look, then try again."), tone="warn")
            self.refresh()

    def _submit(self) -> None:
        self.refresh()
        if not self.busy and self.act is not None and self.act.reason is None:
            self.send()

    def _store_changed(self, change: Change) -> None:
        if self.row.id in change.members_removed and self.outcome is None and not self.busy:
            self.show_problem(tr("This member is no longer on the server."), tr("There is nothing left to do."))
        if change.members:
            self.refresh()


class RoleDialog(MemberDialog):
    """Gives a member another role; its outcome is the row as it then is."""

    def __init__(self, parent: QWidget, desk: Desk, row: MemberRow) -> None:
        """Begin with the role that the member has."""
        super().__init__(parent, desk, row, tr("Change the role of {name}", name=row.name), name="member_role")
        options = [(one, role_words(one), role_sentence(one)) for one in ROLES]
        self.role = Radios(options, value=row.role, label=tr("Role"), name="role")
        self.add_field("/role", Field(tr("Role"), self.role))
        self._outlook = Card(name="outlook", title=tr("What will happen"))
        self._words = Label("", "body", wrap=True, name="consequence")
        self._outlook.body.addWidget(self._words)
        self.add(self._outlook)
        self.end_with(tr("Change the role"), "primary")
        self.role.chosen.connect(lambda _role: self._show())
        self._show()
        self.role.button(row.role).setFocus()

    def blocked(self) -> str | None:
        """Ask for another role than the present one; the last owner stays one."""
        if self.role.value() == self.row.role:
            return tr("This is the role that they have.")
        return owner_reason(self._desk.store, self.row)

    def rebound(self) -> None:
        """Say it anew."""
        self._show()

    def send(self) -> None:
        """Change the role."""
        role = self.role.value()
        self._submission.send(
            lambda client: self.changed(client, role=role),
            name="change role",
            busy=tr("Changing the role… If you leave now, the server may still take it."),
            done=self.finish,
            failed=self.stale,
        )

    def _show(self) -> None:
        self.refresh()
        chosen, now = self.role.value(), self.row.role
        self._outlook.setVisible(chosen != now)
        said = [tr("It holds from their next request on.")]
        if now == "owner" and is_me(self._desk.store, self.row):
            said.append(tr("This is you: you will not see the members any more."))
        elif chosen == "owner":
            said.append(tr("An owner can turn off you, too."))
        elif chosen == "viewer":
            said.append(tr("Keys and apps that they made stay as they are."))
        self._words.setText(" ".join(said))
        self.fit()


class TurnOffMemberDialog(MemberDialog):
    """Turns a member off; its outcome is the row as it then is."""

    def __init__(self, parent: QWidget, desk: Desk, row: MemberRow) -> None:
        """Bind to ``row``."""
        title = tr("Turn off {name}", name=row.name)
        super().__init__(parent, desk, row, title, name="turn_off_member", destructive=True)
        me = tr("This is you: this desk is signed out at once, and only another owner can turn you on again.")
        out = tr("They are signed out everywhere at once and cannot sign in until they are turned on again.")
        for index, sentence in enumerate(
            (
                me if is_me(desk.store, row) else "",
                out if row.state == "active" else tr("They cannot come in until they are turned on again."),
                tr("What they made stays: their keys and apps work on. A set-up link of theirs opens nothing."),
            )
        ):
            if sentence:
                self.add(Label(sentence, "body", wrap=True, name=f"ending.{index}"))
        self.end_with(tr("Turn off"), "destroy")

    def blocked(self) -> str | None:
        """Refuse the last owner, as the server does."""
        return owner_reason(self._desk.store, self.row)

    def send(self) -> None:
        """Turn the member off."""
        self._submission.send(
            lambda client: self.changed(client, disabled=True),
            name="turn off member",
            busy=tr("Asking the server… Leaving this dialog does not call it back."),
            done=self.finish,
            failed=self.stale,
        )


class NewLinkDialog(MemberDialog):
    """Makes a member a new set-up link; its outcome is the `MadeMember`."""

    def __init__(self, parent: QWidget, desk: Desk, row: MemberRow) -> None:
        """Bind to ``row``."""
        title = tr("New set-up link for {name}", name=row.name)
        super().__init__(parent, desk, row, title, name="new_link")
        first = tr("With it they set a password and sign in. A link made before opens nothing any more.")
        again = tr(
            "With it they set a new password. Until then the present one works; with the new one they are signed "
            "out everywhere."
        )
        once = tr("You hand it to them once. It works once, for 15 minutes.")
        for index, sentence in enumerate((first if row.state == "invited" else again, once)):
            self.add(Label(sentence, "body", wrap=True, name=f"link.{index}"))
        self.end_with(tr("Make the link"), "primary")

    def send(self) -> None:
        """Make the link."""
        self._submission.send(
            self._make,
            name="new link",
            busy=tr("Making the link… If you leave now, it is discarded as soon as the server answers."),
            done=self.finish,
            orphaned=self._submission.throw_away,
        )

    async def _make(self, client: Client) -> MadeMember:
        from bcdesk.actions.members import new_link

        store, journal = self._desk.store, self._desk.journal
        return await new_link(client=client, store=store, journal=journal, member_id=self.row.id)
