"""The newsletter: nothing is sent without a yes to it, also to those who have left or said yes to something else."""

from __future__ import annotations

from datetime import datetime
from threading import Barrier, Thread

from flask import Flask
from sqlalchemy import func, select

from booking.bookings.details import ask_for_newsletter, confirm_newsletter, end_newsletter
from booking.bookings.models import Subscriber
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise
from tests.builders import a_centre

KARI = "kari@example.org"


def wish(now: datetime, *topics: str, once: str = "") -> None:
    with unit_of_work():
        ask_for_newsletter(KARI, topics, "nb", now, once)


def kari() -> Subscriber:
    db.session.rollback()
    return db.session.scalars(select(Subscriber)).one()


def say(yes: bool, now: datetime) -> None:
    with unit_of_work():
        assert (confirm_newsletter if yes else end_newsletter)(kari().secret, now)


def asked() -> int:
    return db.session.scalar(select(func.count()).where(Promise.kind == "mail.newsletter")) or 0


def test_nothing_is_sent_before_the_yes(app: Flask, now: datetime) -> None:
    a_centre()
    wish(now, "shows")
    assert (kari().topics, kari().confirmed_at) == ([], None)
    say(True, now)
    assert (kari().topics, kari().unconfirmed, kari().confirmed_at) == (["shows"], [], now)


def test_who_gets_one_thing_gets_nothing_new_without_a_second_yes(app: Flask, now: datetime) -> None:
    a_centre()
    wish(now, "shows", once="a")
    say(True, now)
    wish(now, "shows", "schools", once="b")
    assert (kari().topics, kari().unconfirmed, asked()) == (["shows"], ["schools"], 2)
    say(True, now)
    assert kari().topics == ["schools", "shows"]


def test_who_left_is_off_the_list_until_the_next_yes_and_gets_only_what_that_was_for(app: Flask, now: datetime) -> None:
    a_centre()
    wish(now, "shows", once="a")
    say(True, now)
    say(False, now)
    wish(now, "schools", once="b")
    assert kari().ended_at == now
    say(True, now)
    assert (kari().topics, kari().ended_at) == (["schools"], None)


def test_who_gets_it_all_is_not_asked_again(app: Flask, now: datetime) -> None:
    a_centre()
    wish(now, "shows", once="a")
    say(True, now)
    wish(now, "shows", once="b")
    assert asked() == 1


def test_one_purchase_asks_once(app: Flask, now: datetime) -> None:
    a_centre()
    for _ in range(3):
        wish(now, "shows", once="booking:7")
    assert asked() == 1


def test_who_wishes_for_nothing_is_not_written_down(app: Flask, now: datetime) -> None:
    a_centre()
    wish(now)
    assert db.session.scalar(select(func.count(Subscriber.id))) == 0


def test_two_at_once_are_one_subscriber_and_no_error(app: Flask, now: datetime) -> None:
    a_centre()
    db.session.remove()
    start, troubles = Barrier(6), []

    def ask(number: int) -> None:
        with app.app_context():
            start.wait()
            try:
                wish(now, "shows" if number % 2 else "schools", once=str(number))
            except Exception as error:
                troubles.append(error)
            db.session.remove()

    asking = [Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert troubles == []
    assert kari().email == KARI
