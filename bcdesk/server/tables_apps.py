"""The tables of OAuth applications and their secrets; moments are seconds since the epoch, lists are JSON text."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Double, ForeignKey, Integer, LargeBinary, String, Table, Text

from bcdesk.server.tables import metadata

applications: Final = Table(
    "applications",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("client_id", String(40), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("tags", Text, nullable=False),  # JSON
    Column("type", String(16), nullable=False),  # web | mobile | spa | service
    Column("redirect_uris", Text, nullable=False),  # JSON
    Column("scopes", Text, nullable=False),  # JSON
    Column("grant_types", Text, nullable=False),  # JSON
    Column("token_endpoint_auth_method", String(32), nullable=False),
    Column("pkce_required", Boolean, nullable=False),
    Column("access_token_ttl", Integer, nullable=False),  # seconds
    Column("refresh_token_ttl", Integer, nullable=False),  # seconds
    Column("contacts", Text, nullable=False),  # JSON
    Column("client_uri", Text, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("created_by", Text, nullable=False),  # the member's name then; the audit row has the id
    Column("updated_at", Double, nullable=False),
    Column("last_used_at", Double),
    Column("disabled_at", Double),
    Column("deleted_at", Double),  # refused at once, restored within the hour
    Column("registration_token_hmac", LargeBinary(32), unique=True),  # RFC 7592; null: registered in the desk
    Column("revision", Integer, nullable=False),
    Column("field_revisions", Text, nullable=False),  # JSON {field: revision that last changed it}
    Column("changed", BigInteger, nullable=False, index=True),
)

app_secrets: Final = Table(
    "app_secrets",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("app_id", String(40), ForeignKey("applications.id"), nullable=False, index=True),
    Column("secret_hmac", LargeBinary(32), nullable=False, unique=True),
    Column("last4", String(4), nullable=False),
    Column("created_at", Double, nullable=False),
    Column("last_used_at", Double),
    Column("expires_at", Double),  # the end of its overlap; null while it is current
    Column("ended_at", Double),  # deleted, or its hand-over discarded
    Column("undo", Text),  # JSON: what discarding this one's hand-over puts back
)
