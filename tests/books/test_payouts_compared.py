"""Payouts held against payments: rows that differ, disputes, and what of ours stands in no payout."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from booking.books.payouts.compare import (
    DisputeStands,
    InNoPayout,
    PayoutFault,
    disputes_in_payouts,
    in_no_payout,
    rows_that_differ,
)
from booking.books.payouts.enter import take_back_payout, take_payout_file
from booking.books.payouts.queries import payouts_entered
from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.payments.models import Payment, PaymentState, Refund, RefundState
from tests.books.keeping import ACTOR, a_paid_booking, gone_back, later
from tests.books.paid_out import line, payout_file
from tests.builders import a_sale

Differs = tuple[str, PayoutFault, int, int | None]


@pytest.fixture
def sale(app: Flask) -> tuple[int, int]:
    _centre, slot, adult = a_sale()
    return slot, adult


def taken(*lines: str) -> None:
    """A file is taken."""
    take_payout_file(payout_file(*lines), the_centre(), ACTOR, clock.now())


def charge_of(payment_id: int) -> str:
    return db.session.get_one(Payment, payment_id).charge_ref or ""


def paid(sale: tuple[int, int]) -> tuple[int, str]:
    """A payment over 210.00, and its name at the provider."""
    _booking, payment_id = a_paid_booking(*sale, 1)
    return payment_id, charge_of(payment_id)


def differing() -> set[Differs]:
    db.session.rollback()
    return {(row.charge, row.fault, row.gross, row.ours) for row in rows_that_differ()}


def missing() -> list[tuple[InNoPayout, str, int]]:
    db.session.rollback()
    return [(row.what, row.ref, row.amount) for row in in_no_payout(the_centre(), clock.now())]


def named(refund_id: int, name: str) -> int:
    """The provider calls a refund so."""
    with unit_of_work():
        db.session.execute(update(Refund).where(Refund.id == refund_id).values(provider_ref=name))
    return refund_id


def test_payments_of_another_sum_of_nobody_or_not_paid_differ(sale: tuple[int, int]) -> None:
    (_right, right), (_short, short), (failed_id, failed) = paid(sale), paid(sale), paid(sale)
    with unit_of_work():
        db.session.execute(update(Payment).where(Payment.id == failed_id).values(state=PaymentState.EXPIRED))
    taken(
        line(charge=right, gross="210.00"), line(charge=short, gross="200.00"), line(charge=failed, gross="210.00"),
        line(charge="pi_nobody", gross="5.00"),
    )  # fmt: skip
    assert differing() == {
        (short, PayoutFault.OTHER_SUM, 20_000, 21_000), (failed, PayoutFault.NOT_PAID, 21_000, 21_000),
        ("pi_nobody", PayoutFault.UNKNOWN, 500, None),
    }  # fmt: skip
    take_back_payout(payouts_entered()[0].payout_id, "Feil fil", the_centre(), ACTOR, clock.now())
    assert differing() == set()


def test_refunds_are_compared_by_their_own_name_and_their_sum(sale: tuple[int, int]) -> None:
    payment, charge = paid(sale)
    named(gone_back(payment, 1000), "re_right")
    named(gone_back(payment, 2000), "re_other")
    named(gone_back(payment, 3000, RefundState.REQUESTED), "re_waits")
    taken(
        line(kind="refund", charge=charge, item="re_right", gross="-10.00"),
        line(kind="refund", charge=charge, item="re_other", gross="-20.50"),
        line(kind="refund", charge=charge, item="re_waits", gross="-30.00"),
        line(kind="refund", charge=charge, item="re_nobody", gross="-40.00"),
        line(kind="refund", charge="pi_nobody", gross="-50.00"),
        line(gross="500.00", charge=charge),
    )
    assert differing() == {
        ("re_other", PayoutFault.OTHER_REFUND, -2050, -2000), ("re_waits", PayoutFault.NO_REFUND, -3000, -3000),
        ("re_nobody", PayoutFault.NO_REFUND, -4000, None), ("pi_nobody", PayoutFault.NO_REFUND, -5000, None),
        (charge, PayoutFault.OTHER_SUM, 50_000, 21_000),
    }  # fmt: skip


@pytest.mark.parametrize("item", ["", "re_by_hand"])
def test_a_refund_whose_name_nobody_has_told_us_is_found_by_its_payment_and_sum(
    sale: tuple[int, int], item: str
) -> None:
    payment, charge = paid(sale)
    gone_back(payment, 1000)
    taken(
        line(charge=charge, gross="210.00"), line(kind="refund", charge=charge, item=item, gross="-10.00"),
    )  # fmt: skip
    assert (differing(), missing()) == (set(), [])


def test_a_refund_that_did_not_arrive_differs_until_it_has_failed_here_too(sale: tuple[int, int]) -> None:
    payment, charge = paid(sale)
    refund = named(gone_back(payment, 1000), "re_1")
    taken(
        line(charge=charge, gross="210.00"),
        line(kind="refund", charge=charge, item="re_1", gross="-10.00"),
        line(kind="refund_failure", charge=charge, item="re_1", gross="10.00"),
    )
    assert differing() == {("re_1", PayoutFault.CAME_BACK, 1000, 1000)}
    with unit_of_work():
        db.session.execute(update(Refund).where(Refund.id == refund).values(state=RefundState.FAILED, done_at=None))
    assert differing() == set()


def test_what_is_neither_a_payment_nor_a_refund_is_shown(sale: tuple[int, int]) -> None:
    taken(line(kind="other_adjustment", charge="", gross="-7.00"), line(kind="fee", charge="", gross="-9.00"))
    assert differing() == {("other_adjustment", PayoutFault.NOTHING_OF_OURS, -700, None)}


def test_disputes_are_shown_with_how_they_stand_here(sale: tuple[int, int]) -> None:
    (lost_id, lost), (open_id, still_open) = paid(sale), paid(sale)
    with unit_of_work():
        db.session.execute(update(Payment).where(Payment.id == open_id).values(disputed_at=clock.now()))
        values = {"disputed_at": clock.now(), "lost_at": clock.now()}
        db.session.execute(update(Payment).where(Payment.id == lost_id).values(values))
    taken(
        line(charge=lost, gross="210.00"), line(charge=still_open, gross="210.00"),
        line(kind="dispute", charge=lost, gross="-210.00", fee="150.00"),
        line(kind="dispute", charge=still_open, gross="-210.00"),
        line(kind="dispute_reversal", charge="pi_nobody", gross="5.00"),
    )  # fmt: skip
    assert [(row.charge, row.gross, row.charges, row.stands) for row in disputes_in_payouts()] == [
        ("pi_nobody", 500, 0, DisputeStands.NOT_KNOWN), (still_open, -21_000, 0, DisputeStands.OPEN),
        (lost, -21_000, 15_000, DisputeStands.LOST),
    ]  # fmt: skip
    assert differing() == set()


def paid_after(hours: int, sale: tuple[int, int]) -> tuple[int, str]:
    """Paid so many hours from now."""
    payment_id, charge = paid(sale)
    with unit_of_work():
        at = clock.now() + timedelta(hours=hours)
        db.session.execute(update(Payment).where(Payment.id == payment_id).values(paid_at=at))
    return payment_id, charge


def test_what_was_paid_and_paid_back_within_the_time_of_the_files_and_stands_in_none_is_shown(
    sale: tuple[int, int],
) -> None:
    _before, (_one, first), (passed, forgotten), (_two, last), _after = (paid_after(hour, sale) for hour in range(5))
    _booking, in_till = a_paid_booking(*sale, 1, "till")
    assert missing() == []
    for refund in (named(gone_back(passed, 500), "re_forgotten"), gone_back(in_till, 700)):
        with unit_of_work():
            at = clock.now() + timedelta(hours=2)
            db.session.execute(update(Refund).where(Refund.id == refund).values(done_at=at))
    taken(line(charge=first, gross="210.00"), line("po_2", on=clock.now().date(), charge=last, gross="210.00"))
    assert missing() == [(InNoPayout.REFUND, "re_forgotten", 500), (InNoPayout.PAYMENT, forgotten, 21_000)]
    taken(
        line("po_3", charge=forgotten, gross="210.00"), line("po_3", kind="refund", item="re_forgotten", gross="-5.00")
    )
    assert missing() == []
    with later(500):
        assert missing() == []
