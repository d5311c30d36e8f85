"""What is paid for a card, and what a card pays, has its receipt like any other money; the books agree."""

from __future__ import annotations

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from booking.centre.facts import the_centre
from booking.centre.wording import Wording
from booking.documents.looks import plain_look
from booking.kernel.database import db, end_reading
from booking.payments import pay
from booking.payments.fulfil import fulfil
from booking.receipts.issue import issue
from booking.receipts.models import PaymentReceipt
from booking.receipts.paper import ReceiptPaper, receipt_paper
from booking.running.check import breaches
from tests.gift_cards.given import an_order, pay_by, sell_cards, sent
from tests.payments.buying import a_basket, begin, cancel_booking, payment_of, ref_of
from tests.payments.watched import Watched
from tests.receipts.given import documents
from tests.stripe_double.client import Double

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_sale_a_mixed_payment_and_money_back_have_their_receipts(stripe: Watched, double: Double) -> None:
    held = a_basket(quantity=3, price=20_000)
    sell_cards()
    order = an_order()
    pay.begin(order)
    payment = payment_of(order)
    double.pay(ref_of(payment))
    fulfil(payment.id)
    _card_id, code = sent(order)
    pay_by(held.booking_id, code)
    rest = begin(held)
    double.pay(ref_of(rest))
    fulfil(rest.id)
    issue(order)
    issue(held.booking_id)
    assert _amounts(order) == [50_000]
    (sale,) = documents(held.booking_id)
    assert (sale.amount, [line.total for line in sale.lines], sale.rest) == (60_000, [60_000], 0)
    assert _ways(held.booking_id) == [("With a gift card", "500.00"), ("By card or account, online", "100.00")]
    assert _rest(order) == "Gift card"
    cancel_booking(held)
    issue(held.booking_id)
    assert sum(_amounts(held.booking_id)) == 0
    assert {back.corrects for back in documents(held.booking_id)[1:]} == {sale.number}
    end_reading()
    assert breaches() == []


def _rest(booking_id: int) -> str:
    """What makes the lines of its one receipt come to its sum, in words."""
    return _paper(booking_id).lines[-1].text


def _ways(booking_id: int) -> list[tuple[str, str]]:
    """How its first receipt says that it was paid."""
    return list(_paper(booking_id).ways)


def _paper(booking_id: int) -> ReceiptPaper:
    centre = the_centre()
    with force_locale("en"):
        receipt = documents(booking_id)[0]
        return receipt_paper(receipt, None, plain_look(centre.brand), Wording.of("en", centre))


def _amounts(booking_id: int) -> list[int]:
    end_reading()
    query = select(PaymentReceipt.amount).where(PaymentReceipt.booking_id == booking_id).order_by(PaymentReceipt.id)
    amounts = list(db.session.scalars(query))
    end_reading()
    return amounts
