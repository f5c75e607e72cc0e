"""Add what staff teach, and what ingests reported.

Revision ID: 7c41d9a2be60
Revises: 5de5c0de1a17
Create Date: 2026-11-22 10:21:40.110284
"""

import sqlalchemy as sa
from alembic import op

revision = "7c41d9a2be60"
down_revision = "5de5c0de1a17"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ingest_run",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("shop", sa.String(length=100), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["shop"], ["shop.name"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("ingest_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ingest_run_shop"), ["shop"], unique=False)
    op.create_table(
        "lesson",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("shop", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("citations", sa.JSON(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("replaces", sa.Text(), nullable=False),
        sa.Column("message_id", sa.String(length=32), nullable=True),
        sa.Column("author", sa.String(length=320), nullable=False),
        sa.Column("reviewer", sa.String(length=320), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("exam", sa.JSON(), nullable=True),
        sa.Column("base", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('curated', 'faq')", name="lesson_kind"),
        sa.CheckConstraint("state IN ('draft', 'waiting', 'live', 'retired', 'rejected')", name="lesson_state"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("lesson", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lesson_message_id"), ["message_id"], unique=False)
        batch_op.create_index("lesson_shop_state", ["shop", "kind", "state"], unique=False)
    op.create_table(
        "verdict",
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("shop", sa.String(length=100), nullable=False),
        sa.Column("right", sa.Boolean(), nullable=False),
        sa.Column("right_answer", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("example", sa.Boolean(), nullable=False),
        sa.Column("judged_by", sa.String(length=320), nullable=False),
        sa.Column("judged_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("message_id"),
    )
    with op.batch_alter_table("verdict", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_verdict_shop"), ["shop"], unique=False)
