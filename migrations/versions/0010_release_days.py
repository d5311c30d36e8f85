"""Release days."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "release",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "draft", "published", "withdrawn", name="stage", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column(
            "way",
            sa.Enum("first_come", "drawing", name="releaseway", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prepare_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kept_percent", sa.Integer(), nullable=False),
        sa.Column("most_per_school", sa.Integer(), nullable=True),
        sa.Column("lately_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("places", sa.Integer(), server_default="0", nullable=False),
        sa.Column("open_places", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lately_taken", sa.Integer(), server_default="0", nullable=False),
        sa.Column("answered", sa.Integer(), server_default="0", nullable=False),
        sa.Column("seed", sa.String(length=26), server_default="", nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("work_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("from_at < to_at", name=op.f("ck_release_begins_before_it_ends")),
        sa.CheckConstraint("kept_percent BETWEEN 0 AND 100", name=op.f("ck_release_kept_percent")),
        sa.CheckConstraint("lately_taken >= 0 AND lately_taken <= open_places", name=op.f("ck_release_kept_is_kept")),
        sa.CheckConstraint("most_per_school IS NULL OR most_per_school > 0", name=op.f("ck_release_most_per_school")),
        sa.CheckConstraint("open_places >= 0 AND open_places <= places", name=op.f("ck_release_open_within_places")),
        sa.CheckConstraint("prepare_from <= opens_at", name=op.f("ck_release_prepared_before_it_opens")),
        sa.CheckConstraint("until IS NULL OR until > opens_at", name=op.f("ck_release_rule_ends_after_it_opens")),
        sa.ForeignKeyConstraint(["work_id"], ["long_work.id"], name=op.f("fk_release_work_id_long_work")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
    )
    op.create_table(
        "release_programme",
        sa.Column("release_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("activity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_release_programme_activity_id_activity")
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_programme_release_id_release"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("release_id", "activity_id", name=op.f("pk_release_programme")),
    )
    op.create_index(op.f("ix_release_programme_activity_id"), "release_programme", ["activity_id"], unique=False)
    op.create_table(
        "release_queue",
        sa.Column("release_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("turns", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("turns >= 0", name=op.f("ck_release_queue_turns")),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_queue_release_id_release"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("release_id", name=op.f("pk_release_queue")),
    )
    op.create_table(
        "release_share",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("release_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("visits", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("visits >= 0 AND visits <= most", name=op.f("ck_release_share_visits_within")),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_share_release_id_release"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_release_share_school_id_school")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_share")),
        sa.UniqueConstraint("key", name=op.f("uq_release_share_key")),
    )
    op.create_index(op.f("ix_release_share_release_id"), "release_share", ["release_id"], unique=False)
    op.create_table(
        "release_take",
        sa.Column("booking_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("release_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("share_key", sa.String(length=40), server_default="", nullable=False),
        sa.Column("lately", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("lately >= 0", name=op.f("ck_release_take_lately")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_release_take_booking_id_booking"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_take_release_id_release"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("booking_id", "release_id", name=op.f("pk_release_take")),
    )
    op.create_table(
        "release_wish",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("release_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("groups_key", sa.String(length=64), nullable=False),
        sa.Column("secret", sa.String(length=26), nullable=False),
        sa.Column("reference", sa.String(length=8), nullable=False),
        sa.Column("lang", sa.String(length=2), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("mobile", sa.String(length=40), server_default="", nullable=False),
        sa.Column("on_the_day", sa.String(length=120), server_default="", nullable=False),
        sa.Column("needs", sa.String(length=400), server_default="", nullable=False),
        sa.Column("code", sa.String(length=40), server_default="", nullable=False),
        sa.Column("order_number", sa.String(length=60), server_default="", nullable=False),
        sa.Column("invoice_reference", sa.String(length=60), server_default="", nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "prepared",
                "sent",
                "deferred",
                "granted",
                "full",
                "share_used",
                "kept",
                "unable",
                name="wishstate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("came_lately", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("option", sa.Integer(), nullable=True),
        sa.Column("booking_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "(state = 'granted') = (option IS NOT NULL)", name=op.f("ck_release_wish_option_when_granted")
        ),
        sa.CheckConstraint("(turn IS NULL) = (state = 'prepared')", name=op.f("ck_release_wish_turn_when_sent")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_release_wish_booking_id_booking"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_release_wish_release_id_release")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_release_wish_school_id_school")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_wish")),
        sa.UniqueConstraint("reference", name=op.f("uq_release_wish_reference")),
        sa.UniqueConstraint(
            "release_id", "school_id", "groups_key", name=op.f("uq_release_wish_release_id_school_id_groups_key")
        ),
        sa.UniqueConstraint("release_id", "turn", name=op.f("uq_release_wish_release_id_turn")),
        sa.UniqueConstraint("secret", name=op.f("uq_release_wish_secret")),
    )
    op.create_index(op.f("ix_release_wish_booking_id"), "release_wish", ["booking_id"], unique=False)
    op.create_index("ix_release_wish_line", "release_wish", ["release_id", "state", "turn"], unique=False)
    op.create_index(
        "ix_release_wish_personal",
        "release_wish",
        ["prepared_at"],
        unique=False,
        sqlite_where=sa.text("email <> ''"),
        postgresql_where=sa.text("email <> ''"),
    )
    op.create_index(op.f("ix_release_wish_school_id"), "release_wish", ["school_id"], unique=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_table("release_wish")
    op.drop_table("release_take")
    op.drop_table("release_share")
    op.drop_table("release_queue")
    op.drop_table("release_programme")
    op.drop_table("release")
