"""From checked wire models of OAuth applications to light rows."""

from sys import intern

from bcdesk.client.convert import handover_row, seconds, unsaid
from bcdesk.client.errors import Garbled
from bcdesk.contract.redirects import Caution, Reason, Verdict
from bcdesk.contract.rows import AppRow, AppSecretRow, GrantRow
from bcdesk.contract.sharing import one_text, shared
from bcdesk.contract.wire import applications as wire


def app_row(app: wire.App) -> AppRow:
    """Convert an application and build what the search looks in."""
    texts = (app.name, app.description, app.owner, " ".join(app.tags), app.client_id, *app.redirect_uris, app.id)
    return AppRow(
        id=app.id,
        name=app.name,
        description=one_text(app.description),
        owner=one_text(app.owner),
        tags=shared(app.tags),
        type=intern(app.type),
        status=intern(app.status),
        client_id=app.client_id,
        redirect_uris=tuple(app.redirect_uris),
        scopes=shared(app.scopes),
        grant_types=shared([*app.grant_types]),
        token_endpoint_auth_method=intern(app.token_endpoint_auth_method),
        pkce_required=app.pkce_required,
        access_token_ttl=app.access_token_ttl,
        refresh_token_ttl=app.refresh_token_ttl,
        contacts=shared(app.contacts),
        client_uri=app.client_uri,
        secrets=tuple(app_secret_row(secret) for secret in app.secrets),
        created_at=app.created_at.timestamp(),
        created_by=one_text(app.created_by),
        updated_at=app.updated_at.timestamp(),
        last_used_at=app.last_used_at.timestamp() if app.last_used_at else unsaid(app, "last_used_at"),
        handover=None if app.handover is None else handover_row(app.handover),
        revision=app.revision,
        haystack="\n".join(texts).casefold(),
    )


def app_secret_row(secret: wire.AppSecret) -> AppSecretRow:
    """Convert a client secret."""
    return AppSecretRow(
        secret.id,
        secret.last4,
        secret.created_at.timestamp(),
        secret.last_used_at.timestamp() if secret.last_used_at else unsaid(secret, "last_used_at"),
        seconds(secret.expires_at),
    )


def grant_row(grant: wire.Grant) -> GrantRow:
    """Convert what a user allowed."""
    return GrantRow(
        grant.id,
        grant.user.id,
        grant.user.name,
        shared(grant.scopes),
        grant.created_at.timestamp(),
        seconds(grant.last_used_at),
        seconds(grant.expires_at),
    )


def verdict(told: wire.RedirectVerdict) -> Verdict:
    """Convert what the server says of a redirect URI; raise `Garbled` where it gives a reason that nobody knows."""
    try:
        reason, cautions = Reason(told.reason), tuple(Caution(caution) for caution in told.cautions)
    except ValueError:
        failure = Garbled("shape", status=200)
    else:
        return Verdict(told.ok, reason, cautions, told.registered, told.differs_at, told.at)
    raise failure
