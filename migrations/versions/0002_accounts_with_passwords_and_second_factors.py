"""accounts with passwords and second factors"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAYS = ("link", "password", "app", "recovery", "passkey")


def upgrade() -> None:
    with op.batch_alter_table("account") as table:
        table.add_column(sa.Column("password_hash", sa.String(200), nullable=True))
        table.add_column(sa.Column("password_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("totp_secret", sa.String(300), nullable=True))
        table.add_column(sa.Column("totp_step", sa.BigInteger(), server_default="0", nullable=False))
    with op.batch_alter_table("staff_session") as table:
        table.add_column(sa.Column("public_id", sa.String(16), nullable=True))
        table.add_column(sa.Column("device", sa.String(60), server_default="", nullable=False))
        table.add_column(sa.Column("opened_with", sa.String(20), server_default="link", nullable=False))
    # Sessions that are open stay open: part of a digest names them as well as a number of their own would.
    op.execute("UPDATE staff_session SET public_id = substr(digest, 1, 16)")
    with op.batch_alter_table("staff_session") as table:
        table.alter_column("public_id", existing_type=sa.String(16), nullable=False)
        table.create_unique_constraint(op.f("uq_staff_session_public_id"), ["public_id"])
        table.create_check_constraint(op.f("ck_staff_session_way"), sa.column("opened_with").in_(WAYS))
    op.create_table(
        "passkey",
        sa.Column("id", Id, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("credential_id", sa.String(1400), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_passkey_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index(op.f("ix_passkey_account_id"), "passkey", ["account_id"])
    op.create_table(
        "recovery_code",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_recovery_code_account_id_account")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_account_id"), "recovery_code", ["account_id"])
    op.create_table(
        "sign_in_count",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heard", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_count")),
    )
    op.create_index(op.f("ix_sign_in_count_since"), "sign_in_count", ["since"])
    op.create_index("ix_audit_entry_actor", "audit_entry", ["actor", "id"])
    op.create_index("ix_audit_entry_action", "audit_entry", ["action", "id"])


def downgrade() -> None:
    op.drop_index("ix_audit_entry_action", "audit_entry")
    op.drop_index("ix_audit_entry_actor", "audit_entry")
    op.drop_table("sign_in_count")
    op.drop_table("recovery_code")
    op.drop_table("passkey")
    with op.batch_alter_table("staff_session") as table:
        table.drop_constraint(op.f("ck_staff_session_way"), type_="check")
        table.drop_constraint(op.f("uq_staff_session_public_id"), type_="unique")
        table.drop_column("opened_with")
        table.drop_column("device")
        table.drop_column("public_id")
    with op.batch_alter_table("account") as table:
        table.drop_column("totp_step")
        table.drop_column("totp_secret")
        table.drop_column("password_at")
        table.drop_column("password_hash")
