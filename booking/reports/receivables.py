"""Where the money of the period's visits is: kept, in the till, owed by whom; and what money moved in the period."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from sqlalchemy import and_, case, func, or_, select

from booking.agreements.models import Agreement, School
from booking.bookings.models import Booking, State
from booking.capacity.models import Channel
from booking.courses.models import Enrolment, Paying
from booking.kernel.collation import in_order, order_key
from booking.kernel.database import db, run
from booking.payments.models import TILL, Payment, Refund, RefundState
from booking.reports import names
from booking.reports.figures import Measure, Report, ReportRequest, ReportSection, Tally
from booking.reports.money import came_in, went_back_in
from booking.reports.net_value import worth
from booking.reports.period import Period
from booking.sheets.sheet import Column, ColumnKind, Shape
from booking.visits.models import Visit, VisitDue

Sum = tuple[int, int]  # how many bookings, and how much of them all
Receivable = tuple[str, int, int]  # by whom, for how many bookings, and how much
NONE: Sum = (0, 0)
LOST = "lost"  # asked back of us, and given by the payer's bank before we sent it


def _money(request: ReportRequest) -> list[Tally]:
    """Two blocks: the visits of the period, whose sums add up, and the money that moved in it."""
    period = request.period
    by_channel, (fees, fees_by_school) = _by_channel(period), _fees(period)
    payers, schools = _receivables_by_payer(period)
    course_fees, enrolled = _course_fees(period), _receivables_of_courses(period, request.lang)
    sold, given, beyond, kept, till = (
        _of_all(by_channel, name) for name in ("sold", "given", "beyond", "kept", "till")
    )
    revenue = sold[1] - given[1] + beyond[1] + fees[1] + course_fees[1]
    tallies = [
        Tally("sold", (_("Sold, for visits in the period"),), sold),
        Tally("given", (_("Given back on visits that stand"),), given),
        Tally("beyond", (_("Kept after late changes and cancellations"),), beyond),
        Tally("fees", (_("Cancellation fees of schools"),), fees),
        Tally("course fees", (_("Cancellation fees of courses, by invoice"),), course_fees),
        Tally("revenue", (_("Revenue: sold, less given back, with fees"),), (sold[0] + fees[0], revenue)),
        Tally("kept", (_("Of these paid online and kept"),), kept),
        Tally("till", (_("Of these paid in the centre's till"),), till),
    ]
    for channel, name in names.channels().items():
        label = _("Owed for visits in the period: %(channel)s", channel=name)
        tallies.append(Tally(f"owed {channel}", (label,), by_channel.get((channel, "receivable"), NONE)))
    # By name; what the schools pay themselves comes last.
    by_name = sorted(payers.items(), key=lambda item: (item[0] is None, order_key(item[1][0], request.lang)))
    for payer_id, (name, number, amount) in by_name:
        label = _("Owed by %(payer)s", payer=name or _("the schools themselves"))
        tallies.append(Tally(f"owed by {payer_id}", (label,), (number, amount)))
    for school_id, (school, count, amount) in _by_name(schools, request.lang):
        label = _("Of these owed by %(payer)s", payer=school)
        tallies.append(Tally(f"owed by school {school_id}", (label,), (count, amount)))
    for number, (name, count, amount) in enumerate(enrolled):
        label = _("Owed for courses by %(payer)s", payer=name or _("somebody without a name"))
        tallies.append(Tally(f"owed for courses {number}", (label,), (count, amount)))
    tallies.append(Tally("owed fees", (_("Owed by schools: cancellation fees"),), fees))
    for school_id, (school, count, amount) in _by_name(fees_by_school, request.lang):
        label = _("Of these fees owed by %(payer)s", payer=school)
        tallies.append(Tally(f"owed fees {school_id}", (label,), (count, amount)))
    return [*tallies, *_moved(period)]


def _by_channel(period: Period) -> dict[tuple[Channel, str], Sum]:
    """The sums of `worth` by channel; what payers of visits and those invoiced for courses owe is left to them."""
    rows = worth(period)
    visits = and_(rows.c.visit_id.is_not(None), rows.c.receivable == rows.c.total)
    left_to_payers = or_(visits, Enrolment.pays == Paying.INVOICE)
    amounts = {
        "sold": case((rows.c.state == State.CONFIRMED, rows.c.total), else_=0),
        "given": rows.c.given,
        "beyond": rows.c.beyond,
        "kept": rows.c.kept,
        "till": rows.c.in_till,
        "receivable": case((left_to_payers, 0), else_=rows.c.receivable),
    }
    sums = [
        value for amount in amounts.values() for value in (func.sum(case((amount > 0, 1), else_=0)), func.sum(amount))
    ]  # fmt: skip
    totals = {}
    query = select(rows.c.channel, *sums).outerjoin(Enrolment, Enrolment.booking_id == rows.c.id)
    for channel, *values in db.session.execute(query.group_by(rows.c.channel)):
        for n, name in enumerate(amounts):
            totals[channel, name] = (int(values[2 * n]), int(values[2 * n + 1]))
    return totals


def _of_all(by_channel: Mapping[tuple[Channel, str], Sum], wanted: str) -> Sum:
    of_channels = [sums for (_channel, name), sums in by_channel.items() if name == wanted]
    return sum(number for number, _amount in of_channels), sum(amount for _number, amount in of_channels)


def _receivables_by_payer(period: Period) -> tuple[dict[int | None, Receivable], dict[int, Receivable]]:
    """What each payer owes for visits that nobody has paid anything of, and what each school does by itself.

    Of the payers the schools are None, all together.
    """
    rows = worth(period)
    query = (
        select(
            VisitDue.paid_by, func.max(Agreement.payer), School.id, School.name, School.municipality,
            func.count(VisitDue.visit_id.distinct()), func.sum(VisitDue.amount),
        )
        .select_from(rows)
        .join(VisitDue, VisitDue.visit_id == rows.c.visit_id)
        .join(Visit, Visit.id == VisitDue.visit_id)
        .join(School, School.id == Visit.school_id)
        .outerjoin(Agreement, Agreement.id == VisitDue.paid_by)
        .where(rows.c.receivable > 0, rows.c.receivable == rows.c.total)
        .group_by(VisitDue.paid_by, School.id, School.name, School.municipality)
        .order_by(VisitDue.paid_by)
    )  # fmt: skip
    payers: dict[int | None, Receivable] = {}
    schools: dict[int, Receivable] = {}
    for payer_id, payer, school_id, school, place, count, amount in run(query):
        _name, number, sum_ = payers.get(payer_id, ("", 0, 0))
        payers[payer_id] = payer or "", number + int(count), sum_ + int(amount)
        if payer_id is None:
            schools[school_id] = _named(school, place), int(count), int(amount)
    payers.setdefault(None, ("", 0, 0))
    return payers, schools


def _named(school: str, municipality: str) -> str:
    """Two schools of one name are told apart by their municipality."""
    return ", ".join(filter(None, (school, municipality)))


def _by_name(schools: Mapping[int, Receivable], lang: str) -> list[tuple[int, Receivable]]:
    return sorted(schools.items(), key=lambda item: (order_key(item[1][0], lang), item[0]))


def _receivables_of_courses(period: Period, lang: str) -> list[tuple[str, int, int]]:
    """What each school or employer is invoiced for courses, fees for places given up included, by name.

    One organisation number is one payer, however its name is written; without a number it is the name.
    """
    rows = worth(period)
    known = Enrolment.org_number != ""
    query = (
        select(func.max(Enrolment.employer), func.count(), func.sum(rows.c.receivable + Enrolment.fee))
        .select_from(rows)
        .join(Enrolment, Enrolment.booking_id == rows.c.id)
        .where(Enrolment.pays == Paying.INVOICE, rows.c.receivable + Enrolment.fee > 0)
        .group_by(Enrolment.org_number, case((known, ""), else_=Enrolment.employer))
    )
    receivables = [(name, int(count), int(amount)) for name, count, amount in db.session.execute(query)]
    return in_order(receivables, lang, lambda payer: payer[0])


def _course_fees(period: Period) -> Sum:
    """What is owed by invoice for places on courses that were given up late."""
    rows = worth(period)
    query = (
        select(func.count(), func.coalesce(func.sum(Enrolment.fee), 0))
        .select_from(rows)
        .join(Enrolment, Enrolment.booking_id == rows.c.id)
        .where(Enrolment.pays == Paying.INVOICE, Enrolment.fee > 0)
    )
    row = db.session.execute(query).one()
    return int(row[0]), int(row[1])


def _fees(period: Period) -> tuple[Sum, dict[int, Receivable]]:
    """What schools owe for visits that they cancelled late: all of them, and each by its id."""
    query = (
        select(School.id, School.name, School.municipality, func.count(), func.sum(Visit.fee))
        .select_from(Visit)
        .join(School, School.id == Visit.school_id)
        .join(Booking, Booking.id == Visit.booking_id)
        .where(
            Visit.arrives_at >= period.begin,
            Visit.arrives_at < period.end,
            Visit.fee > 0,
            Booking.state == State.CANCELLED,
        )
        .group_by(School.id, School.name, School.municipality)
    )
    schools = {
        school_id: (_named(school, place), int(count), int(amount))
        for school_id, school, place, count, amount in run(query)
    }
    whole = sum(receivable[1] for receivable in schools.values()), sum(receivable[2] for receivable in schools.values())
    return whole, schools


def _moved(period: Period) -> list[Tally]:
    """Money that moved in the period or waits since, online and in the centre's own till, in three statements."""
    in_till = case((Payment.provider == TILL, 1), else_=0)
    paid = select(in_till, func.count(), func.sum(Payment.amount)).where(*came_in(period)).group_by(in_till)
    # What the payer's bank gave them instead has not failed: nobody owes it any more.
    instead = case((and_(Refund.state == RefundState.FAILED, Payment.lost_at.is_not(None)), 1), else_=0)
    by = (in_till, Refund.state, instead)
    refunds = select(*by, func.count(), func.sum(Refund.amount)).join(Payment)
    back = refunds.where(*went_back_in(period)).group_by(*by)
    waiting = refunds.where(
        Refund.requested_at >= period.begin,
        Refund.requested_at < period.end,
        or_(Refund.state == RefundState.FAILED, Refund.state == RefundState.REQUESTED),
    ).group_by(*by)
    sums: dict[tuple[str, bool], Sum] = {
        ("paid", bool(till)): (int(number), int(amount)) for till, number, amount in db.session.execute(paid)
    }
    for query in (back, waiting):
        for till, state, lost, number, amount in db.session.execute(query):
            sums[LOST if lost else state, bool(till)] = (int(number), int(amount))
    labels = [
        ("paid", False, _("Paid online in the period")),
        (RefundState.DONE, False, _("Paid back in the period")),
        (RefundState.REQUESTED, False, _("Asked back, on its way")),
        (RefundState.FAILED, False, _("Asked back, failed")),
        (LOST, False, _("Asked back, given by the buyer's bank instead")),
        ("paid", True, _("Paid in the centre's till in the period")),
        (RefundState.DONE, True, _("Paid out of the centre's till in the period")),
        (RefundState.REQUESTED, True, _("To be paid out of the centre's till")),
    ]
    return [Tally(f"{what} {till}", (label,), sums.get((what, till), NONE)) for what, till, label in labels]


REPORTS = (
    Report(
        "money", ReportSection.MONEY, lambda: _("What is paid and what is owed"),
        lambda: _("Sold, paid, paid back and still owed, by whom."),
        lambda: [Column(_("What"))],
        lambda: [Measure(_("How many")), Measure(_("Amount"), ColumnKind.MONEY)],
        _money, main=1, shape=Shape.BARS, adds_up=False,
    ),
)  # fmt: skip
