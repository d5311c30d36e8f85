"""The newsletter's office: an issue from nothing to its sending, readers, topics, letters that came back."""

from __future__ import annotations

import io
import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.newsletter import issues, queries, sending, subscribers
from booking.newsletter.models import IssueState, NewsBlock, NewsIssue, SubscriberState
from booking.outbox.models import Promise
from booking.pictures import making
from booking.pictures.facts import Focus
from booking.pictures.making import MadePicture
from booking.running.worker import run_once
from booking.staff.models import Role
from tests.builders import a_centre, an_activity, in_all
from tests.newsletter.made import a_reader, letters
from tests.newsletter.test_returned import REPORT
from tests.pictures.photos import a_file, a_photo
from tests.web.browsing import Visitor, path_of, words
from tests.web.staffing import a_colleague

TOPICS = {"shows": in_all("Show"), "schools": in_all("Skole")}
SUBJECT: dict[str, str | list[str]] = {"subject-nb": "Nytt hos oss", "subject-lv": "Jaunumi", "topics": ["shows"]}


@pytest.fixture
def office(app: Flask) -> Visitor:
    """An administrator at a centre with two topics."""
    a_centre(newsletter_topics=TOPICS)
    return a_colleague(app, Role.ADMIN).browser


def a_draft(office: Visitor) -> int:
    office.get("/staff/newsletter")
    edit = path_of(office.post("/staff/newsletter/new").location)
    office.get(edit)
    office.post(edit, SUBJECT | {"seen": seen(office, edit)})
    return int(edit.split("/")[3])


def seen(office: Visitor, page: str) -> str:
    mark = re.search(r'name="seen" value="([^"]*)"', office.get(page).get_data(as_text=True))
    return mark[1] if mark else ""


def state(issue_id: int) -> IssueState:
    db.session.rollback()
    issue = issues.issue_of(issue_id)
    assert issue is not None
    return issue.state


def test_from_nothing_to_a_letter_in_the_mailbox(app: Flask, office: Visitor, now: datetime) -> None:
    a_reader("kari@example.org", now)
    a_reader("lv@example.org", now, lang="lv")
    show = an_activity(title="Lynshow")
    issue_id = a_draft(office)
    page = f"/staff/newsletter/{issue_id}"
    assert "There is nothing in it" in words(office.get(page))
    office.post(f"{page}/add?kind=heading", {"words-nb": "Vinter"})
    office.post(f"{page}/add?kind=words", {"words-nb": "Hei.\n\nKom!", "words-lv": "Nāciet!"})
    office.post(f"{page}/add?kind=event", {"activity_id": str(show)})
    office.post(f"{page}/add?kind=button", {"words-nb": "Se mer", "address": "https://example.org/x"})
    seen_now = words(office.get(f"{page}?in_lang=lv"))
    assert "2 readers" in seen_now and "Not written in this language: block 1, 4" in seen_now
    assert office.post(f"{page}/test", {"lang": "lv"}).status_code == 303
    assert office.post(f"{page}/schedule", {"now": "1"}).status_code == 303
    assert state(issue_id) is IssueState.SCHEDULED
    assert office.post(f"{page}/edit", SUBJECT).status_code == 303  # and nothing is changed
    run_once(app)
    run_once(app)
    got = {str(letter["To"]): str(letter["Subject"]) for letter in letters(app) if letter["List-Unsubscribe"]}
    assert got == {"kari@example.org": "Nytt hos oss", "lv@example.org": "Jaunumi"}
    assert any("Jaunumi" in str(letter["Subject"]) and letter["To"] != "lv@example.org" for letter in letters(app))


def test_what_cannot_be_is_said_at_the_field_and_kept(office: Visitor, now: datetime) -> None:
    a_reader("kari@example.org", now)
    issue_id = a_draft(office)
    page = f"/staff/newsletter/{issue_id}"
    for kind, typed in (
        ("words", {"words-nb": "x" * 100_000}),
        ("words", {"words-nb": ""}),
        ("button", {"words-nb": "Se", "address": "javascript:alert(1)"}),
        ("event", {"activity_id": "99999"}),
    ):
        answer = office.post(f"{page}/add?kind={kind}", typed)
        assert answer.status_code == 422, kind
        assert typed.get("words-nb", "")[:50] in answer.get_data(as_text=True)
    assert office.post(f"{page}/add?kind=pigeon", {}).status_code == 404
    for moment in ({"day": "2020-01-01"}, {"day": "2099-01-01"}, {"day": "x"}, {"day": ""}):
        office.post(f"{page}/add?kind=words", {"words-nb": "Hei"})
        answer = office.post(f"{page}/schedule", {"time": "10:00"} | moment)
        assert answer.status_code == 422, moment
    answer = office.post(
        f"{page}/edit", {"subject-nb": "En\r\nBcc: x@example.org", "seen": seen(office, f"{page}/edit")}
    )
    assert answer.status_code == 303
    issue = issues.issue_of(issue_id)
    assert issue is not None and issue.subject["nb"] == "En Bcc: x@example.org"


def test_without_readers_it_does_not_go_and_says_so(office: Visitor) -> None:
    issue_id = a_draft(office)
    page = f"/staff/newsletter/{issue_id}"
    office.post(f"{page}/add?kind=words", {"words-nb": "Hei"})
    assert "nobody to send it to" in words(office.get(page))
    answer = office.post(f"{page}/schedule", {"now": "1"})
    assert answer.status_code == 422 and state(issue_id) is IssueState.DRAFT


def test_blocks_are_moved_changed_and_taken_out(office: Visitor) -> None:
    issue_id = a_draft(office)
    page = f"/staff/newsletter/{issue_id}"
    for text in ("En", "To"):
        office.post(f"{page}/add?kind=words", {"words-nb": text})
    first, second = db.session.scalars(select(NewsBlock.id).order_by(NewsBlock.sort)).all()
    office.post(f"/staff/newsletter/block/{second}/move", {"act": "up"})
    db.session.rollback()
    assert [block.id for block in issues.blocks_of(issue_id)] == [second, first]
    block = f"/staff/newsletter/block/{first}"
    assert office.post(block, {"words-nb": "Tre", "seen": "old"}).status_code == 409
    assert office.post(block, {"words-nb": "Tre", "seen": seen(office, block)}).status_code == 303
    office.post(f"/staff/newsletter/block/{second}/move", {"act": "out"})
    db.session.rollback()
    assert [block.words for block in issues.blocks_of(issue_id)] == [{"nb": "Tre"}]
    assert office.post(f"{page}/remove").status_code == 303
    assert office.get(page).status_code == 404


def test_a_reader_is_found_taken_off_and_deleted(app: Flask, office: Visitor, now: datetime) -> None:
    a_reader("kari@example.org", now)
    office.get("/staff/newsletter/readers")
    assert office.post("/staff/newsletter/readers", {"email": "nobody@example.org"}).status_code == 404
    reader = path_of(office.post("/staff/newsletter/readers", {"email": " KARI@example.org "}).location)
    office.get(reader)
    office.post(f"{reader}/leave")
    db.session.rollback()
    kari = queries.by_email("kari@example.org")
    assert kari is not None and kari.state is SubscriberState.LEFT
    file = office.post("/staff/newsletter/readers/export", {"format": "csv", "state": "left"}).get_data(as_text=True)
    assert "kari@example.org" in file
    office.post(f"{reader}/remove")
    db.session.rollback()
    assert queries.by_email("kari@example.org") is None


def test_a_formula_for_an_address_is_text_in_the_file(app: Flask, office: Visitor, now: datetime) -> None:
    with unit_of_work():
        subscribers.ask("=cmd@example.org", ["shows"], "nb", now)
    file = office.post("/staff/newsletter/readers/export", {"format": "csv"}).get_data(as_text=True)
    assert "'=cmd@example.org" in file or '"=cmd' not in file.replace("'=", "")


def test_topics_are_added_renamed_and_taken_away(office: Visitor, now: datetime) -> None:
    a_reader("kari@example.org", now, ["shows", "schools"])
    page = "/staff/newsletter/topics"
    typed = {
        "topic-shows-nb": "Show og verksted",
        "topic-schools-nb": "Skole",
        "gone": "schools",
        "topic-new-nb": "Ferie",
    }
    assert office.post(page, typed | {"seen": seen(office, page)}).status_code == 303
    db.session.rollback()
    topics = the_centre().newsletter_topics
    assert list(topics) == ["shows", "ferie"] and topics["shows"]["nb"] == "Show og verksted"
    assert queries.by_topic() == {"shows": 1, "schools": 1}  # a yes stays said: the topic may come back
    assert office.post(page, {"topic-shows-nb": "", "seen": seen(office, page)}).status_code == 422
    assert office.post(page, {"topic-shows-nb": "A", "topic-ferie-nb": "B", "seen": "old"}).status_code == 409


def test_a_topic_that_an_unsent_issue_is_about_cannot_be_taken_away(office: Visitor, now: datetime) -> None:
    a_reader("kari@example.org", now)
    issue_id = a_draft(office)
    page, typed = "/staff/newsletter/topics", {"topic-shows-nb": "Show", "topic-schools-nb": "Skole", "gone": "shows"}
    answer = office.post(page, typed | {"seen": seen(office, page)})
    assert answer.status_code == 409 and "An issue that is not sent yet is about this: Show" in words(answer)
    assert 'value="shows" checked' in answer.get_data(as_text=True)
    assert list(the_centre().newsletter_topics) == ["shows", "schools"]
    assert office.post(f"/staff/newsletter/{issue_id}/remove").status_code == 303
    assert office.post(page, typed | {"seen": seen(office, page)}).status_code == 303


def test_a_topic_that_is_gone_never_makes_an_issue_one_for_everybody(office: Visitor, now: datetime) -> None:
    a_reader("kari@example.org", now)
    issue_id = a_draft(office)
    page = f"/staff/newsletter/{issue_id}"
    edit = f"{page}/edit"
    mark = seen(office, edit)
    answer = office.post(edit, SUBJECT | {"topics": ["pigeons"], "seen": mark})
    assert answer.status_code == 422 and "no longer there" in words(answer)
    with unit_of_work():  # as it was possible before
        db.session.execute(update(NewsIssue).values(topics=["pigeons"]))
    assert "pigeons (no longer there)" in words(office.get(page)) and "To all who read" not in words(office.get(page))
    shown = office.get(edit).get_data(as_text=True)
    assert re.search(r'value="pigeons"[^>]* checked', shown)
    answer = office.post(edit, SUBJECT | {"topics": ["pigeons"], "seen": seen(office, edit)})
    assert answer.status_code == 422 and "Take the tick away" in words(answer)
    db.session.rollback()
    issue = issues.issue_of(issue_id)
    assert issue is not None and issue.topics == ["pigeons"]


def test_a_picture_that_is_cut_while_somebody_schedules_the_issue_stays_out_of_it(
    office: Visitor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_reader("kari@example.org", now)
    issue_id = a_draft(office)
    page = f"/staff/newsletter/{issue_id}"
    picture = path_of(office.post(f"{page}/add?kind=picture").location)
    form = {"across": "50", "down": "50", "alt-nb": "A", "alt-nn": "A", "alt-en": "A", "alt-lv": "A", "credit": ""}
    bring(office, picture, form)
    make = making.make

    def schedule_meanwhile(content: bytes, focus: Focus) -> MadePicture:
        with unit_of_work():
            sending.schedule(issue_id, clock.now() + timedelta(hours=1), clock.now(), "account:2")
        return make(content, focus)

    monkeypatch.setattr(making, "make", schedule_meanwhile)
    before = issues.blocks_of(issue_id)
    answer = bring(office, picture, form | {"across": "10"})
    assert answer.status_code == 409 and "Scheduled" in words(answer)
    db.session.rollback()
    assert issues.blocks_of(issue_id) == before


def bring(office: Visitor, page: str, typed: dict[str, str]) -> TestResponse:
    file = {"file": (io.BytesIO(a_file(a_photo(900, 600))), "a.jpg"), "seen": seen(office, page)}
    return office.client.post(
        page, data=typed | file | {"csrf_token": office.token}, content_type="multipart/form-data"
    )


def test_letters_that_came_back_are_brought_as_text_and_as_files(office: Visitor, now: datetime) -> None:
    for name in ("kari", "ola"):
        a_reader(f"{name}@example.org", now)
    page = "/staff/newsletter/returned"
    office.get(page)
    assert office.post(page, {"text": "nothing here"}).status_code == 422
    assert "1 taken off the list" in words(office.post(page, {"text": "ola@example.org"}))
    files = {"files": (io.BytesIO(REPORT.encode()), "bounce.eml")}
    answer = office.client.post(page, data=files | {"csrf_token": office.token}, content_type="multipart/form-data")
    assert "1 taken off the list" in words(answer)
    db.session.rollback()
    states = [queries.by_email(f"{name}@example.org") for name in ("kari", "ola")]
    assert [reader.state for reader in states if reader] == [SubscriberState.BOUNCED] * 2


def test_a_moment_is_by_the_centres_clock_and_may_be_taken_back(office: Visitor, now: datetime) -> None:
    a_reader("kari@example.org", now)
    issue_id = a_draft(office)
    page = f"/staff/newsletter/{issue_id}"
    office.post(f"{page}/add?kind=words", {"words-nb": "Hei"})
    day = clock.now().date().replace(day=28).isoformat()
    assert office.post(f"{page}/schedule", {"day": day, "time": "10:00"}).status_code == 303
    assert state(issue_id) is IssueState.SCHEDULED
    assert office.post(f"{page}/withdraw").status_code == 303
    assert office.post(f"{page}/halt").status_code == 409
    assert state(issue_id) is IssueState.DRAFT
    assert db.session.scalar(select(Promise.id).where(Promise.kind == "news.portion")) is None
