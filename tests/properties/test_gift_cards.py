"""Whatever is done with gift cards in whatever order: each øre of them is in one place, and the books say which.

`EXAMPLES=500 pytest tests/properties/test_gift_cards.py` looks further, along ways it has not gone before.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import time_machine
from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, MultipleResults, RuleBasedStateMachine, invariant, multiple, rule
from sqlalchemy import func, select

from booking.bookings.basket import Pick
from booking.bookings.by_gift_card import uncover
from booking.bookings.change import cancel, change
from booking.bookings.details import Contact, set_details
from booking.bookings.hold import Hold, drop, expire_run_out
from booking.bookings.models import Booking, State
from booking.books.accounts import default_chart
from booking.books.differences import balances, compare
from booking.books.journal import AccountRole
from booking.books.models import BooksRules
from booking.books.posting import book_up
from booking.books.sources.moment import PostingCut, midnight
from booking.centre.facts import CentreFacts, the_centre
from booking.gift_cards.by_staff import acts, hand_over
from booking.gift_cards.chores import GIFT_CARDS
from booking.gift_cards.models import GiftCard, GiftCardEntry, GiftCardUse, UseState
from booking.gift_cards.totals import outstanding
from booking.kernel import clock
from booking.kernel.chores import Shift
from booking.kernel.codes import new_secret
from booking.kernel.database import db, end_reading, unit_of_work
from booking.payments import pay
from booking.payments.demo import Play, play
from booking.payments.fulfil import fulfil
from booking.payments.give_back import give_back
from booking.payments.models import DemoSession, Payment, PaymentState, Refund, RefundState
from booking.payments.providers import tills
from booking.payments.sweep import sweep
from booking.running.check import breaches
from tests.builders import a_hold, a_sale
from tests.conftest import empty_database
from tests.gift_cards.given import CARD, SECRET_KEY, an_order, ends_on, pay_by, sell_cards, sent
from tests.properties.money_moves import allowed
from tests.properties.walked import walk
from tests.properties.world import Cashier, MoodyTill
from tests.withdrawals.bought import withdraw_from

BEGIN = datetime(2027, 3, 1, 8, tzinfo=UTC)
WHO = "account:1"

cards: Bundle[int] = Bundle("cards")
baskets: Bundle[int] = Bundle("baskets")
Target = int | MultipleResults[int]


class CardsInAnyOrder(RuleBasedStateMachine):
    """A house that sells tickets at 150 kr, and cards to pay for them."""

    app: Flask

    def __init__(self) -> None:
        self.journey = time_machine.travel(BEGIN, tick=False)
        self.clock = self.journey.start()
        super().__init__()
        empty_database()
        self.centre, self.slot, self.adult = self.a_house()
        self.till = MoodyTill("http://localhost")
        tills.use(self.till)
        self.cashier = Cashier(self.app)
        self.codes: dict[int, str] = {}

    def a_house(self) -> tuple[CentreFacts, int, int]:
        """It keeps books."""
        _centre, slot, adult = a_sale(capacity=400, price=15_000, days=60)
        chart = default_chart("NO")
        with unit_of_work():
            books = BooksRules(id=1, accounts=dict(chart.accounts), codes=dict(chart.codes), vat=dict(chart.vat))
            db.session.add(books)
        return sell_cards(), slot, adult

    def teardown(self) -> None:
        """Let everything come to rest, look once more, go home."""
        try:
            self.come_to_rest()
        finally:
            self.journey.stop()
            db.session.remove()

    def today(self) -> datetime:
        """On the centre's wall clock."""
        return self.centre.local(clock.now())

    def order_of(self, card: int) -> int:
        """What it was bought with."""
        order = db.session.scalars(select(GiftCard.booking_id).where(GiftCard.id == card)).one()
        end_reading()
        return order

    @rule(target=cards, amount=st.sampled_from([10_000, 20_000, 50_000]))
    def buy(self, amount: int) -> int:
        """Somebody buys a card, and it is sent."""
        order = an_order(replace(CARD, amount=amount))
        self.pays(order, Play.PAY)
        card, self.codes[card] = sent(order)
        return card

    @rule(target=baskets, card=cards, quantity=st.integers(1, 3))
    def use(self, card: int, quantity: int) -> Target:
        """Somebody wants to pay for a visit with it, whatever it is by now."""
        held = a_hold(self.slot, self.adult, quantity)
        with unit_of_work():
            set_details(held.booking_id, Contact("Kari Nordmann", "kari@example.org"), "nb", clock.now())
        self.use_too(held.booking_id, card)
        return held.booking_id

    @rule(basket=baskets, card=cards)
    def use_too(self, basket: int, card: int) -> None:
        """One more card for the same visit."""
        with allowed():
            pay_by(basket, self.codes[card])

    @rule(basket=baskets)
    def take_cards_off(self, basket: int) -> None:
        """Somebody would rather pay in another way."""
        with allowed(), unit_of_work():
            uncover(basket, clock.now())

    @rule(basket=baskets, what=st.sampled_from([Play.PAY, Play.PAY, Play.DECLINE, Play.LATER]))
    def pays(self, basket: int, what: Play) -> None:
        """On to the till for what is left, if anything is."""
        with allowed():
            pay.begin(basket)
        of_basket = select(Payment.id, Payment.provider_ref).where(Payment.booking_id == basket)
        payments = db.session.execute(of_basket).all()
        end_reading()
        for payment_id, ref in payments:
            with unit_of_work():
                play(ref or "", what, clock.now())
            with allowed():
                fulfil(payment_id)

    @rule(basket=baskets)
    def give_up(self, basket: int) -> None:
        """Somebody empties the basket."""
        with allowed(), unit_of_work():
            drop(basket, clock.now())

    @rule(basket=baskets)
    def cancel(self, basket: int) -> None:
        """A visit is cancelled."""
        with allowed(), unit_of_work():
            cancel(basket, centre=self.centre, now=clock.now())

    @rule(target=baskets, basket=baskets, quantity=st.integers(1, 4))
    def change(self, basket: int, quantity: int) -> Target:
        """More or fewer come."""
        with allowed(), unit_of_work():
            picks = [Pick(self.slot, self.adult, quantity)]
            done = change(basket, picks, centre=self.centre, now=clock.now())
            if isinstance(done, Hold):
                return done.booking_id
        return multiple()

    @rule(basket=baskets, part=st.sampled_from([1, 5_000, 20_000]))
    def the_office_gives_back(self, basket: int, part: int) -> None:
        """Goodwill."""
        with allowed(), unit_of_work():
            give_back(basket, part, "Strømmen gikk", new_secret(), WHO)

    @rule(card=cards)
    def run_out(self, card: int) -> None:
        """Its last day was yesterday."""
        ends_on(card, self.today().date() - timedelta(days=1))
        self.the_worker_looks()

    @rule(card=cards)
    def extend(self, card: int) -> None:
        """It lives longer, and what had run out is back."""
        with allowed(), unit_of_work():
            today = self.today().date()
            acts.extend(card, today + timedelta(days=90), "Syk", WHO, clock.now(), today)

    @rule(card=cards, free=st.booleans())
    def block(self, card: int, free: bool) -> None:
        """Staff stop it, or let it pay again."""
        with allowed(), unit_of_work():
            if free:
                acts.unblock(card, "Funnet", WHO)
            else:
                acts.block(card, "Mistet", WHO, clock.now())

    @rule(card=cards)
    def move(self, card: int) -> None:
        """What is on it goes to a new code, and the old one opens nothing."""
        old = self.codes[card]
        with allowed():
            with unit_of_work():
                hand_over.renew_in_hand(card, "Mistet", SECRET_KEY, WHO, clock.now(), self.today().date())
            shown = hand_over.shown(card, SECRET_KEY, clock.now())
            end_reading()
            assert shown is not None
            assert shown.code != old
            self.codes[card] = shown.code

    @rule(card=cards)
    def withdraw(self, card: int) -> None:
        """Whoever bought it withdraws from the purchase."""
        with allowed():
            withdraw_from(self.order_of(card))

    @rule(minutes=st.sampled_from([1, 16, 40, 60 * 26]))
    def time_passes(self, minutes: int) -> None:
        """Time passes."""
        self.clock.shift(timedelta(minutes=minutes))

    @rule()
    def the_worker_looks(self) -> None:
        """What the worker does by itself, once."""
        now = clock.now()
        with unit_of_work():
            expire_run_out(now)
        sweep(now)
        GIFT_CARDS.do(Shift("worker", nights=False, now=now))
        self.cashier.work()

    @invariant()
    def each_card_has_what_its_ledger_says(self) -> None:
        """And no less than nothing."""
        lines = select(func.coalesce(func.sum(GiftCardEntry.amount), 0)).where(GiftCardEntry.card_id == GiftCard.id)
        stands = select(GiftCard.balance, lines.correlate(GiftCard).scalar_subquery())
        for left, ledger in db.session.execute(stands).all():
            assert left == ledger >= 0
        end_reading()

    @invariant()
    def what_was_paid_is_at_the_provider_on_cards_or_has_gone_back(self) -> None:
        """By sums: what cards have paid for visits is what is kept of them; what is owed is on them or in baskets."""
        paid = select(func.coalesce(func.sum(Payment.amount), 0)).where(Payment.state == PaymentState.PAID)
        by_card = db.session.scalar(paid.where(Payment.provider == "gift_card"))
        used = select(func.coalesce(func.sum(GiftCardUse.amount), 0))
        assert by_card == db.session.scalar(used.where(GiftCardUse.state == UseState.KEPT))
        held = db.session.scalar(used.where(GiftCardUse.state == UseState.HELD)) or 0
        in_baskets = select(func.coalesce(func.sum(Booking.by_gift_card), 0))
        living = in_baskets.where(Booking.state.in_((State.HELD, State.PENDING)))
        assert held == db.session.scalar(living)
        on_cards = db.session.scalar(select(func.coalesce(func.sum(GiftCard.balance), 0))) or 0
        assert outstanding(clock.now() + timedelta(seconds=1)) == on_cards + held
        end_reading()

    def come_to_rest(self) -> None:
        """Baskets run out, the worker does its rounds, and the journal is written up to today."""
        for _day in range(3):
            self.clock.shift(timedelta(days=1))
            self.the_worker_looks()
        assert breaches() == []
        waits = select(Refund.id).where(Refund.state != RefundState.DONE)
        assert db.session.scalars(waits).all() == []
        for charge, amount in db.session.execute(select(Payment.charge_ref, Payment.refunded)).all():
            assert charge is None or self.till.refunded(charge) == amount
        ours = select(Payment.id).where(Payment.provider_ref == DemoSession.ref, Payment.charge_ref.is_not(None))
        lost = select(DemoSession.ref).where(DemoSession.outcome.in_(("paid", "later")), ~ours.exists())
        assert db.session.scalars(lost).all() == []
        end_reading()
        self.the_journal_agrees()

    def the_journal_agrees(self) -> None:
        """What is owed on cards, by the cards and by the journal; and every other account as its source has it."""
        now = clock.now()
        assert book_up(the_centre(), now)
        day = self.today().date() - timedelta(days=1)
        cut = PostingCut(self.centre, None, midnight(self.centre, day + timedelta(days=1)), day)
        assert outstanding(cut.until) == -balances(cut).get(AccountRole.GIFT_CARD, 0)
        assert [each for each in compare(cut) if each.difference] == []
        end_reading()


def test_whatever_is_done_with_cards_in_whatever_order_each_ore_is_in_one_place(tilled: Flask) -> None:
    class Here(CardsInAnyOrder):
        app = tilled

    walk(Here, 12)
