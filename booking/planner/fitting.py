"""Which of many days fit a whole wish. None is said to fit that the planner does not find, nor not to fit where it may.

What no group can have by itself costs a look; the rest is solved as the page of that day solves it, a while. A first
plan is enough to know that a day fits; when it comes and goes is said only where it was proved to be the best one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from booking.planner.choices import MINUTE, causes, why_not
from booking.planner.effort import Effort
from booking.planner.planner import BEST, Search
from booking.planner.plans import NoPlanReason, Reason
from booking.planner.puzzle import OutOfEffort, Solution
from booking.planner.wish import PlanningDay, VisitWish

OF_A_DAY = Search().effort  # what the page of one day may use
# Shares of it, in percent: a first look at a day, and how much all days may use together.
SHORT, ALL_DAYS = 3, 80


class Fit(StrEnum):
    """How a wish stands to a day."""

    FITS = "fits"
    LAST = "last"  # fits, and takes the last sessions of a programme of which others are taken
    FULL = "full"  # somebody else has the places
    NOT_SO = "not_so"  # is offered, but not within these times or not together
    NOT_HELD = "not_held"  # a programme has no session that day
    NOT_ON_SALE = "not_on_sale"  # not yet, a programme or the exhibition
    NOTHING = "nothing"  # nothing is offered at all
    UNKNOWN = "unknown"  # not looked at yet


@dataclass(frozen=True, slots=True)
class DayFit:
    """A day; where it fits, when the best plan comes and goes, if that is known."""

    on: date
    fit: Fit
    arrives_at: datetime | None = None
    leaves_at: datetime | None = None
    opens_at: datetime | None = None  # when all of it is on sale


def days_that_fit(wish: VisitWish, days: Sequence[PlanningDay], of_a_day: float = OF_A_DAY) -> list[DayFit]:
    """How each of the days stands, in their order; those that the effort of a page does not suffice for are unknown."""
    left = of_a_day * ALL_DAYS / 100
    fits = []
    for day in days:
        effort = Effort(of_a_day)
        fits.append(_day_fit(wish, day, effort, left))
        left -= effort.whole - effort.left
    return fits


def _day_fit(wish: VisitWish, day: PlanningDay, effort: Effort, left: float) -> DayFit:
    if not (day.sessions or day.seatings or day.entries or day.stretches or day.opens):
        return DayFit(day.on, Fit.NOTHING)
    reasons = causes(wish, day)
    if reasons[0].why is not NoPlanReason.NOT_TOGETHER:
        fit = Fit.NOT_SO if _is_too_large(wish, day) else _hindered(reasons, day)
        return DayFit(day.on, fit, opens_at=max(day.opens.values()) if fit is Fit.NOT_ON_SALE else None)
    try:
        solution = _solution(wish, day, effort, left)
    except OutOfEffort:
        return DayFit(day.on, Fit.UNKNOWN)
    if solution is None:
        return DayFit(day.on, Fit.NOT_SO)
    fit = Fit.LAST if _takes_the_last(wish, day) else Fit.FITS
    if not solution.is_best:
        return DayFit(day.on, fit)
    return DayFit(day.on, fit, day.arrival + solution.arrives * MINUTE, day.arrival + solution.leaves * MINUTE)


def _solution(wish: VisitWish, day: PlanningDay, effort: Effort, left: float) -> Solution | None:
    """The best plan of the day or a first one; None when there is none. Raises OutOfEffort."""
    if effort.whole * SHORT / 100 > left:
        raise OutOfEffort
    puzzle = effort.puzzle(wish, day)
    try:
        return effort.solve(puzzle, SHORT)
    except OutOfEffort:
        if effort.whole * (SHORT + BEST) / 100 > left:
            raise
        return effort.solve(puzzle, BEST)


def _is_too_large(wish: VisitWish, day: PlanningDay) -> bool:
    """Whether a group is more than any session of a programme takes, though nobody else were there."""
    for group in wish.groups:
        for activity_id in wish.programmes_of(group):
            sizes = [session.free + session.taken for session in day.sessions if session.activity_id == activity_id]
            if sizes and group.people > max(sizes):
                return True
    return False


def _hindered(reasons: Iterable[Reason], day: PlanningDay) -> Fit:
    """What a day lacks: what is not held is told before what is full, that before what would fit otherwise."""
    why = {reason.why for reason in reasons}
    if NoPlanReason.NOT_OFFERED in why:
        return Fit.NOT_HELD
    if NoPlanReason.NOT_ON_SALE in why:
        return Fit.NOT_ON_SALE
    lacks = {NoPlanReason.NO_LUNCH: day.seatings, NoPlanReason.NO_ENTRY: day.entries}
    if any(reason in why and not slots for reason, slots in lacks.items()):
        return Fit.NOT_SO
    full = {NoPlanReason.TOO_FEW_PLACES, NoPlanReason.NO_LUNCH, NoPlanReason.NO_ENTRY}
    return Fit.FULL if why & full else Fit.NOT_SO


def _takes_the_last(wish: VisitWish, day: PlanningDay) -> bool:
    """Whether the wish takes all sessions of a programme that are left, where others of that day are taken."""
    for activity_id in {activity_id for group in wish.groups for activity_id in wish.programmes_of(group)}:
        wanting = [group for group in wish.groups if activity_id in wish.programmes_of(group)]
        sessions = [session for session in day.sessions if session.activity_id == activity_id and not session.shared]
        open_ones = [session for session in sessions if any(why_not(session, group, wish) is None for group in wanting)]
        if open_ones and len(open_ones) <= len(wanting) and len(open_ones) < len(sessions):
            return True
    return False
