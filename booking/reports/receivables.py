"""Where the money of the period's visits is: kept, in the till, owed by whom; and what money moved in the period."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from sqlalchemy import and_, case, func, or_, select

from booking.agreements.models import Agreement, School
from booking.bookings.models import Booking, State
from booking.capacity.models import Channel
from booking.courses.models import Enrolment, Paying
from booking.invoicing.receivables import ReceivableKind
from booking.kernel.collation import in_order, order_key
from booking.kernel.database import db, run
from booking.payments.models import GIFT_CARD, TILL, Payment, Refund, RefundState
from booking.reports import names
from booking.reports.figures import Measure, Report, ReportRequest, ReportSection, Tally
from booking.reports.money import came_in, went_back_in
from booking.reports.net_value import worth
from booking.reports.owed import is_dealt_with, owed_by_invoice
from booking.reports.period import Period
from booking.sheets.sheet import Column, ColumnKind, Shape
from booking.visits.models import Visit

Sum = tuple[int, int]  # how many bookings, and how much of them all
Receivable = tuple[str, int, int]  # by whom, for how many bookings, and how much
NONE: Sum = (0, 0)
LOST = "lost"  # asked back of us, and given by the payer's bank before we sent it


def _money(request: ReportRequest) -> list[Tally]:
    """Two blocks: the visits of the period, whose sums add up, and the money that moved in it."""
    period = request.period
    by_channel, fees, course_fees = _by_channel(period), _fees(period), _course_fees(period)
    payers, schools, fees_by_school, (settled, written_off, let_go) = _receivables_by_payer(period)
    enrolled = _receivables_of_courses(period, request.lang)
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
        Tally("settled", (_("Of these paid on invoices, or credited"),), settled),
        Tally("written off", (_("Of these written off, since nobody paid"),), written_off),
        Tally("let go", (_("Of these let go"),), let_go),
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
    fees_owed = sum(number for _name, number, _sum in fees_by_school.values()), _sum_of(fees_by_school)
    tallies.append(Tally("owed fees", (_("Owed by schools: cancellation fees"),), fees_owed))
    for school_id, (school, count, amount) in _by_name(fees_by_school, request.lang):
        label = _("Of these fees owed by %(payer)s", payer=school)
        tallies.append(Tally(f"owed fees {school_id}", (label,), (count, amount)))
    return [*tallies, *_moved(period)]


def _by_channel(period: Period) -> dict[tuple[Channel, str], Sum]:
    """The sums of `worth` by channel; what payers of visits and those invoiced for courses owe is left to them."""
    rows = worth(period)
    visits = and_(rows.c.visit_id.is_not(None), rows.c.receivable == rows.c.total)
    left_to_payers = or_(visits, Enrolment.pays == Paying.INVOICE, is_dealt_with(rows.c.id))
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


def _receivables_by_payer(
    period: Period,
) -> tuple[dict[int | None, Receivable], dict[int, Receivable], dict[int, Receivable], tuple[Sum, Sum, Sum]]:
    """What each payer owes for visits, what each school does by itself, and what it owes in fees.

    Of the payers the schools are None, all together. Last what is settled, written off and let go, of courses too.
    """
    rows = owed_by_invoice(period)
    sums = [
        sum_ for amount in (rows.c.owed, rows.c.settled, rows.c.written_off, rows.c.let_go)
        for sum_ in (func.count(case((amount > 0, rows.c.booking_id)).distinct()), func.sum(amount))
    ]  # fmt: skip
    query = (
        select(
            rows.c.kind, rows.c.payer_id, func.max(Agreement.payer), School.id, School.name, School.municipality, *sums
        )
        .select_from(rows)
        .outerjoin(Visit, Visit.booking_id == rows.c.booking_id)
        .outerjoin(School, School.id == Visit.school_id)
        .outerjoin(Agreement, Agreement.id == rows.c.payer_id)
        .group_by(rows.c.kind, rows.c.payer_id, School.id, School.name, School.municipality)
        .order_by(rows.c.payer_id)
    )  # fmt: skip
    payers: dict[int | None, Receivable] = {}
    schools: dict[int, Receivable] = {}
    fees: dict[int, Receivable] = {}
    settled, written_off, let_go = NONE, NONE, NONE
    for kind, payer_id, payer, school_id, school, place, count, amount, *others in run(query):
        settled, written_off = _and(settled, others[0], others[1]), _and(written_off, others[2], others[3])
        let_go = _and(let_go, others[4], others[5])
        if not amount or kind == ReceivableKind.COURSE:
            continue
        if kind == ReceivableKind.FEE:
            fees[school_id] = _named(school, place), int(count), int(amount)
            continue
        _name, number, sum_ = payers.get(payer_id, ("", 0, 0))
        payers[payer_id] = payer or "", number + int(count), sum_ + int(amount)
        if payer_id is None:
            schools[school_id] = _named(school, place), int(count), int(amount)
    payers.setdefault(None, ("", 0, 0))
    return payers, schools, fees, (settled, written_off, let_go)


def _and(before: Sum, number: int, amount: int) -> Sum:
    return before[0] + int(number), before[1] + int(amount)


def _sum_of(receivables: Mapping[int, Receivable]) -> int:
    return sum(amount for _name, _number, amount in receivables.values())


def _named(school: str, municipality: str) -> str:
    """Two schools of one name are told apart by their municipality."""
    return ", ".join(filter(None, (school, municipality)))


def _by_name(schools: Mapping[int, Receivable], lang: str) -> list[tuple[int, Receivable]]:
    return sorted(schools.items(), key=lambda item: (order_key(item[1][0], lang), item[0]))


def _receivables_of_courses(period: Period, lang: str) -> list[tuple[str, int, int]]:
    """What each school or employer owes for courses, fees for places given up included, by name.

    One organisation number is one payer, however its name is written; without a number it is the name.
    """
    rows = owed_by_invoice(period)
    known = Enrolment.org_number != ""
    query = (
        select(func.max(Enrolment.employer), func.count(), func.sum(rows.c.owed))
        .select_from(rows)
        .join(Enrolment, Enrolment.booking_id == rows.c.booking_id)
        .where(rows.c.kind == ReceivableKind.COURSE, rows.c.owed > 0)
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


def _fees(period: Period) -> Sum:
    """What schools were to pay for visits that they cancelled late, whether or not they have."""
    query = (
        select(func.count(), func.coalesce(func.sum(Visit.fee), 0))
        .join(Booking, Booking.id == Visit.booking_id)
        .where(
            Visit.arrives_at >= period.begin,
            Visit.arrives_at < period.end,
            Visit.fee > 0,
            Booking.state == State.CANCELLED,
        )
    )
    row = db.session.execute(query).one()
    return int(row[0]), int(row[1])


def _moved(period: Period) -> list[Tally]:
    """Money that moved in the period or waits since, online and in the centre's own till, in three statements."""
    in_till = case((Payment.provider == TILL, 1), else_=0)
    is_money = Payment.provider != GIFT_CARD  # that came when the card was bought, and goes back to it
    paid = select(in_till, func.count(), func.sum(Payment.amount)).where(*came_in(period), is_money).group_by(in_till)
    # What the payer's bank gave them instead has not failed: nobody owes it any more.
    instead = case((and_(Refund.state == RefundState.FAILED, Payment.lost_at.is_not(None)), 1), else_=0)
    by = (in_till, Refund.state, instead)
    refunds = select(*by, func.count(), func.sum(Refund.amount)).join(Payment).where(is_money)
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
        (RefundState.REQUESTED, False, _("Refunds still on their way")),
        (RefundState.FAILED, False, _("Refunds that have failed")),
        (LOST, False, _("Refunds given by the buyer's bank instead")),
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
