"""Whatever a buyer and the office do in whatever order, and whenever the worker comes: receipts add up to the øre."""

from __future__ import annotations

from contextlib import suppress

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from booking.bookings.basket import Pick
from booking.bookings.change import cancel, change
from booking.bookings.confirm import confirm
from booking.bookings.hold import Hold
from booking.catalogue.models import Kind
from booking.centre.facts import CentreFacts
from booking.kernel import clock
from booking.kernel.codes import new_secret
from booking.kernel.database import db, unit_of_work
from booking.kernel.money import spread, vat_in
from booking.kernel.refusals import Refusal
from booking.payments.give_back import give_back
from booking.payments.models import Payment, PaymentState
from booking.receipts.document import ReceiptLine, changed, taxed
from booking.receipts.issue import issue
from booking.receipts.models import PaymentReceipt
from booking.running.check import breaches
from tests.builders import (
    a_confirmed_booking,
    a_sale,
    a_slot,
    a_ticket_type,
    an_activity,
    paid_for,
    tomorrow,
)
from tests.conftest import empty_database

MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("become"), st.integers(1, 4), st.integers(0, 3)),
        st.tuples(st.just("goodwill"), st.integers(1, 20_000), st.just(0)),
        st.tuples(st.just("worker"), st.just(0), st.just(0)),
        st.tuples(st.just("cancel"), st.just(0), st.just(0)),
    ),
    max_size=6,
)


def do(what: str, more: int, seats: int, booking_id: int, centre: CentreFacts, picks: tuple[Pick, Pick]) -> None:
    """One thing that happens; what the rules refuse does not."""
    entry, seat = picks
    if what == "worker":
        issue(booking_id)
    elif what == "goodwill":
        with unit_of_work():
            give_back(booking_id, more, "Strømmen gikk", new_secret(), "account:1")
    elif what == "cancel":
        with unit_of_work():
            cancel(booking_id, centre=centre, now=clock.now())
    else:
        wanted = [Pick(entry.slot_id, entry.ticket_type_id, more)]
        wanted += [Pick(seat.slot_id, seat.ticket_type_id, min(seats, more))] if seats else []
        with unit_of_work():
            made = change(booking_id, wanted, centre=centre, now=clock.now())
        if isinstance(made, Hold):
            with unit_of_work():
                confirm(made.booking_id, clock.now())
            paid_for(made)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(moves=MOVES)
def test_in_any_order_numbers_have_no_gap_and_sums_are_those_of_the_payments(
    app: Flask, moves: list[tuple[str, int, int]]
) -> None:
    db.session.rollback()
    empty_database()
    centre, slot, adult = a_sale(price=21000, capacity=500, late_refund_percent=50)
    show = an_activity(Kind.SHOW, title="Show", needs_admission=True)
    seat, eleven = a_ticket_type(show, 3333, "Plass", vat_rate=2500), a_slot(show, starts_at=tomorrow(11))
    booking_id = paid_for(a_confirmed_booking(slot, adult, 2)).booking_id
    for what, more, seats in moves:
        with suppress(Refusal):
            do(what, more, seats, booking_id, centre, (Pick(slot, adult, 1), Pick(eleven, seat, 1)))
    issue(booking_id)
    kept = select(func.sum(Payment.amount - Payment.refunded)).where(Payment.state == PaymentState.PAID)
    on_receipts = select(func.sum(PaymentReceipt.amount))
    assert db.session.scalar(on_receipts) == db.session.scalar(kept)
    assert [breach for breach in breaches() if "receipts" in breach] == []


LINES = st.lists(
    st.tuples(st.integers(1, 5), st.integers(0, 30_000), st.sampled_from((0, 1200, 1500, 2500))), min_size=1, max_size=4
)


def as_lines(rows: list[tuple[int, int, int]]) -> tuple[ReceiptLine, ...]:
    """Lines of so many, at such a price and rate."""
    return tuple(
        ReceiptLine(n, n, price, rate, quantity, quantity, "Inngang", "onsdag", "Voksen")
        for n, (quantity, price, rate) in enumerate(rows)
    )


@given(stages=st.lists(st.tuples(LINES, st.integers(0, 200_000)), min_size=1, max_size=5))
def test_the_vat_of_all_receipts_is_that_of_what_is_kept_of_the_lines_there_are(
    stages: list[tuple[list[tuple[int, int, int]], int]],
) -> None:
    """Rate by rate, whatever was said before: each receipt says what has changed since."""
    on_receipts: dict[int, tuple[int, int]] = {}
    for rows, kept in stages:
        lines = as_lines(rows)
        for share in taxed(kept, lines, on_receipts):
            gross, tax = on_receipts.get(share.rate, (0, 0))
            on_receipts[share.rate] = gross + share.gross, tax + share.tax
        parts = spread(kept, [line.total for line in lines])
        wanted = {line.vat_rate: 0 for line in lines}
        for line, part in zip(lines, parts, strict=True):
            wanted[line.vat_rate] += part
        if not sum(parts):
            wanted = {0: kept}
        for rate, (gross, tax) in on_receipts.items():
            assert gross == wanted.get(rate, 0)
            assert tax == vat_in(gross, rate)
        assert sum(gross for gross, _tax in on_receipts.values()) == kept


@given(before=LINES, after=LINES)
def test_what_was_bought_and_what_was_given_up_are_the_same_the_other_way(
    before: list[tuple[int, int, int]], after: list[tuple[int, int, int]]
) -> None:
    was, becomes = as_lines(before), as_lines(after)
    bought, given_up = changed(was, becomes, back=False), changed(was, becomes, back=True)
    worth = sum(line.total for line in becomes) - sum(line.total for line in was)
    assert sum(line.total for line in bought) == worth == -sum(line.total for line in given_up)
    assert all(line.quantity for line in (*bought, *given_up))
