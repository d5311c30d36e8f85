"""what was agreed on is kept with every visit and enrolment; those of before keep the rules that hold today"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("enrolment", sa.Column("terms", sa.Text(), nullable=True))
    there = op.get_bind()
    schools = there.execute(
        sa.text(
            "SELECT number_days, free_days, late_percent, same_day_percent, lunch_days FROM school_rules ORDER BY id"
        )
    ).first()
    if schools is not None:
        kept = {"terms": json.dumps(list(schools))}
        there.execute(sa.text("UPDATE visit SET terms = :terms WHERE terms IS NULL"), kept)
    courses = there.execute(
        sa.text("SELECT free_days, late_percent, same_day_percent FROM course_rules ORDER BY id")
    ).first()
    free_days, late_percent, same_day_percent = courses or (10, 50, 100)
    kept = {"terms": json.dumps([0, free_days, late_percent, same_day_percent, 0])}
    there.execute(sa.text("UPDATE enrolment SET terms = :terms"), kept)


def downgrade() -> None:
    # Dates that were said are of no use to older code, which knows the rule alone.
    there = op.get_bind()
    for row in there.execute(sa.text("SELECT id, terms FROM visit WHERE terms IS NOT NULL")).all():
        kept = json.loads(row.terms)
        if isinstance(kept, dict):
            rule = {"id": row.id, "terms": json.dumps(kept["rule"])}
            there.execute(sa.text("UPDATE visit SET terms = :terms WHERE id = :id"), rule)
    op.drop_column("enrolment", "terms")
