"""What *Test* found at an address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Card, Facts, announce, clear

if TYPE_CHECKING:
    from bcdesk.actions.probe import FoundServer


class ServerCard(Card):
    """Takes no room before a test, and after anything that it depends on was changed."""

    def __init__(self) -> None:
        """Begin hidden."""
        super().__init__("ok", name="server_found", title=tr("A BeatConnect server answers"))
        self.hide()

    def forget(self) -> None:
        """Take away what was found."""
        self.hide()

    def show_server(self, found: FoundServer) -> None:
        """Show what answers."""
        title = self.body.takeAt(0)
        clear(self.body)
        if title is not None:
            self.body.addItem(title)
        facts = Facts(label_width=92)
        facts.add("server_name", tr("Name"), found.issuer, mono=True)
        facts.add("server_version", tr("Version"), found.version or tr("not told"))
        one = found.certificate
        if one is None:
            facts.add("server_certificate", tr("Certificate"), tr("none: it is on this machine"))
        else:
            words = tr("{subject}, by {issuer}, until {ends}", subject=one.subject, issuer=one.issuer, ends=one.ends)
            facts.add("server_certificate", tr("Certificate"), words)
        self.body.addWidget(facts)
        self.show()
        announce(self)
