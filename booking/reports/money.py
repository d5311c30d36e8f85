"""Money: what came in and went back day by day, what was given back, and the VAT in what is left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date

from flask_babel import gettext as _
from flask_babel import pgettext
from sqlalchemy import ColumnElement, func, select

from booking.bookings.models import Booking, Line
from booking.kernel.database import db
from booking.kernel.money import vat_in
from booking.payments.models import GIFT_CARD, TILL, Payment, PaymentState, Refund, RefundState
from booking.reports import names
from booking.reports.figures import Measure, Report, ReportRequest, ReportSection, Tally
from booking.reports.moments import moment_of, quarter_of
from booking.reports.net_value import GivenLine, given_lines, worth
from booking.reports.period import Period
from booking.reports.visits import booked_in
from booking.sheets.sheet import Column, ColumnKind, Shape

# What came too late came in too, and is among what went back. Said as what did not, so that a database seeks by the
# day and not by the state, which nearly all have.
NEVER_CAME = tuple(state for state in PaymentState if state not in (PaymentState.PAID, PaymentState.RETURNED))
NOT_BACK = (RefundState.REQUESTED, RefundState.FAILED)


def came_in(period: Period) -> tuple[ColumnElement[bool], ...]:
    """The payments that came in in the period."""
    return (Payment.paid_at >= period.begin, Payment.paid_at < period.end, Payment.state.not_in(NEVER_CAME))


def went_back_in(period: Period) -> tuple[ColumnElement[bool], ...]:
    """The refunds that went back in the period."""
    return (Refund.done_at >= period.begin, Refund.done_at < period.end, Refund.state.not_in(NOT_BACK))


def _takings(request: ReportRequest) -> list[Tally]:
    return _moved(request, Payment.provider.not_in((TILL, GIFT_CARD)))


def _till(request: ReportRequest) -> list[Tally]:
    return _moved(request, Payment.provider == TILL)


def _moved(request: ReportRequest, where: ColumnElement[bool]) -> list[Tally]:
    period = request.period
    came, went = quarter_of(Payment.paid_at), quarter_of(Refund.done_at)
    days: dict[date, list[int]] = defaultdict(lambda: [0, 0, 0])
    paid = select(came, func.sum(Payment.amount)).where(*came_in(period), where).group_by(came)
    for quarter, amount in db.session.execute(paid):
        into = days[period.day_of(moment_of(quarter))]
        into[0] += int(amount)
        into[2] += int(amount)
    back = select(went, func.sum(Refund.amount)).join(Payment, Payment.id == Refund.payment_id)
    back = back.where(*went_back_in(period), where).group_by(went)
    for quarter, amount in db.session.execute(back):
        into = days[period.day_of(moment_of(quarter))]
        into[1] += int(amount)
        into[2] -= int(amount)
    return [Tally(n, (day,), tuple(days[day])) for n, day in enumerate(period.each_day())]


def _vat(request: ReportRequest) -> list[Tally]:
    """VAT is rounded once for each booking and rate, as on its receipt (kernel.money.vat_shares), then added up.

    What was given back is taken off each rate of its booking in proportion, and the VAT of what is left is rounded.
    """
    gross = func.sum(Line.quantity * Line.unit_price)
    each = (
        select(Line.vat_rate.label("rate"), gross.label("gross"))
        .select_from(Booking)
        .join(Line, Line.booking_id == Booking.id)
        .where(*booked_in(request.period))
        .group_by(Line.booking_id, Line.vat_rate)
        .subquery()
    )
    sold, rate = each.c.gross, each.c.rate
    vat = (2 * sold * rate + 10_000 + rate) // (2 * (10_000 + rate))
    query = select(rate, func.count(), func.sum(sold), func.sum(vat)).group_by(rate).order_by(rate)
    sums = {vat_rate: [int(value) for value in row] for vat_rate, *row in db.session.execute(query)}
    for vat_rate, amount, tax in given_by_rate(given_lines(request.period)):
        sums[vat_rate][1] -= amount
        sums[vat_rate][2] -= tax
    called = names.rates(request.lang)
    return [
        Tally(vat_rate, (called(vat_rate),), (number, amount, amount - tax, tax))
        for vat_rate, (number, amount, tax) in sums.items()
    ]


def given_by_rate(lines: Iterable[GivenLine]) -> list[tuple[int, int, int]]:
    """What given money takes off each booking's rates: (rate, gross, VAT) for each booking and rate."""
    sums: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    for line in lines:
        into = sums[line.booking_id, line.vat_rate]
        into[0] += line.gross
        into[1] += line.given
    return [
        (rate, given, vat_in(gross, rate) - vat_in(gross - given, rate)) for (_, rate), (gross, given) in sums.items()
    ]


def _given(request: ReportRequest) -> list[Tally]:
    """Money given back on bookings that stand."""
    rows = worth(request.period)
    query = select(rows.c.channel, func.count(), func.sum(rows.c.given)).where(rows.c.given > 0)
    by_channel = {
        channel: (int(number), int(amount))
        for channel, number, amount in db.session.execute(query.group_by(rows.c.channel))
    }
    return [Tally(channel, (name,), by_channel.get(channel, (0, 0))) for channel, name in names.channels().items()]


def _money(*titles: Callable[[], str]) -> Callable[[], list[Measure]]:
    return lambda: [Measure(title(), ColumnKind.MONEY) for title in titles]


REPORTS = (
    Report(
        "takings", ReportSection.MONEY, lambda: _("Paid and paid back"),
        lambda: _("Money that came in and went back online, by the day it moved."),
        lambda: [Column(_("Day"), ColumnKind.DAY)],
        _money(lambda: _("Paid"), lambda: _("Paid back"), lambda: pgettext("payments", "Net")), _takings, main=0,
    ),
    Report(
        "till", ReportSection.MONEY, lambda: _("The centre's till"),
        lambda: _("What the desk noted as paid and paid out in the centre's own till, by the day it moved."),
        lambda: [Column(_("Day"), ColumnKind.DAY)],
        _money(lambda: _("Paid"), lambda: _("Paid back"), lambda: pgettext("payments", "Net")), _till, main=0,
    ),
    Report(
        "vat", ReportSection.MONEY, lambda: _("VAT"),
        lambda: _("Sold for visits in the period, less what was given back, by rate; rounded for each booking."),
        lambda: [Column(_("Rate"))],
        lambda: [
            Measure(_("Bookings")), Measure(_("With VAT"), ColumnKind.MONEY),
            Measure(_("Without VAT"), ColumnKind.MONEY),
            Measure(_("VAT"), ColumnKind.MONEY),
        ],
        _vat, main=3, shape=Shape.BARS,
    ),
    Report(
        "given-back", ReportSection.MONEY, lambda: _("Given back on visits that stand"),
        lambda: _("Refunds without a cancellation. They are taken off revenue and VAT in the other reports."),
        lambda: [Column(_("Channel"))],
        lambda: [Measure(_("Bookings")), Measure(_("Paid back"), ColumnKind.MONEY)],
        _given, main=1, shape=Shape.BARS,
    ),
)  # fmt: skip
