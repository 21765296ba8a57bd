"""Telling which key a pasted one is, from its SHA-256 alone; ended versions too."""

from sqlalchemy.engine import Connection

from bcdesk.server.keys.life import state_at
from bcdesk.server.keys.records import SELECT_VERSIONS, VersionRecord
from bcdesk.server.state import ServerState
from bcdesk.server.tables import key_versions, keys


def identify(state: ServerState, connection: Connection, digests: list[str], now: float) -> list[dict[str, str]]:
    """Return the key, version and its state of each digest that this server knows, as JSON of ``wire.Identified``."""
    hmacs = {state.secret.digest_hmac(bytes.fromhex(digest)): digest for digest in digests}
    statement = (
        SELECT_VERSIONS.add_columns(key_versions.c.token_hmac, keys.c.revoked_at)
        .join(keys, keys.c.id == key_versions.c.key_id)
        .where(key_versions.c.token_hmac.in_(hmacs))
    )
    items = []
    for row in connection.execute(statement):
        version = VersionRecord._make(row[: len(VersionRecord._fields)])
        items.append(
            {
                "sha256": hmacs[bytes(row.token_hmac)],
                "key_id": version.key_id,
                "version_id": version.id,
                "state": state_at(version, now, row.revoked_at),
            }
        )
    return items
