"""The tables of the authorization server; of every code and token only its keyed hash is kept."""

from typing import Final

from sqlalchemy import Boolean, Column, Double, ForeignKey, Integer, LargeBinary, String, Table, Text

from bcdesk.server.tables import metadata

# Who consents to an application; who runs the studio stands in ``members``.
users: Final = Table(
    "users",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False, unique=True),  # lower case
    Column("password_hash", Text),  # argon2id; null: a demo user, who signs in with one click
    Column("demo", Boolean, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("disabled_at", Double),
)

# One consent with its family of tokens: they live as long as it does.
grants: Final = Table(
    "grants",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("app_id", String(40), ForeignKey("applications.id"), nullable=False, index=True),
    Column("user_id", String(40), ForeignKey("users.id"), nullable=False, index=True),
    Column("scopes", Text, nullable=False),  # JSON
    Column("created_at", Double, nullable=False),
    Column("last_used_at", Double),
    Column("expires_at", Double, index=True),  # when the last of its codes and tokens ends
    Column("revoked_at", Double),
    Column("revoked_reason", String(32)),  # code_replay | refresh_reuse | by_client | by_member | ...
)

auth_codes: Final = Table(
    "auth_codes",
    metadata,
    Column("code_hmac", LargeBinary(32), primary_key=True),
    Column("app_id", String(40), ForeignKey("applications.id"), nullable=False),
    Column("user_id", String(40), ForeignKey("users.id"), nullable=False),
    Column("grant_id", String(40), ForeignKey("grants.id"), nullable=False, index=True),
    Column("redirect_uri", Text, nullable=False),  # as it was sent, byte for byte
    Column("redirect_uri_sent", Boolean, nullable=False),  # whether the request named it (RFC 6749 §4.1.3)
    Column("code_challenge", String(128)),  # S256
    Column("scopes", Text, nullable=False),  # JSON
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False, index=True),
    Column("used_at", Double),  # redeemed or burnt
)

par_requests: Final = Table(
    "par_requests",
    metadata,
    Column("uri_hmac", LargeBinary(32), primary_key=True),
    Column("app_id", String(40), ForeignKey("applications.id"), nullable=False),
    Column("parameters", Text, nullable=False),  # JSON; no credentials
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False, index=True),
    Column("used_at", Double),
)

access_tokens: Final = Table(
    "access_tokens",
    metadata,
    Column("token_hmac", LargeBinary(32), primary_key=True),
    Column("app_id", String(40), ForeignKey("applications.id"), nullable=False, index=True),
    Column("grant_id", String(40), ForeignKey("grants.id"), index=True),  # null: client credentials
    Column("user_id", String(40), ForeignKey("users.id")),
    Column("scopes", Text, nullable=False),  # JSON
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False, index=True),
    Column("revoked_at", Double),
)

# A family is its grant. Once used, a token knows its successor, and for a minute the sealed pair that it gave.
refresh_tokens: Final = Table(
    "refresh_tokens",
    metadata,
    Column("token_hmac", LargeBinary(32), primary_key=True),
    Column("grant_id", String(40), ForeignKey("grants.id"), nullable=False, index=True),
    Column("app_id", String(40), ForeignKey("applications.id"), nullable=False),
    Column("scopes", Text, nullable=False),  # JSON
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False, index=True),
    Column("used_at", Double, index=True),
    Column("parent_hmac", LargeBinary(32)),
    Column("successor_hmac", LargeBinary(32)),
    Column("sealed_pair", LargeBinary),  # under HKDF of this token; null once its successor was used
)

# What `/v1/purchases` took; by a user of an application, an application itself, or a key.
purchases: Final = Table(
    "purchases",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("beat_id", String(40), nullable=False),
    Column("licence", String(16), nullable=False),
    Column("price_cents", Integer, nullable=False),
    Column("buyer_id", String(40), nullable=False),
    Column("credential_id", String(40), nullable=False),
    Column("created_at", Double, nullable=False),
)
