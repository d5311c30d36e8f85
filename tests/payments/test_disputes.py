"""The payer's bank asks for the money back: what waits for it goes by itself if we win, and never if we lose."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select

from booking import person
from booking.bookings.hold import Hold
from booking.bookings.models import Booking
from booking.kernel import clock
from booking.kernel.database import db, end_reading, unit_of_work
from booking.mail import messages
from booking.payments import disputes, refunds, webhook
from booking.payments.give_back import refundable
from booking.payments.models import RefundState
from booking.payments.provider import Disputed, DisputeStanding, RefundOrder, RefundStanding
from booking.payments.sweep import sweep
from booking.person import KeepReason
from booking.reports.all import REPORTS
from booking.reports.figures import ReportRequest, make
from booking.reports.period import Against
from booking.running.worker import run_once
from booking.settings import settings_of
from booking.staff.models import Role
from tests.builders import a_sale
from tests.payments.buying import (
    a_basket,
    a_basket_at,
    a_paid_booking,
    an_increase,
    begin,
    cancel_booking,
    change_to,
    paid_in_two,
    payment_of,
    promised,
    refunds_of,
    send_refunds,
    write_refunds,
)
from tests.payments.conftest import Travel
from tests.payments.test_refunds import noted, take_events
from tests.payments.watched import Watched
from tests.reports.test_net_value import a_year
from tests.stripe_double.client import Double
from tests.web.browsing import words
from tests.web.staffing import a_colleague


@pytest.fixture
def decide(stripe: Watched, double: Double) -> Callable[[str, str], None]:
    """The bank decides on a dispute, and we hear of it."""

    def so(dispute: str, status: str) -> None:
        double.pull("close-dispute", dispute=dispute, status=status)
        take_events(stripe)

    return so


def held_back(held: Hold) -> int:
    """What waits for the bank."""
    end_reading()
    held_back = db.session.scalar(select(Booking.held_back).where(Booking.id == held.booking_id)) or 0
    end_reading()
    return held_back


def a_dispute(stripe: Watched, double: Double, held: Hold) -> str:
    """The payer asks the bank for the money, and we have heard of it."""
    dispute = double.pull("dispute", payment_intent=payment_of(held.booking_id).charge_ref)
    take_events(stripe)
    return str(dispute["id"])


def sent(held: Hold) -> list[tuple[int, RefundState]]:
    """What went back."""
    return [(refund.amount, refund.state) for refund in refunds_of(held.booking_id)]


def events_of(double: Double, payment_intent: str | None, status: str) -> dict[str, dict[str, Any]]:
    """What Stripe tells of a dispute from its beginning to its end, in the shape of its events."""
    dispute = double.pull("dispute", payment_intent=payment_intent)
    end = double.pull("close-dispute", dispute=dispute["id"], status=status)
    told = {"created": dispute, "funds_withdrawn": dispute, "closed": end}
    return {
        name: {"id": f"evt_{name}", "type": f"charge.dispute.{name}", "data": {"object": about}}
        for name, about in told.items()
    }


@pytest.mark.parametrize("order", list(permutations(["created", "funds_withdrawn", "closed"])), ids=" ".join)
@pytest.mark.parametrize("end", ["won", "lost"])
def test_whatever_order_news_of_a_dispute_come_in_its_end_stands(
    stripe: Watched, double: Double, order: tuple[str, ...], end: str
) -> None:
    held = a_basket()
    events = events_of(double, a_paid_booking(double, held).charge_ref, end)
    for name in order:
        assert webhook.receive(events[name])
    payment = payment_of(held.booking_id)
    assert ((payment.disputed_at is not None), (payment.lost_at is not None)) == (end == "lost", end == "lost")
    assert refundable(held.booking_id) == (42000 if end == "won" else 0)
    assert len(noted("charge.dispute.created")) == 1


def test_a_second_dispute_of_the_same_payment_is_one_of_its_own(
    stripe: Watched, double: Double, decide: Callable[[str, str], None]
) -> None:
    held = a_basket()
    a_paid_booking(double, held)
    decide(a_dispute(stripe, double, held), "won")
    a_dispute(stripe, double, held)
    assert payment_of(held.booking_id).disputed_at is not None


def test_what_was_promised_before_a_dispute_waits_and_goes_when_it_is_won(
    app: Flask, stripe: Watched, double: Double, travel: Travel, decide: Callable[[str, str], None]
) -> None:
    held = a_basket()
    a_paid_booking(double, held)
    cancel_booking(held)
    dispute = a_dispute(stripe, double, held)
    send_refunds()
    travel(timedelta(minutes=11))
    sweep(clock.now())
    assert (sent(held), promised("mail.refund_failed")) == ([(42000, RefundState.REQUESTED)], [])
    assert double.requests("POST", "/v1/refunds") == []
    decide(dispute, "won")
    run_once(app)
    assert sent(held) == [(42000, RefundState.DONE)]


def test_a_refund_that_is_faster_than_the_news_of_a_dispute_waits_too(
    app: Flask, stripe: Watched, double: Double, decide: Callable[[str, str], None]
) -> None:
    held = a_basket()
    payment = a_paid_booking(double, held)
    cancel_booking(held)
    dispute = double.pull("dispute", payment_intent=payment.charge_ref)
    send_refunds()
    assert sent(held) == [(42000, RefundState.REQUESTED)]
    assert payment_of(held.booking_id).disputed_at is not None
    decide(str(dispute["id"]), "won")
    run_once(app)
    assert sent(held) == [(42000, RefundState.DONE)]


def test_what_was_promised_before_a_dispute_that_is_lost_is_never_sent(
    app: Flask, stripe: Watched, double: Double, decide: Callable[[str, str], None]
) -> None:
    held = a_basket()
    a_paid_booking(double, held)
    cancel_booking(held)
    decide(a_dispute(stripe, double, held), "lost")
    run_once(app)
    assert (sent(held), double.requests("POST", "/v1/refunds")) == ([(42000, RefundState.FAILED)], [])
    (refund,) = refunds_of(held.booking_id)
    with unit_of_work():
        assert not refunds.retry(refund.id, "account:1")


def test_money_given_up_while_the_bank_holds_it_goes_by_itself_when_it_is_won(
    app: Flask, stripe: Watched, double: Double, decide: Callable[[str, str], None]
) -> None:
    held = a_basket()
    a_paid_booking(double, held)
    dispute = a_dispute(stripe, double, held)
    cancel_booking(held)
    assert (sent(held), held_back(held)) == ([], 42000)
    decide(dispute, "won")
    run_once(app)
    assert (sent(held), held_back(held)) == ([(42000, RefundState.DONE)], 0)
    assert [about["refund"] for about in promised("mail.refund")] == [42000]
    assert noted("refund.after_dispute") == [{"amount": 42000}]


def test_money_given_up_while_the_bank_holds_it_is_never_sent_when_it_is_lost(
    app: Flask, stripe: Watched, double: Double, decide: Callable[[str, str], None]
) -> None:
    held = a_basket()
    a_paid_booking(double, held)
    dispute = a_dispute(stripe, double, held)
    cancel_booking(held)
    office = a_colleague(app, Role.FINANCE)
    page = f"/staff/bookings/{held.booking_id}"
    assert "NOK 420 waits for the buyer's bank" in words(office.get(page))
    decide(dispute, "lost")
    run_once(app)
    assert (sent(held), promised("mail.refund"), write_refunds()) == ([], [], [])
    shown = words(office.get(page))
    assert "The bank has given the buyer their money: NOK 420 that waited for it is not paid back by us." in shown
    assert "lost to the bank" in shown
    assert "Banken din har gitt deg 420 kr tilbake." in words(office.get(f"/nb/b/{held.secret}"))


def test_of_two_payments_only_what_the_bank_holds_waits(
    stripe: Watched, double: Double, decide: Callable[[str, str], None]
) -> None:
    _, slot, adult = a_sale(price=10000)
    held = a_basket_at(slot, adult, 5)
    a_paid_booking(double, held)
    dispute = a_dispute(stripe, double, held)
    extra = an_increase(held, slot, adult, 7)
    a_paid_booking(double, extra)
    cancel_booking(held)
    send_refunds()
    assert (sent(held), held_back(held)) == ([(20000, RefundState.DONE)], 50000)
    decide(dispute, "won")
    send_refunds()
    assert (sent(held), held_back(held)) == ([(20000, RefundState.DONE), (50000, RefundState.DONE)], 0)


def test_of_two_payments_the_one_that_no_bank_holds_goes_back_though_the_other_came_later(
    stripe: Watched, double: Double, decide: Callable[[str, str], None]
) -> None:
    held, extra = paid_in_two(double, 5, 7)
    dispute = a_dispute(stripe, double, extra)
    cancel_booking(held)
    send_refunds()
    assert (sent(held), held_back(held)) == ([(50000, RefundState.DONE)], 20000)
    decide(dispute, "won")
    send_refunds()
    assert (sent(held), held_back(held)) == ([(50000, RefundState.DONE), (20000, RefundState.DONE)], 0)


def test_what_the_booking_still_costs_is_not_sent_before_another_bank_has_decided(
    stripe: Watched, double: Double, decide: Callable[[str, str], None]
) -> None:
    _, slot, adult = a_sale(price=10000)
    held = a_basket_at(slot, adult, 5)
    a_paid_booking(double, held)
    extra = an_increase(held, slot, adult, 7)
    of_first, of_extra = a_dispute(stripe, double, held), ""
    a_paid_booking(double, extra)
    of_extra = a_dispute(stripe, double, extra)
    change_to(held, slot, adult, 5)
    decide(of_extra, "won")
    assert (sent(held), held_back(held)) == ([], 20000)
    decide(of_first, "lost")
    assert (sent(held), held_back(held)) == ([], 20000)


def test_a_dispute_about_something_that_was_not_paid_here_touches_nobody(stripe: Watched, double: Double) -> None:
    held = a_basket()
    begin(held)
    about = {"id": "du_of_the_shop", "payment_intent": None, "status": "needs_response"}
    for kind in ("created", "closed"):
        event = {"id": f"evt_{kind}", "type": f"charge.dispute.{kind}", "data": {"object": about | {"status": "lost"}}}
        assert webhook.receive(webhook.read(json.dumps(event).encode()))
    payment = payment_of(held.booking_id)
    assert (payment.disputed_at, payment.lost_at) == (None, None)
    assert noted("charge.dispute.created") == []


def test_what_the_bank_gave_the_payer_is_nothing_that_we_still_owe(
    app: Flask, stripe: Watched, double: Double, decide: Callable[[str, str], None]
) -> None:
    held = a_basket()
    a_paid_booking(double, held)
    cancel_booking(held)
    decide(a_dispute(stripe, double, held), "lost")
    assert sent(held) == [(42000, RefundState.FAILED)]
    page = words(app.test_client().get(f"/en/b/{held.secret}"))
    assert "Your bank has given you NOK 420 back" in page
    assert "could not be paid back" not in page
    office = a_colleague(app, Role.FINANCE)
    staff_page = words(office.get(f"/staff/bookings/{held.booking_id}"))
    assert "Money back: given by the buyer's bank instead" in staff_page
    assert "Money back: Failed" not in staff_page
    assert "NOK 420 · Failed" not in staff_page
    with app.test_request_context(), force_locale("en_GB"):
        sheet = make(REPORTS["money"], ReportRequest(a_year(), "en"), Against.NOTHING)
    told = {row[0]: row[1] for row in sheet.rows}
    assert (told["Refunds that have failed"], told["Refunds given by the buyer's bank instead"]) == (0, 1)
    start = a_colleague(app, Role.ADMIN).browser.get("/staff/").get_data(as_text=True)
    assert f"/refund/{refunds_of(held.booking_id)[0].id}/again" not in start
    (refund,) = refunds_of(held.booking_id)
    assert messages.write("mail.refund_failed", 1, {"refund_id": refund.id}, settings_of(app)) is None
    assert KeepReason.MONEY not in [stay.why for stay in person.find("kari@example.org", clock.now()).stays]


def test_refunds_that_wait_for_a_bank_do_not_stand_in_the_way_of_others(
    stripe: Watched, double: Double, travel: Travel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("booking.payments.sweep.MOST", 1)
    _, slot, adult = a_sale(10, 21000)
    disputed, other = a_basket_at(slot, adult), a_basket_at(slot, adult)
    for held in (disputed, other):
        a_paid_booking(double, held)
        cancel_booking(held)
    a_dispute(stripe, double, disputed)
    travel(timedelta(minutes=11))
    sweep(clock.now())
    assert sent(other) == [(42000, RefundState.DONE)]
    assert sent(disputed) == [(42000, RefundState.REQUESTED)]


def test_a_refund_that_is_refused_just_before_we_hear_that_the_dispute_is_won_goes_at_the_next_round(
    stripe: Watched, double: Double, travel: Travel, monkeypatch: pytest.MonkeyPatch, decide: Callable[[str, str], None]
) -> None:
    held = a_basket()
    payment = a_paid_booking(double, held)
    cancel_booking(held)
    real = stripe.real.refund

    def refused_at_the_last_moment(order: RefundOrder) -> RefundStanding:
        """The bank still holds it; before we write that down it has decided, and we have heard of it."""
        dispute = double.pull("dispute", payment_intent=payment.charge_ref)
        with pytest.raises(Disputed):
            real(order)
        decide(str(dispute["id"]), "won")
        raise Disputed("charged back")

    monkeypatch.setattr(stripe.real, "refund", refused_at_the_last_moment)
    send_refunds()
    monkeypatch.undo()
    assert payment_of(held.booking_id).disputed_at is None
    travel(timedelta(minutes=11))
    sweep(clock.now())
    assert sent(held) == [(42000, RefundState.DONE)]


def test_what_was_said_of_a_dispute_before_it_was_won_and_is_written_after_it_holds_nothing(
    stripe: Watched, double: Double, monkeypatch: pytest.MonkeyPatch, decide: Callable[[str, str], None]
) -> None:
    held = a_basket()
    charge = a_paid_booking(double, held).charge_ref or ""
    dispute = str(double.pull("dispute", payment_intent=charge)["id"])
    real = stripe.real.disputes_of

    def slow(charge_ref: str) -> Mapping[str, DisputeStanding]:
        """Another process hears of the end between the question and its answer."""
        monkeypatch.setattr(stripe.real, "disputes_of", real)
        answer = real(charge_ref)
        decide(dispute, "won")
        return answer

    monkeypatch.setattr(stripe.real, "disputes_of", slow)
    disputes.follow(charge)
    assert payment_of(held.booking_id).disputed_at is None


@pytest.mark.parametrize("end", ["won", "lost"])
def test_of_two_disputes_of_one_payment_the_last_one_decides(
    app: Flask, stripe: Watched, double: Double, decide: Callable[[str, str], None], end: str
) -> None:
    held = a_basket()
    a_paid_booking(double, held)
    cancel_booking(held)
    first, second = a_dispute(stripe, double, held), a_dispute(stripe, double, held)
    decide(first, "won")
    run_once(app)
    assert payment_of(held.booking_id).disputed_at is not None
    assert (sent(held), double.requests("POST", "/v1/refunds")) == ([(42000, RefundState.REQUESTED)], [])
    decide(second, end)
    run_once(app)
    assert sent(held) == [(42000, RefundState.DONE if end == "won" else RefundState.FAILED)]
    assert (payment_of(held.booking_id).lost_at is not None) == (end == "lost")


def test_a_bank_that_only_asks_holds_nothing(
    stripe: Watched, double: Double, decide: Callable[[str, str], None]
) -> None:
    held = a_basket()
    a_paid_booking(double, held)
    decide(str(double.pull("dispute", payment_intent=payment_of(held.booking_id).charge_ref)["id"]), "warning_closed")
    assert payment_of(held.booking_id).disputed_at is None
