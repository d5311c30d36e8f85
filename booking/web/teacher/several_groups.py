"""A class that no session takes whole, on pages before the planner: its groups there, and the way to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from booking.agreements.limits import TooManyGroups, check_groups
from booking.planner.parting import parted
from booking.planner.wish import Group
from booking.programmes.offered import OfferedProgramme, SessionFree
from booking.web.teacher.planning.parts import most_together
from booking.web.teacher.wishes import MOST_GROUPS


@dataclass(frozen=True, slots=True)
class SeveralGroups:
    """The groups that a class becomes, as the planner will offer them; `most` people are in one."""

    groups: tuple[Group, ...]
    most: int

    @property
    def sizes(self) -> list[str]:
        """How many pupils each has."""
        return [str(group.pupils) for group in self.groups]

    @property
    def largest(self) -> int:
        """How many people are in the largest."""
        return max(group.people for group in self.groups)


def room_in(offered: OfferedProgramme, coming: Iterable[SessionFree], group: Group) -> int:
    """How many people of this class one session takes at the most."""
    return min(max([offered.capacity, *(session.capacity for session in coming)]), most_together(group))


def as_several(group: Group, room: int) -> SeveralGroups | None:
    """The class as the fewest groups of at most so many; None where that is no way out. At most one statement."""
    sizes = parted(group.pupils, group.adults, room)
    groups = tuple(
        replace(group, name=str(n), pupils=pupils, adults=adults) for n, (pupils, adults) in enumerate(sizes, start=1)
    )
    if not 1 < len(groups) <= MOST_GROUPS:
        return None
    try:
        check_groups(groups)
    except TooManyGroups:
        return None
    return SeveralGroups(groups, room)


def to_planner(group: Group) -> dict[str, Any]:
    """What the planner is told of the class, so that it asks for nothing that was typed already."""
    return {"pupils": group.pupils, "adults": group.adults, "grade": group.grade, "days": 1, "_anchor": "plans"}
