"""A programme has files and links for before and after, and says what a class brings and who teaches it.

Revision ID: 0051
Revises: 0050
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None
runs_from = "0038"


def upgrade() -> None:
    """No programme has any yet; what is mailed goes with the reminder until the centre says otherwise."""
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "material",
        sa.Column("id", big, nullable=False),
        sa.Column("activity_id", big, nullable=False),
        sa.Column(
            "moment",
            sa.Enum("before", "after", name="materialmoment", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "pdf", "docx", "pptx", "png", "jpg", "link",
                name="materialkind", native_enum=False, create_constraint=True, length=20,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("lang", sa.String(length=2), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=16), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.CheckConstraint("(kind = 'link') = (url <> '')", name=op.f("ck_material_link_with_address")),
        sa.CheckConstraint("(kind = 'link') = (mark = '')", name=op.f("ck_material_file_with_mark")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_material_activity_id_activity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material")),
    )  # fmt: skip
    op.create_index("ix_material_activity", "material", ["activity_id", "moment", "sort"])
    op.create_table(
        "material_file",
        sa.Column("material_id", big, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["material_id"], ["material.id"], name=op.f("fk_material_file_material_id_material"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("material_id", name=op.f("pk_material_file")),
    )
    op.add_column("programme", sa.Column("brings", sa.Text(), server_default="{}", nullable=False))
    op.add_column("programme", sa.Column("taught_by", sa.Text(), server_default="{}", nullable=False))
    op.add_column("school_rules", sa.Column("material_days", sa.Integer(), nullable=True))


def downgrade() -> None:
    """As it was: what was brought is gone."""
    op.drop_column("school_rules", "material_days")
    op.drop_column("programme", "taught_by")
    op.drop_column("programme", "brings")
    op.drop_table("material_file")
    op.drop_index("ix_material_activity", table_name="material")
    op.drop_table("material")
