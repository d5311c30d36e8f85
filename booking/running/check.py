"""What must never happen, asked of the database: the invariants I1 to I10 of the design, and people kept too long.

Each breach is a sentence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container
from functools import cache

from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import aliased

from booking.agreements.models import Allowance
from booking.annual_passes import audit as annual_passes
from booking.bookings.by_code import audit as discounted
from booking.bookings.models import Booking, Line, State, Ticket
from booking.bookings.purse import purses
from booking.capacity.audit import counted_twice, wrong_counters
from booking.capacity.closed_hours import is_under_closure
from booking.capacity.models import Slot, SlotStatus
from booking.discounts import audit as discounts
from booking.door.models import CheckIn, CheckInLine
from booking.gift_cards import audit as gift_cards
from booking.kernel import clock
from booking.kernel.database import db
from booking.kernel.prepared import ReadyStatement
from booking.newsletter import audit as newsletter
from booking.outbox.models import Promise, PromiseState
from booking.payments.models import KEPT_ONCE, UNSETTLED, Payment, PaymentState, Refund, RefundState
from booking.payments.paid_for import paid_for
from booking.payments.reserved import queries as reserved
from booking.running import (
    bank_books,
    books_kept,
    forgetting,
    pictures_kept,
    reaching,
    receipts_kept,
    uninvoiced,
    unkept,
)
from booking.visits.models import Visit, VisitDue
from booking.withdrawals import audit as withdrawals

FORGOTTEN = 2  # the question after people whose time is over: half of the work, and the answer is another by the day


def breaches(but: Container[int] = ()) -> list[str]:
    """Every breach found, in words for an operator. Reads whole tables: for nights and tests, not for requests.

    `but` leaves questions out, by their number.
    """
    return [breach for number in range(questions()) if number not in but for breach in ask(number)]


def questions() -> int:
    """How many questions there are."""
    return 8 + len(_questions())


def ask(number: int) -> list[str]:
    """The breaches that one question finds: of the counters, of people not forgotten, of money promised, and so on."""
    if number == 0:
        return [f"I1/I2 slot {slot}: counter {taken}, claims {claimed}" for slot, taken, claimed in wrong_counters()]
    if number == 1:
        return [
            f"heads booking {booking} is counted {beyond:+} in slot {slot}" for booking, slot, beyond in counted_twice()
        ]
    if number == FORGOTTEN:
        return [f"forgetting overdue, {what}" for what in forgetting.late(clock.now())]
    if number == 3:
        return promised_beyond()
    if number == 4:
        return books_kept.unlike_the_books(clock.now())
    if number == 5:
        return uninvoiced.unlike_what_is_owed(clock.now())
    if number == 6:
        return pictures_kept.amiss()
    if number == 7:
        return newsletter.unlike_its_letters()
    name, words, query = _ready()[number - 8]
    return [f"{name} {words}: {row[0]}" for row in query.rows()]


def promised_beyond() -> list[str]:
    """Bookings that more is promised back of than was paid and has not gone back, promises counted that wait."""
    promised: dict[int, int] = defaultdict(int)
    waiting = select(Promise.about).where(Promise.kind == "payment.refund", Promise.state == PromiseState.WAITING)
    for about in db.session.scalars(waiting):
        promised[int(about["booking_id"])] += int(about["amount"])
    holdings = {booking_id: purses.purse.holding(booking_id) for booking_id in sorted(promised)}
    return [
        f"I3 more promised back than was paid, booking: {booking_id}"
        for booking_id, holding in holdings.items()
        if holding.back + promised[booking_id] > holding.paid
    ]


@cache
def _ready() -> list[tuple[str, str, ReadyStatement]]:
    return [(name, words, ReadyStatement(query.limit(20))) for name, words, query in _questions()]


@cache
def _questions() -> list[tuple[str, str, Select[int]]]:
    refunds = select(Refund.payment_id, func.sum(Refund.amount).label("total")).group_by(Refund.payment_id).subquery()
    admits = (
        select(Ticket.booking_id, func.sum(Ticket.admits).label("total"))
        .where(Ticket.void.is_(False))
        .group_by(Ticket.booking_id)
        .subquery()
    )
    bought = (
        select(Line.booking_id, func.sum(Line.quantity * Line.admits).label("total"))
        .group_by(Line.booking_id)
        .subquery()
    )
    # Money paid for a booking itself, and for the changes folded into it; each looked up by an index, row by row.
    # What went back on top of what the rules gave was given, and is not missing.
    child = aliased(Booking)
    paid = func.coalesce(func.sum(Payment.amount), 0)
    paid_itself = (
        select(paid)
        .where(Payment.booking_id == Booking.id, Payment.state == PaymentState.PAID)
        .correlate(Booking)
        .scalar_subquery()
    )
    paid_for_changes = (
        select(paid)
        .join(child, child.id == Payment.booking_id)
        .where(child.changes_id == Booking.id, Payment.state == PaymentState.PAID)
        .correlate(Booking)
        .scalar_subquery()
    )
    left = func.coalesce(func.sum(Payment.amount - Payment.refunded), 0)
    not_gone_back = (
        select(left)
        .where(paid_for(Booking.id), Payment.state == PaymentState.PAID)
        .correlate(Booking)
        .scalar_subquery()
    )
    came_in = (
        select(CheckInLine.ticket_id, func.sum(CheckInLine.heads).label("heads"))
        .join(CheckIn, CheckIn.id == CheckInLine.check_in_id)
        .where(CheckIn.undone_at.is_(None))
        .group_by(CheckInLine.ticket_id)
        .subquery()
    )
    lines_total = (
        select(func.coalesce(func.sum(VisitDue.amount), 0))
        .where(VisitDue.visit_id == Visit.id)
        .correlate(Visit)
        .scalar_subquery()
    )
    paid_visits, paid_pupils = (
        select(value)
        .join(Visit, Visit.id == VisitDue.visit_id)
        .where(VisitDue.paid_by == Allowance.agreement_id, Visit.year == Allowance.year)
        .correlate(Allowance)
        .scalar_subquery()
        for value in (func.count(VisitDue.id), func.coalesce(func.sum(VisitDue.pupils), 0))
    )
    own = Booking.changes_id.is_(None)
    confirmed = select(Booking.id).where(Booking.state == State.CONFIRMED, own)
    return [
        (
            "I3",
            "payment refunded beyond what was paid or unlike its refunds",
            select(Payment.id)
            .outerjoin(refunds, refunds.c.payment_id == Payment.id)
            .where((Payment.refunded > Payment.amount) | (Payment.refunded != func.coalesce(refunds.c.total, 0))),
        ),
        (
            "I4",
            "payment kept for a booking that is neither confirmed nor cancelled",
            select(Payment.id)
            .join(Booking, Booking.id == Payment.booking_id)
            .where(Payment.state == PaymentState.PAID, Booking.state.not_in((State.CONFIRMED, State.CANCELLED))),
        ),
        (
            "I4",
            "returned payment without its full refund",
            select(Payment.id).where(
                text(UNSETTLED), Payment.state == PaymentState.RETURNED, Payment.refunded != Payment.amount
            ),
        ),
        (
            "I5",
            "tickets unlike what was bought, booking",
            confirmed.outerjoin(admits, admits.c.booking_id == Booking.id)
            .join(bought, bought.c.booking_id == Booking.id)
            .where(func.coalesce(admits.c.total, 0) != bought.c.total),
        ),
        (
            "I5",
            "tickets that count on a booking that does not, booking",
            select(Booking.id).join(admits, admits.c.booking_id == Booking.id).where(Booking.state != State.CONFIRMED),
        ),
        (
            "I6",
            "public booking confirmed without its money, booking",
            confirmed.where(
                Booking.total + Booking.kept_by_rule > paid_itself + paid_for_changes,
                # Bookings that nobody ever began to pay are a school's or a demo's.
                select(Payment.id).where(Payment.booking_id == Booking.id).exists(),
            ),
        ),
        (
            "I6",
            "school visit whose payers do not owe its price, booking",
            select(Booking.id)
            .join(Visit, Visit.booking_id == Booking.id)
            .where(Booking.state.in_((State.PENDING, State.CONFIRMED)), Booking.total != lines_total),
        ),
        (
            "I6",
            "agreement whose allowance is unlike the visits it pays for, allowance",
            select(Allowance.id).where(
                Allowance.holder == "", (Allowance.visits != paid_visits) | (Allowance.pupils != paid_pupils)
            ),
        ),
        (
            "I3",
            "booking of which more comes back late than it costs, booking",
            confirmed.where(
                (Booking.late_total < 0) | (Booking.late_total > Booking.total) | (Booking.kept_by_rule < 0)
            ),
        ),
        (
            "I3",
            "booking of which more waits for a bank than was paid, booking",
            select(Booking.id).where(
                Booking.held_back != 0, (Booking.held_back < 0) | (Booking.held_back > not_gone_back)
            ),
        ),
        (
            "I7",
            "more than one kept payment, booking",
            select(Payment.booking_id).where(text(KEPT_ONCE)).group_by(Payment.booking_id).having(func.count() > 1),
        ),
        ("I8", "ticket that admitted too many", select(Ticket.id).where(Ticket.admitted > Ticket.admits)),
        (
            "I8",
            "ticket unlike its check-ins",
            select(Ticket.id)
            .outerjoin(came_in, came_in.c.ticket_id == Ticket.id)
            .where(Ticket.admitted != func.coalesce(came_in.c.heads, 0)),
        ),
        (
            "I9",
            "code used twice, first ticket",
            select(func.min(Ticket.id)).group_by(Ticket.code).having(func.count() > 1),
        ),
        (
            "I10",
            "confirmation promised more than once, first promise",
            select(func.min(Promise.id))
            .where(Promise.kind == "mail.confirmation")
            .group_by(Promise.about)
            .having(func.count() > 1),
        ),
        (
            "closure",
            "slot open although a closure is left on it, slot",
            select(Slot.id).where(Slot.status != SlotStatus.CANCELLED, is_under_closure()).order_by(Slot.id),
        ),
        (
            "refund",
            "refund done on no payment",
            select(Refund.id)
            .join(Payment, Payment.id == Refund.payment_id)
            .where(
                Refund.state == RefundState.DONE,
                Payment.state.not_in((PaymentState.PAID, PaymentState.RETURNED)),
            ),
        ),
        *reserved.questions(),
        *unkept.questions(),
        *newsletter.questions(),
        *uninvoiced.questions(),
        *reaching.questions(),
        *bank_books.questions(),
        *books_kept.questions(),
        *gift_cards.questions(),
        *annual_passes.questions(),
        *discounts.questions(),
        *discounted.questions(),
        *withdrawals.questions(),
        *receipts_kept.questions(),
    ]
