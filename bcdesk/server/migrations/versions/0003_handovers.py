"""Hand-overs of more than keys, and a kept reply without a secret, as `bcdesk.server.tables` had them then."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the step."""
    for old, new in (("key_id", "row_id"), ("version_id", "secret_id")):
        op.drop_index(op.f(f"ix_handovers_{old}"), table_name="handovers")
        op.alter_column("handovers", old, new_column_name=new)
        op.create_index(op.f(f"ix_handovers_{new}"), "handovers", [new], unique=False)
    with op.batch_alter_table("idempotency") as table:
        table.alter_column("key_id", new_column_name="row_id", existing_type=sa.String(length=40))
        table.alter_column("handover_id", nullable=True, existing_type=sa.String(length=40))
