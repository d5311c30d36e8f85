"""An issue goes to each who has said yes, once, whoever dies, leaves or halts meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.capacity.models import Slot, SlotStatus
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.newsletter import audience, issues, sending, subscribers
from booking.newsletter.models import BlockKind, IssueState, NewsFate, NewsIssue, Subscriber, SubscriberState
from booking.newsletter.sending import IssueLacks, NoReaders, OddMoment
from booking.outbox.models import Promise, Rank
from booking.running.worker import run_once
from tests.builders import a_centre, a_slot, an_activity, in_all, tomorrow
from tests.newsletter.made import ACTOR, a_reader, an_issue, begin, letters, news_by_recipient

TOPICS = {"shows": in_all("Show"), "schools": in_all("Skole")}


@pytest.fixture(autouse=True)
def centre(app: Flask) -> None:
    """The house, with two topics."""
    a_centre(newsletter_topics=TOPICS)


@pytest.fixture
def small_portions(monkeypatch: pytest.MonkeyPatch) -> int:
    """Two letters a portion."""
    monkeypatch.setattr(sending, "PORTION", 2)
    return 2


def state(issue_id: int) -> IssueState:
    db.session.rollback()
    issue = issues.issue_of(issue_id)
    assert issue is not None
    return issue.state


def fates(issue_id: int) -> dict[NewsFate, int]:
    db.session.rollback()
    return dict(sending.fates([issue_id]).get(issue_id, {}))


def end(now: datetime) -> None:
    with unit_of_work():
        sending.end_done(now)


def test_it_goes_to_each_reader_of_its_topic_in_their_language_once(app: Flask, now: datetime) -> None:
    a_reader("nb@example.org", now)
    a_reader("lv@example.org", now, lang="lv")
    a_reader("schools@example.org", now, ["schools"])
    with unit_of_work():
        subscribers.ask("silent@example.org", ["shows"], "nb", now)
    issue_id = an_issue(now, ["shows"], subject={"nb": "Nytt", "lv": "Jaunumi"})
    begin(issue_id, now)
    run_once(app)
    end(now)
    assert news_by_recipient(app) == {"nb@example.org": 1, "lv@example.org": 1}
    subjects = {str(letter["To"]): str(letter["Subject"]) for letter in letters(app) if letter["List-Id"]}
    assert subjects == {"nb@example.org": "Nytt", "lv@example.org": "Jaunumi"}
    assert (state(issue_id), fates(issue_id)) == (IssueState.SENT, {NewsFate.SENT: 2})


def test_a_letter_says_how_to_leave_to_people_and_to_mail_programs(app: Flask, now: datetime) -> None:
    secret = a_reader("kari@example.org", now)
    issue_id = an_issue(now)
    begin(issue_id, now)
    run_once(app)
    (letter,) = (letter for letter in letters(app) if letter["List-Id"])
    leave = f"/nb/newsletter/{secret}/leave/{issue_id}"
    address = "".join(str(letter["List-Unsubscribe"]).split())
    assert address.startswith("<http") and address.endswith(f"{leave}>")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert str(letter["List-Id"]).startswith("<newsletter.")
    for kind in ("plain", "html"):
        part = letter.get_body((kind,))
        assert part is not None and leave in part.get_content() and "Kom og prøv." in part.get_content()


def test_tickets_never_wait_for_it(app: Flask, now: datetime) -> None:
    a_reader("kari@example.org", now)
    issue_id = an_issue(now)
    begin(issue_id, now)
    with unit_of_work():
        sending.keep_portion(issue_id, 1, 0)
    ranks = db.session.scalars(select(Promise.rank).where(Promise.kind.in_(["mail.news", "news.portion"]))).all()
    assert ranks == [Rank.BULK, Rank.BULK]


def test_portions_follow_each_other_and_a_portion_kept_twice_is_one(
    app: Flask, now: datetime, small_portions: int
) -> None:
    for number in range(5):
        a_reader(f"r{number}@example.org", now)
    issue_id = an_issue(now)
    begin(issue_id, now)
    with unit_of_work():
        assert sending.keep_portion(issue_id, 1, 0) == small_portions
    with unit_of_work():
        assert sending.keep_portion(issue_id, 1, 0) == 0  # by a second worker, or by one that had died before it noted
    run_once(app)
    assert set(news_by_recipient(app).values()) == {1} and len(news_by_recipient(app)) == 5
    assert fates(issue_id) == {NewsFate.SENT: 5}


def test_who_comes_later_does_not_get_it_and_who_leaves_meanwhile_gets_no_more(
    app: Flask, now: datetime, small_portions: int
) -> None:
    secrets = [a_reader(f"r{number}@example.org", now) for number in range(3)]
    issue_id = an_issue(now)
    begin(issue_id, now)
    with unit_of_work():
        sending.keep_portion(issue_id, 1, 0)
    later = now + timedelta(minutes=1)
    a_reader("later@example.org", later)
    with unit_of_work():
        subscribers.leave(secrets[1], later)
    run_once(app)
    end(later)
    assert news_by_recipient(app) == {"r0@example.org": 1, "r2@example.org": 1}
    assert fates(issue_id) == {NewsFate.SENT: 2, NewsFate.LEFT_OUT: 1}
    assert state(issue_id) is IssueState.SENT


def test_who_has_left_gets_nothing_also_where_an_old_copy_says_otherwise(app: Flask, now: datetime) -> None:
    secret = a_reader("kari@example.org", now)
    with unit_of_work():
        subscribers.leave(secret, now)
        back = {"state": SubscriberState.CONFIRMED, "ended_at": None}  # as it stood in the copy
        db.session.execute(update(Subscriber).values(back))
    issue_id = an_issue(now)
    begin(issue_id, now)
    run_once(app)
    assert news_by_recipient(app) == {}
    assert fates(issue_id) == {NewsFate.LEFT_OUT: 1}


def test_a_letter_that_a_killed_worker_may_have_sent_is_not_sent_again(app: Flask, now: datetime) -> None:
    a_reader("kari@example.org", now)
    a_reader("ola@example.org", now)
    issue_id = an_issue(now)
    begin(issue_id, now)
    with unit_of_work():
        sending.keep_portion(issue_id, 1, 0)
        first = db.session.scalars(select(Subscriber.id).order_by(Subscriber.id)).first()
        assert first is not None and sending.take(issue_id, first) is not None
    # Here it was killed, letter in hand; its promise comes to somebody else when its lease is over.
    run_once(app)
    end(now)
    assert news_by_recipient(app) == {"ola@example.org": 1}
    assert (fates(issue_id), state(issue_id)) == ({NewsFate.GOING: 1, NewsFate.SENT: 1}, IssueState.SENT)


def portion_taken(issue_id: int) -> int:
    """Its letters are promised, and a worker has the first in hand; whose that is."""
    with unit_of_work():
        sending.keep_portion(issue_id, 1, 0)
        first = db.session.scalars(select(Subscriber.id).order_by(Subscriber.id)).first()
        assert first is not None and sending.take(issue_id, first) is not None
    return first


def test_a_letter_in_a_workers_hand_keeps_the_issue_open_and_goes_when_the_server_says_later(
    app: Flask, now: datetime
) -> None:
    a_reader("kari@example.org", now)
    issue_id = an_issue(now)
    begin(issue_id, now)
    in_hand = portion_taken(issue_id)
    end(now)  # by another worker
    assert state(issue_id) is IssueState.SENDING
    with unit_of_work():
        sending.note_fate(issue_id, in_hand, NewsFate.PROMISED)  # the server said: later
    end(now)
    run_once(app)
    end(now)
    assert news_by_recipient(app) == {"kari@example.org": 1}
    assert (fates(issue_id), state(issue_id)) == ({NewsFate.SENT: 1}, IssueState.SENT)


def test_a_letter_that_stays_in_hand_holds_the_issue_for_some_days_and_no_longer(app: Flask, now: datetime) -> None:
    a_reader("kari@example.org", now)
    issue_id = an_issue(now)
    begin(issue_id, now)
    portion_taken(issue_id)
    end(now + sending.GIVEN_UP + timedelta(minutes=1))
    assert state(issue_id) is IssueState.SENT


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_letter_taken_while_somebody_presses_go_on_is_not_left_behind(app: Flask, now: datetime) -> None:
    a_reader("kari@example.org", now)
    issue_id = an_issue(now)
    begin(issue_id, now)
    with unit_of_work():
        sending.keep_portion(issue_id, 1, 0)
        sending.halt(issue_id, ACTOR)
    reader_id = db.session.scalars(select(Subscriber.id)).one()
    db.session.rollback()

    def take() -> None:
        with app.app_context(), unit_of_work():
            sending.take(issue_id, reader_id)

    taking = Thread(target=take)
    with unit_of_work():
        sending.go_on(issue_id, now, ACTOR)
        taking.start()
        taking.join(0.5)  # it waits for us
    taking.join()
    assert fates(issue_id) == {NewsFate.GOING: 1}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_workers_end_an_issue_at_once_without_an_error(app: Flask, now: datetime) -> None:
    a_reader("kari@example.org", now)
    issue_id = an_issue(now)
    begin(issue_id, now)
    run_once(app)
    ended: list[int] = []

    def end_too() -> None:
        with app.app_context(), unit_of_work():
            ended.append(sending.end_done(now))

    other = Thread(target=end_too)
    with unit_of_work():
        ended.append(sending.end_done(now))
        other.start()
        other.join(0.5)
    other.join()
    assert (ended, state(issue_id)) == ([1, 0], IssueState.SENT)


def test_it_can_be_halted_and_gone_on_with(app: Flask, now: datetime, small_portions: int) -> None:
    for number in range(5):
        a_reader(f"r{number}@example.org", now)
    issue_id = an_issue(now)
    begin(issue_id, now)
    with unit_of_work():
        sending.keep_portion(issue_id, 1, 0)
        sending.halt(issue_id, ACTOR)
    run_once(app)
    end(now)
    assert (news_by_recipient(app), state(issue_id)) == ({}, IssueState.HALTED)
    assert fates(issue_id) == {NewsFate.HELD: 2}
    with unit_of_work():
        sending.go_on(issue_id, now, ACTOR)
    run_once(app)
    end(now)
    assert set(news_by_recipient(app).values()) == {1} and len(news_by_recipient(app)) == 5
    assert state(issue_id) is IssueState.SENT


def test_what_is_in_it_stays_as_it_was_when_it_began(app: Flask, now: datetime) -> None:
    a_reader("kari@example.org", now)
    show = an_activity(title="Lynshow")
    soon, later = tomorrow(10), tomorrow(12)
    a_slot(show, starts_at=later)
    slot = a_slot(show, starts_at=soon)
    issue_id = an_issue(now)
    with unit_of_work():
        issues.add_block(issue_id, BlockKind.EVENT, {"activity_id": show}, ACTOR)
    begin(issue_id, now)
    with unit_of_work(), pytest.raises(issues.IssueStands):
        issues.add_block(issue_id, BlockKind.WORDS, {"words": in_all("Mer")}, ACTOR)
    with unit_of_work():
        db.session.execute(update(Slot).where(Slot.id == slot).values(status=SlotStatus.CLOSED))
    run_once(app)
    (letter,) = (letter for letter in letters(app) if letter["List-Id"])
    plain = letter.get_body(("plain",))
    assert plain is not None
    text = plain.get_content()
    assert "Lynshow" in text and f"/nb/tickets?slot={slot}" in text
    assert "10:00" in text


def test_what_lacks_something_or_has_no_readers_or_an_odd_moment_does_not_go(app: Flask, now: datetime) -> None:
    with unit_of_work():
        empty = issues.new_issue(now, ACTOR)
    with unit_of_work(), pytest.raises(IssueLacks):
        sending.schedule(empty, now, now, ACTOR)
    whole = an_issue(now, ["shows"], ["lv"])
    with unit_of_work(), pytest.raises(NoReaders):
        sending.schedule(whole, now, now, ACTOR)
    a_reader("lv@example.org", now, lang="lv")
    for moment in (now - timedelta(seconds=1), now + timedelta(days=400), now.replace(year=2099)):
        with unit_of_work(), pytest.raises(OddMoment):
            sending.schedule(whole, moment, now, ACTOR)
    with unit_of_work():
        sending.schedule(whole, now + timedelta(days=1), now, ACTOR)
    with unit_of_work():
        assert sending.begin_due(now) == 0
        sending.withdraw(whole, ACTOR)
    assert state(whole) is IssueState.DRAFT


def test_the_audience_is_counted_by_language_topic_and_yes(app: Flask, now: datetime) -> None:
    a_reader("a@example.org", now, ["shows", "schools"])
    a_reader("b@example.org", now, ["schools"], "lv")
    left = a_reader("c@example.org", now, ["schools"], "lv")
    with unit_of_work():
        subscribers.leave(left, now)
        subscribers.ask("d@example.org", ["schools"], "lv", now)
    assert audience.count_by_language([], []) == {"nb": 1, "lv": 1}
    assert audience.count_by_language(["shows"], []) == {"nb": 1}
    assert audience.count_by_language(["shows", "schools"], ["lv"]) == {"lv": 1}


def test_leaving_by_an_issues_link_is_counted_once_for_it(app: Flask, now: datetime) -> None:
    secret = a_reader("kari@example.org", now)
    issue_id = an_issue(now)
    begin(issue_id, now)
    for _ in range(2):
        with unit_of_work():
            assert subscribers.leave(secret, clock.now(), issue_id)
    assert db.session.scalar(select(NewsIssue.left).where(NewsIssue.id == issue_id)) == 1
