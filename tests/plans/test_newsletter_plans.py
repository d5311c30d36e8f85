"""What sends the newsletter reads its readers in portions, off indexes, however many there are and were written to.

`READERS=1000000` in the environment puts as many on the list.
"""

from __future__ import annotations

import os
from datetime import timedelta

from flask import Flask
from sqlalchemy import String, case, cast, insert, literal, select, update

from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.newsletter import sending, subscribers
from booking.newsletter.models import (
    IssueState,
    NewsDelivery,
    NewsFate,
    NewsIssue,
    Subscriber,
    SubscriberState,
    SubscriberTopic,
)
from tests.builders import a_centre, in_all
from tests.newsletter.made import an_issue
from tests.plans.heard import listening, refuse_whole_tables

READERS = int(os.environ.get("READERS", "100000"))
OF_NEWS = frozenset({"subscriber", "subscriber_topic", "news_delivery", "outbox"})


def many_readers() -> None:
    """Each with one topic of three; every ninth has left."""
    first = select(literal(1).label("number")).cte("numbers", recursive=True)
    numbers = first.union_all(select(first.c.number + 1).where(first.c.number < READERS))
    number = numbers.c.number
    moment, has_left = literal(clock.now() - timedelta(days=30), Subscriber.asked_at.type), number % 9 == 0
    readers = {
        "id": number,
        "email": literal("reader").concat(cast(number, String)).concat("@example.org"),
        "secret": literal("s").concat(cast(number, String)),
        "state": case((has_left, SubscriberState.LEFT.value), else_=SubscriberState.CONFIRMED.value),
        "lang": case((number % 4 == 0, "nn"), else_="nb"),
        "topics": literal("[]"), "asked_at": moment, "confirmed_at": moment, "changed_at": moment,
        "ended_at": case((has_left, moment)),
    }  # fmt: skip
    topic = case((number % 3 == 0, "shows"), (number % 3 == 1, "schools"), else_="holidays")
    with unit_of_work():
        db.session.execute(
            insert(Subscriber).from_select(list(readers), select(*readers.values()), include_defaults=False)
        )
        listed = select(topic, number).where(~has_left)
        db.session.execute(insert(SubscriberTopic).from_select(["topic", "subscriber_id"], listed))


def written_to(issue_id: int, fate: NewsFate, upto: int) -> None:
    """An issue that goes out has reached so many of them."""
    letters = select(literal(issue_id), Subscriber.id, literal(fate.value)).where(Subscriber.id <= upto)
    with unit_of_work():
        columns = ["issue_id", "subscriber_id", "state"]
        db.session.execute(insert(NewsDelivery).from_select(columns, letters, include_defaults=False))
        values = {
            "state": IssueState.SENDING, "begun_at": clock.now(), "send_at": clock.now(), "spell": 1,
            "cursor": upto, "last_subscriber_id": READERS,
        }  # fmt: skip
        db.session.execute(update(NewsIssue).where(NewsIssue.id == issue_id).values(values))


def test_a_portion_a_letter_and_a_look_whether_it_is_done_read_no_whole_table(app: Flask) -> None:
    a_centre(newsletter_topics={"shows": in_all("Show"), "schools": in_all("Skole"), "holidays": in_all("Ferie")})
    many_readers()
    now, half = clock.now(), READERS // 2
    to_all, to_some, whole = an_issue(now), an_issue(now, ["shows"], ["nb"]), an_issue(now)
    written_to(to_all, NewsFate.SENT, half)
    written_to(to_some, NewsFate.SENT, half)
    written_to(whole, NewsFate.PROMISED, READERS)
    if db.engine.dialect.name == "postgresql":
        with db.engine.begin() as connection:  # as the database does by itself before long
            connection.exec_driver_sql("ANALYZE")
    with listening() as heard:
        for issue_id in (to_all, to_some):
            with unit_of_work():
                assert sending.keep_portion(issue_id, 1, half) == sending.PORTION
        with unit_of_work():
            assert sending.take(whole, half - half % 9 + 1) is not None
            sending.note_fate(whole, half - half % 9 + 1, NewsFate.SENT)
        with unit_of_work():
            subscribers.adopt_written_elsewhere()
        with unit_of_work():
            sending.begin_due(now)
        with unit_of_work():
            assert sending.end_done(now) == 0
    refuse_whole_tables(heard, OF_NEWS)
