"""Readers: nothing is sent without a yes to it, also to those who have left or said yes to something else."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from booking.kernel.database import db, unit_of_work
from booking.newsletter import consents, left_marks, queries, subscribers
from booking.newsletter.consents import AskedBy
from booking.newsletter.models import ConsentPlace, Subscriber, SubscriberState, SubscriberTopic
from booking.outbox.models import Promise
from tests.builders import a_centre

KARI = "kari@example.org"
QUARTER = timedelta(minutes=15)
ON_PAGE = AskedBy(ConsentPlace.OWN, "nb")


def wish(now: datetime, *topics: str, once: str = "") -> None:
    with unit_of_work():
        subscribers.ask(KARI, topics, "nb", now, once=once)


def kari() -> Subscriber:
    db.session.rollback()
    return db.session.scalars(select(Subscriber)).one()


def yes(now: datetime) -> bool:
    secret = kari().secret
    with unit_of_work():
        return subscribers.confirm(secret, now)


def leave(now: datetime) -> bool:
    secret = kari().secret
    with unit_of_work():
        return subscribers.leave(secret, now)


def asked() -> int:
    return db.session.scalar(select(func.count()).where(Promise.kind == "mail.newsletter")) or 0


def listed() -> list[str]:
    """The topics under which the audience of an issue finds somebody."""
    return list(db.session.scalars(select(SubscriberTopic.topic).order_by(SubscriberTopic.topic)))


def test_nothing_is_sent_before_the_yes(app: Flask, now: datetime) -> None:
    a_centre()
    wish(now, "shows")
    assert (kari().topics, kari().state, listed()) == ([], SubscriberState.ASKED, [])
    assert yes(now)
    assert (kari().topics, kari().unconfirmed, kari().confirmed_at) == (["shows"], [], now)
    assert (kari().state, listed()) == (SubscriberState.CONFIRMED, ["shows"])


def test_who_gets_one_thing_gets_nothing_new_without_a_second_yes(app: Flask, now: datetime) -> None:
    a_centre()
    wish(now, "shows", once="a")
    yes(now)
    wish(now, "shows", "schools", once="b")
    assert (kari().topics, kari().unconfirmed, asked(), listed()) == (["shows"], ["schools"], 2, ["shows"])
    yes(now)
    assert kari().topics == listed() == ["schools", "shows"]


def test_who_left_is_off_the_list_until_the_next_yes_and_gets_only_what_that_was_for(app: Flask, now: datetime) -> None:
    a_centre()
    wish(now, "shows", once="a")
    yes(now)
    leave(now)
    assert (kari().state, kari().ended_at, listed()) == (SubscriberState.LEFT, now, [])
    assert left_marks.has_left(KARI)
    wish(now, "schools", once="b")
    assert (kari().state, listed()) == (SubscriberState.ASKED, [])
    assert left_marks.has_left(KARI)
    yes(now)
    assert (kari().topics, listed(), kari().ended_at) == (["schools"], ["schools"], None)
    assert not left_marks.has_left(KARI)


def test_an_old_letters_yes_pressed_again_brings_nobody_back(app: Flask, now: datetime) -> None:
    a_centre()
    wish(now, "shows")
    yes(now)
    leave(now)
    assert not yes(now)
    assert (kari().state, listed()) == (SubscriberState.LEFT, [])


def test_who_says_no_to_the_question_is_not_kept(app: Flask, now: datetime) -> None:
    a_centre()
    wish(now, "shows")
    leave(now)
    db.session.rollback()
    assert db.session.scalars(select(Subscriber)).all() == []
    assert not left_marks.has_left(KARI)


def test_to_have_left_by_mistake_is_undone_with_the_same_link(app: Flask, now: datetime) -> None:
    a_centre()
    wish(now, "shows")
    yes(now)
    leave(now)
    secret = kari().secret
    with unit_of_work():
        assert subscribers.come_back(secret, now, ON_PAGE)
    assert (kari().state, listed(), left_marks.has_left(KARI)) == (SubscriberState.CONFIRMED, ["shows"], False)


def test_other_topics_and_another_language_are_chosen_and_none_is_to_leave(app: Flask, now: datetime) -> None:
    a_centre()
    wish(now, "shows")
    yes(now)
    secret = kari().secret
    with unit_of_work():
        assert subscribers.choose(secret, ["schools", "holidays"], "lv", now, ON_PAGE)
    assert (kari().topics, kari().lang, listed()) == (["holidays", "schools"], "lv", ["holidays", "schools"])
    with unit_of_work():
        assert subscribers.choose(secret, [], "lv", now, ON_PAGE)
    assert (kari().state, listed()) == (SubscriberState.LEFT, [])
    with unit_of_work():
        assert not subscribers.choose(secret, ["shows"], "lv", now, ON_PAGE)  # the page of before, in another tab


def test_who_gets_it_all_is_not_asked_again_but_who_stands_at_the_page_gets_their_link(
    app: Flask, now: datetime
) -> None:
    a_centre()
    wish(now, "shows", once="a")
    yes(now)
    wish(now, "shows", once="b")
    with unit_of_work():
        subscribers.ask_from_page(KARI, ["shows"], "nb", now, AskedBy(ConsentPlace.PAGE, "nb"))
    db.session.rollback()
    assert asked() == 1
    assert db.session.scalars(select(Promise.kind).order_by(Promise.id)).all()[-1] == "mail.news_link"


def test_one_purchase_asks_once_and_a_page_once_in_a_quarter_of_an_hour(app: Flask, now: datetime) -> None:
    a_centre()
    for _ in range(3):
        wish(now, "shows", once="booking:7")
    assert asked() == 1
    for moment in (now, now, now + QUARTER):
        wish(moment, "shows")
    assert asked() == 3


def test_who_wishes_for_nothing_is_not_written_down(app: Flask, now: datetime) -> None:
    a_centre()
    wish(now)
    assert db.session.scalar(select(func.count(Subscriber.id))) == 0


def test_a_mailbox_that_does_not_exist_is_not_tried_again_for_a_week(app: Flask, now: datetime) -> None:
    a_centre()
    wish(now, "shows")
    with unit_of_work():
        subscribers.take_off(db.session.scalars(select(Subscriber)).one(), SubscriberState.BOUNCED, now)
    wish(now + timedelta(days=6), "shows")
    assert (asked(), kari().state) == (1, SubscriberState.BOUNCED)
    wish(now + timedelta(days=8), "shows")
    assert (asked(), kari().state) == (2, SubscriberState.ASKED)


def test_a_yes_is_kept_with_where_when_and_to_which_words(app: Flask, now: datetime) -> None:
    a_centre()
    later = now + QUARTER
    for text in ("Old words", "Do you want news?", "Do you want news?"):
        with unit_of_work():
            asked_by = AskedBy(ConsentPlace.FOOT, "en", consents.keep_wording("en", text, now))
            subscribers.ask(KARI, ["shows"], "en", now, asked_by)
    yes(later)
    (consent,) = consents.of_subscriber(kari().id)  # what was never answered is replaced by what was asked last
    assert (consent.place, consent.text, consent.topics) == (ConsentPlace.FOOT, "Do you want news?", ["shows"])
    assert (consent.asked_at, consent.answered_at) == (now, later)


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


def test_nobody_changes_the_language_of_who_is_on_the_list_by_typing_their_address(app: Flask, now: datetime) -> None:
    a_centre()
    wish(now, "shows")
    yes(now)
    with unit_of_work():
        subscribers.ask_from_page(KARI, ["schools"], "lv", now, AskedBy(ConsentPlace.FOOT, "lv"))
    assert (kari().lang, kari().unconfirmed) == ("nb", ["schools"])
    leave(now)
    with unit_of_work():
        subscribers.ask_from_page(KARI, ["schools"], "lv", now, AskedBy(ConsentPlace.FOOT, "lv"))
    assert kari().lang == "lv"


@pytest.mark.parametrize("ended", [False, True])
def test_what_the_release_of_before_has_written_meanwhile_counts(app: Flask, now: datetime, ended: bool) -> None:
    """It knows neither states nor the index of topics: it says yes and no by moments alone."""
    a_centre()
    wish(now, "shows")
    later = now + QUARTER
    with unit_of_work():
        moments = {"confirmed_at": later, "ended_at": later + QUARTER if ended else None}
        db.session.execute(update(Subscriber).values(topics=["shows"], unconfirmed=[], **moments))
    with unit_of_work():
        assert subscribers.adopt_written_elsewhere() == 1
    assert kari().state is (SubscriberState.LEFT if ended else SubscriberState.CONFIRMED)
    assert (listed(), left_marks.has_left(KARI)) == ([] if ended else ["shows"], ended)
    with unit_of_work():
        assert subscribers.adopt_written_elsewhere() == 0


def test_a_page_hints_at_the_address_only(app: Flask, now: datetime) -> None:
    a_centre()
    wish(now, "shows")
    reader = queries.by_email(KARI)
    assert reader is not None and reader.hinted == "k…@example.org"
