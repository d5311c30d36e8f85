"""One programme: what, for whom, aims; what it costs my school; its sessions in a calendar.

School and numbers are remembered in the address alone; an agreement's code is not even there, only in its form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.agreements.payers import CodeUnknown, SchoolFacts, find_schools, school_by_id
from booking.agreements.prices import OwnPrice, SchoolPrice, VisitKind
from booking.agreements.rules import NoSchools, price_list
from booking.capacity.availability import Availability
from booking.centre.facts import CentreFacts
from booking.kernel import clock
from booking.kernel.refusals import Refusal
from booking.materials.read import ForTheClass, materials_of
from booking.planner.wish import Group
from booking.programmes.offered import OfferedProgramme, SessionFree, by_slug, programmes
from booking.programmes.sale import days_on_sale
from booking.releases.openings import Openings, ReleaseFacts, openings
from booking.visits.agree import PriceFor, price_for
from booking.web.blueprints import teacher
from booking.web.extensions import limiter
from booking.web.forms.checked import one_line
from booking.web.guards.access import public
from booking.web.languages import centre, wording
from booking.web.teacher.calendar import MonthAhead, SessionMonth, coming_of, month_of, months_ahead
from booking.web.teacher.catalogue import FARTHEST
from booking.web.teacher.sentences import said
from booking.web.teacher.several_groups import SeveralGroups, as_several, room_in, to_planner
from booking.web.teacher.wishes import MOST_TYPED
from booking.web.typed import a_day, a_month, identity, whole_number

ORDINARY_CLASS, ORDINARY_ADULTS = 25, 2
# Around a session that was chosen: from the bus to it, and half an hour in the exhibition with the ways there and back.
BEFORE, AFTER = timedelta(minutes=15), timedelta(minutes=45)


@dataclass(frozen=True, slots=True)
class ProgrammePage:
    """One programme: what it is and costs, when it is free, and its form."""

    programme: OfferedProgramme
    form: PriceForm
    prices: SchoolPrice | None
    own: OwnPrice | None
    ratio: int
    month: SessionMonth
    day: date | None
    times: list[SessionFree]
    coming: Sequence[SessionFree]
    around: ForTheClass  # what there is for before and after
    standings: ClassVar = Availability
    few: int
    released: Openings
    asked_day: date | None  # the day that the address says
    now: datetime

    @property
    def typed(self) -> dict[str, str]:
        """The form as it was typed."""
        return self.form.typed

    @property
    def errors(self) -> dict[str, str]:
        """What is wrong, by field."""
        return self.form.errors

    @property
    def kept(self) -> dict[str, str | int]:
        """What the next page is to know of the form."""
        return self.form.kept

    @property
    def grades(self) -> range:
        """The grades it is made for."""
        return range(self.programme.grade_from, self.programme.grade_to + 1)

    @property
    def releases(self) -> list[ReleaseFacts]:
        """The release days to come."""
        return self.released.coming(self.now)

    def closed(self, session: SessionFree) -> ReleaseFacts | None:
        """The release day that a session waits for."""
        return self.released.closed(session.activity_id, session.starts_at, self.now)

    @property
    def months(self) -> list[MonthAhead]:
        """The next months, with how many times of each are free and can be booked by now."""
        return months_ahead([free for free in self.coming if not self.closed(free)], self.month.people, centre())

    @property
    def today(self) -> date:
        """The centre's day."""
        return centre().local(self.now).date()

    @property
    def any_day(self) -> dict[str, date]:
        """The month, for the waiting list."""
        return {"from": max(self.month.first, self.today), "until": self.month.last}

    @property
    def plan_args(self) -> dict[str, Any]:
        """What the planner is told."""
        return _plan_args(self.programme, self.form, self.asked_day)

    @property
    def plan_groups(self) -> dict[str, Any]:
        """What the planner is told so that it offers the class as groups."""
        return self.plan_args | (to_planner(self.form.group) if self.form.group else {})

    def plan_around(self, session: SessionFree) -> dict[str, Any]:
        """What the planner is told of one session."""
        return _plan_args(self.programme, self.form, self.day) | _bus_times(session, centre())

    @property
    def on_sale_until(self) -> date:
        """The last day that is on sale, by rule."""
        return self.today + timedelta(days=self.on_sale_days)

    @property
    def on_sale_days(self) -> int:
        """So many days before it each day is on sale."""
        return days_on_sale(self.programme.on_sale_days, centre())

    @property
    def has_previous(self) -> bool:
        """Whether there is anything to see in the month before."""
        return self.month.first > self.today

    @property
    def has_next(self) -> bool:
        """Whether there is anything to see in the month after."""
        return self.month.next <= self.today + FARTHEST


@dataclass
class PriceForm:
    """The school and the class as typed, what was found, and what is wrong by field."""

    typed: dict[str, str]
    school: SchoolFacts | None = None
    found: list[SchoolFacts] = field(default_factory=list)
    group: Group | None = None
    several: SeveralGroups | None = None  # where the class is more than a session takes
    price: PriceFor | None = None
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def groups(self) -> tuple[Group, ...]:
        """The class as it would come."""
        return self.several.groups if self.several else (self.group,) if self.group else ()

    @property
    def kept(self) -> dict[str, str | int]:
        """What other addresses of the page carry on: the school and the numbers, never a code."""
        facts: dict[str, str | int] = {"school": self.school.id} if self.school and self.school.id else {}
        names = ("pupils", "adults", "grade")
        return facts | {name: self.typed[name] for name in names if self.typed[name] and not self.errors.get(name)}


@teacher.get("/school/<slug>")
@public
def programme(slug: str) -> ResponseReturnValue:
    """The page, with the month and the school that the address asks for."""
    return _page(_programme(slug), request.args, "")


@teacher.post("/school/<slug>")
@limiter.limit("20 per hour", exempt_when=lambda: not request.form.get("code"))
@limiter.limit("60 per hour")
@public
def price(slug: str) -> ResponseReturnValue:
    """What it costs a school. Without a code the answer has an address of its own."""
    offered_programme, code = _programme(slug), one_line(request.form.get("code"))[:40]
    if code:
        return _page(offered_programme, request.form, code)
    forgotten = ("school", "school_q") if request.form.get("step") == "other" else ()
    names = [name for name in ("school", "school_q", "pupils", "adults", "grade", "date") if name not in forgotten]
    kept: dict[str, Any] = {name: one_line(request.form.get(name))[:80] for name in names if request.form.get(name)}
    return redirect(url_for("teacher.programme", slug=slug, **kept, _anchor="price"), 303)


def _programme(slug: str) -> OfferedProgramme:
    offered_programme = by_slug(programmes(), slug)
    if offered_programme is None:
        abort(404)
    return offered_programme


def _page(offered_programme: OfferedProgramme, values: Mapping[str, str], code: str) -> ResponseReturnValue:
    now, facts = clock.now(), centre()
    prices, asked_day = _prices(), a_day(values.get("date"))
    form = _form(offered_programme, values, code)
    coming = coming_of(offered_programme.activity_id, now)
    _part(offered_programme, form, coming)
    month = _month(offered_programme, values, form, facts, now, coming)
    day = _day(month, asked_day, facts)
    times = [session for session in month.sessions if facts.local(session.starts_at).date() == day]
    if prices is not None:
        _find_price(form, times[0].starts_at if times else now + timedelta(days=30), code, facts)
    page = ProgrammePage(
        programme=offered_programme,
        form=form,
        prices=prices,
        own=prices.own.get(offered_programme.activity_id) if prices else None,
        ratio=_ratio(prices, offered_programme),
        month=month,
        day=day,
        times=times,
        few=facts.few_left,
        released=openings(now, [offered_programme.activity_id]),
        coming=coming,
        around=_around(offered_programme),
        asked_day=asked_day,
        now=now,
    )
    return render_template("teacher/programme.html", page=page), 422 if form.errors else 200


def _form(offered_programme: OfferedProgramme, values: Mapping[str, str], code: str) -> PriceForm:
    names = ("school_q", "pupils", "adults", "grade")
    form = PriceForm({name: one_line(values.get(name))[:80] for name in names} | {"code": code})
    typed, errors = form.typed, form.errors
    chosen = identity(values.get("school"))
    form.school = school_by_id(chosen) if chosen else None
    if form.school is None and typed["school_q"]:
        form.found = wording().in_order(find_schools(typed["school_q"]), lambda school_facts: school_facts.name)
        if len(form.found) == 1:
            form.school, form.found = form.found[0], []
        elif not form.found:
            errors["school_q"] = _("We do not know that school. Type its name from the beginning, or use a code.")
    pupils = whole_number(typed["pupils"] or str(min(ORDINARY_CLASS, offered_programme.capacity)), 1, MOST_TYPED)
    adults = whole_number(typed["adults"] or str(ORDINARY_ADULTS), 0, MOST_TYPED)
    grade = whole_number(
        typed["grade"] or str(offered_programme.grade_from), offered_programme.grade_from, offered_programme.grade_to
    )
    if pupils is None:
        errors["pupils"] = _("Enter how many pupils, from 1 to %(most)s.", most=MOST_TYPED)
    if adults is None:
        errors["adults"] = _("Enter how many adults, from 0 to %(most)s.", most=MOST_TYPED)
    if grade is None:
        errors["grade"] = _("Choose the grade.")
    if pupils is not None and adults is not None and grade is not None:
        form.group = Group("", pupils, adults, grade, (offered_programme.activity_id,))
    return form


def _part(offered_programme: OfferedProgramme, form: PriceForm, coming: Sequence[SessionFree]) -> None:
    """Where a class was typed that no session takes: as groups, else said at its field."""
    if form.group is None or not form.typed["pupils"]:
        return
    room = room_in(offered_programme, coming, form.group)
    if form.group.people <= room:
        return
    form.several = as_several(form.group, room)
    if form.several is None:
        form.errors["pupils"] = _(
            "At most %(most)s of a class come together. Call us, and we plan it with you.", most=room
        )
        form.group = None


def _month(
    offered_programme: OfferedProgramme,
    values: Mapping[str, str],
    form: PriceForm,
    facts: CentreFacts,
    now: datetime,
    coming: Sequence[SessionFree],
) -> SessionMonth:
    """The month asked for; the class as it was typed, else an ordinary one."""
    today = facts.local(now).date()
    day, month = a_day(values.get("date")), a_month(values.get("month"))
    first = month or (day.replace(day=1) if day else None)
    if first is not None and not today.replace(day=1) <= first <= today + FARTHEST:
        first = None
    people = max(group.people for group in form.groups) if form.group and form.typed["pupils"] else 0
    return month_of(offered_programme.activity_id, first, people, facts, now, coming)


def _day(month: SessionMonth, asked_day: date | None, facts: CentreFacts) -> date | None:
    """The day asked for, else the first of the month on which the class gets in, else the first at all."""
    if asked_day is not None and asked_day.replace(day=1) == month.first:
        return asked_day
    fitting = [session for session in month.sessions if month.fits(session)]
    first = next(iter(fitting or month.sessions), None)
    return facts.local(first.starts_at).date() if first else None


def _around(offered_programme: OfferedProgramme) -> ForTheClass:
    """What the page says of before and after; one statement."""
    return ForTheClass(
        offered_programme.activity_id,
        offered_programme.title,
        offered_programme.before,
        offered_programme.brings,
        offered_programme.after,
        tuple(materials_of([offered_programme.activity_id])),
    )


def _plan_args(offered_programme: OfferedProgramme, form: PriceForm, day: date | None) -> dict[str, Any]:
    """What the planner is told of what was chosen here: the school, the class, the day."""
    return form.kept | {"programme": offered_programme.activity_id} | ({"date": day.isoformat()} if day else {})


def _bus_times(session: SessionFree, facts: CentreFacts) -> dict[str, str]:
    """Times of a bus by which the plan is around that session: a little before, and time to look around after."""
    arrival, departure = facts.local(session.starts_at - BEFORE), facts.local(session.ends_at + AFTER)
    if departure.date() != arrival.date():
        return {}
    return {"arrival": f"{arrival:%H:%M}", "departure": f"{departure:%H:%M}"}


def _find_price(form: PriceForm, starts_at: datetime, code: str, facts: CentreFacts) -> None:
    """Fill the price in where there is somebody to tell it to; a code that nobody has is said at its field."""
    if form.group is None:
        return
    try:
        form.price = price_for(form.school, form.groups, starts_at, code, facts)
    except CodeUnknown as refusal:
        form.errors["code"] = said(refusal).text
        form.price = price_for(form.school, form.groups, starts_at, "", facts)
    except Refusal:
        form.price = None


def _ratio(prices: SchoolPrice | None, offered_programme: OfferedProgramme) -> int:
    """For how many pupils one adult comes free; 0 for none."""
    group = Group("", 1, 0, offered_programme.grade_from)
    ratios = prices.ratios if prices else ()
    return next((ratio.pupils for ratio in ratios if ratio.holds_for(group, VisitKind.PROGRAMME)), 0)


def _prices() -> SchoolPrice | None:
    try:
        return price_list(centre().currency)
    except NoSchools:
        return None
