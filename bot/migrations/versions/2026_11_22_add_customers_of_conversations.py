"""Add who the shopper of a conversation is at the shop.

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
