"""A client of the suite: registered for it, and gone after it."""

from dataclasses import dataclass

from bcdesk.flow.held import Held


@dataclass(slots=True, repr=False)
class Party:
    """One registered client, with its secret held for as long as the suite lasts."""

    client_id: str
    auth_method: str
    redirect_uri: str
    scopes: tuple[str, ...]
    grant_types: tuple[str, ...]
    pkce_required: bool
    secret: Held | None = None
    app_id: str | None = None
    """The application on the desk's own server, where it is one."""
    configuration: str = ""
    """Where the registration is deleted (RFC 7592), with ``token``."""
    token: Held | None = None

    @property
    def confidential(self) -> bool:
        """Tell whether it authenticates with a secret."""
        return self.secret is not None

    def may(self, grant_type: str) -> bool:
        """Tell whether it is registered for a grant type."""
        return grant_type in self.grant_types

    def forget(self) -> None:
        """Wipe what it authenticates with."""
        for held in (self.secret, self.token):
            if held is not None:
                held.discard()
