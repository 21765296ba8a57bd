"""Stored applications as the JSON of the contract."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy.engine import Connection, Row

from bcdesk.server.apps.read import SELECT_APPS, LoadedApp, SecretRecord, load_around, record
from bcdesk.server.json_text import as_list, as_moment, as_text, handover_json
from bcdesk.server.listing import Listed
from bcdesk.server.tables_apps import applications


def secret_json(secret: SecretRecord) -> str:
    """Return what is known of a client secret as JSON."""
    return (
        f'{{"id":"{secret.id}","last4":{as_text(secret.last4)},"created_at":{as_moment(secret.created_at)},'
        f'"last_used_at":{as_moment(secret.last_used_at)},"expires_at":{as_moment(secret.expires_at)}}}'
    )


def app_json(loaded: LoadedApp) -> str:
    """Return an application as JSON, without any secret."""
    app, secrets, handover = loaded
    return (
        f'{{"id":"{app.id}","name":{as_text(app.name)},"description":{as_text(app.description)},'
        f'"owner":{as_text(app.owner)},"tags":{as_list(app.tags)},"type":"{app.type}","status":"{app.status}",'
        f'"client_id":"{app.client_id}","redirect_uris":{as_list(app.redirect_uris)},"scopes":{as_list(app.scopes)},'
        f'"grant_types":{as_list(app.grant_types)},'
        f'"token_endpoint_auth_method":"{app.token_endpoint_auth_method}",'
        f'"pkce_required":{"true" if app.pkce_required else "false"},"access_token_ttl":{app.access_token_ttl},'
        f'"refresh_token_ttl":{app.refresh_token_ttl},"contacts":{as_list(app.contacts)},'
        f'"client_uri":{as_text(app.client_uri)},"secrets":[{",".join(map(secret_json, secrets))}],'
        f'"created_at":{as_moment(app.created_at)},"created_by":{as_text(app.created_by)},'
        f'"updated_at":{as_moment(app.updated_at)},"last_used_at":{as_moment(app.last_used_at)},'
        f'"handover":{handover_json(handover) if handover else "null"},"revision":{app.revision}}}'
    )


def _page(connection: Connection, rows: Sequence[Row[Any]], now: float) -> list[str]:
    return [app_json(loaded) for loaded in load_around(connection, [record(row) for row in rows], now)]


LISTED: Final = Listed("app", applications, SELECT_APPS.where(applications.c.deleted_at.is_(None)), _page)
"""The list of applications; a deleted one is its tombstone from then on."""
