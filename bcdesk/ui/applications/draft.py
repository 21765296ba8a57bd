"""What the form of an application holds, judged by the contract's rules before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from bcdesk.contract import app_rules
from bcdesk.ui.values import Values

if TYPE_CHECKING:
    from bcdesk.client.values import AppDraft
    from bcdesk.contract.key_rules import FieldFault


@dataclass(frozen=True, slots=True)
class AppValues(Values):
    """The values of an application's form, as they would be sent."""

    FIXED: ClassVar = ("type", "token_endpoint_auth_method")

    name: str = ""
    description: str = ""
    owner: str = ""
    tags: tuple[str, ...] = ()
    type: str = "web"
    redirect_uris: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ("user.profile",)
    grant_types: tuple[str, ...] = app_rules.DEFAULT_GRANTS["web"]
    token_endpoint_auth_method: str = app_rules.TYPES["web"].auth_methods[0]
    pkce_required: bool = True
    access_token_ttl: int = app_rules.ACCESS_TTL
    refresh_token_ttl: int = app_rules.REFRESH_TTL
    contacts: tuple[str, ...] = ()
    client_uri: str = ""

    @classmethod
    def of_draft(cls, draft: AppDraft) -> AppValues:
        """Take over what a registration was understood to ask for."""
        rules = app_rules.TYPES[draft.type]
        return cls(
            name=draft.name,
            description=draft.description,
            owner=draft.owner,
            tags=draft.tags,
            type=draft.type,
            redirect_uris=draft.redirect_uris,
            scopes=draft.scopes,
            grant_types=draft.grant_types or app_rules.DEFAULT_GRANTS[draft.type],
            token_endpoint_auth_method=draft.token_endpoint_auth_method or rules.auth_methods[0],
            pkce_required=draft.pkce_required,
            access_token_ttl=draft.access_token_ttl or app_rules.ACCESS_TTL,
            refresh_token_ttl=draft.refresh_token_ttl or app_rules.REFRESH_TTL,
            contacts=draft.contacts,
            client_uri=draft.client_uri,
        )

    def draft(self) -> AppDraft:
        """Return what *register* takes."""
        from bcdesk.client.values import AppDraft

        return AppDraft(**{name: getattr(self, name) for name in self.names()})

    def faults(self) -> list[FieldFault]:
        """Return every fault by the contract's own rules."""
        fields = {name: getattr(self, name) for name in self.names() if name != "type"}
        return app_rules.check_app(fields, self.type)
