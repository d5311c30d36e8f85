"""A group that no session takes whole: into how many groups it parts, and how many pupils and adults are in each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from booking.planner.wish import Group, PlanningDay, VisitWish

Sizes = tuple[tuple[int, int], ...]  # pupils and adults of each part


def largest_sessions(days: Iterable[PlanningDay], usual: Mapping[int, int]) -> dict[int, int]:
    """How many people each activity takes at the most in one session of these days; as usual where it has none."""
    most = dict(usual)
    for day in days:
        for session in day.sessions:
            most[session.activity_id] = max(most.get(session.activity_id, 0), session.free + session.taken)
    return most


def room_for(group: Group, wish: VisitWish, most: Mapping[int, int], otherwise: int) -> int:
    """How many people may be in one group that has all that this one wants; `otherwise` where nothing limits it."""
    return min([most.get(activity_id, otherwise) for activity_id in wish.held_for(group)] + [otherwise])


def parted(pupils: int, adults: int, most: int) -> Sizes:
    """The fewest groups of at most so many people, as equal as can be: where there is a pupil more, an adult less."""
    if most < 1:
        return ()
    count = -(-(pupils + adults) // most)
    if count > pupils:
        return ()  # there is no group without a pupil
    adults_of = _dealt(adults, count)[::-1]
    return tuple(zip(_dealt(pupils, count), adults_of, strict=True))


def _dealt(number: int, count: int) -> list[int]:
    """So many in as many lots, the larger ones first."""
    return [number // count + (n < number % count) for n in range(count)]
