"""OAuth applications: one method for each route of the contract."""

from collections.abc import Mapping
from typing import Any

from bcdesk.client import convert, convert_apps
from bcdesk.client.checked import read, read_maybe_secret, read_secret
from bcdesk.client.errors import Garbled
from bcdesk.client.replies import Reply
from bcdesk.client.resource import PAGE, Resource, page_rows
from bcdesk.client.transport import ATTEMPTS
from bcdesk.client.values import AppDraft, AppPageRows, GrantPageRows, MadeApp, MadeSecret
from bcdesk.contract import app_routes as routes
from bcdesk.contract.app_rules import SECRET
from bcdesk.contract.redirects import Verdict
from bcdesk.contract.routes import Route
from bcdesk.contract.rows import AppRow
from bcdesk.contract.wire import applications as wire

GRANTS_PAGE = 100


class Applications(Resource):
    """The routes below ``/manage/v1/apps``."""

    async def list(
        self, limit: int = PAGE, cursor: str | None = None, since: str | None = None, *, attempts: int = ATTEMPTS
    ) -> AppPageRows:
        """Return a page: all applications, or with ``since`` those that changed, deleted ones included."""
        reply = await self._page(routes.APPS_LIST, limit, cursor, since, attempts)
        return await page_rows(reply, wire.AppPage, wire.App, convert_apps.app_row)

    async def get(self, id: str) -> AppRow:
        """Return one application."""
        return self._row(await self._call(routes.APPS_GET, {"app_id": id}, attempts=ATTEMPTS))

    async def create(self, draft: AppDraft, idempotency_key: str) -> MadeApp | AppRow:
        """Register an application; the same Idempotency-Key gives the same answer until its hand-over ends."""
        return await self.create_from(draft.body(), idempotency_key)

    async def create_from(self, body: Mapping[str, Any], idempotency_key: str) -> MadeApp | AppRow:
        """Register an application from the exact JSON, as a replay needs it; a public one has no secret."""
        reply = await self._make(routes.APPS_CREATE, {}, body, idempotency_key)
        made, secret = read_maybe_secret(wire.AppMade, reply, SECRET.fullmatch)
        if (secret is None) is not (made.handover is None):
            raise Garbled("secret", status=reply.status)
        app = convert_apps.app_row(made.app)
        if secret is None or made.handover is None:
            return app
        return MadeApp(app, convert.handover_row(made.handover), secret)

    async def patch(self, id: str, changes: Mapping[str, Any], revision: int) -> AppRow:
        """Change fields (RFC 7396) of the application as it was at ``revision``; raise `Stale` where it changed."""
        return self._row(await self._patch(routes.APPS_PATCH, {"app_id": id}, changes, revision))

    async def delete(self, id: str) -> None:
        """Delete an application: every use is refused at once, for 60 minutes it can be restored."""
        await self._call(routes.APPS_DELETE, {"app_id": id})

    async def restore(self, id: str) -> AppRow:
        """Take a deletion back, within 60 minutes."""
        return await self._act(routes.APPS_RESTORE, id)

    async def disable(self, id: str) -> AppRow:
        """Turn an application off."""
        return await self._act(routes.APPS_DISABLE, id)

    async def enable(self, id: str) -> AppRow:
        """Turn an application on again."""
        return await self._act(routes.APPS_ENABLE, id)

    async def add_secret(
        self, id: str, *, overlap_seconds: int, replaces_secret: str | None = None, idempotency_key: str
    ) -> MadeSecret:
        """Make a further client secret; the old one works on for ``overlap_seconds``."""
        body = {"overlap_seconds": overlap_seconds, "replaces_secret": replaces_secret}
        return await self.add_secret_from(id, body, idempotency_key)

    async def add_secret_from(self, id: str, body: Mapping[str, Any], idempotency_key: str) -> MadeSecret:
        """Make a further client secret from the exact JSON, as a replay needs it."""
        reply = await self._make(routes.SECRETS_CREATE, {"app_id": id}, body, idempotency_key)
        made, secret = read_secret(wire.SecretMade, reply, SECRET.fullmatch)
        version, app = convert_apps.app_secret_row(made.version), convert_apps.app_row(made.app)
        return MadeSecret(version, app, convert.handover_row(made.handover), secret)

    async def delete_secret(self, id: str, secret_id: str) -> None:
        """End a client secret now."""
        await self._call(routes.SECRETS_DELETE, {"app_id": id, "secret_id": secret_id})

    async def grants(self, id: str, limit: int = GRANTS_PAGE, cursor: str | None = None) -> GrantPageRows:
        """Return a page of what users allowed an application, newest first."""
        reply = await self._page(routes.GRANTS_LIST, limit, cursor, None, app_id=id)
        page = read(wire.GrantPage, reply)
        rows = tuple(convert_apps.grant_row(grant) for grant in page.items)
        return GrantPageRows(rows, page.next_cursor, page.as_of.timestamp())

    async def revoke_grant(self, id: str, grant_id: str) -> None:
        """Take back what one user allowed; its tokens end at once."""
        await self._call(routes.GRANTS_DELETE, {"app_id": id, "grant_id": grant_id})

    async def revoke_grants(self, id: str) -> None:
        """Take back what all users allowed; their tokens end at once."""
        await self._call(routes.GRANTS_DELETE_ALL, {"app_id": id})

    async def check_redirect(self, id: str, uri: str) -> Verdict:
        """Return what the server says of a candidate for a redirect URI."""
        reply = await self._call(routes.REDIRECT_CHECK, {"app_id": id}, body={"uri": uri}, attempts=ATTEMPTS)
        return convert_apps.verdict(read(wire.RedirectVerdict, reply))

    async def _act(self, route: Route, id: str) -> AppRow:
        return self._row(await self._call(route, {"app_id": id}, body={}))

    def _row(self, reply: Reply) -> AppRow:
        return convert_apps.app_row(read(wire.App, reply))
