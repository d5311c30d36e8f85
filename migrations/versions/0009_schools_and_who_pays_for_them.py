"""Schools and who pays for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "agreement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("payer", sa.String(length=120), nullable=False),
        sa.Column("org_number", sa.String(length=20), server_default="", nullable=False),
        sa.Column("reference_pattern", sa.String(length=60), server_default="", nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("secret", sa.String(length=26), nullable=False),
        sa.Column("municipality", sa.String(length=60), server_default="", nullable=False),
        sa.Column(
            "school_kind",
            sa.Enum("school", "kindergarten", name="schoolkind", native_enum=False, create_constraint=True, length=20),
            nullable=True,
        ),
        sa.Column(
            "pays",
            sa.Enum(
                "all",
                "share",
                "per_pupil",
                "per_group",
                name="pays",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("each", sa.Integer(), nullable=False),
        sa.Column("grade_from", sa.Integer(), nullable=True),
        sa.Column("grade_to", sa.Integer(), nullable=True),
        sa.Column("from_date", sa.Date(), nullable=True),
        sa.Column("until_date", sa.Date(), nullable=True),
        sa.Column("kinds", sa.Text(), nullable=True),
        sa.Column("most_visits", sa.Integer(), nullable=True),
        sa.Column("most_pupils", sa.Integer(), nullable=True),
        sa.Column("class_visits", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint('"each" >= 0', name=op.f("ck_agreement_each")),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_agreement_percent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("code", name=op.f("uq_agreement_code")),
        sa.UniqueConstraint("secret", name=op.f("uq_agreement_secret")),
    )
    op.create_index("ix_agreement_municipality", "agreement", ["municipality"], unique=False)
    op.create_table(
        "school",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "search",
            sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"),
            server_default="",
            nullable=False,
        ),
        sa.Column("org_number", sa.String(length=20), server_default="", nullable=False),
        sa.Column("municipality", sa.String(length=60), server_default="", nullable=False),
        sa.Column(
            "kind",
            sa.Enum("school", "kindergarten", name="schoolkind", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("email", sa.String(length=254), server_default="", nullable=False),
        sa.Column("reference_pattern", sa.String(length=60), server_default="", nullable=False),
        sa.Column("known", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school")),
    )
    op.create_index("ix_school_municipality", "school", ["municipality", "search"], unique=False)
    op.create_index("ix_school_search", "school", ["search"], unique=False)
    op.create_index(
        "uq_school_org_number",
        "school",
        ["org_number"],
        unique=True,
        sqlite_where=sa.text("org_number <> ''"),
        postgresql_where=sa.text("org_number <> ''"),
    )
    op.create_table(
        "school_holiday",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("until_date", sa.Date(), nullable=False),
        sa.Column("municipalities", sa.String(length=400), nullable=False),
        sa.CheckConstraint("from_date <= until_date", name=op.f("ck_school_holiday_dates")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_holiday")),
    )
    op.create_index("ix_school_holiday_until_date", "school_holiday", ["until_date"], unique=False)
    op.create_table(
        "allowance",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("agreement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(length=140), server_default="", nullable=False),
        sa.Column("most_visits", sa.Integer(), nullable=True),
        sa.Column("most_pupils", sa.Integer(), nullable=True),
        sa.Column("visits", sa.Integer(), server_default="0", nullable=False),
        sa.Column("pupils", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "pupils >= 0 AND (most_pupils IS NULL OR pupils <= most_pupils)", name=op.f("ck_allowance_pupils_within")
        ),
        sa.CheckConstraint(
            "visits >= 0 AND (most_visits IS NULL OR visits <= most_visits)", name=op.f("ck_allowance_visits_within")
        ),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_allowance_agreement_id_agreement")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allowance")),
        sa.UniqueConstraint("key", name=op.f("uq_allowance_key")),
    )
    op.create_index(op.f("ix_allowance_agreement_id"), "allowance", ["agreement_id"], unique=False)
    op.create_table(
        "school_rules",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pupil_price", sa.Integer(), nullable=False),
        sa.Column("adult_price", sa.Integer(), nullable=False),
        sa.Column("least_price", sa.Integer(), nullable=False),
        sa.Column("lunch_price", sa.Integer(), server_default="0", nullable=False),
        sa.Column("pupils_per_adult", sa.Integer(), nullable=False),
        sa.Column("children_per_adult", sa.Integer(), nullable=False),
        sa.Column("number_days", sa.Integer(), nullable=False),
        sa.Column("free_days", sa.Integer(), nullable=False),
        sa.Column("late_percent", sa.Integer(), nullable=False),
        sa.Column("same_day_percent", sa.Integer(), nullable=False),
        sa.Column("lunch_days", sa.Integer(), server_default="3", nullable=False),
        sa.Column("most_visits", sa.Integer(), server_default="5", nullable=False),
        sa.Column("most_visitors", sa.Integer(), server_default="150", nullable=False),
        sa.Column("asks_new", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("pupil_type_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("adult_type_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lunch_type_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "late_percent BETWEEN 0 AND 100 AND same_day_percent BETWEEN 0 AND 100",
            name=op.f("ck_school_rules_percents"),
        ),
        sa.CheckConstraint(
            "pupil_price >= 0 AND adult_price >= 0 AND least_price >= 0", name=op.f("ck_school_rules_prices")
        ),
        sa.CheckConstraint("pupils_per_adult > 0 AND children_per_adult > 0", name=op.f("ck_school_rules_ratios")),
        sa.ForeignKeyConstraint(
            ["adult_type_id"], ["ticket_type.id"], name=op.f("fk_school_rules_adult_type_id_ticket_type")
        ),
        sa.ForeignKeyConstraint(
            ["lunch_type_id"], ["ticket_type.id"], name=op.f("fk_school_rules_lunch_type_id_ticket_type")
        ),
        sa.ForeignKeyConstraint(
            ["pupil_type_id"], ["ticket_type.id"], name=op.f("fk_school_rules_pupil_type_id_ticket_type")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_rules")),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("school_rules")
    op.drop_table("allowance")
    op.drop_table("school_holiday")
    op.drop_table("school")
    op.drop_table("agreement")
