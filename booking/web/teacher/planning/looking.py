"""What a wish comes to: groups where a class is too large, the days that fit, or the plans of a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from booking.agreements.limits import TooManyGroups, check_groups
from booking.bookings.queries import BookingFacts
from booking.centre.facts import closing_days
from booking.kernel import clock
from booking.kernel.database import end_reading
from booking.planner.fitting import days_that_fit
from booking.planner.missed import programmes_of
from booking.planner.parting import largest_sessions
from booking.planner.planner import plan_visit
from booking.planner.plans import PlannerAnswer
from booking.planner.wish import PlanningDay
from booking.programmes.offered import OfferedProgramme
from booking.visit_waiting.waiting import kept_booking
from booking.visits.days import load_days
from booking.visits.read import VisitFacts
from booking.web.languages import centre
from booking.web.month_grid import SHOWN, five_weeks_with
from booking.web.teacher.planning.month import VisitMonth, in_order_from, month_of
from booking.web.teacher.planning.parts import PartedClass, offered_parts, too_many_for_one
from booking.web.teacher.sentences import said
from booking.web.teacher.wishes import MOST_PEOPLE, AskedDays, TimedWish, Typed, read, read_wish
from booking.web.typed import a_day

AHEAD = timedelta(days=500)
W = TypeVar("W", bound=TimedWish)


@dataclass(frozen=True, slots=True)
class Moving:
    """The visit that moves: its own places count as free, and its classes come as they are."""

    booking: BookingFacts
    visit: VisitFacts


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of it: parts, a month or an answer; none of them where something is wrong or nothing was asked for."""

    asked_days: AskedDays | None = None
    parts: tuple[PartedClass, ...] = ()  # the classes as groups, where one is too large
    month: VisitMonth | None = None
    answer: PlannerAnswer | None = None


@dataclass(frozen=True, slots=True)
class Looking:
    """One form, and what there is to look in."""

    typed: Typed
    offered: Sequence[OfferedProgramme]
    moving: Moving | None

    def look(self, args: MultiDict[str, str]) -> Looked:
        """What the form asks for; without a day, the days that fit. What is wrong is said in `typed.errors`."""
        if "more" in args or not ("plan" in args or "days" in args):
            return Looked()
        today = centre().local(clock.now()).date()
        if "days" in args or not self.typed.on:
            return self._month(args, today)
        asked_days = self._checked(read(self.typed, today, farthest(today)))
        if asked_days is None:
            return Looked()
        days = self._days(asked_days, [asked_days.on, *asked_days.until, *asked_days.others])
        parts = self._parts(asked_days, days)
        if parts or self.typed.errors:
            return Looked(asked_days, parts)
        return Looked(asked_days, answer=self._answer(asked_days, days))

    def _month(self, args: MultiDict[str, str], today: date) -> Looked:
        wish = self._checked(read_wish(self.typed))
        if wish is None:
            return Looked()
        first = _first(self.typed, args, today)
        shown = (first + timedelta(days=number) for number in range(SHOWN.days))
        days = self._days(wish, [day for day in shown if today < day <= farthest(today)])
        parts = self._parts(wish, days)
        if parts or self.typed.errors:
            return Looked(parts=parts)
        closed = closing_days(first, first + SHOWN)
        _end_reading()
        fits = days_that_fit(wish.wish, in_order_from(a_day(args.get("look")), days))
        return Looked(month=month_of(first, today, fits, closed, farthest(today)))

    def _checked(self, wish: W | None) -> W | None:
        """With the classes of the visit that moves; None where there are more than a programme takes."""
        if wish is None:
            return None
        if self.moving is not None:
            classes = tuple(
                replace(timetable.group, programmes=programmes_of(timetable))
                for timetable in self.moving.visit.timetables
            )
            wish = replace(wish, wish=replace(wish.wish, groups=classes))
        try:
            check_groups(replace(group, programmes=wish.wish.programmes_of(group)) for group in wish.wish.groups)
        except TooManyGroups as refusal:
            self.typed.errors["programmes"] = said(refusal).text
            return None
        return wish

    def _days(self, wish: TimedWish, dates: Sequence[date]) -> list[PlanningDay]:
        chosen = [programme for programme in self.offered if programme.activity_id in wish.wish.programmes]
        alone = not chosen  # they come for the exhibition alone
        own = self._own_places()
        return load_days(dates, wish.arrival, wish.departure, chosen, centre(), clock.now(), own, entries=alone)

    def _own_places(self) -> int | None:
        """The booking whose places count as free: the visit that moves, or what the waiting list keeps."""
        if self.moving is not None:
            return self.moving.booking.id
        return kept_booking(self.typed.held) if self.typed.held else None

    def _parts(self, wish: TimedWish, days: Iterable[PlanningDay]) -> tuple[PartedClass, ...]:
        """The classes as groups where one is too large; where that is no way out, the form says what is wrong."""
        if self.moving is not None:
            return ()
        usual = {programme.activity_id: programme.capacity for programme in self.offered}
        parts = offered_parts(self.typed, wish.wish, largest_sessions(days, usual))
        for n in () if parts else too_many_for_one(wish.wish):
            self.typed.errors[f"pupils-{n}"] = _(
                "At most %(most)s of a class come together. Call us, and we plan it with you.", most=MOST_PEOPLE
            )
        return parts

    def _answer(self, asked_days: AskedDays, days: Sequence[PlanningDay]) -> PlannerAnswer:
        _end_reading()
        further = days[1:]
        if asked_days.until:
            answer = plan_visit(asked_days.wish, days[0], until=further)
        else:
            answer = plan_visit(asked_days.wish, days[0], further)
        if self.moving is None:
            return answer
        count = len(self.moving.visit.timetables)  # a visit moves whole
        return replace(answer, nearest=tuple(near for near in answer.nearest if len(near.plan.timetables) == count))


def farthest(today: date) -> date:
    """The last day that is looked at: what lies behind it is not on sale yet."""
    return today + max(AHEAD, timedelta(days=centre().on_sale_days))


def _first(typed: Typed, args: MultiDict[str, str], today: date) -> date:
    """The Monday of the five weeks to look at: as asked for, else with the day that is written, else from now on."""
    day = a_day(args.get("from")) or a_day(typed.on) or today
    return five_weeks_with(min(max(day, today), farthest(today)), today)


def _end_reading() -> None:
    """The planner needs no connection; the centre is read once more, for the page."""
    end_reading()
    centre()
