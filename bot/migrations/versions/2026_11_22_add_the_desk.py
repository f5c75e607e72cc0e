"""Add the desk: who answers a conversation, what happens in it, and who sits there.

Revision ID: 5de5c0de1a17
Revises: 343da18541f4
Create Date: 2026-11-22 10:20:11.402913
"""

import sqlalchemy as sa
from alembic import op

revision = "5de5c0de1a17"
down_revision = "343da18541f4"
branch_labels = None
depends_on = None

_STATES = sa.CheckConstraint("state IN ('bot', 'waiting', 'human', 'closed')", name="conversation_state")
_ONE_IN_CHARGE = sa.CheckConstraint("(state = 'human') = (agent_id IS NOT NULL)", name="conversation_one_in_charge")


def upgrade() -> None:
    _widen_conversation()
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.create_index("conversation_queue", ["state", "queue_at"], unique=False)
        batch_op.create_index("conversation_agent", ["agent_id"], unique=False)
    op.add_column("message", sa.Column("offers_person", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("message", sa.Column("author_id", sa.String(length=32), nullable=True))
    op.add_column("message", sa.Column("author", sa.Text(), nullable=True))
    op.create_table(
        "conversation_event",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("conversation_event", schema=None) as batch_op:
        batch_op.create_index("conversation_event_order", ["conversation_id", "id"], unique=False)
    counter = op.create_table(
        "event_counter",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.bulk_insert(counter, [{"id": 1, "last": 0}])
    op.create_table(
        "left_contact",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('email', 'phone')", name="left_contact_kind"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("conversation_id"),
    )
    op.create_table(
        "desk_presence",
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("agent_id"),
    )


def _widen_conversation() -> None:
    """The new columns and states; who was handed off waits from then on."""
    for column in (
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("takeovers", sa.Integer(), server_default="0", nullable=False),
        sa.Column("agent_id", sa.String(length=32), nullable=True),
        sa.Column("agent_name", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(), nullable=True),
        sa.Column("waiting_since", sa.DateTime(), nullable=True),
        sa.Column("queue_at", sa.DateTime(), nullable=True),
        sa.Column("read_by_shopper", sa.Integer(), server_default="0", nullable=False),
        sa.Column("read_by_agent", sa.Integer(), server_default="0", nullable=False),
    ):
        op.add_column("conversation", column)
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("conversation_state", "conversation", type_="check")
        _translate_states()
        for constraint in (_STATES, _ONE_IN_CHARGE):
            op.create_check_constraint(str(constraint.name), "conversation", constraint.sqltext)
        return
    # SQLite makes the table anew, without the old constraint; then again with the new ones on the new states.
    with op.batch_alter_table("conversation", recreate="always") as batch_op:
        batch_op.drop_constraint("conversation_state", type_="check")
    _translate_states()
    with op.batch_alter_table("conversation", recreate="always", table_args=(_STATES, _ONE_IN_CHARGE)):
        pass


def _translate_states() -> None:
    op.execute(
        "UPDATE conversation SET waiting_since = COALESCE((SELECT MAX(handoff.created_at) FROM handoff "
        "WHERE handoff.conversation_id = conversation.id AND handoff.state = 'open'), created_at) "
        "WHERE state = 'handed_off'"
    )
    op.execute("UPDATE conversation SET queue_at = waiting_since, state = 'waiting' WHERE state = 'handed_off'")
    op.execute("UPDATE conversation SET state = 'bot' WHERE state = 'open'")
    op.execute(
        "INSERT INTO handoff (id, conversation_id, reason, summary, state, created_at) "
        "SELECT id, id, 'asked_for_person', '', 'open', created_at FROM conversation WHERE state = 'waiting' "
        "AND NOT EXISTS (SELECT 1 FROM handoff "
        "WHERE handoff.conversation_id = conversation.id AND handoff.state = 'open')"
    )
