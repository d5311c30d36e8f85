"""A process that pays with a card, or writes its letter, is killed before each of its statements and commits.

After it whatever was begun is whole or has not been: the books agree, and the same, tried again, comes to its end.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from booking.bookings.confirm import confirm
from booking.bookings.hold import expire_run_out
from booking.bookings.models import State
from booking.centre.facts import the_centre
from booking.gift_cards.expire import expire_due
from booking.gift_cards.refusals import AlreadyPaid, CardOver
from booking.kernel import clock
from booking.kernel.database import db, end_reading, unit_of_work
from booking.outbox.promises import LEASE
from booking.payments import pay
from booking.running.check import breaches
from booking.running.worker import Worker
from tests.builders import a_hold, a_sale
from tests.gift_cards.given import CARD, a_card, an_order, balance, card_of, ends_on, moves, pay_by, sell_cards
from tests.payments.buying import a_basket, state_of
from tests.payments.conftest import Travel

MOST_STEPS = 200


class Postman(Worker):
    """The worker, who does nothing but keep promises."""

    def work(self) -> int:
        """All that are due."""
        return self._promises()


def killed_at(step: int, act: Callable[[], object]) -> bool:
    """Do it in a process of its own that is killed before its so-many-eth statement or commit; False where it ended."""
    end_reading()
    db.session.remove()
    child = os.fork()
    if child == 0:
        try:
            db.engine.dispose(close=False)
            steps = iter(range(step))

            def count(*_what: object) -> None:
                if next(steps, None) is None:
                    os.kill(os.getpid(), signal.SIGKILL)

            event.listen(db.engine, "before_cursor_execute", count)
            event.listen(db.engine, "commit", count)
            act()
            os._exit(0)
        finally:
            os._exit(1)
    _pid, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert os.WEXITSTATUS(status) == 0
    return False


def test_paying_with_a_card_may_be_killed_at_any_step(app: Flask) -> None:
    held = a_basket(quantity=2, price=20_000)
    sell_cards()
    card_id, code = a_card(50_000)

    def use() -> None:
        try:
            pay_by(held.booking_id, code)
        except AlreadyPaid:
            end_reading()
        pay.begin(held.booking_id)

    kills = 0
    while killed_at(kills, use):
        kills += 1
        assert kills % 4 or breaches() == []
        assert balance(card_id) in (50_000, 10_000)
        assert kills < MOST_STEPS
    assert kills > 8
    assert (state_of(held.booking_id), balance(card_id)) == (State.CONFIRMED, 10_000)
    assert moves(card_id) == [("issued", 50_000), ("held", -40_000)]
    assert breaches() == []


def test_what_a_killed_process_held_goes_back_with_the_places(app: Flask) -> None:
    held = a_basket(quantity=2, price=20_000)
    sell_cards()
    card_id, code = a_card(50_000)
    assert not killed_at(MOST_STEPS, lambda: pay_by(held.booking_id, code))
    assert killed_at(3, lambda: pay.begin(held.booking_id))
    with unit_of_work():
        expire_run_out(clock.now() + timedelta(hours=2))
    assert (state_of(held.booking_id), balance(card_id)) == (State.EXPIRED, 50_000)
    assert breaches() == []


def test_sending_a_gift_may_be_killed_at_any_step_and_its_last_letter_has_the_code_that_opens_it(
    app: Flask, travel: Travel, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What sets the paper has threads of its own: a process that is forked once it has printed waits for them for ever.
    monkeypatch.setattr("booking.mail.letters.gift_cards.gift_card_pdf", lambda *_card: b"%PDF-1.7")
    a_sale()
    sell_cards()
    order = an_order(replace(CARD, recipient_email="ola@example.org"))
    with unit_of_work():
        confirm(order, clock.now())
    kills = 0
    while killed_at(kills, lambda: Postman(app).work()):
        kills += 1
        card = card_of(order)
        assert (card.sent_at is None) == bool(card.sealed) or card.code_hash is None
        assert kills % 4 or breaches() == []
        assert kills < MOST_STEPS
        travel(LEASE + timedelta(seconds=1))
    assert kills > 5
    assert card_of(order).sent_at is not None


@pytest.mark.parametrize("last", range(4))
def test_a_card_that_runs_out_at_the_moment_in_which_it_is_used_pays_or_has_run_out(app: Flask, last: int) -> None:
    _centre, slot, adult = a_sale(capacity=40, price=10_000)
    sell_cards()
    card_id, code = a_card(50_000)
    today = the_centre().local(clock.now()).date()
    baskets = [a_hold(slot, adult, 1).booking_id for _ in range(4)]
    ends_on(card_id, today)

    def use(basket: int) -> int:
        with app.app_context():
            try:
                return pay_by(basket, code)
            except CardOver:
                return 0
            finally:
                db.session.remove()

    def end(_nothing: int) -> int:
        with app.app_context():
            try:
                with unit_of_work():
                    expire_due(today + timedelta(days=1), clock.now())
                return 0
            finally:
                db.session.remove()

    acts: list[tuple[Callable[[int], int], int]] = [(use, basket) for basket in baskets]
    acts.insert(last, (end, 0))
    db.session.remove()
    with ThreadPoolExecutor(5) as pool:
        taken = sum(pool.map(lambda act: act[0](act[1]), acts))
    with unit_of_work():
        expire_due(today + timedelta(days=1), clock.now())  # whom somebody was busy with has the next round
    gone = -sum(amount for move, amount in moves(card_id) if move == "expired")
    assert (taken + gone, balance(card_id)) == (50_000, 0)
    assert breaches() == []
