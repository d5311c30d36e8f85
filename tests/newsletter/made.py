"""Readers and issues, made by the functions that pages call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

from flask import Flask
from sqlalchemy import select, update

from booking.kernel.database import Texts, db, unit_of_work
from booking.newsletter import issues, sending, subscribers
from booking.newsletter.models import BlockKind, NewsIssue, Subscriber
from booking.settings import settings_of
from tests.builders import in_all

ACTOR = "account:1"
WORDS = in_all("Kom og prøv.")


def a_reader(email: str, now: datetime, topics: Sequence[str] = ("shows",), lang: str = "nb") -> str:
    """Somebody who has said yes; their secret."""
    with unit_of_work():
        subscribers.ask(email, topics, lang, now, once=f"{now.timestamp()}")
        secret = db.session.scalars(select(Subscriber.secret).where(Subscriber.email == email)).one()
        assert subscribers.confirm(secret, now)
    return secret


def an_issue(now: datetime, topics: Sequence[str] = (), langs: Sequence[str] = (), subject: Texts | None = None) -> int:
    """A draft with a subject and a text."""
    with unit_of_work():
        issue_id = issues.new_issue(now, ACTOR)
        values = {"subject": subject or in_all("Nytt hos oss"), "topics": list(topics), "langs": list(langs)}
        db.session.execute(update(NewsIssue).where(NewsIssue.id == issue_id).values(values))
        issues.add_block(issue_id, BlockKind.WORDS, {"words": WORDS}, ACTOR)
    return issue_id


def begin(issue_id: int, now: datetime) -> None:
    """It begins to go out."""
    with unit_of_work():
        sending.schedule(issue_id, now, now, ACTOR)
    with unit_of_work():
        assert sending.begin_due(now) == 1


def letters(app: Flask) -> list[EmailMessage]:
    """All letters that have gone out, as files."""
    folder = settings_of(app).instance_dir / "mail"
    read = [message_from_bytes(file.read_bytes(), policy=SMTP) for file in sorted(folder.glob("*.eml"))]
    return [letter for letter in read if isinstance(letter, EmailMessage)]


def news_by_recipient(app: Flask) -> Counter[str]:
    """How many letters of issues each address has got."""
    return Counter(str(letter["To"]) for letter in letters(app) if letter["List-Id"])


LATER = timedelta(minutes=5)
