"""Add orders in the chat.

Revision ID: 8e1c27d40b5a
Revises: 6b0d4f8a91c3
Create Date: 2026-11-22 14:00:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = "8e1c27d40b5a"
down_revision = "6b0d4f8a91c3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "order_talk",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("talk", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("conversation_id", "sequence"),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("orders", sa.JSON(), server_default="[]", nullable=False))
    # The default was for the messages that were there: PostgreSQL cannot compare JSON, so neither could a test.
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.alter_column("orders", existing_type=sa.JSON(), existing_nullable=False, server_default=None)
