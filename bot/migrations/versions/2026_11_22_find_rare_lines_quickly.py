"""Find rare lines quickly.

Revision ID: 3d8e61b7f0a2
Revises: 9f27c1a4d5e8
Create Date: 2026-11-22 14:14:52.006371
"""

from alembic import op

revision = "3d8e61b7f0a2"
down_revision = "9f27c1a4d5e8"
branch_labels = None
depends_on = None

_FILTERED = ["outcomes", "gears", "moods", "ratings", "language", "agents", "conversation_id"]


def upgrade() -> None:
    for name, column, *others in (
        ("latest", "last_at", "messages"),
        ("longest", "messages", "last_at"),
        ("unhappiest", "satisfaction", "messages", "last_at"),
    ):
        columns = ["shop", column, "number", *others, *_FILTERED]
        op.drop_index(f"transcript_{name}", table_name="transcript")
        op.create_index(f"transcript_{name}", "transcript", columns, unique=False)
