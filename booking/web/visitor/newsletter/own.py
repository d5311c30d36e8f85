"""A reader's own page, by the link in their letters: to say yes, to choose, to leave. Opening a page does nothing.

Mail scanners open links; and a letter is passed on, its links with it: so the page hints at the address only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from booking.kernel import clock
from booking.kernel.codes import is_secret
from booking.kernel.database import unit_of_work
from booking.newsletter import queries, subscribers
from booking.newsletter.models import ConsentPlace, SubscriberState
from booking.newsletter.queries import SubscriberFacts
from booking.web.blueprints import visitor
from booking.web.extensions import csrf
from booking.web.guards.access import public
from booking.web.languages import LANGUAGES, centre, language, topics_in_words
from booking.web.visitor.newsletter.asking import asked_by, news_question


class NewsAnswer(StrEnum):
    """What has just been done."""

    YES = "yes"
    CHOSEN = "chosen"
    LEFT = "left"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class OwnNewsPage:
    """Somebody's newsletter; `reader` is None for who is not known (any more) and has just left all the same."""

    reader: SubscriberFacts | None
    topics: Mapping[str, str]
    langs: Sequence[tuple[str, str]]
    answer: NewsAnswer | None = None

    states: ClassVar = SubscriberState
    answers: ClassVar = NewsAnswer

    @property
    def errors(self) -> None:
        """Nothing can be typed wrongly here."""

    @property
    def waiting(self) -> list[str]:
        """The topics that wait for a yes, in words."""
        return [self.topics[topic] for topic in self.reader.unconfirmed if topic in self.topics] if self.reader else []


@dataclass(frozen=True, slots=True)
class LeavePage:
    """The button that leaves, for who has opened the link that machines post to."""

    reader: SubscriberFacts
    issue_id: int | None


@visitor.get("/newsletter/<secret>")
@public
def newsletter(secret: str) -> str:
    """How things stand: the question, one's choices, or that one has left."""
    return _page(_known(secret))


@visitor.post("/newsletter/<secret>")
@public
def say_yes(secret: str) -> ResponseReturnValue:
    """Yes to what was asked."""
    _known(secret)
    with unit_of_work():
        is_on_list = subscribers.confirm(secret, clock.now())
    return _page(_known(secret), NewsAnswer.YES if is_on_list else None)


@visitor.post("/newsletter/<secret>/end")
@public
def say_no(secret: str) -> ResponseReturnValue:
    """No to what was asked, or no more."""
    _known(secret)
    with unit_of_work():
        subscribers.leave(secret, clock.now())
    return _page(queries.by_secret(secret), NewsAnswer.LEFT)


@visitor.post("/newsletter/<secret>/choose")
@public
def choose_news(secret: str) -> ResponseReturnValue:
    """Other topics, or another language; no topic at all is to leave."""
    _known(secret)
    ticked = request.form.getlist("topics")
    chosen = [topic for topic in centre().newsletter_topics if topic in ticked]
    if ticked and not chosen:  # all of it was taken away meanwhile: that is no wish to leave
        return _page(_known(secret))
    lang = request.form.get("lang", "")
    lang = lang if lang in centre().languages else language()
    with unit_of_work():
        shown = asked_by(ConsentPlace.OWN, news_question())
        subscribers.choose(secret, chosen, lang, clock.now(), shown)
    return _page(queries.by_secret(secret), NewsAnswer.CHOSEN if chosen else NewsAnswer.LEFT)


@visitor.post("/newsletter/<secret>/back")
@public
def come_back_to_news(secret: str) -> ResponseReturnValue:
    """To have left was a mistake."""
    _known(secret)
    with unit_of_work():
        is_back = subscribers.come_back(secret, clock.now(), asked_by(ConsentPlace.OWN, news_question()))
    return _page(_known(secret), NewsAnswer.BACK if is_back else None)


@visitor.get("/newsletter/<secret>/leave", defaults={"issue_id": None})
@visitor.get("/newsletter/<secret>/leave/<int:issue_id>")
@public
def leaving(secret: str, issue_id: int | None) -> str:
    """The button, for people; machines post here (RFC 8058)."""
    reader = _known(secret)
    if reader.state is not SubscriberState.CONFIRMED:
        return _page(reader)
    return render_template("visitor/news_leave.html", page=LeavePage(reader, issue_id))


@visitor.post("/newsletter/<secret>/leave", defaults={"issue_id": None})
@visitor.post("/newsletter/<secret>/leave/<int:issue_id>")
@csrf.exempt
@public
def leave_news(secret: str, issue_id: int | None) -> ResponseReturnValue:
    """Leave in one click, also of a mail program on the reader's behalf: no cookie, no token (RFC 8058, section 3.2).

    Who is not known, since they left long ago, has what they want: a mail program is told of no error.
    """
    with unit_of_work():
        subscribers.leave(secret, clock.now(), issue_id)
    return _page(queries.by_secret(secret), NewsAnswer.LEFT)


def _known(secret: str) -> SubscriberFacts:
    reader = queries.by_secret(secret) if is_secret(secret) else None
    if reader is None:
        abort(404)
    return reader


def _page(reader: SubscriberFacts | None, answer: NewsAnswer | None = None) -> str:
    page = OwnNewsPage(
        reader=reader,
        topics=topics_in_words(),
        langs=[(lang, LANGUAGES[lang]) for lang in centre().languages],
        answer=answer,
    )
    return render_template("visitor/newsletter.html", page=page)
