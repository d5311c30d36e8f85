"""What bookings are worth once money has gone back: one row a booking, and the lines of those that gave some back.

Of every booking `total - given + beyond = kept + in_till + receivable`, of a cancelled one without its total:
- `given` went back although nothing was given up: out of goodwill, by staff here or in the provider's dashboard;
- `beyond` is kept beyond the price: what late changes and cancellations did not give back;
- `kept` was paid online or with gift cards and not sent back; `in_till` was paid in the centre's own till and not paid
  out there; `owed` is still to come.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import CTE, BigInteger, ColumnElement, Select, and_, case, cast, func, select
from sqlalchemy.orm import aliased

from booking.bookings.models import Booking, Line, State
from booking.capacity.models import Slot
from booking.kernel.database import db
from booking.kernel.money import spread
from booking.payments.models import TILL, Payment, PaymentState
from booking.reports.period import Period
from booking.visits.models import Visit


def worth(period: Period) -> CTE:
    """The confirmed and cancelled bookings whose visit lies in the period, each with where its money is.

    Its columns: id, state, channel, starts_at, total, kept, given, beyond, in_till, receivable (minor units), visit_id.
    A booking has a payment for each gift card beside its one other (I7), so they are added up, as those of its changes.
    Gift cards that are sold are none of them: nothing is worth anything here before it is used.
    """
    own, extra = _of_bookings(period), _of_changes(period)
    refunded = func.coalesce(own.c.refunded, 0) + func.coalesce(extra.c.refunded, 0)
    each = (
        select(
            Booking.id, Booking.state, Booking.channel, Booking.starts_at, Booking.total, Booking.kept_by_rule,
            (func.coalesce(own.c.online, 0) + func.coalesce(extra.c.online, 0)).label("kept"),
            (func.coalesce(own.c.till, 0) + func.coalesce(extra.c.till, 0)).label("in_till"),
            refunded.label("refunded"), Visit.id.label("visit_id"),
        )
        .outerjoin(own, own.c.booking_id == Booking.id)
        .outerjoin(extra, extra.c.booking_id == Booking.id)
        .outerjoin(Visit, Visit.booking_id == Booking.id)
        .where(
            Booking.starts_at >= period.begin,
            Booking.starts_at < period.end,
            Booking.state.in_((State.CONFIRMED, State.CANCELLED)),
            Booking.confirmed_at.is_not(None),
            Booking.changes_id.is_(None),
            Booking.people > 0,
        )
        .subquery()
    )  # fmt: skip
    stands, held = each.c.state == State.CONFIRMED, each.c.kept + each.c.in_till
    short = each.c.total + each.c.kept_by_rule - held
    given = case((stands, _smaller(each.c.refunded, _least_nought(short))), else_=0)
    known = select(each, given.label("given"), short.label("short"), held.label("held")).subquery()
    stands = known.c.state == State.CONFIRMED
    return select(
        known.c.id, known.c.state, known.c.channel, known.c.starts_at, known.c.total, known.c.kept, known.c.given,
        known.c.visit_id, known.c.in_till,
        case((stands, known.c.kept_by_rule + _least_nought(-known.c.short)), else_=known.c.held).label("beyond"),
        case((stands, _least_nought(known.c.short - known.c.given)), else_=0).label("receivable"),
    ).cte("worth").prefix_with("MATERIALIZED", dialect="postgresql")  # fmt: skip


def given_by(period: Period, column: str) -> dict[Any, int]:
    """What was given back on bookings that stand, by a column of `worth`."""
    rows = worth(period)
    key = rows.c[column]
    query = select(key, func.sum(rows.c.given)).where(rows.c.given > 0).group_by(key)
    return {value: int(amount) for value, amount in db.session.execute(query)}


@dataclass(frozen=True, slots=True)
class GivenLine:
    """A line of a booking that gave money back: what it cost, and its part of what went back."""

    booking_id: int
    activity_id: int
    ticket_type_id: int
    vat_rate: int
    gross: int
    given: int


def given_lines(period: Period) -> Iterator[GivenLine]:
    """The lines of all such bookings in one statement, each booking's in proportion to what its lines cost."""
    for _booking, rows in groupby(db.session.execute(_lines(period)), key=lambda row: row.id):
        lines = list(rows)
        parts = spread(lines[0].given, [line.gross for line in lines])
        for line, part in zip(lines, parts, strict=True):
            yield GivenLine(line.id, line.activity_id, line.ticket_type_id, line.vat_rate, line.gross, part)


def _lines(period: Period) -> Select[*tuple[Any, ...]]:
    rows = worth(period)
    return (
        select(
            rows.c.id, rows.c.given, Slot.activity_id, Line.ticket_type_id, Line.vat_rate,
            (Line.quantity * Line.unit_price).label("gross"),
        )
        .join(Line, Line.booking_id == rows.c.id)
        .join(Slot, Slot.id == Line.slot_id)
        .where(rows.c.given > 0)
        .order_by(rows.c.starts_at, rows.c.id, Line.id)  # by the number first SQLite would go through all bookings
    )  # fmt: skip


def _of_bookings(period: Period) -> CTE:
    """What was paid for the period's bookings themselves.

    They are not added up by the number itself: SQLite then goes through all payments there are, in its order. What is
    cast is still a number to it, so that it finds a booking's sums by an index of its own making.
    """
    of_booking = cast(Booking.id, BigInteger)
    return (
        select(of_booking.label("booking_id"), *_sums())
        .join(Payment, and_(Payment.booking_id == Booking.id, Payment.state == PaymentState.PAID))
        .where(Booking.changes_id.is_(None), Booking.starts_at >= period.begin, Booking.starts_at < period.end)
        .group_by(of_booking)
        .cte("of_bookings")
    )


def _sums() -> tuple[ColumnElement[int], ...]:
    """What is kept of payments online, and in the till, and what went back of them."""
    in_till, left = Payment.provider == TILL, Payment.amount - Payment.refunded
    return (
        func.sum(case((in_till, 0), else_=left)).label("online"),
        func.sum(case((in_till, left), else_=0)).label("till"),
        func.sum(Payment.refunded).label("refunded"),
    )


def _of_changes(period: Period) -> CTE:
    """What was paid for the changes folded into the period's bookings."""
    child, parent = aliased(Booking), aliased(Booking)
    return (
        select(child.changes_id.label("booking_id"), *_sums())
        .join(parent, parent.id == child.changes_id)
        .join(Payment, and_(Payment.booking_id == child.id, Payment.state == PaymentState.PAID))
        .where(child.changes_id.is_not(None), parent.starts_at >= period.begin, parent.starts_at < period.end)
        .group_by(child.changes_id)
        .cte("of_changes")
    )


def _least_nought(value: ColumnElement[int]) -> ColumnElement[int]:
    return case((value > 0, value), else_=0)


def _smaller(first: ColumnElement[int], second: ColumnElement[int]) -> ColumnElement[int]:
    return case((first < second, first), else_=second)
