"""The routes of OAuth applications and of the authorization server, as data."""

from typing import Final

from bcdesk.contract.routes import MANAGE, Route

_APP: Final = f"{MANAGE}/apps/{{app_id}}"

APPS_LIST: Final = Route("apps.list", "GET", f"{MANAGE}/apps")
APPS_CREATE: Final = Route("apps.create", "POST", f"{MANAGE}/apps", "manager", True)
APPS_GET: Final = Route("apps.get", "GET", _APP)
APPS_PATCH: Final = Route("apps.patch", "PATCH", _APP, "manager")
APPS_DELETE: Final = Route("apps.delete", "DELETE", _APP, "manager")
APPS_RESTORE: Final = Route("apps.restore", "POST", f"{_APP}/restore", "manager")
APPS_DISABLE: Final = Route("apps.disable", "POST", f"{_APP}/disable", "manager")
APPS_ENABLE: Final = Route("apps.enable", "POST", f"{_APP}/enable", "manager")
SECRETS_CREATE: Final = Route("apps.secrets.create", "POST", f"{_APP}/secrets", "manager", True)
SECRETS_DELETE: Final = Route("apps.secrets.delete", "DELETE", f"{_APP}/secrets/{{secret_id}}", "manager")
GRANTS_LIST: Final = Route("apps.grants.list", "GET", f"{_APP}/grants")
GRANTS_DELETE_ALL: Final = Route("apps.grants.delete_all", "DELETE", f"{_APP}/grants", "manager")
GRANTS_DELETE: Final = Route("apps.grants.delete", "DELETE", f"{_APP}/grants/{{grant_id}}", "manager")
REDIRECT_CHECK: Final = Route("apps.redirect_check", "POST", f"{_APP}/redirect-check")
FLOW_TRACE: Final = Route("flow_trace", "GET", f"{MANAGE}/flow-trace", "manager")

PURCHASES: Final = Route("purchases", "POST", "/v1/purchases", None)
SUBSCRIPTION: Final = Route("subscription", "GET", "/v1/me/subscription", None)

AUTHORIZE: Final = Route("oauth.authorize", "GET", "/oauth/authorize", None)
TOKEN: Final = Route("oauth.token", "POST", "/oauth/token", None)
REVOKE: Final = Route("oauth.revoke", "POST", "/oauth/revoke", None)
INTROSPECT: Final = Route("oauth.introspect", "POST", "/oauth/introspect", None)
PAR: Final = Route("oauth.par", "POST", "/oauth/par", None)
REGISTER: Final = Route("oauth.register", "POST", "/oauth/register", None)
REGISTRATION_GET: Final = Route("oauth.registration.get", "GET", "/oauth/register/{client_id}", None)
REGISTRATION_PUT: Final = Route("oauth.registration.put", "PUT", "/oauth/register/{client_id}", None)
REGISTRATION_DELETE: Final = Route("oauth.registration.delete", "DELETE", "/oauth/register/{client_id}", None)
USERINFO: Final = Route("oauth.userinfo", "GET", "/oauth/userinfo", None)
METADATA: Final = Route("oauth.metadata", "GET", "/.well-known/oauth-authorization-server", None)

APP_ROUTES: Final = tuple(value for value in list(globals().values()) if isinstance(value, Route))
MANAGED: Final = tuple(route for route in APP_ROUTES if route.role is not None)
"""Those of the management API."""
