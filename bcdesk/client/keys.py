"""API keys: one method for each route of the contract."""

from collections.abc import Iterable, Mapping
from typing import Any

from bcdesk.client import convert, resource
from bcdesk.client.checked import read, read_secret
from bcdesk.client.replies import Reply
from bcdesk.client.resource import PAGE, Resource
from bcdesk.client.transport import ATTEMPTS
from bcdesk.client.values import KeyDraft, KeyPageRows, MadeKey, MadeVersion
from bcdesk.contract import key_format, routes, wire
from bcdesk.contract.moments import format_moment
from bcdesk.contract.rows import CallersRow, IdentifiedRow, KeyRow


class Keys(Resource):
    """The routes below ``/manage/v1/keys``."""

    async def list(
        self, limit: int = PAGE, cursor: str | None = None, since: str | None = None, *, attempts: int = ATTEMPTS
    ) -> KeyPageRows:
        """Return a page: all keys, or with ``since`` those that changed, deleted ones included."""
        reply = await self._page(routes.KEYS_LIST, limit, cursor, since, attempts)
        return await page_rows(reply)

    async def get(self, id: str) -> KeyRow:
        """Return one key."""
        return self._row(await self._call(routes.KEYS_GET, {"key_id": id}, attempts=ATTEMPTS))

    async def create(self, draft: KeyDraft, idempotency_key: str) -> MadeKey:
        """Make a key; the same Idempotency-Key gives the same answer until its hand-over ends."""
        return await self.create_from(draft.body(), idempotency_key)

    async def create_from(self, body: Mapping[str, Any], idempotency_key: str) -> MadeKey:
        """Make a key from the exact JSON, as a replay needs it."""
        reply = await self._make(routes.KEYS_CREATE, {}, body, idempotency_key)
        made, secret = read_secret(wire.KeyMade, reply, key_format.parse)
        return MadeKey(convert.key_row(made.key), convert.handover_row(made.handover), secret)

    async def rotate(
        self,
        id: str,
        *,
        overlap_seconds: int,
        starts: str,
        replaces_version: str | None = None,
        idempotency_key: str,
    ) -> MadeVersion:
        """Make a new version; ``starts`` (first_use or now) says when the old one's overlap begins."""
        body = {"overlap_seconds": overlap_seconds, "starts": starts, "replaces_version": replaces_version}
        return await self.rotate_from(id, body, idempotency_key)

    async def rotate_from(self, id: str, body: Mapping[str, Any], idempotency_key: str) -> MadeVersion:
        """Make a new version from the exact JSON, as a replay needs it."""
        reply = await self._make(routes.KEYS_ROTATE, {"key_id": id}, body, idempotency_key)
        made, secret = read_secret(wire.VersionMade, reply, key_format.parse)
        return MadeVersion(
            convert.version_row(made.version), convert.key_row(made.key), convert.handover_row(made.handover), secret
        )

    async def patch(self, id: str, changes: Mapping[str, Any], revision: int) -> KeyRow:
        """Change fields (RFC 7396) of the key as it was at ``revision``; raise `Stale` where it changed since."""
        return self._row(await self._patch(routes.KEYS_PATCH, {"key_id": id}, changes, revision))

    async def revoke(self, id: str, *, reason: str, compromised: bool) -> KeyRow:
        """End a key; ``compromised`` makes it final."""
        return await self._act(routes.KEYS_REVOKE, {"key_id": id}, {"reason": reason, "compromised": compromised})

    async def restore(self, id: str) -> KeyRow:
        """Take a revocation back, within 60 minutes and never after a leak."""
        return await self._act(routes.KEYS_RESTORE, {"key_id": id})

    async def disable(self, id: str) -> KeyRow:
        """Turn a key off."""
        return await self._act(routes.KEYS_DISABLE, {"key_id": id})

    async def enable(self, id: str) -> KeyRow:
        """Turn a key on again."""
        return await self._act(routes.KEYS_ENABLE, {"key_id": id})

    async def retire(self, id: str, version_id: str) -> KeyRow:
        """End a version now."""
        return await self._act(routes.VERSIONS_RETIRE, {"key_id": id, "version_id": version_id})

    async def extend(self, id: str, version_id: str, retires_at: float) -> KeyRow:
        """Move the end of a retiring version to ``retires_at`` (epoch seconds)."""
        body = {"retires_at": format_moment(retires_at)}
        return await self._act(routes.VERSIONS_EXTEND, {"key_id": id, "version_id": version_id}, body)

    async def callers(self, id: str) -> CallersRow:
        """Return who called with a key in the last 24 hours and 7 days."""
        reply = await self._call(routes.KEYS_CALLERS, {"key_id": id}, attempts=ATTEMPTS)
        return convert.callers_row(read(wire.Callers, reply))

    async def identify(self, digests: Iterable[str]) -> tuple[IdentifiedRow, ...]:
        """Return the keys that SHA-256 ``digests`` (hex) of whole keys belong to; unknown ones are left out."""
        reply = await self._call(routes.KEYS_IDENTIFY, body={"sha256": [*digests]}, attempts=ATTEMPTS)
        return convert.identified_rows(read(wire.IdentifiedList, reply))

    async def _act(self, route: routes.Route, ids: Mapping[str, str], body: Mapping[str, Any] | None = None) -> KeyRow:
        return self._row(await self._call(route, ids, body={} if body is None else body))

    def _row(self, reply: Reply) -> KeyRow:
        return convert.key_row(read(wire.Key, reply))


async def page_rows(reply: Reply) -> KeyPageRows:
    """Check and convert a page of keys, letting the loop turn between slices of it."""
    return await resource.page_rows(reply, wire.KeyPage, wire.Key, convert.key_row)
