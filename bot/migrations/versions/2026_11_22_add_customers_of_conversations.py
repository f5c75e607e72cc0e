"""Add who the shopper of a conversation is at the shop, how visits are renewed, and what a shop took in a day.

Revision ID: 6b0f3d52c9ae
Revises: 4135773f5c6c
Create Date: 2026-11-22 13:44:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision = "6b0f3d52c9ae"
down_revision = "4135773f5c6c"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversation", sa.Column("customer_id", sa.Text(), nullable=True))
    op.add_column("conversation", sa.Column("identified_at", sa.DateTime(), nullable=True))
    op.create_index("conversation_customer", "conversation", ["shop", "customer_id"], unique=False)
    op.create_table(
        "visitor_rotation",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("rotated_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("conversation_id"),
    )
    op.create_table(
        "daily_messages",
        sa.Column("shop", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("shop", "day"),
    )
