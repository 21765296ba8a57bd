"""OAuth: what an application has beyond its first form, its secrets, users, grants, codes and tokens."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KEPT = (
    "id",
    "client_id",
    "name",
    "description",
    "owner",
    "type",
    "redirect_uris",
    "scopes",
    "created_at",
    "changed",
)


def upgrade() -> None:
    """Take the step."""
    _applications()
    op.create_table(
        "app_secrets",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("app_id", sa.String(length=40), nullable=False),
        sa.Column("secret_hmac", sa.LargeBinary(length=32), nullable=False),
        sa.Column("last4", sa.String(length=4), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("last_used_at", sa.Double(), nullable=True),
        sa.Column("expires_at", sa.Double(), nullable=True),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.Column("undo", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["app_id"], ["applications.id"], name=op.f("fk_app_secrets_app_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_secrets")),
        sa.UniqueConstraint("secret_hmac", name=op.f("uq_app_secrets_secret_hmac")),
    )
    op.create_index(op.f("ix_app_secrets_app_id"), "app_secrets", ["app_id"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("disabled_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    op.create_table(
        "grants",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("app_id", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("last_used_at", sa.Double(), nullable=True),
        sa.Column("expires_at", sa.Double(), nullable=True),
        sa.Column("revoked_at", sa.Double(), nullable=True),
        sa.Column("revoked_reason", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["app_id"], ["applications.id"], name=op.f("fk_grants_app_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_grants_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
    )
    op.create_index(op.f("ix_grants_app_id"), "grants", ["app_id"], unique=False)
    op.create_index(op.f("ix_grants_expires_at"), "grants", ["expires_at"], unique=False)
    op.create_index(op.f("ix_grants_user_id"), "grants", ["user_id"], unique=False)
    op.create_table(
        "auth_codes",
        sa.Column("code_hmac", sa.LargeBinary(length=32), nullable=False),
        sa.Column("app_id", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("grant_id", sa.String(length=40), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("redirect_uri_sent", sa.Boolean(), nullable=False),
        sa.Column("code_challenge", sa.String(length=128), nullable=True),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("used_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["app_id"], ["applications.id"], name=op.f("fk_auth_codes_app_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_auth_codes_user_id")),
        sa.ForeignKeyConstraint(["grant_id"], ["grants.id"], name=op.f("fk_auth_codes_grant_id")),
        sa.PrimaryKeyConstraint("code_hmac", name=op.f("pk_auth_codes")),
    )
    op.create_index(op.f("ix_auth_codes_grant_id"), "auth_codes", ["grant_id"], unique=False)
    op.create_index(op.f("ix_auth_codes_expires_at"), "auth_codes", ["expires_at"], unique=False)
    op.create_table(
        "par_requests",
        sa.Column("uri_hmac", sa.LargeBinary(length=32), nullable=False),
        sa.Column("app_id", sa.String(length=40), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("used_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["app_id"], ["applications.id"], name=op.f("fk_par_requests_app_id")),
        sa.PrimaryKeyConstraint("uri_hmac", name=op.f("pk_par_requests")),
    )
    op.create_index(op.f("ix_par_requests_expires_at"), "par_requests", ["expires_at"], unique=False)
    op.create_table(
        "access_tokens",
        sa.Column("token_hmac", sa.LargeBinary(length=32), nullable=False),
        sa.Column("app_id", sa.String(length=40), nullable=False),
        sa.Column("grant_id", sa.String(length=40), nullable=True),
        sa.Column("user_id", sa.String(length=40), nullable=True),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("revoked_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["app_id"], ["applications.id"], name=op.f("fk_access_tokens_app_id")),
        sa.ForeignKeyConstraint(["grant_id"], ["grants.id"], name=op.f("fk_access_tokens_grant_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_access_tokens_user_id")),
        sa.PrimaryKeyConstraint("token_hmac", name=op.f("pk_access_tokens")),
    )
    op.create_index(op.f("ix_access_tokens_app_id"), "access_tokens", ["app_id"], unique=False)
    op.create_index(op.f("ix_access_tokens_grant_id"), "access_tokens", ["grant_id"], unique=False)
    op.create_index(op.f("ix_access_tokens_expires_at"), "access_tokens", ["expires_at"], unique=False)
    op.create_table(
        "refresh_tokens",
        sa.Column("token_hmac", sa.LargeBinary(length=32), nullable=False),
        sa.Column("grant_id", sa.String(length=40), nullable=False),
        sa.Column("app_id", sa.String(length=40), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("used_at", sa.Double(), nullable=True),
        sa.Column("parent_hmac", sa.LargeBinary(length=32), nullable=True),
        sa.Column("successor_hmac", sa.LargeBinary(length=32), nullable=True),
        sa.Column("sealed_pair", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["grant_id"], ["grants.id"], name=op.f("fk_refresh_tokens_grant_id")),
        sa.ForeignKeyConstraint(["app_id"], ["applications.id"], name=op.f("fk_refresh_tokens_app_id")),
        sa.PrimaryKeyConstraint("token_hmac", name=op.f("pk_refresh_tokens")),
    )
    op.create_index(op.f("ix_refresh_tokens_grant_id"), "refresh_tokens", ["grant_id"], unique=False)
    op.create_index(op.f("ix_refresh_tokens_expires_at"), "refresh_tokens", ["expires_at"], unique=False)
    op.create_index(op.f("ix_refresh_tokens_used_at"), "refresh_tokens", ["used_at"], unique=False)
    op.create_table(
        "purchases",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("beat_id", sa.String(length=40), nullable=False),
        sa.Column("licence", sa.String(length=16), nullable=False),
        sa.Column("price_cents", sa.Integer(), nullable=False),
        sa.Column("buyer_id", sa.String(length=40), nullable=False),
        sa.Column("credential_id", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchases")),
    )


def _applications() -> None:
    """Make the table anew with its rows: SQLite adds no column that must not be null."""
    connection = op.get_bind()
    old = sa.table("applications", *(sa.column(name) for name in _KEPT), sa.column("status"))
    rows = [dict(row) for row in connection.execute(sa.select(old)).mappings()]
    op.drop_table("applications")
    new = op.create_table(
        "applications",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("client_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("redirect_uris", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("grant_types", sa.Text(), nullable=False),
        sa.Column("token_endpoint_auth_method", sa.String(length=32), nullable=False),
        sa.Column("pkce_required", sa.Boolean(), nullable=False),
        sa.Column("access_token_ttl", sa.Integer(), nullable=False),
        sa.Column("refresh_token_ttl", sa.Integer(), nullable=False),
        sa.Column("contacts", sa.Text(), nullable=False),
        sa.Column("client_uri", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.Double(), nullable=False),
        sa.Column("last_used_at", sa.Double(), nullable=True),
        sa.Column("disabled_at", sa.Double(), nullable=True),
        sa.Column("deleted_at", sa.Double(), nullable=True),
        sa.Column("registration_token_hmac", sa.LargeBinary(length=32), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("field_revisions", sa.Text(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        sa.UniqueConstraint("client_id", name=op.f("uq_applications_client_id")),
        sa.UniqueConstraint("registration_token_hmac", name=op.f("uq_applications_registration_token_hmac")),
    )
    op.create_index(op.f("ix_applications_changed"), "applications", ["changed"], unique=False)
    for row in rows:
        confidential = row["type"] in ("web", "service")
        redirects = row["type"] != "service"
        connection.execute(
            new.insert().values(
                {name: row[name] for name in _KEPT}
                | {
                    "tags": "[]",
                    "grant_types": '["authorization_code","refresh_token"]' if redirects else '["client_credentials"]',
                    "token_endpoint_auth_method": "client_secret_basic" if confidential else "none",
                    "pkce_required": redirects,
                    "access_token_ttl": 3600,
                    "refresh_token_ttl": 2_592_000,
                    "contacts": "[]",
                    "client_uri": "",
                    "created_by": "Demo data",
                    "updated_at": row["created_at"],
                    "disabled_at": row["created_at"] if row["status"] == "disabled" else None,
                    "revision": 1,
                    "field_revisions": "{}",
                }
            )
        )
