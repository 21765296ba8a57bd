"""The tables of the server, in SQLAlchemy Core; moments are seconds since the epoch, lists are JSON text."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

metadata: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

# `server_id` (also what `since` is bound to), `demo` ("1"), `created_at`, `key_mark` (which server key wrote it).
meta: Final = Table(
    "meta",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

# One row, id 1. Every write transaction takes its change numbers from it, so they come in commit order.
change_clock: Final = Table(
    "change_clock",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("value", BigInteger, nullable=False),
)

members: Final = Table(
    "members",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("created_at", Double, nullable=False),
    Column("disabled_at", Double),
    Column("revision", Integer, nullable=False),
    Column("field_revisions", Text, nullable=False),
    Column("changed", BigInteger, nullable=False, index=True),
    Column("last_seen_at", Double),
)

member_tokens: Final = Table(
    "member_tokens",
    metadata,
    Column("token_hmac", LargeBinary(32), primary_key=True),
    Column("member_id", String(40), ForeignKey("members.id"), nullable=False, index=True),
    Column("last4", String(4), nullable=False),
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double),
    Column("revoked_at", Double),
    Column("grant_id", String(40), ForeignKey("member_grants.id"), index=True),  # null: made by the command line
)

keys: Final = Table(
    "keys",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("tags", Text, nullable=False),  # JSON
    Column("environment", String(16), nullable=False),
    Column("scopes", Text, nullable=False),  # JSON
    Column("allowed_cidrs", Text, nullable=False),  # JSON
    Column("created_at", Double, nullable=False),
    Column("created_by", Text, nullable=False),  # the member's name then; the audit row has the id
    Column("updated_at", Double, nullable=False),
    Column("last_used_at", Double),
    Column("last_used_from", Text),
    Column("expires_at", Double),
    Column("disabled_at", Double),
    Column("revoked_at", Double),
    Column("revoked_reason", Text),
    Column("compromised", Boolean, nullable=False),
    Column("replaces", String(40)),
    Column("replaced_by", String(40)),
    Column("revision", Integer, nullable=False),
    Column("field_revisions", Text, nullable=False),  # JSON {field: revision that last changed it}
    Column("changed", BigInteger, nullable=False, index=True),
)

# States are derived from these moments when read (`server/keys/life.py`), so nothing needs a timer.
key_versions: Final = Table(
    "key_versions",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("key_id", String(40), ForeignKey("keys.id"), nullable=False, index=True),
    Column("token_hmac", LargeBinary(32), nullable=False, unique=True),
    Column("prefix", String(16), nullable=False),
    Column("last4", String(4), nullable=False),
    Column("created_at", Double, nullable=False),
    Column("activated_at", Double),  # null: pending until its first use
    Column("first_used_at", Double),
    Column("last_used_at", Double),
    Column("last_used_from", Text),
    Column("overlap_seconds", Integer, nullable=False),  # what this version grants to the one before it
    Column("retires_at", Double),
    Column("ended_at", Double),  # ended before its time: replaced unused, or its hand-over discarded
    Column("undo", Text),  # JSON: what discarding this version's hand-over puts back
)

tombstones: Final = Table(
    "tombstones",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("deleted_at", Double, nullable=False),
    Column("changed", BigInteger, nullable=False, index=True),
)

callers: Final = Table(
    "callers",
    metadata,
    Column("key_id", String(40), ForeignKey("keys.id"), nullable=False),
    Column("hour", Integer, nullable=False),  # epoch seconds // 3600
    Column("address", String(64), nullable=False),
    Column("user_agent", String(160), nullable=False),
    Column("version_id", String(40), nullable=False),
    Column("count", Integer, nullable=False),
    Column("limited", Integer, nullable=False),
    Column("last_seen_at", Double, nullable=False),
    PrimaryKeyConstraint("key_id", "hour", "address", "user_agent", "version_id"),
    Index(None, "hour"),
)

# No foreign keys: a discarded create leaves its hand-over, and its row is gone.
handovers: Final = Table(
    "handovers",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(16), nullable=False),  # create | rotate (a key), app | secret (an application)
    Column("row_id", String(40), nullable=False, index=True),  # the key or application
    Column("secret_id", String(40), nullable=False, index=True),  # its version or client secret
    Column("member_id", String(40), nullable=False),
    Column("state", String(16), nullable=False),  # waiting | handed_over | discarded
    Column("how", String(16)),  # copy | file | used
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
    Column("ended_at", Double),
    Index(None, "state", "expires_at"),
)

idempotency: Final = Table(
    "idempotency",
    metadata,
    Column("member_id", String(40), nullable=False),
    Column("route", String(200), nullable=False),  # method and path, ids filled in
    Column("key_hmac", LargeBinary(32), nullable=False),
    Column("body_sha256", LargeBinary(32), nullable=False),
    Column("sealed_reply", LargeBinary),  # null once the hand-over ended
    Column("handover_id", String(40), index=True),  # null: a public application has no secret
    Column("row_id", String(40), nullable=False),
    Column("created_at", Double, nullable=False),
    PrimaryKeyConstraint("member_id", "route", "key_hmac"),
)

audit: Final = Table(
    "audit",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", Double, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", String(64), nullable=False, index=True),
    Column("target", String(64), nullable=False, index=True),
    Column("detail", Text, nullable=False),  # canonical JSON
    Column("previous_mac", LargeBinary(32), nullable=False),
    Column("mac", LargeBinary(32), nullable=False),
)
