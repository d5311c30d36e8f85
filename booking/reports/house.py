"""How full the times are, who did not come, and who was counted in."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import pgettext
from sqlalchemy import and_, case, func, or_, select

from booking.bookings.models import Booking, State, Ticket
from booking.capacity.models import Slot, SlotStatus
from booking.catalogue.models import Activity, Kind, TicketType
from booking.door.models import CheckIn, CheckInLine
from booking.kernel import clock
from booking.kernel.database import db, in_language
from booking.reports import names
from booking.reports.figures import Measure, Report, ReportRequest, ReportSection, Tally
from booking.sheets.sheet import Column, Shape
from booking.sheets.sheet import ColumnKind as Cells


def _fullness(request: ReportRequest) -> list[Tally]:
    query = (
        select(Activity.id, Activity.title, func.count(), func.sum(Slot.capacity), func.sum(Slot.taken))
        .join(Activity, Activity.id == Slot.activity_id)
        .where(
            Slot.starts_at >= request.period.begin,
            Slot.starts_at < request.period.end,
            # A time that was closed counts by those who have places in it nevertheless.
            or_(Slot.status == SlotStatus.OPEN, and_(Slot.status == SlotStatus.CLOSED, Slot.taken > 0)),
        )
        .group_by(Activity.id)
        .order_by(Activity.sort, Activity.id)
    )
    return [
        Tally(key, (in_language(title, request.lang),), (int(times), int(places), int(taken)))
        for key, title, times, places, taken in db.session.execute(query)
    ]


def _no_shows(request: ReportRequest) -> list[Tally]:
    query = (
        select(Activity.id, Activity.title, func.sum(Ticket.admits), func.sum(Ticket.admitted))
        .select_from(Slot)
        .join(Activity, Activity.id == Slot.activity_id)
        .join(Ticket, Ticket.slot_id == Slot.id)
        .join(Booking, Booking.id == Ticket.booking_id)
        .where(
            Slot.starts_at >= request.period.begin,
            Slot.starts_at < request.period.end,
            Slot.ends_at <= clock.now(),
            Activity.kind != Kind.LUNCH,  # a table has no door
            Ticket.void.is_(False),
            Booking.state == State.CONFIRMED,
        )
        .group_by(Activity.id)
        .order_by(Activity.sort, Activity.id)
    )
    return [
        Tally(key, (in_language(title, request.lang),), (int(booked), int(came), int(booked) - int(came)))
        for key, title, booked, came in db.session.execute(query)
    ]


def _counted(request: ReportRequest) -> list[Tally]:
    entered = case((Activity.needs_admission.is_(False), CheckInLine.heads), else_=0)
    query = (
        select(
            Booking.channel, Activity.id, TicketType.id, Activity.title, TicketType.title,
            func.count(CheckIn.booking_id.distinct()), func.sum(CheckInLine.heads), func.sum(entered),
        )
        .select_from(CheckIn)
        .join(Booking, Booking.id == CheckIn.booking_id)
        .join(CheckInLine, CheckInLine.check_in_id == CheckIn.id)
        .join(Ticket, Ticket.id == CheckInLine.ticket_id)
        .join(Slot, Slot.id == Ticket.slot_id)
        .join(Activity, Activity.id == Slot.activity_id)
        .join(TicketType, TicketType.id == Ticket.ticket_type_id)
        .where(CheckIn.at >= request.period.begin, CheckIn.at < request.period.end, CheckIn.undone_at.is_(None))
        .group_by(Booking.channel, Activity.id, TicketType.id)
        .order_by(Booking.channel, Activity.sort, Activity.id, TicketType.sort, TicketType.id)
    )  # fmt: skip
    called = names.channels()
    return [
        Tally(
            (channel, activity, ticket_type),
            (called[channel], in_language(title, request.lang), in_language(who, request.lang)),
            (int(visits), int(heads), int(first)),
        )
        for channel, activity, ticket_type, title, who, visits, heads, first in db.session.execute(query)
    ]


REPORTS = (
    Report(
        "fullness", ReportSection.VISITS, lambda: _("How full"), lambda: _("Places taken of places there were."),
        lambda: [Column(_("Activity"))],
        lambda: [
            Measure(_("Times")), Measure(_("Places")), Measure(_("Taken")),
            Measure(pgettext("of places, in percent", "Full"), Cells.PERCENT, (2, 1)),
        ],
        _fullness, main=3, shape=Shape.BARS,
    ),
    Report(
        "no-shows", ReportSection.VISITS, lambda: _("Who did not come"),
        lambda: _("Booked against counted at the door, for times that are over."),
        lambda: [Column(_("Activity"))],
        lambda: [
            Measure(_("Booked")), Measure(_("Came")), Measure(_("Did not come")),
            Measure(_("Share that did not come"), Cells.PERCENT, (2, 0)),
        ],
        _no_shows, main=3, shape=Shape.BARS,
    ),
    Report(
        "counted", ReportSection.FUNDERS, lambda: _("Counted visitors"),
        lambda: _("Heads counted at the door, for the yearly figures that funders ask for."),
        lambda: [Column(_("Channel")), Column(_("Activity")), Column(_("Ticket type"))],
        lambda: [Measure(_("Visits")), Measure(_("Counted heads")), Measure(_("Of these into the house"))],
        _counted, main=1, shape=Shape.BARS,
    ),
)  # fmt: skip
