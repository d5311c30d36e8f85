"""Plan a visit: what a teacher wishes for, and the plans that fit; when none does, why, and what comes nearest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.agreements.payers import SchoolFacts
from booking.agreements.rules import lunch_price
from booking.bookings import queries
from booking.capacity.availability import Availability
from booking.kernel import clock
from booking.kernel.codes import is_secret
from booking.kernel.money import Money
from booking.planner.planner import load_solver
from booking.planner.plans import (
    NoPlanReason,
    Plan,
    PlannerAnswer,
    Reason,
    distinctions,
)
from booking.programmes.offered import OfferedProgramme, programmes
from booking.releases.openings import Openings, ReleaseFacts, openings
from booking.visits import read as visits
from booking.web.blueprints import teacher
from booking.web.extensions import limiter
from booking.web.guards.access import public
from booking.web.languages import centre, wording
from booking.web.teacher.paying import Payers, bills_of_plans, find_school_of
from booking.web.teacher.planning.looking import Looked, Looking, Moving
from booking.web.teacher.planning.month import VisitMonth
from booking.web.teacher.planning.parts import PartedClass
from booking.web.teacher.sentences import distinction_words, reason_words, tried_words
from booking.web.teacher.tokens import seal_move, seal_plan
from booking.web.teacher.wishes import (
    EXHIBITION,
    MOST_GROUPS,
    MOST_PEOPLE,
    MOST_TYPED,
    AskedDays,
    GroupTyped,
    Typed,
    as_args,
    in_halves,
    typed_from,
    wish_of,
)
from booking.web.typed import a_day, whole_number
from booking.wishes import wish_facts


@dataclass(frozen=True, slots=True)
class PlanPage:
    """The wish for a visit, and the plans that fit it."""

    typed: Typed
    offered: list[OfferedProgramme]
    titles: dict[int, str]
    parts: tuple[PartedClass, ...]  # the classes as groups, where one is too large; nothing is planned then
    month: VisitMonth | None  # the days that fit, where no day was written
    answer: PlannerAnswer | None
    booked: Moving | None  # the visit that is to be moved
    reasons: list[tuple[str, str | None]]  # why there is no plan, and where a class is planned as two halves
    lunch_price: Money
    now: datetime
    released: Openings
    school: SchoolFacts | None
    schools: list[SchoolFacts]  # that fit what was typed, where it is not one
    bills: Mapping[Plan, Payers]
    exhibition: ClassVar = EXHIBITION
    most_groups: ClassVar = MOST_GROUPS
    standings: ClassVar = Availability

    @property
    def asks_for(self) -> str:
        """Which of both buttons was pressed."""
        return "days" if "days" in request.args else "plan"

    @property
    def day(self) -> date | None:
        """The day that is written."""
        return a_day(self.typed.on)

    @property
    def chosen(self) -> list[OfferedProgramme]:
        """The programmes that are wished for."""
        return [programme for programme in self.offered if programme.activity_id in self.typed.programmes]

    @property
    def most_people(self) -> int:
        """How many are in the largest class."""
        numbers = ([row.pupils, row.adults] for row in self.typed.groups)
        return max(sum(whole_number(number, 0, MOST_TYPED) or 0 for number in of_row) for of_row in numbers)

    @property
    def waiting_for(self) -> list[OfferedProgramme]:
        """Whose waiting lists they may join: none with a class that is more than a list takes."""
        return self.chosen if self.most_people <= MOST_PEOPLE else []

    @property
    def here(self) -> str:
        """The address of the wish up to its day."""
        args = {name: value for name, value in as_args(self.typed).items() if name not in ("date", "until")}
        return url_for("teacher.plan", plan=1, **args) + "&"

    @property
    def other_days(self) -> str:
        """Where the days stand that fit as well."""
        return url_for("teacher.plan", days=1, _anchor="plans", **as_args(self.typed))

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
        facts = self.booked.booking
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
@limiter.limit("120 per hour", exempt_when=lambda: not {"plan", "days"} & request.args.keys())
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
    looked = Looking(typed, offered, booked).look(request.args)
    page = _page_of(typed, offered, booked, looked, (school, schools))
    return render_template("teacher/plan.html", page=page), 422 if typed.errors else 200


def _page_of(
    typed: Typed,
    offered: list[OfferedProgramme],
    booked: Moving | None,
    looked: Looked,
    schools: tuple[SchoolFacts | None, list[SchoolFacts]],
) -> PlanPage:
    answer, asked_days = looked.answer, looked.asked_days
    titles, now = {programme.activity_id: wording().words(programme.title) for programme in offered}, clock.now()
    return PlanPage(
        typed=typed,
        offered=offered,
        titles=titles,
        parts=looked.parts,
        month=looked.month,
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


def _as_booked(typed: Typed, fill: bool) -> Moving | None:
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
    return Moving(facts, visit)


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
    told = ((reason_words(reason, titles), _halved(reason, asked_days, typed)) for reason in answer.reasons)
    return list(dict.fromkeys(told))  # what is so for each of several classes is told once


def _halved(reason: Reason, asked_days: AskedDays, typed: Typed) -> str | None:
    """Where a class that is too big for a programme is planned as two halves; None where that would not help."""
    group = next((group for group in asked_days.wish.groups if group.name == reason.group), None)
    if reason.why is not NoPlanReason.TOO_FEW_PLACES or group is None or (group.people + 1) // 2 > (reason.most or 0):
        return None
    halves = in_halves(typed, group)
    return None if halves is None else url_for("teacher.plan", plan=1, _anchor="plans", **as_args(halves))


def _key() -> str:
    return str(current_app.secret_key)
