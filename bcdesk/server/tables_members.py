"""The tables of how members come in; of every link, code and token only its keyed hash is kept."""

from typing import Final

from sqlalchemy import Column, Double, ForeignKey, Integer, LargeBinary, String, Table, Text

from bcdesk.server.tables import metadata

member_passwords: Final = Table(
    "member_passwords",
    metadata,
    Column("member_id", String(40), ForeignKey("members.id"), primary_key=True),
    Column("password_hash", Text, nullable=False),  # argon2id
    Column("set_at", Double, nullable=False),
    Column("failed", Integer, nullable=False),  # wrong ones since the last right one
)

setup_links: Final = Table(
    "setup_links",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("token_hmac", LargeBinary(32), nullable=False, unique=True),
    Column("member_id", String(40), ForeignKey("members.id"), nullable=False, index=True),
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
    Column("used_at", Double),
    Column("ended_at", Double),  # a newer one took its place, or its hand-over was discarded
)

# One sign-in of a member with the first-party client, with its family of tokens: they live as long as it does.
member_grants: Final = Table(
    "member_grants",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("member_id", String(40), ForeignKey("members.id"), nullable=False, index=True),
    Column("scopes", Text, nullable=False),  # JSON
    Column("created_at", Double, nullable=False),
    Column("last_used_at", Double),
    Column("expires_at", Double, index=True),  # when the last of its codes and tokens ends
    Column("revoked_at", Double),
    Column("revoked_reason", String(32)),  # code_replay | refresh_reuse | by_client | member_disabled | new_password
)

member_codes: Final = Table(
    "member_codes",
    metadata,
    Column("code_hmac", LargeBinary(32), primary_key=True),
    Column("member_id", String(40), ForeignKey("members.id"), nullable=False),
    Column("grant_id", String(40), ForeignKey("member_grants.id"), nullable=False, index=True),
    Column("redirect_uri", Text, nullable=False),  # as it was sent, byte for byte
    Column("code_challenge", String(128), nullable=False),  # S256
    Column("scopes", Text, nullable=False),  # JSON
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False, index=True),
    Column("used_at", Double),  # redeemed or burnt
)

# As `bcdesk.server.tables_oauth.refresh_tokens`; the access tokens stand in ``member_tokens``.
member_refresh_tokens: Final = Table(
    "member_refresh_tokens",
    metadata,
    Column("token_hmac", LargeBinary(32), primary_key=True),
    Column("grant_id", String(40), ForeignKey("member_grants.id"), nullable=False, index=True),
    Column("scopes", Text, nullable=False),  # JSON
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False, index=True),
    Column("used_at", Double, index=True),
    Column("parent_hmac", LargeBinary(32)),
    Column("successor_hmac", LargeBinary(32)),
    Column("sealed_pair", LargeBinary),  # under HKDF of this token; null once its successor was used
)
