"""Money: what came in and went back day by day, what is owed, and the VAT in what was sold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select

from booking.bookings.models import Booking, Line
from booking.kernel.database import db
from booking.payments.models import Payment, PaymentState, Refund, RefundState
from booking.reports import names
from booking.reports.figures import Asked, Measure, Report, Section, Tally
from booking.reports.moments import moment_of, quarter_of
from booking.reports.period import Period
from booking.reports.sheet import Column, Kind, Shape
from booking.reports.standing import PAID, REFUNDED
from booking.reports.visits import booked_in

# What came too late came in too, and is among what went back. Said as what did not, so that a database seeks by the
# day and not by the state, which nearly all have.
NEVER_CAME = tuple(state for state in PaymentState if state not in (PaymentState.PAID, PaymentState.RETURNED))
NOT_BACK = (RefundState.REQUESTED, RefundState.FAILED)


def _paid_in(period: Period) -> tuple[ColumnElement[bool], ...]:
    return (Payment.paid_at >= period.begin, Payment.paid_at < period.end, Payment.state.not_in(NEVER_CAME))


def _sent_back_in(period: Period) -> tuple[ColumnElement[bool], ...]:
    return (Refund.done_at >= period.begin, Refund.done_at < period.end, Refund.state.not_in(NOT_BACK))


def _takings(asked: Asked) -> list[Tally]:
    period = asked.period
    came, went = quarter_of(Payment.paid_at), quarter_of(Refund.done_at)
    days: dict[date, list[int]] = defaultdict(lambda: [0, 0, 0])
    paid = select(came, func.sum(Payment.amount)).where(*_paid_in(period)).group_by(came)
    for quarter, amount in db.session.execute(paid):
        into = days[period.day_of(moment_of(quarter))]
        into[0] += int(amount)
        into[2] += int(amount)
    back = select(went, func.sum(Refund.amount)).where(*_sent_back_in(period)).group_by(went)
    for quarter, amount in db.session.execute(back):
        into = days[period.day_of(moment_of(quarter))]
        into[1] += int(amount)
        into[2] -= int(amount)
    return [Tally(n, (day,), tuple(days[day])) for n, day in enumerate(period.each_day())]


def _standing(asked: Asked) -> list[Tally]:
    period = asked.period
    count, total = func.count(), func.coalesce(func.sum(Booking.total), 0)
    booked = select(count, total).where(*booked_in(period), Booking.total > 0)
    unpaid = booked.add_columns(Booking.channel).where(Booking.till_receipt == "", PAID == 0).group_by(Booking.channel)
    requested = select(count, func.coalesce(func.sum(Refund.amount), 0)).where(
        Refund.requested_at >= period.begin, Refund.requested_at < period.end
    )
    asks = {
        "sold": (_("Sold, for visits in the period"), booked),
        "till": (_("Of these paid in the centre's till"), booked.where(Booking.till_receipt != "")),
        "paid": (
            _("Paid online in the period"),
            select(count, func.coalesce(func.sum(Payment.amount), 0)).where(*_paid_in(period)),
        ),
        "back": (
            _("Paid back in the period"),
            select(count, func.coalesce(func.sum(Refund.amount), 0)).where(*_sent_back_in(period)),
        ),
        "under way": (
            _("Asked back, on its way"), requested.where(Refund.state == RefundState.REQUESTED),
        ),
        "failed": (_("Asked back, failed"), requested.where(Refund.state == RefundState.FAILED)),
    }  # fmt: skip
    found = []
    for key, (name, query) in asks.items():
        number, amount = db.session.execute(query).one()
        found.append(Tally(key, (name,), (int(number), int(amount))))
    owed = {channel: (int(number), int(amount)) for number, amount, channel in db.session.execute(unpaid)}
    for channel, name in names.channels().items():
        label = _("Owed for visits in the period: %(channel)s", channel=name)
        found.append(Tally(f"owed {channel}", (label,), owed.get(channel, (0, 0))))
    return found


def _vat(asked: Asked) -> list[Tally]:
    """VAT is rounded once for each booking and rate, as on its receipt (kernel.money.vat_shares), then added up."""
    gross = func.sum(Line.quantity * Line.unit_price)
    each = (
        select(Line.vat_rate.label("rate"), gross.label("gross"))
        .select_from(Booking)
        .join(Line, Line.booking_id == Booking.id)
        .where(*booked_in(asked.period))
        .group_by(Line.booking_id, Line.vat_rate)
        .subquery()
    )
    sold, rate = each.c.gross, each.c.rate
    vat = (2 * sold * rate + 10_000 + rate) // (2 * (10_000 + rate))
    query = select(rate, func.count(), func.sum(sold), func.sum(vat)).group_by(rate).order_by(rate)
    called = names.rates(asked.lang)
    return [
        Tally(one, (called(one),), (int(number), int(amount), int(amount) - int(tax), int(tax)))
        for one, number, amount, tax in db.session.execute(query)
    ]


def _given(asked: Asked) -> list[Tally]:
    """Money given back on bookings that stand: what the sold figures do not know of."""
    beyond = Booking.total - PAID + REFUNDED
    query = (
        select(Booking.channel, func.count(), func.sum(beyond))
        .where(*booked_in(asked.period), PAID > 0, beyond > 0)
        .group_by(Booking.channel)
    )
    found = {channel: (int(number), int(amount)) for channel, number, amount in db.session.execute(query)}
    return [Tally(channel, (name,), found.get(channel, (0, 0))) for channel, name in names.channels().items()]


def _money(*titles: Callable[[], str]) -> Callable[[], list[Measure]]:
    return lambda: [Measure(title(), Kind.MONEY) for title in titles]


REPORTS = (
    Report(
        "takings", Section.MONEY, lambda: _("Paid and paid back"),
        lambda: _("Money that came in and went back online, by the day it moved."),
        lambda: [Column(_("Day"), Kind.DAY)],
        _money(lambda: _("Paid"), lambda: _("Paid back"), lambda: _("Left")), _takings, main=0,
    ),
    Report(
        "money", Section.MONEY, lambda: _("What is paid and what is owed"),
        lambda: _("Sold, paid, paid back and still owed."),
        lambda: [Column(_("What"))],
        lambda: [Measure(_("How many")), Measure(_("Amount"), Kind.MONEY)],
        _standing, main=1, shape=Shape.BARS, adds_up=False,
    ),
    Report(
        "vat", Section.MONEY, lambda: _("VAT"),
        lambda: _("What was sold for visits in the period, by rate; rounded for each booking."),
        lambda: [Column(_("Rate"))],
        lambda: [
            Measure(_("Bookings")), Measure(_("With VAT"), Kind.MONEY), Measure(_("Without VAT"), Kind.MONEY),
            Measure(_("VAT"), Kind.MONEY),
        ],
        _vat, main=3, shape=Shape.BARS,
    ),
    Report(
        "given-back", Section.MONEY, lambda: _("Given back on visits that stand"),
        lambda: _("Refunds without a cancellation. What was sold and its VAT are shown without them."),
        lambda: [Column(_("Channel"))],
        lambda: [Measure(_("Bookings")), Measure(_("Paid back"), Kind.MONEY)],
        _given, main=1, shape=Shape.BARS,
    ),
)  # fmt: skip
