"""Find what is new quickly.

Revision ID: 5c90be4d7a16
Revises: a4f1d7c9e302
Create Date: 2026-11-22 15:10:40.318827
"""

from alembic import op

revision = "5c90be4d7a16"
down_revision = "a4f1d7c9e302"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("feedback_updated", "feedback", ["updated_at"], unique=False)
    op.create_index("message_mood_scored", "message_mood", ["scored_at"], unique=False)
