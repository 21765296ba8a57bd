"""*Invite a member…*: who it is and what they may do, then one request, then the reveal of their set-up link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.contract import key_rules, member_rules
from bcdesk.contract.codes import Fault
from bcdesk.contract.key_rules import FieldFault
from bcdesk.ui.dialogs import Dialog
from bcdesk.ui.field_form import FieldForm
from bcdesk.ui.keys.about import ConnectionLine
from bcdesk.ui.roles import ROLES, role_sentence, role_words
from bcdesk.ui.submission import Submission
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Button, LineEdit, Radios

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from bcdesk.client.client import Client
    from bcdesk.client.values import MadeMember
    from bcdesk.store.store import Store
    from bcdesk.ui.desk import Desk


class MemberForm(FieldForm):
    """Name, address and role; judged by the contract's rules, and by who is known already."""

    def __init__(self, dialog: Dialog, store: Store) -> None:
        """Begin empty, with the role that may least."""
        super().__init__(dialog)
        self._store = store
        self.name = LineEdit(most=key_rules.NAME_MAX, name="name")
        self.email = LineEdit(most=member_rules.EMAIL_MAX, name="email")
        options = [(one, role_words(one), role_sentence(one)) for one in reversed(ROLES)]
        self.role = Radios(options, value="viewer", label=tr("Role"), name="role")
        hint = tr("They sign in with it. Left empty, the set-up page asks for it.")
        self.add("/name", tr("Name"), self.name)
        self.add("/email", tr("Email address"), self.email, hint=hint, optional=True)
        self.add("/role", tr("Role"), self.role)
        self.watch()

    def faults(self) -> list[FieldFault]:
        """Return every fault; that an address is taken is known here where its member is."""
        email = self.email.value()
        found = [*member_rules.check_name(self.name.value()), *member_rules.check_address(email)]
        if email and any(row.email.casefold() == email.casefold() for row in self._store.members.values()):
            found.append(FieldFault("/email", Fault.DUPLICATE))
        return found


class InviteDialog(Dialog):
    """Asks who is to come in; its outcome is the `MadeMember`."""

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        """Begin empty."""
        intro = tr(
            "They get a set-up link, which you hand to them once. It works once, for 15 minutes: with it they set a "
            "password and sign in."
        )
        super().__init__(parent, tr("Invite a member"), name="invite_member", intro=intro)
        self._desk = desk
        self.form = MemberForm(self, desk.store)
        self._submission = Submission(self, desk)
        self.add_leave()
        self.make = Button(tr("Invite"), "primary", name="invite_member.make", on_click=self._submit)
        self.add_button(self.make, default=True)
        self.footer.insertWidget(0, ConnectionLine(desk))
        self.form.focus()

    def _submit(self) -> None:
        if self.busy or not self.form.check():
            return
        self._submission.send(
            self._make,
            name="invite member",
            busy=tr("Inviting… If you leave now, it is discarded as soon as the server answers."),
            done=self.finish,
            orphaned=self._submission.throw_away,
        )

    async def _make(self, client: Client) -> MadeMember:
        from bcdesk.actions.members import invite_member

        form, store, journal = self.form, self._desk.store, self._desk.journal
        name, email = form.name.value(), form.email.value()
        return await invite_member(
            client=client, store=store, journal=journal, name=name, email=email, role=form.role.value()
        )
