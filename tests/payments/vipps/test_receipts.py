"""What gift cards and Vipps have paid together has one receipt, of the day of sale, however late the money is taken."""

from __future__ import annotations

from datetime import timedelta

from booking.bookings.hold import Hold
from booking.kernel import clock
from booking.kernel.database import end_reading
from booking.payments.fulfil import fulfil
from booking.payments.sweep import sweep
from booking.receipts.document import Receipt, ReceiptKind
from booking.receipts.issue import issue
from booking.running.check import breaches
from booking.running.upkeep import keep_house
from tests.gift_cards.given import a_card, pay_by, sell_cards
from tests.payments.buying import a_basket, cancel_booking, ref_of
from tests.payments.vipps.conftest import InUse, Travel
from tests.payments.vipps.paying import begin, keep_refunds
from tests.receipts.given import documents, numbers
from tests.vipps_double.client import Vipps

CARD, IN_ALL = 30_000, 42_000


def bought(vipps: Vipps) -> tuple[Hold, str]:
    """Two places, of which two cards have paid a part and Vipps the rest, and how Vipps calls that."""
    held = a_basket()
    sell_cards()
    for amount in (CARD - 10_000, 10_000):
        pay_by(held.booking_id, a_card(amount)[1])
    rest = begin(held)
    vipps.answer(ref_of(rest))
    fulfil(rest.id)
    return held, ref_of(rest)


def given(held: Hold) -> list[Receipt]:
    """All receipts of it, once the worker has come."""
    issue(held.booking_id)
    end_reading()
    receipts = documents(held.booking_id)
    end_reading()
    return receipts


def ways(receipt: Receipt) -> list[tuple[str, int]]:
    """How it was paid."""
    return [(way.provider, way.amount) for way in receipt.ways]


def test_one_receipt_names_both_ways_and_keeps_the_number_and_the_day_of_the_sale(
    in_use: InUse, vipps: Vipps, travel: Travel
) -> None:
    in_use(at_once=False)
    held, ref = bought(vipps)
    sold_on = clock.now()
    (sale,) = given(held)
    assert ways(sale) == [("gift_card", CARD), ("vipps", IN_ALL - CARD)]
    assert (sale.amount, sale.rest, sum(line.total for line in sale.lines)) == (IN_ALL, 0, IN_ALL)
    travel(timedelta(days=5))
    sweep(clock.now())  # the morning of the visit has come: it is taken
    keep_house(clock.now())
    assert vipps.money(ref) == (IN_ALL - CARD, 0, 0)
    assert given(held) == [sale]
    assert sale.on == sold_on.date()
    assert [number for number in numbers() if number == sale.number] == [sale.number]
    end_reading()
    assert breaches() == []


def test_what_goes_back_on_either_way_names_the_one_receipt(in_use: InUse, vipps: Vipps) -> None:
    in_use(at_once=False)
    held, ref = bought(vipps)
    cancel_booking(held)
    keep_refunds()
    sale, *back = given(held)
    assert vipps.money(ref) == (0, IN_ALL - CARD, 0)
    assert {receipt.kind for receipt in back} == {ReceiptKind.REFUND}
    assert {receipt.corrects for receipt in back} == {sale.number}
    assert sum(receipt.amount for receipt in back) == IN_ALL
    assert sorted({way.provider for receipt in back for way in receipt.ways}) == ["gift_card", "vipps"]
    issued = sorted(int(number.split("-")[1]) for number in numbers())
    assert issued == list(range(1, len(issued) + 1))
    end_reading()
    assert breaches() == []
