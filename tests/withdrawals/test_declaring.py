"""Withdraw from a gift card: what is left comes back and is gone from the card; what was used stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from booking.bookings.hold import drop
from booking.bookings.models import Booking, State
from booking.bookings.refusals import AnotherSum
from booking.capacity.models import Channel
from booking.centre.facts import the_centre
from booking.centre.models import Centre
from booking.gift_cards.by_staff.acts import send_anew
from booking.gift_cards.issue import send_due
from booking.gift_cards.refusals import CardWithdrawn
from booking.gift_cards.sending import to_send
from booking.kernel import clock
from booking.kernel.database import db, end_reading, unit_of_work
from booking.outbox.keepers import read
from booking.payments import pay
from booking.running.check import breaches
from booking.withdrawals.keepers import PromisedReleased, give_back_released
from booking.withdrawals.period import FORBEARANCE
from booking.withdrawals.refusals import NoRightToWithdraw, NothingLeftToWithdraw, WithdrawalOver
from booking.withdrawals.right import right_of
from tests.builders import a_confirmed_booking, a_sale
from tests.gift_cards.given import CARD, SECRET_KEY, balance, card_of, moves, pay_by, sell_cards, sent
from tests.payments.buying import a_basket, cancel_booking, promised, refunds_of, state_of
from tests.payments.conftest import Travel
from tests.payments.watched import Watched
from tests.stripe_double.client import Double
from tests.withdrawals.bought import a_card_shop, a_paid_card, facts_of, withdraw_from, withdrawn


def test_a_card_that_nobody_used_comes_back_whole_and_is_empty_at_once(stripe: Watched, double: Double) -> None:
    order = a_card_shop(double)
    card_id, code = sent(order)
    assert withdraw_from(order, shown=50_000)
    assert (balance(card_id), moves(card_id)) == (0, [("issued", 50_000), ("withdrawn", -50_000)])
    assert [(refund.amount, refund.reason) for refund in refunds_of(order)] == [(50_000, "withdrawal")]
    row = withdrawn(order)
    assert (row.price, row.back, row.used, row.in_baskets) == (50_000, 50_000, 0, 0)
    assert (row.until, row.pay_by) == (date(2026, 11, 18), date(2026, 11, 18))
    assert state_of(order) is State.CANCELLED
    held = a_basket(quantity=1, price=20_000)
    with pytest.raises(CardWithdrawn):
        pay_by(held.booking_id, code)
    assert breaches() == []


def test_to_withdraw_twice_is_to_withdraw_once(stripe: Watched, double: Double) -> None:
    order = a_card_shop(double)
    assert withdraw_from(order, shown=50_000)
    assert not withdraw_from(order, shown=50_000)
    assert len(refunds_of(order)) == 1
    assert promised("mail.withdrawal") == [{"booking_id": order}]
    assert promised("mail.withdrawal_told") == [{"booking_id": order}]


def test_of_a_card_used_in_part_the_rest_comes_back_and_the_visit_stands(stripe: Watched, double: Double) -> None:
    held = a_basket(quantity=1, price=20_000)
    sell_cards()
    order = a_paid_card(double)
    card_id, code = sent(order)
    pay_by(held.booking_id, code)
    pay.begin(held.booking_id)
    assert withdraw_from(order, shown=30_000)
    row = withdrawn(order)
    assert (row.price, row.back, row.used) == (50_000, 30_000, 20_000)
    assert (balance(card_id), state_of(held.booking_id)) == (0, State.CONFIRMED)
    assert breaches() == []
    # What the card has paid for was used: given up later, it is on the card again, for whoever has it.
    cancel_booking(held)
    assert balance(card_id) == 20_000
    assert promised("withdrawal.released") == []
    assert breaches() == []


def test_of_a_card_that_is_used_up_there_is_nothing_to_withdraw(stripe: Watched, double: Double) -> None:
    held = a_basket(quantity=1, price=50_000)
    sell_cards()
    order = a_paid_card(double)
    _card, code = sent(order)
    pay_by(held.booking_id, code)
    pay.begin(held.booking_id)
    with pytest.raises(NothingLeftToWithdraw):
        withdraw_from(order)
    assert card_of(order).withdrawn_at is None


def test_who_was_shown_more_than_is_left_is_told_and_looks_again(stripe: Watched, double: Double) -> None:
    held = a_basket(quantity=1, price=20_000)
    sell_cards()
    order = a_paid_card(double)
    card_id, code = sent(order)
    pay_by(held.booking_id, code)
    with pytest.raises(AnotherSum):
        withdraw_from(order, shown=50_000)
    assert (balance(card_id), card_of(order).withdrawn_at) == (30_000, None)


def test_what_a_basket_has_of_it_goes_back_too_once_nobody_buys_it(stripe: Watched, double: Double) -> None:
    held = a_basket(quantity=1, price=20_000)
    sell_cards()
    order = a_paid_card(double)
    card_id, code = sent(order)
    pay_by(held.booking_id, code)
    withdraw_from(order, shown=30_000)
    assert withdrawn(order).in_baskets == 20_000
    with unit_of_work():
        drop(held.booking_id, clock.now())
    (about,) = promised("withdrawal.released")
    for _twice in range(2):  # a worker that died before it noted that it was done does it again
        give_back_released(read(PromisedReleased, about), clock.now())
    assert sorted(refund.amount for refund in refunds_of(order)) == [20_000, 30_000]
    row = withdrawn(order)
    assert (row.back, row.used, row.in_baskets, balance(card_id)) == (50_000, 0, 0, 0)
    assert breaches() == []


def test_a_card_that_waits_for_its_morning_is_never_sent(travel: Travel, stripe: Watched, double: Double) -> None:
    order = a_card_shop(double, replace(CARD, on=date(2026, 11, 10)))
    withdraw_from(order)
    travel(timedelta(days=7))
    with unit_of_work():
        assert send_due(clock.now()) == 0
    assert promised("mail.gift_card") == []


def test_a_letter_with_the_card_that_was_about_to_go_does_not(stripe: Watched, double: Double) -> None:
    order = a_card_shop(double)
    card_id = card_of(order).id
    to_send(card_id, 1, SECRET_KEY)  # written, not with the server yet
    end_reading()
    withdraw_from(order)
    assert to_send(card_id, 1, SECRET_KEY) is None
    assert card_of(order).sealed == ""


def test_one_may_until_midnight_of_the_last_day_and_is_heard_until_noon(
    travel: Travel, stripe: Watched, double: Double
) -> None:
    order = a_card_shop(double)
    right = right_of(facts_of(order), the_centre())
    assert right is not None
    assert right.ends_at == datetime(2026, 11, 19, tzinfo=the_centre().zone)
    travel(right.ends_at - timedelta(seconds=1) - clock.now())
    assert right.is_open(clock.now())
    travel(timedelta(seconds=1))
    assert not right.is_open(clock.now())  # said to be over, and heard all the same: see period.FORBEARANCE
    travel(timedelta(hours=11, minutes=59))
    assert right.is_heard(clock.now())
    travel(timedelta(minutes=1))
    with pytest.raises(WithdrawalOver):
        withdraw_from(order)


@pytest.mark.parametrize(
    ("timezone", "bought", "midnight"),
    [
        ("Europe/Oslo", "2027-03-13T15:00+01:00", "2027-03-30T22:00+00:00"),  # summer time and Easter on the way
        ("Europe/Oslo", "2026-10-12T15:00+02:00", "2026-10-26T23:00+00:00"),  # summer time ends on the way
        ("Europe/Riga", "2026-11-04T23:59:59+02:00", "2026-11-18T22:00+00:00"),
        ("Europe/Riga", "2026-11-05T00:00:00+02:00", "2026-11-19T22:00+00:00"),  # still the fourth in Oslo
    ],
)
def test_the_last_second_is_by_the_wall_clock_of_the_house_whatever_it_did_meanwhile(
    travel: Travel, stripe: Watched, double: Double, timezone: str, bought: str, midnight: str
) -> None:
    order = a_card_shop(double)
    with unit_of_work():
        at = datetime.fromisoformat(bought).astimezone(UTC)
        db.session.execute(update(Centre).values(timezone=timezone, country="NO"))
        db.session.execute(update(Booking).where(Booking.id == order).values(confirmed_at=at))
    right = right_of(facts_of(order), the_centre())
    assert right is not None
    assert right.ends_at == datetime.fromisoformat(midnight)
    second = timedelta(seconds=1)
    assert right.is_open(right.ends_at - second)
    assert not right.is_open(right.ends_at)
    assert right.is_heard(right.ends_at + FORBEARANCE - second)
    assert not right.is_heard(right.ends_at + FORBEARANCE)


def test_who_presses_in_the_last_second_of_all_is_heard_and_a_second_later_is_told_so(
    travel: Travel, stripe: Watched, double: Double
) -> None:
    order, late = a_card_shop(double), a_paid_card(double)
    right = right_of(facts_of(order), the_centre())
    assert right is not None
    travel(right.ends_at + FORBEARANCE - timedelta(seconds=1) - clock.now())
    assert withdraw_from(order)
    travel(timedelta(seconds=1))
    with pytest.raises(WithdrawalOver):
        withdraw_from(late)
    assert (state_of(order), state_of(late)) == (State.CANCELLED, State.CONFIRMED)


def test_a_card_that_was_given_on_comes_back_from_whoever_has_it(stripe: Watched, double: Double) -> None:
    held = a_basket(quantity=1, price=20_000)
    sell_cards()
    order = a_paid_card(double, replace(CARD, recipient_email="ola@example.org"))
    card_id, _olas = sent(order)
    with unit_of_work():
        send_anew(card_id, "nora@example.org", "Gitt videre", "account:1", the_centre().local(clock.now()).date())
    _card, noras = sent(order)
    assert withdraw_from(order, shown=50_000)
    with pytest.raises(CardWithdrawn):
        pay_by(held.booking_id, noras)
    assert balance(card_id) == 0


def test_who_withdraws_in_the_night_after_is_still_heard(travel: Travel, stripe: Watched, double: Double) -> None:
    order = a_card_shop(double)
    travel(datetime(2026, 11, 19, 7, 30, tzinfo=the_centre().zone) - clock.now())
    assert withdraw_from(order)


def test_there_is_no_such_right_for_a_visit_at_a_set_time(app: object) -> None:
    _centre, slot, adult = a_sale()
    booking_id = a_confirmed_booking(slot, adult).booking_id
    assert right_of(facts_of(booking_id), the_centre()) is None
    with pytest.raises(NoRightToWithdraw):
        withdraw_from(booking_id)


def test_nor_for_what_was_bought_at_the_desk(stripe: Watched, double: Double) -> None:
    order = a_card_shop(double)
    with unit_of_work():
        db.session.execute(update(Booking).where(Booking.id == order).values(channel=Channel.DESK))
    with pytest.raises(NoRightToWithdraw):
        withdraw_from(order)
