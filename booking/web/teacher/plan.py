"""Plan a visit: what a teacher wishes for, and the plans that fit; when none does, why, and what comes nearest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.agreements.limits import TooManyGroups, check_groups
from booking.agreements.payers import SchoolFacts
from booking.agreements.rules import lunch_price
from booking.bookings import queries
from booking.bookings.queries import BookingFacts
from booking.kernel import clock
from booking.kernel.codes import is_secret
from booking.kernel.database import end_reading
from booking.kernel.money import Money
from booking.planner.missed import programmes_of
from booking.planner.parting import largest_sessions
from booking.planner.planner import load_solver, plan_visit
from booking.planner.plans import (
    Nearest,
    NoPlanReason,
    Plan,
    PlannerAnswer,
    Reason,
    distinctions,
)
from booking.planner.wish import Group, PlanningDay
from booking.programmes.offered import OfferedProgramme, programmes
from booking.releases.openings import Openings, ReleaseFacts, openings
from booking.visit_waiting.waiting import kept_booking
from booking.visits import read as visits
from booking.visits.days import load_days
from booking.visits.read import VisitFacts
from booking.web.blueprints import teacher
from booking.web.extensions import limiter
from booking.web.guards.access import public
from booking.web.languages import centre, wording
from booking.web.teacher.paying import Payers, bills_of_plans, find_school_of
from booking.web.teacher.planning.parts import PartedClass, offered_parts, too_many_for_one
from booking.web.teacher.sentences import distinction_words, reason_words, said, tried_words
from booking.web.teacher.tokens import seal_move, seal_plan
from booking.web.teacher.wishes import (
    EXHIBITION,
    MOST_GROUPS,
    MOST_PEOPLE,
    AskedDays,
    GroupTyped,
    Typed,
    as_args,
    in_halves,
    read,
    typed_from,
    wish_of,
)
from booking.web.typed import whole_number
from booking.wishes import wish_facts

_DAYS_AHEAD = 500


@dataclass(frozen=True, slots=True)
class PlanPage:
    """The wish for a visit, and the plans that fit it."""

    typed: Typed
    offered: list[OfferedProgramme]
    titles: dict[int, str]
    parts: tuple[PartedClass, ...]  # the classes as groups, where one is too large; nothing is planned then
    answer: PlannerAnswer | None
    booked: tuple[BookingFacts, VisitFacts] | None  # the visit that is to be moved
    reasons: list[tuple[str, str | None]]  # why there is no plan, and where a class is planned as two halves
    lunch_price: Money
    now: datetime
    released: Openings
    school: SchoolFacts | None
    schools: list[SchoolFacts]  # that fit what was typed, where it is not one
    bills: Mapping[Plan, Payers]
    exhibition: ClassVar = EXHIBITION
    most_groups: ClassVar = MOST_GROUPS

    @property
    def carried(self) -> dict[str, list[str]]:
        """The form but for its classes, as the fields of another form: each name with its values."""
        args = {
            name: value
            for name, value in as_args(self.typed).items()
            if name not in ("name", "grade", "pupils", "adults")
        }
        return {name: value if isinstance(value, list) else [value] for name, value in args.items()}

    @property
    def tried(self) -> str:
        """What was looked through."""
        return tried_words(self.answer.tried) if self.answer else ""

    def seal(self, plan: Plan) -> str:
        """A plan as the form hands it back."""
        if self.booked is None:
            return seal_plan(plan, _key())
        facts = self.booked[0]
        return seal_move(plan, facts.id, facts.version, _key())

    @property
    def for_them(self) -> list[OfferedProgramme]:
        """The programmes for the grades that are written so far, and those that are chosen; all of them for none."""
        grades = {grade for group in self.typed.groups if (grade := whole_number(group.grade, 0, 13)) is not None}
        return [
            programme
            for programme in self.offered
            if not grades
            or programme.activity_id in self.typed.programmes
            or any(programme.grade_from <= grade <= programme.grade_to for grade in grades)
        ]

    @property
    def for_others(self) -> list[OfferedProgramme]:
        """The other programmes."""
        return [programme for programme in self.offered if programme not in self.for_them]

    def told(self, plan: Plan) -> str:
        """What a plan has before the others that fit."""
        plans = self.answer.plans if self.answer else ()
        of_plan = distinctions(plans)[plans.index(plan)] if plan in plans else ()
        return distinction_words(of_plan)

    def opening_of(self, plan: Plan) -> ReleaseFacts | None:
        """Which release day a plan would have to wait for."""
        return self.released.of_plan(plan, self.now)


@teacher.get("/school/visit")
@limiter.limit("120 per hour", exempt_when=lambda: "plan" not in request.args)
@public
def plan() -> ResponseReturnValue:
    """The form, and with `plan` in the address the plans."""
    load_solver()
    offered = programmes()
    typed = typed_from(request.args, offered)
    school, schools = find_school_of(typed)
    if typed.held and not is_secret(typed.held):
        typed.held = ""
    if typed.again and not is_secret(typed.again):
        typed.again = ""
    booked = _as_booked(typed, fill="arrival" not in request.args) if typed.move else None
    if typed.wish:
        _as_wished(typed, fill="name" not in request.args)
    asked_days = _asked_days(typed, booked)
    days = _days(asked_days, offered, _own_places(typed, booked)) if asked_days else []
    parts = _parts(asked_days, days, offered, typed) if asked_days and booked is None else ()
    answer = _answer(asked_days, days) if asked_days and not parts and not typed.errors else None
    if answer and booked is not None:  # a visit moves whole
        answer = replace(answer, nearest=tuple(nearest for nearest in answer.nearest if _all(nearest, booked)))
    page = _page_of(typed, offered, booked, answer, asked_days, (school, schools), parts)
    return render_template("teacher/plan.html", page=page), 422 if typed.errors else 200


def _page_of(
    typed: Typed,
    offered: list[OfferedProgramme],
    booked: tuple[BookingFacts, VisitFacts] | None,
    answer: PlannerAnswer | None,
    asked_days: AskedDays | None,
    schools: tuple[SchoolFacts | None, list[SchoolFacts]],
    parts: tuple[PartedClass, ...],
) -> PlanPage:
    titles, now = {programme.activity_id: wording().words(programme.title) for programme in offered}, clock.now()
    return PlanPage(
        typed=typed,
        offered=offered,
        titles=titles,
        parts=parts,
        answer=answer,
        booked=booked,
        reasons=_reasons(answer, asked_days, titles, typed) if answer and asked_days else [],
        lunch_price=lunch_price(centre().currency),
        now=now,
        released=openings(now, [programme.activity_id for programme in offered] if answer else []),
        school=schools[0],
        schools=schools[1],
        bills=bills_of_plans(answer, schools[0]) if answer else {},
    )


def _asked_days(typed: Typed, booked: tuple[BookingFacts, VisitFacts] | None) -> AskedDays | None:
    """The days that plans are asked for; None where none are asked for, or where something is wrong."""
    if "plan" not in request.args or "more" in request.args:
        return None
    today = centre().local(clock.now()).date()
    asked_days = read(typed, today, today + timedelta(days=_DAYS_AHEAD))
    if asked_days and booked is not None:
        asked_days = replace(asked_days, wish=replace(asked_days.wish, groups=_classes_of(booked[1])))
    return asked_days if asked_days and _takes_so_many(asked_days, typed) else None


def _own_places(typed: Typed, booked: tuple[BookingFacts, VisitFacts] | None) -> int | None:
    """The booking whose places count as free: the visit that moves, or what the waiting list keeps."""
    if booked is not None:
        return booked[0].id
    return kept_booking(typed.held) if typed.held else None


def _takes_so_many(asked_days: AskedDays, typed: Typed) -> bool:
    wish = asked_days.wish
    try:
        check_groups(replace(group, programmes=wish.programmes_of(group)) for group in wish.groups)
    except TooManyGroups as refusal:
        typed.errors["programmes"] = said(refusal).text
        return False
    return True


def _days(asked_days: AskedDays, offered: list[OfferedProgramme], moving: int | None) -> list[PlanningDay]:
    """What the days have to offer; nothing is read after it, so that the planner holds no connection."""
    chosen = [programme for programme in offered if programme.activity_id in asked_days.wish.programmes]
    dates = [asked_days.on, *asked_days.until, *asked_days.others]
    alone = not chosen  # they come for the exhibition alone
    return load_days(
        dates, asked_days.arrival, asked_days.departure, chosen, centre(), clock.now(), moving, entries=alone
    )


def _parts(
    asked_days: AskedDays, days: list[PlanningDay], offered: list[OfferedProgramme], typed: Typed
) -> tuple[PartedClass, ...]:
    """The classes as groups where one is too large; where that is no way out, the form says what is wrong."""
    usual = {programme.activity_id: programme.capacity for programme in offered}
    parts = offered_parts(typed, asked_days.wish, largest_sessions(days, usual))
    for n in () if parts else too_many_for_one(asked_days.wish):
        typed.errors[f"pupils-{n}"] = _(
            "At most %(most)s of a class come together. Call us, and we plan it with you.", most=MOST_PEOPLE
        )
    return parts


def _answer(asked_days: AskedDays, days: list[PlanningDay]) -> PlannerAnswer:
    end_reading()
    centre()  # read once a request; the planner needs no connection meanwhile
    further = days[1:]
    if asked_days.until:
        return plan_visit(asked_days.wish, days[0], until=further)
    return plan_visit(asked_days.wish, days[0], further)


def _as_booked(typed: Typed, fill: bool) -> tuple[BookingFacts, VisitFacts] | None:
    """The visit that is to be moved; with `fill` the form says when it is now.

    The same classes with the same programmes move: who wants others books or changes first.
    """
    facts = queries.by_secret(typed.move) if is_secret(typed.move) else None
    visit = visits.of_booking(facts.id, facts.currency) if facts else None
    if facts is None or visit is None:
        typed.move = ""
        return None
    zone, wish = centre().local, wish_of(visit)
    typed.groups = [
        GroupTyped(
            timetable.group.name, str(timetable.group.grade), str(timetable.group.pupils), str(timetable.group.adults)
        )
        for timetable in visit.timetables
    ]
    typed.programmes = wish.programmes
    if fill:
        typed.on = zone(visit.arrives_at).date().isoformat()
        typed.arrival, typed.departure = wish.arrival, f"{zone(visit.leaves_at):%H:%M}"
        typed.lunch, typed.exhibition = wish.lunch, wish.exhibition
    return facts, visit


def _all(near: Nearest, booked: tuple[BookingFacts, VisitFacts]) -> bool:
    return len(near.plan.timetables) == len(booked[1].timetables)


def _classes_of(visit: VisitFacts) -> tuple[Group, ...]:
    """The classes of a visit, each with the programmes that it has."""
    return tuple(replace(timetable.group, programmes=programmes_of(timetable)) for timetable in visit.timetables)


def _as_wished(typed: Typed, fill: bool) -> None:
    """The wish that is to have one more plan; with `fill` the form says what it wishes for."""
    facts = wish_facts.by_secret(typed.wish) if is_secret(typed.wish) else None
    if facts is None or not facts.plans:
        typed.wish = ""
        return
    if not fill:
        return
    zone, last = centre().local, facts.plans[-1]
    typed.groups = [
        GroupTyped(group.name, str(group.grade), str(group.pupils), str(group.adults)) for group in facts.groups
    ]
    typed.on = zone(last.arrives_at).date().isoformat()
    typed.arrival, typed.departure = f"{zone(last.arrives_at):%H:%M}", f"{zone(last.leaves_at):%H:%M}"
    typed.programmes = list(facts.titles)


def _reasons(
    answer: PlannerAnswer, asked_days: AskedDays, titles: dict[int, str], typed: Typed
) -> list[tuple[str, str | None]]:
    return [(reason_words(reason, titles), _halved(reason, asked_days, typed)) for reason in answer.reasons]


def _halved(reason: Reason, asked_days: AskedDays, typed: Typed) -> str | None:
    """Where a class that is too big for a programme is planned as two halves; None where that would not help."""
    group = next((group for group in asked_days.wish.groups if group.name == reason.group), None)
    if reason.why is not NoPlanReason.TOO_FEW_PLACES or group is None or (group.people + 1) // 2 > (reason.most or 0):
        return None
    halves = in_halves(typed, group)
    return None if halves is None else url_for("teacher.plan", plan=1, _anchor="plans", **as_args(halves))


def _key() -> str:
    return str(current_app.secret_key)
