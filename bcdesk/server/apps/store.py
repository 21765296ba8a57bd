"""Writing applications: every change bumps the revision, names its fields and takes a change number."""

from collections.abc import Iterable

from sqlalchemy.engine import Connection

from bcdesk.contract import app_rules
from bcdesk.contract.codes import Code
from bcdesk.server.apps.read import AppRecord, LoadedApp, load
from bcdesk.server.ids import is_id
from bcdesk.server.problems import ProblemError
from bcdesk.server.revisions import revise
from bcdesk.server.tables_apps import app_secrets, applications


def get(connection: Connection, app_id: str, now: float) -> LoadedApp:
    """Return an application; raise 404 where there is none of that id, or it is deleted."""
    found = load(connection, app_id, now) if is_id("app", app_id) else None
    if found is None:
        raise missing()
    return found


def missing() -> ProblemError:
    """Return the 404 of an application."""
    return ProblemError(404, Code.NOT_FOUND, "There is no application of that id.")


def demand_secrets(app: AppRecord) -> None:
    """Raise 409 where the application is public: a secret on its users' devices would be none."""
    if not app_rules.confidential(app.type):
        raise ProblemError(
            409, Code.NO_SECRETS, "A mobile or single-page application has no secret; PKCE takes its place."
        )


def touch(connection: Connection, app: AppRecord, now: float, fields: Iterable[str], **values: object) -> None:
    """Store ``values`` of an application and note that ``fields`` (members of its JSON) changed."""
    revise(connection, applications, app, fields, updated_at=now, **values)


def set_secret(connection: Connection, secret_id: str, **values: object) -> None:
    """Store ``values`` of a client secret."""
    connection.execute(app_secrets.update().where(app_secrets.c.id == secret_id).values(**values))
