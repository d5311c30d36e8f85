"""Visitors and revenue by the day of the visit, by channel, by what was bought, and how long before.

Revenue is what was sold less what was given back on bookings that stand (worth.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, func, select
from sqlalchemy import Row as SqlRow

from booking.bookings.models import Booking, Line, State
from booking.capacity.models import Slot
from booking.catalogue.models import Activity, TicketType
from booking.kernel.database import Texts, db, in_language
from booking.reports import names
from booking.reports.figures import Measure, Report, ReportRequest, ReportSection, Tally
from booking.reports.moments import days_between
from booking.reports.net_value import given_by, given_lines
from booking.reports.period import Period, week_of
from booking.sheets.sheet import Column, ColumnKind, Shape

REVENUE = 2  # where it stands among the sums
LEADS = (0, 1, 2, 4, 8, 15, 31, 91)  # full days before the visit at which each class of lead times begins


def booked_in(period: Period) -> tuple[ColumnElement[bool], ...]:
    """The confirmed bookings whose visit lies in the period; a change that waits for its money is none."""
    return (
        Booking.starts_at >= period.begin,
        Booking.starts_at < period.end,
        Booking.state == State.CONFIRMED,
        Booking.changes_id.is_(None),
    )


def _measures() -> list[Measure]:
    return [Measure(_("Bookings")), Measure(_("Visitors")), Measure(_("Revenue"), ColumnKind.MONEY)]


_SUMS = (func.count(), func.coalesce(func.sum(Booking.people), 0), func.coalesce(func.sum(Booking.total), 0))


def _by_time(request: ReportRequest, key_of: Callable[[date], Hashable]) -> dict[Hashable, list[int]]:
    """Sums by something that follows from the day. The database adds up each starting time; days are told here,
    since no two databases know the centre's wall clock alike.
    """
    totals: dict[Hashable, list[int]] = defaultdict(lambda: [0, 0, 0])
    query = select(Booking.starts_at, *_SUMS).where(*booked_in(request.period)).group_by(Booking.starts_at)
    for starts_at, *sums in db.session.execute(query):
        into = totals[key_of(request.period.day_of(starts_at))]
        for n, value in enumerate(sums):
            into[n] += int(value)
    for starts_at, given in given_by(request.period, "starts_at").items():
        totals[key_of(request.period.day_of(starts_at))][REVENUE] -= given
    return totals


def _days(request: ReportRequest) -> list[Tally]:
    totals = _by_time(request, lambda day: day)
    return [Tally(n, (day,), tuple(totals[day])) for n, day in enumerate(request.period.each_day())]


def _weeks(request: ReportRequest) -> list[Tally]:
    totals = _by_time(request, week_of)
    weeks = list(dict.fromkeys(week_of(day) for day in request.period.each_day()))
    return [
        Tally(n, (_("%(year)s week %(week)s", year=year, week=week),), tuple(totals[year, week]))
        for n, (year, week) in enumerate(weeks)
    ]


def _months(request: ReportRequest) -> list[Tally]:
    totals = _by_time(request, lambda day: (day.year, day.month))
    months = list(dict.fromkeys((day.year, day.month) for day in request.period.each_day()))
    return [Tally(n, (f"{year}-{month:02}",), tuple(totals[year, month])) for n, (year, month) in enumerate(months)]


def _weekdays(request: ReportRequest) -> list[Tally]:
    totals = _by_time(request, lambda day: day.weekday())
    words = names.weekdays(request.lang)
    return [Tally(n, (words[n],), tuple(totals[n])) for n in range(7)]


def _channels(request: ReportRequest) -> list[Tally]:
    query = select(Booking.channel, *_SUMS).where(*booked_in(request.period)).group_by(Booking.channel)
    totals = {channel: [int(value) for value in sums] for channel, *sums in db.session.execute(query)}
    for channel, given in given_by(request.period, "channel").items():
        totals[channel][REVENUE] -= given
    return [
        Tally(channel, (name,), tuple(totals.get(channel, (0, 0, 0)))) for channel, name in names.channels().items()
    ]


_LINES = (
    func.sum(Line.quantity),
    func.sum(Line.quantity * Line.admits),
    func.sum(Line.quantity * Line.unit_price),
)


def _line_measures() -> list[Measure]:
    return [Measure(_("Tickets")), Measure(_("Places")), Measure(_("Revenue"), ColumnKind.MONEY)]


def _activities(request: ReportRequest) -> list[Tally]:
    query = (
        select(Activity.id, Activity.title, *_LINES)
        .select_from(Booking)
        .join(Line, Line.booking_id == Booking.id)
        .join(Slot, Slot.id == Line.slot_id)
        .join(Activity, Activity.id == Slot.activity_id)
        .where(*booked_in(request.period))
        .group_by(Activity.id)
        .order_by(Activity.sort, Activity.id)
    )
    sold = db.session.execute(query).all()
    return _named(request, sold, [(line.activity_id, line.given) for line in given_lines(request.period)])


def _ticket_types(request: ReportRequest) -> list[Tally]:
    query = (
        select(TicketType.id, TicketType.title, *_LINES)
        .select_from(Booking)
        .join(Line, Line.booking_id == Booking.id)
        .join(TicketType, TicketType.id == Line.ticket_type_id)
        .where(*booked_in(request.period))
        .group_by(TicketType.id)
        .order_by(TicketType.sort, TicketType.id)
    )
    sold = db.session.execute(query).all()
    return _named(request, sold, [(line.ticket_type_id, line.given) for line in given_lines(request.period)])


def _named(
    request: ReportRequest, rows: Sequence[SqlRow[int, Texts, int, int, int]], given: Sequence[tuple[int | None, int]]
) -> list[Tally]:
    back: dict[int | None, int] = defaultdict(int)
    for key, amount in given:
        back[key] += amount
    return [
        Tally(key, (in_language(title, request.lang),), (int(tickets), int(places), int(money) - back[key]))
        for key, title, tickets, places, money in rows
    ]


def _leads(request: ReportRequest) -> list[Tally]:
    ahead = days_between(Booking.created_at, Booking.starts_at)
    query = select(ahead, *_SUMS[:2]).where(*booked_in(request.period)).group_by(ahead)
    totals = {begin: [0, 0] for begin in LEADS}
    for days, *sums in db.session.execute(query):
        begin = max((lead for lead in LEADS if lead <= int(days)), default=0)
        totals[begin] = [have + int(more) for have, more in zip(totals[begin], sums, strict=True)]
    return [Tally(begin, (_lead(n),), tuple(totals[begin])) for n, begin in enumerate(LEADS)]


def _lead(n: int) -> str:
    begin, until = LEADS[n], LEADS[n + 1] - 1 if n + 1 < len(LEADS) else None
    if begin == 0:
        words: str = _("Less than a day before")
    elif until is None:
        words = _("%(days)s days before or more", days=begin)
    elif until == begin:
        words = ngettext("%(num)s day before", "%(num)s days before", begin)
    else:
        words = _("%(first)s to %(last)s days before", first=begin, last=until)
    return words


REPORTS = (
    Report(
        "days", ReportSection.VISITS, lambda: _("Day by day"),
        lambda: _("Visitors and revenue by the day of the visit."),
        lambda: [Column(_("Day"), ColumnKind.DAY)], _measures, _days, main=1,
    ),
    Report(
        "weeks", ReportSection.VISITS, lambda: _("Week by week"),
        lambda: _("Visitors and revenue by the week of the visit."),
        lambda: [Column(_("Week"))], _measures, _weeks, main=1,
    ),
    Report(
        "months", ReportSection.VISITS, lambda: _("Month by month"),
        lambda: _("Visitors and revenue by the month of the visit."),
        lambda: [Column(_("Month"))], _measures, _months, main=1,
    ),
    Report(
        "weekdays", ReportSection.VISITS, lambda: _("Weekdays"), lambda: _("Which days of the week people come."),
        lambda: [Column(_("Weekday"))], _measures, _weekdays, main=1, shape=Shape.BARS,
    ),
    Report(
        "channels", ReportSection.VISITS, lambda: _("Channels"), lambda: _("Website, front desk and schools."),
        lambda: [Column(_("Channel"))], _measures, _channels, main=1, shape=Shape.BARS,
    ),
    Report(
        "activities", ReportSection.VISITS, lambda: _("Activities"),
        lambda: _("What people come for, and what it brings."),
        lambda: [Column(_("Activity"))], _line_measures, _activities, main=1, shape=Shape.BARS,
    ),
    Report(
        "ticket-types", ReportSection.VISITS, lambda: _("Ticket types"), lambda: _("Who comes, and what they pay."),
        lambda: [Column(_("Ticket type"))], _line_measures, _ticket_types, main=1, shape=Shape.BARS,
    ),
    Report(
        "lead-time", ReportSection.VISITS, lambda: _("How early people book"),
        lambda: _("From the order to the visit, in full days."),
        lambda: [Column(_("How early"))], lambda: _measures()[:2], _leads, main=0, shape=Shape.BARS,
    ),
)  # fmt: skip
