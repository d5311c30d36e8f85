"""Fill an empty database with a demo centre: the house, its slots, and a lively fortnight of bookings."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path

from sqlalchemy import select

from booking.capacity.models import Allotment, Pattern
from booking.capacity.timetable import make_slots
from booking.catalogue.models import Activity, Kind, Offer, Price, TicketType
from booking.centre.facts import the_centre
from booking.centre.models import Centre, DayException, OpeningHours, Partner, Space
from booking.centre.opening import proposed_closing_days
from booking.demo.about import ABOUT
from booking.demo.bookings import make_bookings
from booking.demo.books import keep_books
from booking.demo.centres import DemoCentre
from booking.demo.courses import write_courses
from booking.demo.duties import say_who_is_at_work
from booking.demo.events.contests import hold_contest
from booking.demo.events.held import hold_festival
from booking.demo.finding import stand_in_line, write_what_teachers_said
from booking.demo.invoices import FILE_TO_TRY, write_invoices
from booking.demo.money.campaigns import give_discounts
from booking.demo.money.gift_cards import sell_gift_cards
from booking.demo.money.reminded import remind
from booking.demo.money.sent_invoices import send_some
from booking.demo.money.withdrawals import withdraw_from_cards
from booking.demo.newsletter import write_newsletter
from booking.demo.outreach import write_outreach
from booking.demo.pictures.hanging import hang_pictures
from booking.demo.school.materials import write_materials
from booking.demo.school.past_visits import write_past_visits
from booking.demo.school.releases import write_releases
from booking.demo.school.school_year import write_school_holidays
from booking.demo.school.schools import write_schools, write_visits
from booking.demo.vilvite import VILVITE
from booking.demo.vizium import VIZIUM
from booking.demo.wording import write_own_words
from booking.invoicing.models import InvoiceRules
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.payments.providers import tills
from booking.running.forgetting import forget_all

CENTRES = {"vilvite": VILVITE, "vizium": VIZIUM}
DAYS_BACK, DAYS_AHEAD = 14, 120
SCHOOL_DAYS = 0b0011111


def load_if_empty(name: str) -> bool:
    """Load a demo centre unless there is a centre already; True when it was loaded."""
    if db.session.scalar(select(Centre.id).limit(1)) is not None:
        return False
    load(CENTRES[name])
    return True


def load(demo: DemoCentre) -> None:
    """Write a whole demo centre into an empty database."""
    with unit_of_work():
        _write_house(demo)
        _write_catalogue(demo)
    write_schools(demo.schools)
    today = clock.now().astimezone(the_centre().zone).date()
    _close_days(today)
    liven_up(today)
    make_slots(today - timedelta(days=DAYS_BACK), today + timedelta(days=DAYS_AHEAD))
    hold_festival(demo, today)
    hold_contest(demo.contest, today)
    write_past_visits(demo, today)
    say_who_is_at_work(today)
    make_bookings(demo, today)
    withdraw_from_cards()
    sell_gift_cards(tills.settings)
    give_discounts(today)
    stand_in_line(demo.schools.lines)
    write_what_teachers_said(demo.schools.opinions)
    write_visits(demo.schools)
    write_courses(today)
    if demo.schools.outreach is not None:
        write_outreach(demo.schools.outreach, demo.schools.teacher, today)
    write_school_holidays(today)
    write_releases(demo.schools.releases, today)
    write_own_words(the_centre().languages)
    write_newsletter()
    hang_pictures(the_centre().languages)
    write_materials(the_centre().languages)
    (Path(tills.settings.instance_dir) / FILE_TO_TRY).write_bytes(write_invoices(demo, today))
    remind(the_centre(), clock.now(), tills.settings)
    keep_books(today)
    send_some(tills.settings)
    forget_all(clock.now())  # as each night since would have


def _write_house(demo: DemoCentre) -> None:
    db.session.add(Centre(**demo.facts))
    db.session.add(InvoiceRules(**demo.invoices))
    for sort, space in enumerate(demo.spaces):
        db.session.add(
            Space(slug=space.slug, name=space.name, capacity=space.capacity, is_house=space.is_house, sort=sort)
        )
    for sort, partner in enumerate(demo.partners):
        db.session.add(Partner(name=partner.name, website=partner.website, sort=sort))
    for hours in demo.hours:
        for weekday in _weekdays(hours.weekdays):
            db.session.add(
                OpeningHours(weekday=weekday, opens=hours.opens, closes=hours.closes, public_from=hours.public_from)
            )
    db.session.flush()
    house = db.session.scalars(select(Space.id).where(Space.is_house)).one()
    db.session.add(
        Allotment(
            space_id=house,
            weekdays=SCHOOL_DAYS,
            from_time=time(9),
            until_time=time(13),
            places=demo.school_places,
            release_days=7,
        )
    )


def _write_catalogue(demo: DemoCentre) -> None:
    spaces = {slug: space_id for slug, space_id in db.session.execute(select(Space.slug, Space.id))}
    activities: dict[str, Activity] = {}
    for sort, demo_activity in enumerate(demo.activities):
        activity = Activity(
            slug=demo_activity.slug,
            kind=demo_activity.kind,
            title=demo_activity.title,
            summary=demo_activity.summary,
            about=ABOUT.get(demo_activity.slug, {}),
            minutes=demo_activity.minutes,
            stay_minutes=demo_activity.stay_minutes,
            turnaround_minutes=demo_activity.turnaround_minutes,
            capacity=demo_activity.capacity,
            space_id=spaces[demo_activity.space] if demo_activity.space else None,
            needs_admission=demo_activity.needs_admission,
            least_age=demo_activity.least_age,
            invoiced_ahead=demo_activity.invoiced_ahead,
            gives_entry=demo_activity.gives_entry,
            part_of_id=activities[demo_activity.part_of].id if demo_activity.part_of else None,
            outside_hours=demo_activity.outside_hours,
            sort=sort,
        )
        db.session.add(activity)
        db.session.flush()
        activities[demo_activity.slug] = activity
        for weekdays, times, every in demo_activity.habits:
            db.session.add(Pattern(activity_id=activity.id, weekdays=weekdays, times=list(times), every_minutes=every))
    by_name = {slug for ticket in demo.tickets for slug in ticket.activities}
    types: dict[str, int] = {}
    for sort, ticket in enumerate(demo.tickets):
        kind = TicketType(
            slug=ticket.slug,
            title=ticket.title,
            note=ticket.note,
            proof=ticket.proof or {},
            asks_number=ticket.number_name is not None,
            number_name=ticket.number_name or {},
            number_shape=ticket.number_shape,
            places=ticket.places,
            covers=list(ticket.covers),
            brings_adult=ticket.brings_adult,
            all_days=ticket.all_days,
            needs_adult=ticket.needs_adult,
            accompanies=ticket.accompanies,
            advises_adult=ticket.advises_adult,
            goes_with_id=types.get(ticket.goes_with),
            most=80 if ticket.slug in ("pupil", "lunch-seat") else 30,
            vat_rate=demo.vat_rate if ticket.vat_rate is None else ticket.vat_rate,
            sort=sort,
        )
        db.session.add(kind)
        db.session.flush()
        types[ticket.slug] = kind.id
        db.session.add_all(
            Price(ticket_type_id=kind.id, minor=minor, from_time=start, rank=rank)
            for rank, (minor, start) in enumerate(ticket.prices)
        )
        db.session.add_all(
            Offer(activity_id=activity.id, ticket_type_id=kind.id)
            for activity in activities.values()
            if activity.slug in ticket.activities or (activity.kind in ticket.kinds and activity.slug not in by_name)
        )


def _close_days(today: date) -> None:
    start, end = today - timedelta(days=DAYS_BACK), today + timedelta(days=400)
    with unit_of_work():
        for day, reason in proposed_closing_days(the_centre().country, start, end).items():
            db.session.add(DayException(on_date=day, reason=reason))


def liven_up(today: date) -> None:
    """Let the day of the first look be open and have classes and lunch, whatever day of the week it is."""
    with unit_of_work():
        closed = db.session.scalar(select(DayException).where(DayException.on_date == today))
        weekday = select(OpeningHours.id).where(OpeningHours.weekday == today.weekday())
        if closed is not None or db.session.scalar(weekday) is None:
            if closed is not None:
                db.session.delete(closed)
                db.session.flush()
            db.session.add(DayException(on_date=today, opens=time(10), closes=time(17), reason={}))
        runs = {
            kind: any(pattern.weekdays >> today.weekday() & 1 for pattern in _patterns(kind))
            for kind in (Kind.PROGRAMME, Kind.LUNCH)
        }
        if not runs[Kind.PROGRAMME]:
            for activity_id, start in zip(_ids(Kind.PROGRAMME), ("10:15", "10:45", "11:15", "12:30"), strict=False):
                _only_on(today, activity_id, [start])
        if not runs[Kind.LUNCH]:
            for activity_id in _ids(Kind.LUNCH):
                _only_on(today, activity_id, ["11:30", "12:00", "12:30"])


def _patterns(kind: Kind) -> list[Pattern]:
    return list(db.session.scalars(select(Pattern).join(Activity).where(Activity.kind == kind)))


def _ids(kind: Kind) -> list[int]:
    return list(db.session.scalars(select(Activity.id).where(Activity.kind == kind).order_by(Activity.sort)))


def _only_on(day: date, activity_id: int, times: list[str]) -> None:
    db.session.add(Pattern(activity_id=activity_id, weekdays=127, times=times, from_date=day, until_date=day))


def _weekdays(bits: int) -> list[int]:
    return [weekday for weekday in range(7) if bits >> weekday & 1]
