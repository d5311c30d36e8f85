"""How many groups of one visit a programme takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from sqlalchemy import select

from booking.kernel.database import run
from booking.kernel.refusals import Refusal
from booking.planner.wish import Group
from booking.programmes.models import Programme


class TooManyGroups(Refusal):
    """A programme takes no more than `most` groups of one visit; larger ones call."""

    def __init__(self, activity_id: int, most: int) -> None:
        super().__init__(f"at most {most} groups of a visit in activity {activity_id}")
        self.activity_id = activity_id
        self.most = most


def check_groups(groups: Iterable[Group]) -> None:
    """Whether each programme takes as many groups as name it, in one statement. Raises TooManyGroups."""
    wanting = wanted_by(groups)
    if not wanting:
        return
    limited = select(Programme.activity_id, Programme.most_groups).where(
        Programme.activity_id.in_(sorted(wanting)), Programme.most_groups.is_not(None)
    )
    refuse_too_many(wanting, dict(iter(run(limited))))


def wanted_by(groups: Iterable[Group]) -> Counter[int]:
    """How many groups name each programme."""
    return Counter(activity_id for group in groups for activity_id in dict.fromkeys(group.programmes or ()))


def refuse_too_many(wanting: Mapping[int, int], most: Mapping[int, int | None]) -> None:
    """Raises TooManyGroups for the first programme that takes no more than so many; None or missing: no limit."""
    for activity_id in sorted(wanting):
        limit = most.get(activity_id)
        if limit is not None and wanting[activity_id] > limit:
            raise TooManyGroups(activity_id, limit)
