"""what a class has taken of an agreement is found by its school's id: many schools share a name"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Connection, Row

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# Every class that an agreement with a limit for each class pays for, once for each visit.
_DUES = sa.text(
    "SELECT DISTINCT due.visit_id, due.paid_by, due.group_name, visit.year, agreement.class_visits, school.id,"
    " school.name, school.org_number"
    " FROM visit_due due JOIN agreement ON agreement.id = due.paid_by"
    " JOIN visit ON visit.id = due.visit_id JOIN school ON school.id = visit.school_id"
    " WHERE agreement.class_visits IS NOT NULL ORDER BY due.visit_id, due.group_name"
)
_OLD = sa.text("SELECT most_visits, most_pupils FROM allowance WHERE key = :key AND holder = 'class'")
_DELETE = sa.text("DELETE FROM allowance WHERE key = :key AND holder = 'class'")
_INSERT = sa.text(
    "INSERT INTO allowance (key, agreement_id, year, holder, most_visits, most_pupils, visits, pupils)"
    " VALUES (:key, :agreement_id, :year, 'class', :most_visits, :most_pupils, :visits, 0)"
)


def upgrade() -> None:
    _rename(_by_name, _by_id)


def downgrade() -> None:
    _rename(_by_id, _by_name)


def _rename(old: Callable[[Row], str], new: Callable[[Row], str]) -> None:
    """Count anew under the new key what stands under the old one."""
    there: Connection = op.get_bind()
    visits, limits, keys = Counter[str](), dict[str, tuple[Row, int, int | None]](), set[str]()
    for row in there.execute(_DUES).all():
        limit = there.execute(_OLD, {"key": _key(row, old)}).first()
        if limit is None:
            continue
        keys.add(_key(row, old))
        key = _key(row, new)
        visits[key] += 1
        limits[key] = row, limit.most_visits, limit.most_pupils
    for key in sorted(keys):
        there.execute(_DELETE, {"key": key})
    for key, (row, most_visits, most_pupils) in limits.items():
        # Two schools that shared a row, put together again, may have had more than one class may have.
        count = visits[key] if most_visits is None else min(visits[key], most_visits)
        there.execute(
            _INSERT,
            {
                "key": key, "agreement_id": row.paid_by, "year": row.year, "most_visits": most_visits,
                "most_pupils": most_pupils, "visits": count,
            },
        )  # fmt: skip


def _key(row: Row, holder: Callable[[Row], str]) -> str:
    mark = hashlib.sha256(f"{holder(row)}|{_fold(row.group_name)}".encode())
    return f"{row.paid_by}:{row.year}:{mark.hexdigest()[:24]}"


def _by_name(row: Row) -> str:
    return str(row.org_number or _fold(row.name))


def _by_id(row: Row) -> str:
    return f"school:{row.id}"


def _fold(text: str) -> str:
    """As booking.bookings.words.fold_letters was then."""
    special = text.casefold().replace("ø", "o").replace("æ", "ae").replace("đ", "d").replace("ł", "l")
    plain = unicodedata.normalize("NFKD", special)
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).replace("aa", "a")
