"""Who moves several cards locks them in everybody's order: nobody waits in a circle, whatever meets whatever.

Each of two has locked its first card, or counter, before either may go on: who has another order than the rest would
wait for whom it keeps waiting, and PostgreSQL would end one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, BrokenBarrierError, current_thread, local

import pytest
from flask import Flask
from sqlalchemy import event, select, text, update

from booking.bookings.basket import Pick
from booking.bookings.change import cancel, change
from booking.bookings.confirm import confirm
from booking.bookings.details import Contact, set_details
from booking.bookings.hold import Hold, drop, expire_run_out, hold
from booking.bookings.models import Booking
from booking.bookings.store import lock, lock_held
from booking.centre.facts import the_centre
from booking.gift_cards import spend
from booking.gift_cards.by_staff.acts import locked
from booking.gift_cards.by_staff.hand_over import end_shown
from booking.gift_cards.codes import hash_of
from booking.gift_cards.issue import send_due
from booking.gift_cards.models import GiftCard
from booking.kernel import clock
from booking.kernel.database import db, end_reading, unit_of_work
from booking.payments import pay
from booking.payments.refunds import request
from booking.running.check import breaches
from tests.builders import a_hold, a_sale
from tests.discounts.campaigns import a_campaign, enter
from tests.gift_cards.given import a_card, sell_cards

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

Act = Callable[[], object]
TOGETHER = 1.0  # seconds that the first waits for the second, which may be waiting for its card meanwhile


@contextmanager
def meeting(table: str) -> Iterator[None]:
    """Two threads that wait for one another once each has locked its first row of a card, or of this table."""
    both, mine = Barrier(2), local()

    def meet(_c: object, _cur: object, statement: str, *_more: object) -> None:
        locks = statement.startswith(("UPDATE gift_card SET", f"UPDATE {table} SET")) or (
            "FROM gift_card \n" in statement and "FOR NO KEY UPDATE" in statement
        )
        if not locks or not current_thread().name.startswith("meets") or hasattr(mine, "met"):
            return
        mine.met = True
        try:
            both.wait(TOGETHER)
        except BrokenBarrierError:
            pass  # the other waits for a row of ours

    event.listen(db.engine, "after_cursor_execute", meet)
    try:
        yield
    finally:
        event.remove(db.engine, "after_cursor_execute", meet)


def at_once(app: Flask, *acts: Act, table: str = "gift_card") -> None:
    """All of them in the same moment; raises what one of them raises."""

    def run(act: Act) -> None:
        with app.app_context():
            try:
                with unit_of_work():
                    act()
            finally:
                db.session.remove()

    db.session.remove()
    with meeting(table), ThreadPoolExecutor(len(acts), thread_name_prefix="meets") as pool:
        for done in [pool.submit(run, act) for act in acts]:
            done.result()


class House:
    """A house with two cards, and baskets that each pays a part of."""

    def __init__(self) -> None:
        _centre, self.slot, self.adult = a_sale(capacity=60, price=20_000)
        sell_cards()
        self.codes = [a_card(100_000)[1] for _card in range(2)]

    def basket(self, *cards: int) -> int:
        """Two places, for each of which one of these cards pays, in this order."""
        basket = a_hold(self.slot, self.adult, 2).booking_id
        with unit_of_work():
            set_details(basket, Contact("Kari Nordmann", "kari@example.org"), "nb", clock.now())
        for card in cards:
            self.pays(basket, card)
        return basket

    def pays(self, basket: int, card: int, most: int = 20_000) -> None:
        """One of the cards pays so much of a basket, which is not all that is on it."""
        now = clock.now()
        with unit_of_work():
            booking = lock_held(basket, now)
            today = the_centre().local(now).date()
            code = hash_of(self.codes[card])
            booking.by_gift_card += spend.hold(basket, code, most, booking.currency, now, today)

    def bought(self, *cards: int) -> int:
        """The same, bought."""
        basket = self.basket(*cards)
        assert pay.begin(basket).url is None
        return basket

    def ends(self, basket: int) -> None:
        """Its time is over, and nobody has noticed."""
        with unit_of_work():
            db.session.execute(update(Booking).where(Booking.id == basket).values(held_until=clock.now()))


FIRST, SECOND = 0, 1


def test_two_refunds_that_give_back_to_the_same_cards_in_other_orders(app: Flask) -> None:
    house = House()
    there, back = house.bought(FIRST, SECOND), house.bought(SECOND, FIRST)

    def refund(booking_id: int) -> object:
        lock(booking_id)
        return request(f"some:{booking_id}", booking_id, 40_000, "")

    at_once(app, lambda: refund(there), lambda: refund(back))
    assert breaches() == []


def test_a_basket_that_is_chosen_anew_ends_another_while_a_third_is_given_up(app: Flask) -> None:
    house = House()
    own, over, third = house.basket(FIRST), house.basket(SECOND), house.basket(FIRST, SECOND)
    house.ends(over)
    secret = db.session.scalars(select(Booking.secret).where(Booking.id == own)).one()

    def anew() -> object:
        picks = [Pick(house.slot, house.adult, 1)]
        return hold(picks, centre=the_centre(), now=clock.now(), lang="nb", basket_secret=secret)

    at_once(app, anew, lambda: drop(third, clock.now()))
    assert breaches() == []


def test_an_order_that_is_paid_late_takes_its_card_and_its_discount_again_while_another_gives_them_back(
    app: Flask,
) -> None:
    house = House()
    a_campaign(percent=50)
    late, other = house.basket(), house.basket()
    for basket in (late, other):
        enter(basket)
        house.pays(basket, FIRST)
    house.ends(late)
    with unit_of_work():
        expire_run_out(clock.now())
    at_once(app, lambda: confirm(late, clock.now()), lambda: drop(other, clock.now()), table="campaign")
    assert breaches() == []


def test_a_booking_that_is_cancelled_with_a_change_of_it_waiting_while_another_is_given_up(app: Flask) -> None:
    house = House()
    bought, other = house.bought(FIRST, FIRST), house.basket(FIRST, SECOND)
    now = clock.now()
    with unit_of_work():
        more = change(bought, [Pick(house.slot, house.adult, 4)], centre=the_centre(), now=now)
    assert isinstance(more, Hold)
    house.pays(more.booking_id, SECOND)
    at_once(app, lambda: cancel(bought, centre=the_centre(), now=clock.now()), lambda: drop(other, clock.now()))
    assert breaches() == []


def test_the_workers_round_waits_for_no_card_that_somebody_is_busy_with(app: Flask) -> None:
    house = House()
    now = clock.now()
    with unit_of_work():
        due = {"shown_until": now, "send_at": now}
        db.session.execute(update(GiftCard).values(due))
    ids = sorted(db.session.scalars(select(GiftCard.id)))
    end_reading()

    def round_of(count: Callable[[], object]) -> object:
        with app.app_context():
            try:
                with unit_of_work():
                    db.session.execute(text("SET LOCAL lock_timeout = '2s'"))
                    return count()
            finally:
                db.session.remove()

    with ThreadPoolExecutor(1) as pool, unit_of_work():
        locked(ids[0])
        assert pool.submit(round_of, lambda: send_due(now)).result() == 1
        pool.submit(round_of, lambda: end_shown(now)).result()
    left = select(GiftCard.id).where(GiftCard.send_at.is_not(None), GiftCard.shown_until.is_not(None))
    assert db.session.scalars(left).all() == ids[:1]
    assert len(house.codes) == len(ids)
