"""What administrators change about courses: the centre's rules for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from booking.courses.models import CourseRules
from booking.courses.rules import rules_row
from booking.kernel.database import db
from booking.records.audit import note


def change_rules(values: Mapping[str, Any], actor: str) -> None:
    """Write the rules, for the first time or anew; call inside a unit of work. What is booked keeps its terms."""
    row = rules_row() or CourseRules()
    before = {name: getattr(row, name) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    db.session.add(row)
    note(actor, "course.rules", "course_rules", before, dict(values))
