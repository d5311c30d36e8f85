"""what staff write when they close is kept by language; what there is becomes the centre's first language"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

WRITE = sa.text("UPDATE closure SET told = :told WHERE id = :id")


def upgrade() -> None:
    there = op.get_bind()
    op.add_column("closure", sa.Column("told", sa.Text(), server_default="{}", nullable=False))
    first = _first(there)
    for row in there.execute(sa.text("SELECT id, words FROM closure WHERE words <> ''")).all():
        told = json.dumps({first: row.words}, ensure_ascii=False, separators=(",", ":"))
        there.execute(WRITE, {"id": row.id, "told": told})
    _put_in_place()


def downgrade() -> None:
    """Older code tells one text to everybody: that in the first language, else the first there is."""
    there = op.get_bind()
    op.add_column("closure", sa.Column("told", sa.String(300), server_default="", nullable=False))
    first = _first(there)
    for row in there.execute(sa.text("SELECT id, words FROM closure WHERE words <> '{}'")).all():
        words = json.loads(row.words)
        told = words.get(first) or next(iter(words.values()), "")
        there.execute(WRITE, {"id": row.id, "told": told[:300]})
    _put_in_place()


def _first(there):
    languages = there.execute(sa.text("SELECT languages FROM centre ORDER BY id")).scalar()
    return next(iter(json.loads(languages or "[]")), "en")


def _put_in_place():
    """In place of the old column; no table is made anew, which others refer to."""
    op.drop_column("closure", "words")
    op.execute("ALTER TABLE closure RENAME COLUMN told TO words")
