"""Whatever readers, staff, workers and mail servers do in whatever order: only who wants it gets it, and once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.newsletter import bounces, issues, sending, subscribers
from booking.newsletter.bounces import Bounce
from booking.newsletter.consents import AskedBy
from booking.newsletter.models import ConsentPlace, IssueState, NewsDelivery, NewsFate, Subscriber, SubscriberState
from booking.outbox import promises
from tests.builders import a_centre, in_all
from tests.newsletter.made import ACTOR, an_issue

PEOPLE = 4
ACTS = ("ask", "yes", "choose", "leave", "back", "bounce", "begin", "portion", "letter", "crash", "halt", "go_on")
ON_PAGE = AskedBy(ConsentPlace.OWN, "nb")


class House:
    """One issue and its readers; what went to whom, as a mail server would have seen it."""

    def __init__(self) -> None:
        self.now = clock.now()
        self.issue_id = an_issue(self.now, ["shows"])
        self.got: list[int] = []

    def subscriber(self, number: int) -> Subscriber | None:
        db.session.rollback()
        return db.session.scalar(select(Subscriber).where(Subscriber.email == f"r{number}@example.org"))

    def state(self) -> IssueState:
        db.session.rollback()
        issue = issues.issue_of(self.issue_id)
        assert issue is not None
        return issue.state

    def do(self, act: str, number: int) -> None:
        self.now += timedelta(minutes=20)
        reader = self.subscriber(number)
        if act == "ask":
            with unit_of_work():
                subscribers.ask(f"r{number}@example.org", ["shows"], "nb", self.now)
        elif act in ("begin", "portion", "letter", "crash", "halt", "go_on"):
            getattr(self, act)(number)
        elif reader is not None:
            self.do_of_reader(act, reader.secret, reader.email)

    def do_of_reader(self, act: str, secret: str, email: str) -> None:
        with unit_of_work():
            match act:
                case "yes":
                    subscribers.confirm(secret, self.now)
                case "choose":
                    subscribers.choose(secret, ["shows", "schools"], "lv", self.now, ON_PAGE)
                case "leave":
                    subscribers.leave(secret, self.now, self.issue_id)
                case "back":
                    subscribers.come_back(secret, self.now, ON_PAGE)
                case "bounce":
                    bounces.note_bounce(email, Bounce.GONE, "5.1.1", self.now)

    def begin(self, _number: int) -> None:
        if self.state() is not IssueState.DRAFT:
            return
        try:
            with unit_of_work():
                sending.schedule(self.issue_id, self.now, self.now, ACTOR)
        except sending.NoReaders:
            return
        with unit_of_work():
            sending.begin_due(self.now)

    def portion(self, _number: int) -> None:
        db.session.rollback()
        issue = issues.issue_of(self.issue_id)
        assert issue is not None
        with unit_of_work():
            sending.keep_portion(self.issue_id, issue.spell, issue.cursor)

    def letter(self, number: int, crashes: bool = False) -> None:
        """The worker takes one letter that was promised; killed with it in hand, it may have gone."""
        db.session.rollback()
        waiting = list(db.session.scalars(select(NewsDelivery.subscriber_id).order_by(NewsDelivery.id)))
        known = [each for each in waiting if each is not None]
        if not known:
            return
        chosen = known[number % len(known)]
        with unit_of_work():
            reader = sending.take(self.issue_id, chosen)
        if reader is None:
            return
        subscriber = db.session.get(Subscriber, chosen)
        assert subscriber is not None and subscriber.state is SubscriberState.CONFIRMED
        self.got.append(chosen)
        if not crashes:
            with unit_of_work():
                sending.note_fate(self.issue_id, chosen, NewsFate.SENT)

    def crash(self, number: int) -> None:
        self.letter(number, crashes=True)

    def halt(self, _number: int) -> None:
        if self.state() is IssueState.SENDING:
            with unit_of_work():
                sending.halt(self.issue_id, ACTOR)

    def go_on(self, _number: int) -> None:
        if self.state() is IssueState.HALTED:
            with unit_of_work():
                sending.go_on(self.issue_id, self.now, ACTOR)


@pytest.fixture
def emptied(app: Flask) -> Flask:
    """The house, with two topics."""
    a_centre(newsletter_topics={"shows": in_all("Show"), "schools": in_all("Skole")})
    return app


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=st.lists(st.tuples(st.sampled_from(["ask", "yes"]), st.integers(0, PEOPLE - 1)), max_size=10),
    acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, PEOPLE - 1)), max_size=40),
)
def test_only_who_wants_it_gets_it_and_nobody_gets_it_twice(
    emptied: Flask, first: list[tuple[str, int]], acts: list[tuple[str, int]]
) -> None:
    with unit_of_work():
        for row in db.session.scalars(select(Subscriber)).all():
            db.session.delete(row)
    house = House()
    for act, number in [*first, ("begin", 0), ("portion", 0), *acts]:
        house.do(act, number)
    assert len(house.got) == len(set(house.got))
    rows = db.session.scalars(select(NewsDelivery).where(NewsDelivery.issue_id == house.issue_id)).all()
    gone = {row.subscriber_id for row in rows if row.state in (NewsFate.GOING, NewsFate.SENT)}
    assert gone - {None} <= set(house.got)


def test_a_lease_that_ran_out_is_kept_by_somebody_else_and_sends_nothing_again(emptied: Flask) -> None:
    house = House()
    for act in ("ask", "yes", "begin", "portion"):
        house.do(act, 0)
    with unit_of_work():
        leased = promises.lease("worker-1", clock.now(), most=50)
    assert "mail.news" in {promise.kind for promise in leased}
    house.letter(0, crashes=True)
    with unit_of_work():
        again = promises.lease("worker-2", clock.now() + promises.LEASE + timedelta(seconds=1), most=50)
    assert "mail.news" in {promise.kind for promise in again}
    house.letter(0)
    assert len(house.got) == 1
