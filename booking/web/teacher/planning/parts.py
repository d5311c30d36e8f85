"""A class that is too large for what it wishes for is offered as several groups, whose sizes can be changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from booking.agreements.limits import TooManyGroups, check_groups
from booking.planner.parting import parted, room_for
from booking.planner.wish import Group, VisitWish
from booking.web.teacher.wishes import MOST_GROUPS, MOST_PEOPLE, GroupTyped, Typed, in_parts


@dataclass(frozen=True, slots=True)
class PartedClass:
    """One class as it was typed, by its row, and the groups that it becomes; one where it stays as it is."""

    typed: GroupTyped
    parts: tuple[GroupTyped, ...]
    first: int  # the row of the first part in the new form
    most: int  # people in one group, at the most

    @property
    def is_parted(self) -> bool:
        """Whether it becomes several groups."""
        return len(self.parts) > 1

    @property
    def sizes(self) -> list[str]:
        """How many pupils each part has."""
        return [part.pupils for part in self.parts]


def offered_parts(typed: Typed, wish: VisitWish, most: Mapping[int, int]) -> tuple[PartedClass, ...]:
    """All classes of the form, those parted that no session takes whole; none where nobody is, or where it is no help.

    `most` is how many people each programme takes in one session.
    """
    rooms = [room_for(group, wish, most, most_together(group)) for group in wish.groups]
    parts = [_parts(typed, n, group, room) for n, (group, room) in enumerate(zip(wish.groups, rooms, strict=True))]
    count = sum(len(part) for part in parts)
    if count == len(typed.groups) or count > MOST_GROUPS or not _may_be_so_many(wish, parts):
        return ()
    firsts = [sum(len(part) for part in parts[:n]) for n in range(len(parts))]
    return tuple(PartedClass(*values) for values in zip(typed.groups, map(tuple, parts), firsts, rooms, strict=True))


def too_many_for_one(wish: VisitWish) -> list[int]:
    """The rows whose class is more than one group can ever be."""
    return [n for n, group in enumerate(wish.groups) if max(group.pupils, group.adults) > MOST_PEOPLE]


def most_together(group: Group) -> int:
    """How many people are in one group where no programme says how many it takes."""
    return MOST_PEOPLE if max(group.pupils, group.adults) > MOST_PEOPLE else 2 * MOST_PEOPLE


def _parts(typed: Typed, place: int, group: Group, room: int) -> Sequence[GroupTyped]:
    if group.people <= room:
        return [typed.groups[place]]
    return in_parts(typed, place, parted(group.pupils, group.adults, room)) or [typed.groups[place]]


def _may_be_so_many(wish: VisitWish, parts: Sequence[Sequence[GroupTyped]]) -> bool:
    """Whether the programmes take so many groups of one visit."""
    groups = [
        replace(group, programmes=wish.programmes_of(group))
        for group, its_parts in zip(wish.groups, parts, strict=True)
        for _part in its_parts
    ]
    try:
        check_groups(groups)
    except TooManyGroups:
        return False
    return True
