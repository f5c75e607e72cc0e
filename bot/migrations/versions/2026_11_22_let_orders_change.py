"""Let orders change: customers' ids, addresses and payment methods, orders' payments and requests.

Revision ID: 8e1c2b7d4f60
Revises: 8e1c27d40b5a
Create Date: 2026-11-22 14:02:11.404512
"""

import sqlalchemy as sa
from alembic import op

revision = "8e1c2b7d4f60"
down_revision = "8e1c27d40b5a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _give_customers_ids()
    op.create_table(
        "customer_payment_method",
        sa.Column("shop", sa.String(length=100), nullable=False),
        sa.Column("customer_id", sa.String(length=320), nullable=False),
        sa.Column("method_id", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("balance", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["shop", "customer_id"], ["customer.shop", "customer.customer_id"]),
        sa.PrimaryKeyConstraint("shop", "customer_id", "method_id"),
    )
    with op.batch_alter_table("customer_order", schema=None) as batch_op:
        batch_op.add_column(sa.Column("customer_id", sa.String(length=320), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("address", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("placed_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("cancel_reason", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("items_changed", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("returned", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("exchanged", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_index("customer_order_customer", ["shop", "customer_id"], unique=False)
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.add_column(sa.Column("options", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("marks", sa.JSON(), nullable=False, server_default="[]"))
    # These defaults are for the rows that are there: PostgreSQL cannot compare JSON, so neither could a test.
    kinds = {"customer_id": sa.String(length=320), "cancel_reason": sa.Text()}
    for table, columns in (
        ("customer_order", ("customer_id", "cancel_reason", "address", "returned", "exchanged")),
        ("order_line", ("options", "marks")),
    ):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                kind = kinds.get(column, sa.JSON())
                batch_op.alter_column(column, existing_type=kind, existing_nullable=False, server_default=None)
    op.create_table(
        "order_payment",
        sa.Column("shop", sa.String(length=100), nullable=False),
        sa.Column("order_number", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("amount", sa.String(length=32), nullable=False),
        sa.Column("method_id", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["shop", "order_number"], ["customer_order.shop", "customer_order.order_number"]),
        sa.PrimaryKeyConstraint("shop", "order_number", "position"),
    )
    op.create_table(
        "applied_change",
        sa.Column("shop", sa.String(length=100), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("change", sa.JSON(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("applied_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["shop"], ["shop.name"]),
        sa.PrimaryKeyConstraint("shop", "key"),
    )
    op.create_table(
        "order_proposal",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("shop", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("change", sa.JSON(), nullable=False),
        sa.Column("effects", sa.JSON(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("after_sequence", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=32), nullable=True),
        sa.Column("refusal", sa.JSON(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'replaced', 'withdrawn', 'confirmed', 'applied', 'refused')", name="order_proposal_state"
        ),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("order_proposal", schema=None) as batch_op:
        batch_op.create_index("order_proposal_conversation", ["conversation_id", "state"], unique=False)
        batch_op.create_index("order_proposal_confirmed", ["state", "confirmed_at"], unique=False)
    op.create_table(
        "identification_failure",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("shop", sa.String(length=100), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("identification_failure", schema=None) as batch_op:
        batch_op.create_index("identification_failure_subject", ["shop", "subject", "at"], unique=False)


def _give_customers_ids() -> None:
    """Made anew, because an id takes the e-mail address's place in the key; it is that address until a file says."""
    op.execute("CREATE TABLE customer_before AS SELECT shop, email, name, postcode, language FROM customer")
    op.drop_table("customer")
    op.create_table(
        "customer",
        sa.Column("shop", sa.String(length=100), nullable=False),
        sa.Column("customer_id", sa.String(length=320), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("postcode", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("tier", sa.String(length=40), nullable=False),
        sa.Column("address", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["shop"], ["shop.name"]),
        sa.PrimaryKeyConstraint("shop", "customer_id"),
    )
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.create_index("customer_email", ["shop", "email"], unique=False)
    op.execute(
        "INSERT INTO customer (shop, customer_id, email, name, postcode, language, tier, address)"
        " SELECT shop, email, email, name, postcode, language, '', '{}' FROM customer_before"
    )
    op.drop_table("customer_before")
