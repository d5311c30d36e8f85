"""What teachers are reminded of, and asked afterwards: due from the visit's own date, promised once for each date."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select

from booking.agreements.deadlines import Deadlines, working_days_after, working_days_before
from booking.agreements.rules import NoSchools, load_rules
from booking.agreements.terms import Terms, from_kept, standing
from booking.bookings.models import Booking, State
from booking.capacity.timetable import at
from booking.centre.facts import CentreFacts, closing_days
from booking.kernel.database import run
from booking.kernel.money import Money
from booking.mail.letters.reminders import MORNING, files_since, is_reminded
from booking.materials.models import Material, MaterialMoment
from booking.outbox.models import Promise
from booking.outbox.promises import promise
from booking.visits.models import Visit, VisitGroup, VisitPart

WEEK = timedelta(days=7)
TOO_LATE_FOR_WEEK = timedelta(days=2)  # before the visit: then the reminder of the day before is near
NUMBER_BEFORE = 1  # working days before the last day on which the number can be changed
FORENOON = time(10)
ASKED_FOR_DAYS = 3  # a worker that was away for longer asks no more
FAR_AHEAD, DAY = timedelta(days=400), timedelta(days=1)
LOOK_AHEAD = timedelta(days=61)  # files and links may be asked for sixty days before, and that day is looked at whole
MOST_DAYS = 30  # working days: deadlines for the number are far shorter


@dataclass(frozen=True, slots=True)
class Coming:
    """A confirmed visit, and since when it has been."""

    booking_id: int
    arrives_at: datetime
    confirmed_at: datetime
    terms: Terms | None = None  # as agreed on; None: those of today
    starts_at: datetime | None = None  # its first session; None: when it arrives


@dataclass(frozen=True, slots=True)
class DueLetter:
    """A letter that is due from a moment until another; not for what was written about after it was due."""

    kind: str
    booking_id: int
    on: date
    since: datetime

    @property
    def key(self) -> str:
        """One letter of a kind for each date that a visit has."""
        return f"{self.kind.removeprefix('mail.')}:{self.booking_id}:{self.on:%Y%m%d}"


def promise_visit_letters(centre: CentreFacts, now: datetime) -> int:
    """Promise what is due about visits now; call inside a unit of work, as often as you like.

    In seven statements and one for each letter. Returns how many letters are due, promised before or not.
    """
    try:
        rules = load_rules()
    except NoSchools:
        return 0
    rule, today = rules.deadlines, centre.local(now).date()
    back = at(today - timedelta(days=ASKED_FOR_DAYS), time(0), centre.zone)
    # What is due today about visits that lie far ahead: a long closing may come between a deadline and its visit.
    closed = closing_days(back.date() - DAY, today + FAR_AHEAD).keys()
    until = at(
        max(today + LOOK_AHEAD, working_days_after(today, max(MOST_DAYS, rule.number_days + 2), closed)),
        time(0),
        centre.zone,
    )
    query = (
        select(Booking.id, Visit.arrives_at, Booking.confirmed_at, Visit.terms, Booking.starts_at)
        .join(Visit, Visit.booking_id == Booking.id)
        .where(
            Visit.arrives_at >= back,
            Visit.arrives_at < until,
            Booking.state == State.CONFIRMED,
            Booking.confirmed_at.is_not(None),
            Booking.email != "",
        )
        .order_by(Visit.arrives_at)
    )
    coming = [
        Coming(booking_id, arrives_at, confirmed_at, None if kept is None else from_kept(kept), starts_at)
        for booking_id, arrives_at, confirmed_at, kept, starts_at in run(query)
    ]
    due = [letter for visit in coming for letter in letters_due(visit, centre, rule, closed, now)]
    due += _with_materials(
        [letter for visit in coming for letter in materials_due(visit, centre, rules.material_days, now)]
    )
    told = _told({letter.booking_id for letter in due})
    for letter in due:
        if told.get(letter.booking_id, letter.since) <= letter.since:
            promise(letter.kind, letter.key, {"booking_id": letter.booking_id, "on": letter.on.isoformat()})
    return len(due)


def letters_due(
    visit: Coming, centre: CentreFacts, rule: Deadlines, closed: Collection[date], now: datetime
) -> Iterator[DueLetter]:
    """What is due about one visit now: pure, so that a calendar can be held against it.

    A week before; the working day before the number becomes final; the day after. Not for what was booked later.
    """
    on = centre.local(visit.arrives_at).date()
    week = visit.arrives_at - WEEK
    if week <= now < visit.arrives_at - TOO_LATE_FOR_WEEK:
        yield from _unless_booked_since(visit, DueLetter("mail.visit_week", visit.booking_id, on, week))
    terms = visit.terms or Terms(rule)
    last = standing(terms, Money(0, centre.currency), on, on, closed).dates.number_until
    number_on = working_days_before(last, NUMBER_BEFORE, closed)
    number = at(number_on, MORNING, centre.zone)
    is_in_time = number <= now < at(last + timedelta(days=1), time(0), centre.zone)
    if is_in_time and terms.rule.number_days and number_on != centre.local(week).date():
        yield from _unless_booked_since(visit, DueLetter("mail.visit_number", visit.booking_id, on, number))
    moment = at(on + timedelta(days=1), FORENOON, centre.zone)
    if moment <= now:
        yield DueLetter("mail.visit_feedback", visit.booking_id, on, now)


def materials_due(visit: Coming, centre: CentreFacts, days: int | None, now: datetime) -> Iterator[DueLetter]:
    """The letter with files and links for before: from the morning so many days before, until the visit begins.

    Who books later gets it at once. Without a number of days the reminder brings them; who has booked too late for one
    gets this letter in its place. Pure.
    """
    on = centre.local(visit.arrives_at).date()
    if days is None and is_reminded(visit.confirmed_at, visit.starts_at or visit.arrives_at):
        return
    if files_since(visit.arrives_at, days, centre) <= now < visit.arrives_at:
        yield DueLetter("mail.visit_before", visit.booking_id, on, now)


def _with_materials(due: Collection[DueLetter]) -> list[DueLetter]:
    """Those of them that have something in them, and were not promised yet; two statements."""
    booking_ids = sorted({letter.booking_id for letter in due})
    if not booking_ids:
        return []
    something = run(
        select(Visit.booking_id)
        .join(VisitGroup, VisitGroup.visit_id == Visit.id)
        .join(VisitPart, VisitPart.group_id == VisitGroup.id)
        .join(Material, Material.activity_id == VisitPart.activity_id)
        .where(Visit.booking_id.in_(booking_ids), Material.moment == MaterialMoment.BEFORE)
        .distinct()
    )
    having = {booking_id for (booking_id,) in something}
    wanted = [letter for letter in due if letter.booking_id in having]
    keys = [letter.key for letter in wanted]
    there = {key for (key,) in run(select(Promise.key).where(Promise.key.in_(keys)))} if keys else set()
    return [letter for letter in wanted if letter.key not in there]


def _unless_booked_since(visit: Coming, due: DueLetter) -> Iterator[DueLetter]:
    if visit.confirmed_at < due.since:
        yield due


def _told(booking_ids: Collection[int]) -> dict[int, datetime]:
    """When a visit was last written about because it was changed: its teacher has just read the plan."""
    changes = (
        select(Promise.booking_id, func.max(Promise.made_at))
        .where(Promise.booking_id.in_(sorted(booking_ids)), Promise.kind == "mail.change")
        .group_by(Promise.booking_id)
    )
    return {int(booking_id): made_at for booking_id, made_at in run(changes)} if booking_ids else {}
