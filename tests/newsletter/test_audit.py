"""The nightly check of the newsletter, and how an issue ends that not every letter of could go."""

from __future__ import annotations

import importlib
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import select, update

from booking.kernel.database import db, unit_of_work
from booking.newsletter import issues, sending, subscribers
from booking.newsletter.models import IssueState, NewsDelivery, NewsFate, NewsIssue, Subscriber
from booking.running.check import breaches
from booking.running.worker import run_once
from tests.builders import a_centre, in_all
from tests.newsletter.made import ACTOR, a_reader, an_issue, begin


def promised(now: datetime) -> int:
    """An issue whose letters to Kari and Ola wait."""
    a_centre(newsletter_topics={"shows": in_all("Show")})
    for name in ("kari", "ola"):
        a_reader(f"{name}@example.org", now)
    issue_id = an_issue(now)
    begin(issue_id, now)
    with unit_of_work():
        assert sending.keep_portion(issue_id, 1, 0) == 2
    return issue_id


def end(issue_id: int, now: datetime) -> tuple[IssueState, dict[NewsFate, int]]:
    with unit_of_work():
        sending.end_done(now)
    issue = issues.issue_of(issue_id)
    assert issue is not None
    return issue.state, dict(sending.figures([issue])[issue_id])


def test_an_issue_does_not_wait_for_who_was_deleted(app: Flask, now: datetime) -> None:
    issue_id = promised(now)
    kari, ola = db.session.scalars(select(Subscriber.id).order_by(Subscriber.id)).all()
    with unit_of_work():
        subscribers.remove_by_staff(kari, now, ACTOR)
        assert sending.take(issue_id, ola) is not None
        sending.note_fate(issue_id, ola, NewsFate.SENT)
    assert end(issue_id, now) == (IssueState.SENT, {NewsFate.LEFT_OUT: 1, NewsFate.SENT: 1})
    assert breaches() == []


def test_letters_that_no_server_took_in_all_the_time_are_refused_when_the_issue_ends(app: Flask, now: datetime) -> None:
    issue_id = promised(now)
    assert end(issue_id, now + sending.GIVEN_UP + timedelta(hours=1)) == (IssueState.SENT, {NewsFate.REFUSED: 2})
    assert breaches() == []


def test_the_nightly_check_names_what_is_amiss_with_the_newsletter(app: Flask, now: datetime) -> None:
    issue_id = promised(now)
    run_once(app)
    run_once(app)
    assert end(issue_id, now) == (IssueState.SENT, {NewsFate.SENT: 2})
    assert breaches() == []
    first = db.session.scalars(select(Subscriber.id).order_by(Subscriber.id)).first()
    with unit_of_work():
        db.session.execute(update(NewsDelivery).where(NewsDelivery.subscriber_id == first).values(state="promised"))
    assert breaches() == [f"newsletter issue that is sent with a letter that waits, issue: {issue_id}"]
    with unit_of_work():
        db.session.execute(update(NewsDelivery).values(state="sent"))
        db.session.execute(update(NewsIssue).values(frozen={"events": [], "figures": {"sent": 3}}))
    assert breaches() == [f"newsletter figures that are not of its letters, issue: {issue_id}"]
    with unit_of_work():
        db.session.execute(update(NewsIssue).values(state=IssueState.DRAFT))
    assert breaches() == [f"newsletter issue that has not begun with a letter, issue: {issue_id}"]
    with unit_of_work():
        db.session.execute(update(NewsIssue).values(state=IssueState.SENT, frozen={}))
        db.session.execute(update(Subscriber).where(Subscriber.id == first).values(state="left"))
    assert breaches() == [f"newsletter topic listed of who is not on the list, reader: {first}"]


def test_letters_of_an_issue_that_ended_before_anybody_gave_them_up_are_given_up_by_the_migration(
    app: Flask, now: datetime
) -> None:
    issue_id = promised(now)
    run_once(app)
    run_once(app)
    assert end(issue_id, now)[0] is IssueState.SENT
    first, second = db.session.scalars(select(NewsDelivery.id).order_by(NewsDelivery.id))
    with unit_of_work():
        db.session.execute(update(NewsDelivery).values(state="promised"))
        db.session.execute(update(NewsDelivery).where(NewsDelivery.id == second).values(subscriber_id=None))
        db.session.execute(update(NewsIssue).values(frozen={"events": [], "figures": {"promised": 2}}))
    assert breaches() == [f"newsletter issue that is sent with a letter that waits, issue: {issue_id}"]
    migration = importlib.import_module("migrations.versions.0054_letters_of_issues_that_are_sent")
    with unit_of_work():
        migration.mend(db.session.connection())
    db.session.expire_all()
    assert breaches() == []
    states = {delivery.id: delivery.state for delivery in db.session.scalars(select(NewsDelivery))}
    assert states == {first: NewsFate.REFUSED, second: NewsFate.LEFT_OUT}
    assert db.session.get_one(NewsIssue, issue_id).frozen == {"events": [], "figures": {"refused": 1, "left_out": 1}}
