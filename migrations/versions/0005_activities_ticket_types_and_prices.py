"""Activities, ticket types and prices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "ticket_type",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("brings_adult", sa.Boolean(), nullable=False),
        sa.Column("needs_adult", sa.Boolean(), nullable=False),
        sa.Column("accompanies", sa.Boolean(), nullable=False),
        sa.Column("goes_with_id", sa.BigInteger(), nullable=True),
        sa.Column("advises_adult", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("asks_number", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("number_name", sa.Text(), server_default="{}", nullable=False),
        sa.Column("number_shape", sa.String(length=40), server_default="", nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("vat_rate", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.CheckConstraint("most BETWEEN 1 AND 500", name=op.f("ck_ticket_type_most")),
        sa.CheckConstraint("places BETWEEN 1 AND 50", name=op.f("ck_ticket_type_places")),
        sa.CheckConstraint("vat_rate BETWEEN 0 AND 10000", name=op.f("ck_ticket_type_vat_rate")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_type")),
        sa.UniqueConstraint("slug", name=op.f("uq_ticket_type_slug")),
    )
    op.create_table(
        "activity",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "admission",
                "programme",
                "course",
                "show",
                "workshop",
                "event",
                "lunch",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("stay_minutes", sa.Integer(), nullable=False),
        sa.Column("turnaround_minutes", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("needs_admission", sa.Boolean(), nullable=False),
        sa.Column("least_age", sa.Integer(), nullable=True),
        sa.Column("on_sale_days", sa.Integer(), nullable=True),
        sa.Column("sale_ends_minutes", sa.Integer(), nullable=True),
        sa.Column("most_places", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_activity_capacity")),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_activity_minutes")),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_activity_space_id_space")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
        sa.UniqueConstraint("slug", name=op.f("uq_activity_slug")),
    )
    op.create_index("ix_activity_kind", "activity", ["kind"], unique=False)
    op.create_table(
        "price",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_type_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("minor", sa.Integer(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=True),
        sa.Column("until_date", sa.Date(), nullable=True),
        sa.Column("weekdays", sa.Integer(), nullable=False),
        sa.Column("from_time", sa.Time(), nullable=True),
        sa.Column("until_time", sa.Time(), nullable=True),
        sa.Column(
            "days",
            sa.Enum("any", "holiday", "ordinary", name="daykind", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.CheckConstraint("minor >= 0", name=op.f("ck_price_minor")),
        sa.CheckConstraint("weekdays BETWEEN 1 AND 127", name=op.f("ck_price_weekdays")),
        sa.ForeignKeyConstraint(
            ["ticket_type_id"], ["ticket_type.id"], name=op.f("fk_price_ticket_type_id_ticket_type")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price")),
    )
    op.create_index(op.f("ix_price_ticket_type_id"), "price", ["ticket_type_id"], unique=False)
    op.create_table(
        "offer",
        sa.Column("activity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_type_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_offer_activity_id_activity")),
        sa.ForeignKeyConstraint(
            ["ticket_type_id"], ["ticket_type.id"], name=op.f("fk_offer_ticket_type_id_ticket_type")
        ),
        sa.PrimaryKeyConstraint("activity_id", "ticket_type_id", name=op.f("pk_offer")),
    )
    op.create_index(op.f("ix_offer_ticket_type_id"), "offer", ["ticket_type_id"], unique=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_table("offer")
    op.drop_table("price")
    op.drop_table("activity")
    op.drop_table("ticket_type")
