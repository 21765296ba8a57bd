"""Every route of the contract as data: the client builds paths from it, the server is checked against it."""

from typing import Final, NamedTuple

MANAGE: Final = "/manage/v1"


class Route(NamedTuple):
    """A route: least role it asks for (None: no management token), and whether it makes a secret."""

    name: str
    method: str
    path: str
    role: str | None = "viewer"
    makes_secret: bool = False

    def at(self, **parts: str) -> str:
        """Return the path with its ids filled in."""
        return self.path.format(**parts)


SESSION: Final = Route("session", "GET", f"{MANAGE}/session")
SCOPES: Final = Route("scopes", "GET", f"{MANAGE}/scopes")
EVENTS: Final = Route("events", "GET", f"{MANAGE}/events")
MEMBERS_LIST: Final = Route("members.list", "GET", f"{MANAGE}/members")
MEMBERS_CREATE: Final = Route("members.create", "POST", f"{MANAGE}/members", "owner", True)
MEMBERS_SETUP: Final = Route("members.setup", "POST", f"{MANAGE}/members/{{member_id}}/setup-link", "owner", True)
MEMBERS_PATCH: Final = Route("members.patch", "PATCH", f"{MANAGE}/members/{{member_id}}", "owner")
KEYS_LIST: Final = Route("keys.list", "GET", f"{MANAGE}/keys")
KEYS_CREATE: Final = Route("keys.create", "POST", f"{MANAGE}/keys", "manager", True)
KEYS_IDENTIFY: Final = Route("keys.identify", "POST", f"{MANAGE}/keys/identify", "manager")
KEYS_GET: Final = Route("keys.get", "GET", f"{MANAGE}/keys/{{key_id}}")
KEYS_PATCH: Final = Route("keys.patch", "PATCH", f"{MANAGE}/keys/{{key_id}}", "manager")
KEYS_ROTATE: Final = Route("keys.rotate", "POST", f"{MANAGE}/keys/{{key_id}}/rotate", "manager", True)
KEYS_REVOKE: Final = Route("keys.revoke", "POST", f"{MANAGE}/keys/{{key_id}}/revoke", "manager")
KEYS_RESTORE: Final = Route("keys.restore", "POST", f"{MANAGE}/keys/{{key_id}}/restore", "manager")
KEYS_DISABLE: Final = Route("keys.disable", "POST", f"{MANAGE}/keys/{{key_id}}/disable", "manager")
KEYS_ENABLE: Final = Route("keys.enable", "POST", f"{MANAGE}/keys/{{key_id}}/enable", "manager")
KEYS_CALLERS: Final = Route("keys.callers", "GET", f"{MANAGE}/keys/{{key_id}}/callers")
VERSIONS_RETIRE: Final = Route(
    "keys.versions.retire", "POST", f"{MANAGE}/keys/{{key_id}}/versions/{{version_id}}/retire", "manager"
)
VERSIONS_EXTEND: Final = Route(
    "keys.versions.extend", "POST", f"{MANAGE}/keys/{{key_id}}/versions/{{version_id}}/extend", "manager"
)
HANDOVERS_ACK: Final = Route("handovers.ack", "POST", f"{MANAGE}/handovers/{{handover_id}}/ack", "manager")
HANDOVERS_DISCARD: Final = Route("handovers.discard", "POST", f"{MANAGE}/handovers/{{handover_id}}/discard", "manager")
ME: Final = Route("me", "GET", "/v1/me", None)
BEATS: Final = Route("beats", "GET", "/v1/beats", None)
HEALTHZ: Final = Route("healthz", "GET", "/healthz", None)
READYZ: Final = Route("readyz", "GET", "/readyz", None)
OPENAPI: Final = Route("openapi", "GET", "/openapi.json", None)

ROUTES: Final = tuple(value for value in list(globals().values()) if isinstance(value, Route))
IDEMPOTENCY_KEY: Final = r"^[A-Za-z0-9_-]{32,128}$"
PAGE_DEFAULT: Final = 100
PAGE_MAX: Final = 1000
