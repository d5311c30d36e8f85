"""The worker: keeps every kind of promise, lets go of what ran out, and outlives what goes wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, func, select

from booking.bookings.change import cancel
from booking.bookings.details import Contact, set_details
from booking.bookings.models import Booking, State, Waiting, WaitingState
from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.newsletter.models import Subscriber
from booking.outbox.models import Heartbeat, Promise, PromiseState
from booking.outbox.promises import LEASE, Leased, promise
from booking.payments import pay
from booking.payments.demo import Play, play
from booking.payments.fulfil import fulfil
from booking.payments.models import Payment, Refund, RefundState
from booking.running import worker as worker_module
from booking.running.check import breaches
from booking.running.worker import FOURTH, Worker, run_forever, run_once
from booking.waiting.waiting import wait
from tests.builders import a_confirmed_booking, a_hold, a_sale, taken
from tests.closures.closing import closed
from tests.support.batches import forget_in_batches_of


def a_paid_booking() -> int:
    """A booking for two that was paid at the demo till."""
    _, slot, adult = a_sale()
    held = a_hold(slot, adult, 2)
    with unit_of_work():
        set_details(held.booking_id, Contact("Kari", "kari@example.org"), "nb", clock.now())
    pay.begin(held.booking_id)
    payment = db.session.scalars(select(Payment)).one()
    with unit_of_work():
        play(payment.provider_ref or "", Play.PAY, clock.now())
    fulfil(payment.id)
    return held.booking_id


def states() -> dict[str, PromiseState]:
    """Where the promises stand, by kind."""
    db.session.rollback()
    return {kind: state for kind, state in db.session.execute(select(Promise.kind, Promise.state))}


def test_with_nothing_to_do_it_does_nothing(app: Flask) -> None:
    a_sale()
    assert run_once(app) == 0


def test_a_cancelled_booking_gets_its_money_and_its_letters(app: Flask, now: datetime) -> None:
    booking_id = a_paid_booking()
    with unit_of_work():
        cancel(booking_id, centre=the_centre(), now=now)
    run_once(app)
    assert states() == dict.fromkeys(
        ("mail.confirmation", "mail.cancellation", "payment.send_refund", "receipt.give"), PromiseState.DONE
    )
    assert db.session.execute(select(Refund.amount, Refund.state)).all() == [(42000, RefundState.DONE)]
    assert breaches() == []


def test_holds_that_ran_out_give_their_places_back(app: Flask, now: datetime) -> None:
    _, slot, adult = a_sale()
    a_hold(slot, adult, 4)
    with time_machine.travel(now + timedelta(minutes=20), tick=False):
        run_once(app)
    assert taken(slot) == 0
    assert db.session.scalars(select(Booking.state)).one() is State.EXPIRED


def test_a_payment_that_nobody_told_us_of_is_found(app: Flask, now: datetime) -> None:
    _, slot, adult = a_sale()
    held = a_hold(slot, adult, 2)
    with unit_of_work():
        set_details(held.booking_id, Contact("Kari", "kari@example.org"), "nb", now)
    pay.begin(held.booking_id)
    ref = db.session.scalars(select(Payment.provider_ref)).one()
    with unit_of_work():
        play(ref or "", Play.PAY, now)
    with time_machine.travel(now + timedelta(minutes=10), tick=False):
        run_once(app)
    assert db.session.scalars(select(Booking.state)).one() is State.CONFIRMED


def test_who_waits_is_offered_places_as_they_come_free(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale(capacity=4)
    full = a_confirmed_booking(slot, adult, 4)
    with unit_of_work():
        wait([slot], [(adult, 3)], Contact("Ola", "ola@example.org"), centre=centre, lang="nb", now=now)
    run_once(app)
    assert taken(slot) == 4
    with unit_of_work():
        cancel(full.booking_id, centre=centre, now=now)
    run_once(app)
    assert taken(slot) == 3
    assert db.session.scalars(select(Waiting.state)).one() is WaitingState.OFFERED
    assert states()["mail.offer"] is PromiseState.DONE


def test_the_reminder_goes_the_day_before_and_only_once(app: Flask) -> None:
    _, slot, adult = a_sale()
    a_confirmed_booking(slot, adult)
    starts_at = db.session.scalars(select(Booking.starts_at)).one()
    reminded = []
    for hours in (30, 20, 19, 1):
        with time_machine.travel(starts_at - timedelta(hours=hours), tick=False):
            run_once(app)
        db.session.rollback()
        reminded.append(db.session.scalar(select(func.count()).where(Promise.kind == "mail.reminder")))
    assert reminded == [0, 1, 1, 1]


def test_personal_data_ends_by_itself(app: Flask, now: datetime) -> None:
    _, slot, adult = a_sale()
    a_confirmed_booking(slot, adult)
    with time_machine.travel(now + timedelta(days=120), tick=False):
        run_once(app)
    assert db.session.execute(select(Booking.name, Booking.email)).all() == [("", "")]


def test_where_much_is_to_be_forgotten_each_round_takes_a_batch(
    app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget_in_batches_of(2, monkeypatch)
    _, slot, adult = a_sale()
    for _ in range(3):
        a_confirmed_booking(slot, adult, quantity=1)
    worker, left = Worker(app), []
    with time_machine.travel(now + timedelta(days=100), tick=False):
        for _ in range(2):
            worker.round()
            db.session.rollback()  # else SQLite shows what was true when this session first looked
            left.append(db.session.scalar(select(func.count()).where(Booking.email != "")))
    assert left == [1, 0]


def test_it_says_that_it_lives_even_before_there_is_a_centre(app: Flask) -> None:
    run_once(app)
    beat = db.session.scalars(select(Heartbeat.beat_at)).one()
    assert clock.now() - beat < timedelta(seconds=10)


def test_an_unknown_kind_of_promise_is_kept_for_later_and_stops_nobody(app: Flask) -> None:
    _, slot, adult = a_sale()
    with unit_of_work():
        promise("nonsense", "nonsense:1", {})
    a_confirmed_booking(slot, adult)
    run_once(app)
    assert states() == {"nonsense": PromiseState.WAITING, "mail.confirmation": PromiseState.DONE}


def test_a_letter_about_what_is_gone_is_settled_without_a_letter(app: Flask) -> None:
    a_sale()
    with unit_of_work():
        promise("mail.confirmation", "confirmation:999", {"booking_id": 999})
        promise("mail.newsletter", "newsletter:999", {"subscriber_id": 999})
        promise("mail.waiting", "waiting:999", {"waiting_id": 999})
        promise("mail.find", "find:999", {"email": "nobody@example.org", "lang": "nb"})
    assert (run_once(app), set(states().values())) == (4, {PromiseState.DONE})
    assert db.session.scalar(select(func.count()).select_from(Subscriber)) == 0


@contextmanager
def breaking(fits: Callable[[str], bool]) -> Iterator[list[str]]:
    """The database refuses the first statement that fits, as if the connection had gone; the list tells which."""
    broken: list[str] = []

    def before(_c: object, _cur: object, statement: str, *_more: object) -> None:
        if not broken and fits(statement):
            broken.append(statement)
            raise OSError("the connection is gone")

    event.listen(db.engine, "before_cursor_execute", before)
    yield broken
    event.remove(db.engine, "before_cursor_execute", before)


def test_a_piece_of_housekeeping_that_breaks_stops_nothing_else(app: Flask) -> None:
    _, slot, adult = a_sale()
    a_confirmed_booking(slot, adult)
    with breaking(lambda sql: "held_until <=" in sql) as broken:
        run_once(app)
    assert (len(broken), states()["mail.confirmation"]) == (1, PromiseState.DONE)


def test_the_loop_outlives_a_database_that_cannot_be_reached(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "PAUSE_AFTER_FAILURE", 0.05)
    monkeypatch.setattr(worker_module, "PAUSE", 0.05)
    _, slot, adult = a_sale()
    a_confirmed_booking(slot, adult)
    db.session.remove()
    stop = threading.Event()
    with breaking(lambda sql: "UPDATE outbox" in sql) as broken:
        loop = threading.Thread(target=run_forever, args=(app, stop))
        loop.start()
        waited = threading.Event()
        for _ in range(200):
            if states().get("mail.confirmation") is PromiseState.DONE:
                break
            waited.wait(0.05)
        stop.set()
        loop.join()
    assert (len(broken), states()) == (1, {"mail.confirmation": PromiseState.DONE})


def test_a_letter_whose_settling_failed_is_not_sent_again_by_the_same_worker(app: Flask, now: datetime) -> None:
    a_sale()
    with unit_of_work():
        promise("payment.refund", "refund:1", {"booking_id": 1, "amount": 1, "reason": "test"})
    worker = Worker(app)
    done: list[int] = []
    worker._do = lambda leased: done.append(leased.id)  # type: ignore[method-assign]  # what is sent is no matter here
    with (
        breaking(lambda sql: "UPDATE outbox" in sql and "done_at" in sql),
        pytest.raises(OSError, match="gone"),
    ):
        worker.round()
    with time_machine.travel(now + LEASE + timedelta(minutes=1), tick=False):
        worker.round()
    assert (len(done), set(states().values())) == (1, {PromiseState.DONE})


def test_the_letters_of_a_closure_go_out_also_when_the_database_fails_once(app: Flask, now: datetime) -> None:
    _, slot, adult = a_sale(capacity=20)
    for _ in range(5):
        a_confirmed_booking(slot, adult)
    closed(slot)
    with breaking(lambda sql: "UPDATE closure_hit" in sql) as broken:
        run_once(app)
    assert states()["work"] is PromiseState.WAITING
    with time_machine.travel(now + timedelta(minutes=1), tick=False):
        run_once(app)
    letters = select(func.count()).where(Promise.kind == "mail.closure", Promise.state == PromiseState.DONE)
    db.session.rollback()
    assert (len(broken), db.session.scalar(letters), states()["work"]) == (1, 5, PromiseState.DONE)


def test_told_to_stop_it_leaves_the_rest_to_others(app: Flask) -> None:
    a_sale()
    with unit_of_work():
        for number in range(3):
            promise("mail.confirmation", f"confirmation:{number}", {"booking_id": number})
    stop = threading.Event()
    worker = Worker(app, stop)
    do = worker._do

    def one_only(leased: Leased) -> None:
        do(leased)
        stop.set()

    worker._do = one_only  # type: ignore[method-assign]
    worker.round()
    waiting = select(func.count()).where(Promise.state == PromiseState.WAITING)
    db.session.rollback()
    assert db.session.scalar(waiting) == 2


def test_silent_workers_of_yesterday_are_forgotten(app: Flask, now: datetime) -> None:
    with unit_of_work():
        db.session.add(Heartbeat(worker="old", beat_at=now - timedelta(days=2)))
    run_once(app)
    assert "old" not in set(db.session.scalars(select(Heartbeat.worker)))


def kept_in_turn(app: Flask, *promised: tuple[str, int]) -> list[str]:
    """The kinds that a worker keeps, in its order, of so many of each promised one after the other."""
    a_sale()
    with unit_of_work():
        for kind, times in promised:
            for number in range(times):
                promise(kind, f"{kind}:{number}", {"booking_id": number})
    worker, kinds = Worker(app), list[str]()
    worker._do = lambda leased: kinds.append(leased.kind)  # type: ignore[method-assign]  # what is sent is no matter here
    while worker.round():
        pass
    return kinds


def test_a_buyers_tickets_go_out_while_the_letters_of_a_closure_wait(app: Flask) -> None:
    kinds = kept_in_turn(app, ("mail.closure", 500), ("mail.confirmation", 1))
    assert (kinds.index("mail.confirmation"), len(kinds)) == (0, 501)


def test_what_is_in_no_hurry_goes_out_however_many_wait_at_their_screens(app: Flask) -> None:
    kinds = kept_in_turn(app, ("mail.reminder", 10), ("mail.confirmation", 200))
    last = len(kinds) - 1 - kinds[::-1].index("mail.reminder")
    assert last < 10 * FOURTH
