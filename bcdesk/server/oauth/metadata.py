"""What this server can do, told to clients (RFC 8414): all of it is true, and all that is true is told."""

from typing import Any

from bcdesk.contract import app_routes, scopes
from bcdesk.contract.app_rules import TYPES
from bcdesk.contract.routes import Route
from bcdesk.server.oauth.client_auth import CONFIDENTIAL, METHODS


def metadata(issuer: str) -> dict[str, Any]:
    """Return the metadata document of the server whose issuer identifier is ``issuer``."""

    def at(route: Route) -> str:
        return issuer.rstrip("/") + route.path

    grant_types = dict.fromkeys(grant for rules in TYPES.values() for grant in rules.grant_types)
    return {
        "issuer": issuer,
        "authorization_endpoint": at(app_routes.AUTHORIZE),
        "token_endpoint": at(app_routes.TOKEN),
        "registration_endpoint": at(app_routes.REGISTER),
        "revocation_endpoint": at(app_routes.REVOKE),
        "introspection_endpoint": at(app_routes.INTROSPECT),
        "pushed_authorization_request_endpoint": at(app_routes.PAR),
        "userinfo_endpoint": at(app_routes.USERINFO),
        "scopes_supported": [scope.name for scope in scopes.SCOPES],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": list(grant_types),
        "token_endpoint_auth_methods_supported": list(METHODS),
        "revocation_endpoint_auth_methods_supported": list(METHODS),
        "introspection_endpoint_auth_methods_supported": list(CONFIDENTIAL),
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "require_pushed_authorization_requests": False,
        "request_parameter_supported": False,
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "ui_locales_supported": ["en"],
    }
