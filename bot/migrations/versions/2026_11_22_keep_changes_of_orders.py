"""Keep changes of orders: a file that says the same of an order as before leaves what was changed since.

Revision ID: a4f1d7c9e302
Revises: 3d8e61b7f0a2
Create Date: 2026-11-22 14:56:20.118403
"""

import sqlalchemy as sa
from alembic import op

revision = "a4f1d7c9e302"
down_revision = "3d8e61b7f0a2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("customer", "customer_order"):
        op.add_column(table, sa.Column("file_hash", sa.String(length=32), nullable=True))
