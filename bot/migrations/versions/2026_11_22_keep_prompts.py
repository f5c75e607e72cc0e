"""Keep prompts.

Revision ID: 6b0d4f8a91c3
Revises: 6b0f3d52c9ae
Create Date: 2026-11-22 13:45:10.120934
"""

import sqlalchemy as sa
from alembic import op

revision = "6b0d4f8a91c3"
down_revision = "6b0f3d52c9ae"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("turn_trace", schema=None) as batch_op:
        batch_op.add_column(sa.Column("prompt", sa.Text(), server_default="", nullable=False))
        batch_op.drop_column("prompt_hash")
    # The default was for the replies of before; a new one says what its prompt was.
    with op.batch_alter_table("turn_trace", schema=None) as batch_op:
        batch_op.alter_column("prompt", server_default=None)
