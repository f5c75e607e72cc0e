"""Add transcripts.

Revision ID: 4135773f5c6c
Revises: 7c41d9a2be60
Create Date: 2026-11-22 10:28:26.078438
"""

import sqlalchemy as sa
from alembic import op

revision = "4135773f5c6c"
down_revision = "7c41d9a2be60"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "transcript_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("transcript_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_transcript_change_conversation_id"), ["conversation_id"], unique=False)

    op.create_table(
        "conversation_note",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("author_id", sa.String(length=32), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("conversation_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conversation_note_conversation_id"), ["conversation_id"], unique=False)

    op.create_table(
        "conversation_tag",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("conversation_id", "name"),
    )
    with op.batch_alter_table("conversation_tag", schema=None) as batch_op:
        batch_op.create_index("conversation_tag_name", ["name", "conversation_id"], unique=False)

    op.create_table(
        "transcript",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("shop", sa.String(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=True),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("outcomes", sa.Integer(), nullable=False),
        sa.Column("gears", sa.Integer(), nullable=False),
        sa.Column("moods", sa.Integer(), nullable=False),
        sa.Column("last_mood", sa.Integer(), nullable=False),
        sa.Column("ratings", sa.Integer(), nullable=False),
        sa.Column("satisfaction", sa.Float(), nullable=False),
        sa.Column("agents", sa.Text(), nullable=False),
        sa.Column("opening", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("conversation_id"),
    )
    with op.batch_alter_table("transcript", schema=None) as batch_op:
        batch_op.create_index("transcript_latest", ["shop", "last_at", "number"], unique=False)
        batch_op.create_index("transcript_longest", ["shop", "messages", "number"], unique=False)
        batch_op.create_index("transcript_unhappiest", ["shop", "satisfaction", "number"], unique=False)

    op.create_table(
        "transcript_read",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["staff_account.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "conversation_id"),
    )
    with op.batch_alter_table("transcript_read", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_transcript_read_conversation_id"), ["conversation_id"], unique=False)

    op.create_table(
        "transcript_reader",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["staff_account.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id"),
    )
    op.create_table(
        "message_original",
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("message_id"),
    )
    with op.batch_alter_table("message_original", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_original_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "transcript_words",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["transcript.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number"),
    )
    _index_the_words()
    op.execute("INSERT INTO transcript_change (conversation_id) SELECT id FROM conversation WHERE last_sequence > 0")


def _index_the_words() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE INDEX transcript_search ON transcript_words USING gin (to_tsvector('simple', words))")
        return
    # The words stay in their table; FTS5 keeps only where they are, and is told by triggers what was and what is.
    op.execute(
        "CREATE VIRTUAL TABLE transcript_search USING fts5(words, content='transcript_words', content_rowid='number', "
        "detail='none', columnsize=0, prefix='2 3', tokenize='unicode61 remove_diacritics 0')"
    )
    forget = "INSERT INTO transcript_search (transcript_search, rowid, words) VALUES ('delete', OLD.number, OLD.words)"
    take = "INSERT INTO transcript_search (rowid, words) VALUES (NEW.number, NEW.words)"
    for deed, act in (("INSERT", take), ("DELETE", forget), ("UPDATE", f"{forget}; {take}")):
        op.execute(f"CREATE TRIGGER transcript_search_{deed.lower()} AFTER {deed} ON transcript_words BEGIN {act}; END")
