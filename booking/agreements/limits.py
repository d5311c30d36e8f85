"""How many groups of one visit a programme takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

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
    wanting = Counter(activity_id for one in groups for activity_id in dict.fromkeys(one.programmes or ()))
    if not wanting:
        return
    limited = select(Programme.activity_id, Programme.most_groups).where(
        Programme.activity_id.in_(sorted(wanting)), Programme.most_groups.is_not(None)
    )
    for activity_id, most in run(limited.order_by(Programme.activity_id)):
        if wanting[activity_id] > most:
            raise TooManyGroups(activity_id, most)
