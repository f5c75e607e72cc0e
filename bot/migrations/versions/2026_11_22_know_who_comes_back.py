"""Know who comes back.

Revision ID: 9f27c1a4d5e8
Revises: 8e1c2b7d4f60
Create Date: 2026-11-22 14:02:31.771204
"""

import sqlalchemy as sa
from alembic import op

revision = "9f27c1a4d5e8"
down_revision = "8e1c2b7d4f60"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversation", sa.Column("visitor_id", sa.String(length=32), nullable=True))
    op.create_index("conversation_visitor", "conversation", ["shop", "visitor_id"], unique=False)
