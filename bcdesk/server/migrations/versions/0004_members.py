"""How members come in: passwords, set-up links, and sign-ins with their codes and tokens."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    op.add_column("members", sa.Column("last_seen_at", sa.Double(), nullable=True))
    op.create_table(
        "member_passwords",
        sa.Column("member_id", sa.String(length=40), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("set_at", sa.Double(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_member_passwords_member_id")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_member_passwords")),
    )
    op.create_table(
        "setup_links",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("token_hmac", sa.LargeBinary(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("used_at", sa.Double(), nullable=True),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_setup_links_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setup_links")),
        sa.UniqueConstraint("token_hmac", name=op.f("uq_setup_links_token_hmac")),
    )
    op.create_index(op.f("ix_setup_links_member_id"), "setup_links", ["member_id"], unique=False)
    op.create_table(
        "member_grants",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("member_id", sa.String(length=40), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("last_used_at", sa.Double(), nullable=True),
        sa.Column("expires_at", sa.Double(), nullable=True),
        sa.Column("revoked_at", sa.Double(), nullable=True),
        sa.Column("revoked_reason", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_member_grants_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_grants")),
    )
    op.create_index(op.f("ix_member_grants_member_id"), "member_grants", ["member_id"], unique=False)
    op.create_index(op.f("ix_member_grants_expires_at"), "member_grants", ["expires_at"], unique=False)
    op.create_table(
        "member_codes",
        sa.Column("code_hmac", sa.LargeBinary(length=32), nullable=False),
        sa.Column("member_id", sa.String(length=40), nullable=False),
        sa.Column("grant_id", sa.String(length=40), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("code_challenge", sa.String(length=128), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("used_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_member_codes_member_id")),
        sa.ForeignKeyConstraint(["grant_id"], ["member_grants.id"], name=op.f("fk_member_codes_grant_id")),
        sa.PrimaryKeyConstraint("code_hmac", name=op.f("pk_member_codes")),
    )
    op.create_index(op.f("ix_member_codes_grant_id"), "member_codes", ["grant_id"], unique=False)
    op.create_index(op.f("ix_member_codes_expires_at"), "member_codes", ["expires_at"], unique=False)
    op.create_table(
        "member_refresh_tokens",
        sa.Column("token_hmac", sa.LargeBinary(length=32), nullable=False),
        sa.Column("grant_id", sa.String(length=40), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("used_at", sa.Double(), nullable=True),
        sa.Column("parent_hmac", sa.LargeBinary(length=32), nullable=True),
        sa.Column("successor_hmac", sa.LargeBinary(length=32), nullable=True),
        sa.Column("sealed_pair", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["grant_id"], ["member_grants.id"], name=op.f("fk_member_refresh_tokens_grant_id")),
        sa.PrimaryKeyConstraint("token_hmac", name=op.f("pk_member_refresh_tokens")),
    )
    op.create_index(op.f("ix_member_refresh_tokens_grant_id"), "member_refresh_tokens", ["grant_id"], unique=False)
    op.create_index(op.f("ix_member_refresh_tokens_expires_at"), "member_refresh_tokens", ["expires_at"], unique=False)
    op.create_index(op.f("ix_member_refresh_tokens_used_at"), "member_refresh_tokens", ["used_at"], unique=False)
    with op.batch_alter_table("member_tokens") as table:
        table.add_column(sa.Column("grant_id", sa.String(length=40), nullable=True))
        table.create_foreign_key(op.f("fk_member_tokens_grant_id"), "member_grants", ["grant_id"], ["id"])
        table.create_index(op.f("ix_member_tokens_grant_id"), ["grant_id"], unique=False)
