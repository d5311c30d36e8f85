"""What Vipps refuses or does not answer sensibly: no money is forgotten, and nobody's stands in another's way."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from booking.centre.facts import the_centre
from booking.kernel import clock, log
from booking.kernel.database import db, end_reading, unit_of_work
from booking.mail import messages
from booking.payments import refunds
from booking.payments.models import Capture, CaptureState, Refund, RefundState
from booking.payments.provider import CaptureOrder, RefundStanding, Unreachable
from booking.payments.reserved.capture import take
from booking.payments.reserved.queries import failing
from booking.payments.sweep import sweep
from booking.payments.vipps import news
from booking.running.check import breaches
from booking.settings import settings_of
from tests.payments.buying import a_basket, payment_of, promised, ref_of, refunds_of
from tests.payments.vipps.conftest import InUse, Travel
from tests.payments.vipps.paying import approved, capture_of, give, keep_captures, keep_refunds, taken
from tests.payments.watched import Watched
from tests.vipps_double.client import Vipps


def test_what_was_taken_is_not_lost_when_the_rest_cannot_be_let_go_of(
    offered: Watched, vipps: Vipps, travel: Travel
) -> None:
    payment = approved(vipps, a_basket())
    vipps.fault("400", path="/cancel$", times=99)
    give(payment, 12000)
    keep_refunds()
    assert vipps.money(ref_of(payment)) == (30000, 0, 0)
    assert capture_of(payment.id) == (CaptureState.DECIDED, 30000)
    travel(timedelta(days=6))
    for _ in range(2):
        sweep(clock.now())
    payment = payment_of(payment.booking_id)
    assert (payment.lost_at, capture_of(payment.id)) == (None, (CaptureState.DONE, 30000))
    assert [refund.state for refund in refunds_of(payment.booking_id)] == [RefundState.REQUESTED]
    travel(timedelta(days=2))
    sweep(clock.now())
    assert [refund.state for refund in refunds_of(payment.booking_id)] == [RefundState.DONE]
    assert vipps.money(ref_of(payment)) == (30000, 12000, 0)


@pytest.mark.parametrize("what", ["400", "409"])
def test_a_first_try_that_comes_late_and_is_refused_once_is_not_the_last(
    in_use: InUse, vipps: Vipps, travel: Travel, what: str
) -> None:
    in_use(at_once=False)
    payment = approved(vipps, a_basket())
    travel(timedelta(days=5, minutes=5))
    vipps.fault(what, path="/capture$")
    sweep(clock.now())
    assert payment_of(payment.booking_id).lost_at is None
    travel(timedelta(minutes=30))
    sweep(clock.now())
    assert capture_of(payment.id) == (CaptureState.DONE, 42000)


def test_what_is_refused_until_its_time_is_over_is_lost(offered: Watched, vipps: Vipps, travel: Travel) -> None:
    payment = approved(vipps, a_basket())
    vipps.fault("400", path="/capture$", times=99)
    for _ in range(3):
        take(payment.id)
    assert payment_of(payment.booking_id).lost_at is None
    travel(timedelta(days=6))
    sweep(clock.now())
    assert payment_of(payment.booking_id).lost_at is not None
    assert capture_of(payment.id) == (CaptureState.LAPSED, 42000)


def test_a_failed_refund_of_what_staff_let_go_of_by_hand_is_settled(offered: Watched, vipps: Vipps) -> None:
    payment = approved(vipps, a_basket())
    vipps.fault("400", path="/capture$")
    take(payment.id)
    give(payment, 42000)
    with unit_of_work():
        db.session.execute(update(Refund).values(state=RefundState.FAILED))
    vipps.by_hand("cancel", ref_of(payment))
    assert take(payment.id) is CaptureState.DONE
    assert [refund.state for refund in refunds_of(payment.booking_id)] == [RefundState.DONE]
    assert payment_of(payment.booking_id).refunded == 42000


def test_one_payment_that_cannot_be_worked_on_keeps_no_other_waiting(
    offered: Watched, vipps: Vipps, travel: Travel, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, other = approved(vipps, a_basket()), approved(vipps, a_basket())
    whole = offered.real.capture

    def capture(order: CaptureOrder) -> int:
        if order.payment_ref == broken.provider_ref:
            raise ArithmeticError("Kari Nordmann")
        return whole(order)

    monkeypatch.setattr(offered.real, "capture", capture)
    lines: list[str] = []
    monkeypatch.setattr(log, "write", lambda event, **facts: lines.append(f"{event} {facts}"))
    travel(timedelta(minutes=3))
    sweep(clock.now())
    assert capture_of(other.id) == (CaptureState.DONE, 42000)
    assert [line for line in lines if "payments.broke" in line and "ArithmeticError" in line]
    assert "Nordmann" not in str(lines)


def test_a_refund_asked_for_while_taking_is_refused_is_sent_once_it_is_taken(
    offered: Watched, vipps: Vipps, travel: Travel
) -> None:
    payment = approved(vipps, a_basket())
    vipps.fault("400", path="/capture$", times=2)
    take(payment.id)
    give(payment, 42000)
    keep_refunds()
    assert [refund.state for refund in refunds_of(payment.booking_id)] == [RefundState.REQUESTED]
    assert promised("mail.refund_failed") == []
    for _ in range(2):
        travel(timedelta(hours=1))
        sweep(clock.now())
    assert [refund.state for refund in refunds_of(payment.booking_id)] == [RefundState.DONE]
    assert vipps.money(ref_of(payment)) == (42000, 0, 42000)


def test_the_sweep_tries_no_oftener_because_a_refund_waits_too(offered: Watched, vipps: Vipps, travel: Travel) -> None:
    payment = approved(vipps, a_basket())
    vipps.fault("400", path="/capture$", times=99)
    give(payment, 12000)
    keep_refunds()
    for minutes, tries in ((11, 1), (3, 2), (10, 2)):
        travel(timedelta(minutes=minutes))
        sweep(clock.now())
        assert len(vipps.requests("POST", "/capture")) == tries


def test_those_that_get_no_sensible_answer_let_the_others_be_taken_and_staff_see_them(
    offered: Watched, vipps: Vipps, travel: Travel
) -> None:
    silent = [approved(vipps, a_basket()) for _ in range(3)]
    other = approved(vipps, a_basket())
    for payment in silent:
        vipps.fault("500", path=f"{payment.provider_ref}$", times=99)
    for _ in range(2):
        travel(timedelta(minutes=3))
        sweep(clock.now())
    assert capture_of(other.id) == (CaptureState.DONE, 42000)
    assert failing() == []
    end_reading()
    travel(timedelta(hours=1))
    assert [money.amount for money in failing()] == [42000] * 3
    end_reading()


def test_staff_see_what_nobody_has_tried_to_take_for_an_hour(offered: Watched, vipps: Vipps, travel: Travel) -> None:
    approved(vipps, a_basket())
    assert failing() == []
    end_reading()
    travel(timedelta(hours=1, minutes=1))
    assert [money.amount for money in failing()] == [42000]
    end_reading()


@pytest.mark.parametrize("first", ["sweep", "news"])
def test_what_is_lost_has_not_gone_back_too(in_use: InUse, vipps: Vipps, travel: Travel, first: str) -> None:
    in_use(at_once=False)
    payment = approved(vipps, a_basket())
    travel(timedelta(days=8))
    if first == "sweep":
        sweep(clock.now())
    news.receive(news.VippsNews("vipps:1", "CANCELLED", ref_of(payment)))
    payment = payment_of(payment.booking_id)
    assert (payment.refunded, payment.lost_at is not None) == (0, True)
    assert (capture_of(payment.id), refunds_of(payment.booking_id)) == ((CaptureState.LAPSED, 42000), [])


def test_what_staff_took_and_sent_back_by_hand_while_taking_was_refused_is_in_our_books(
    offered: Watched, vipps: Vipps
) -> None:
    payment = approved(vipps, a_basket())
    vipps.fault("400", path="/capture$")
    take(payment.id)
    vipps.by_hand("capture", ref_of(payment), 42000)
    vipps.pull("forget-keys")
    vipps.by_hand("refund", ref_of(payment), 42000)
    news.receive(news.VippsNews("vipps:1", "REFUNDED", ref_of(payment)))
    assert take(payment.id) is CaptureState.DONE
    assert [(refund.amount, refund.reason) for refund in refunds_of(payment.booking_id)] == [(42000, "dashboard")]
    assert payment_of(payment.booking_id).refunded == 42000


def test_when_staff_took_a_part_by_hand_the_buyer_is_not_short(offered: Watched, vipps: Vipps) -> None:
    payment = approved(vipps, a_basket())
    vipps.by_hand("capture", ref_of(payment), 35000)
    give(payment, 12000)
    for _ in range(2):
        keep_refunds()
    assert vipps.money(ref_of(payment)) == (35000, 7000, 5000)
    parts = [(refund.amount, refund.state) for refund in refunds_of(payment.booking_id)]
    assert sorted(parts) == [(5000, RefundState.DONE), (7000, RefundState.DONE)]
    assert payment_of(payment.booking_id).refunded == 12000


def test_the_check_finds_a_refund_that_was_neither_let_go_of_nor_sent(offered: Watched, vipps: Vipps) -> None:
    payment = approved(vipps, a_basket())
    give(payment, 12000)
    keep_refunds()

    def took(amount: int) -> None:
        with unit_of_work():
            db.session.execute(update(Capture).values(amount=amount))

    took(35000)
    assert "taken otherwise than approved" in str(breaches())
    end_reading()
    took(30000)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("path", ["/capture$", "/refund$"])
def test_a_conflict_with_another_call_is_no_answer(offered: Watched, vipps: Vipps, path: str, after: bool) -> None:
    payment = approved(vipps, a_basket())
    vipps.fault("409", path=path, after=after)
    for work in (keep_captures, lambda: give(payment, 12000), keep_refunds):
        with suppress(Unreachable):
            work()
    keep_captures()
    keep_refunds()
    assert vipps.money(ref_of(payment))[0] - vipps.money(ref_of(payment))[2] == 30000
    assert [refund.state for refund in refunds_of(payment.booking_id)] == [RefundState.DONE]
    assert failing() == []
    end_reading()


def test_a_refund_that_is_done_does_not_fail_by_a_call_that_is_refused(offered: Watched, vipps: Vipps) -> None:
    payment = taken(vipps, a_basket())
    give(payment, 12000)
    keep_refunds()
    (refund,) = refunds_of(payment.booking_id)
    assert refunds.record(refund.id, RefundStanding("", done=False)) is RefundState.DONE


def test_staff_are_told_once_by_letter_of_what_lapses_soon_and_how_to_save_it(
    app: Flask, offered: Watched, vipps: Vipps, travel: Travel
) -> None:
    payment = approved(vipps, a_basket())
    vipps.fault("500", path="/capture$", times=999)
    for days in (1, 2, 1.2):
        assert promised("mail.capture_ends") == []
        travel(timedelta(days=days))
        sweep(clock.now())
    sweep(clock.now())
    assert promised("mail.capture_ends") == [{"payment_id": payment.id}]
    assert [money.ends_soon for money in failing()] == [True]
    end_reading()
    letter = messages.write("mail.capture_ends", 1, {"payment_id": payment.id}, settings_of(app))
    assert letter is not None
    assert letter.recipient == the_centre().email
    assert "420" in letter.text and "Vipps" in letter.subject
    end_reading()
    vipps.pull("no-faults")
    take(payment.id)
    assert messages.write("mail.capture_ends", 1, {"payment_id": payment.id}, settings_of(app)) is None
    end_reading()


def test_what_is_taken_in_its_time_worries_nobody(in_use: InUse, vipps: Vipps, travel: Travel) -> None:
    in_use(at_once=False)
    approved(vipps, a_basket())
    for _ in range(5):
        travel(timedelta(days=1, minutes=3))
        sweep(clock.now())
    assert promised("mail.capture_ends") == []
