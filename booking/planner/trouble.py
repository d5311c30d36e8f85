"""The one measure of what a change is worth to a school: minutes of trouble. All that is proposed is judged by it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from booking.planner.plans import (
    AnotherDay,
    ArriveEarlier,
    Change,
    DepartLater,
    FewerGroups,
    ShorterExhibition,
    WithoutLunch,
    WithoutShow,
)
from booking.planner.wish import VisitWish

NO_LUNCH, NO_SHOW, OTHER_DAY, EACH_DAY_AWAY = 60, 45, 90, 2
# Each class that comes another day than the others, and each that has no day at all.
GROUP_MOVED, GROUP_WITHOUT_DAY = 60, 120


def trouble(changes: Sequence[Change], wish: VisitWish, wished: date) -> int:
    """What all of it comes to, for a wish for that day."""
    return sum(_of(change, wish, wished) for change in changes)


def _of(change: Change, wish: VisitWish, wished: date) -> int:
    match change:
        case DepartLater(minutes) | ArriveEarlier(minutes):
            return minutes
        case WithoutLunch():
            return NO_LUNCH
        case WithoutShow():
            return NO_SHOW
        case ShorterExhibition(minutes):
            return wish.exhibition_minutes - minutes
        case AnotherDay(on):
            return OTHER_DAY + EACH_DAY_AWAY * abs((on - wished).days)
        case FewerGroups(rest=rest, rest_on=on):
            if on is None:
                return len(rest) * GROUP_WITHOUT_DAY
            return len(rest) * GROUP_MOVED + EACH_DAY_AWAY * abs((on - wished).days)
