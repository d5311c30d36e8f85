"""The newsletter's promises: portions, and each letter at most once; who cannot be reached is taken off the list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from booking.centre.facts import the_centre
from booking.kernel import clock, log
from booking.kernel.database import end_reading, unit_of_work
from booking.mail import sending as post
from booking.mail.news.writing import WholeIssue, issue_letter, whole_issue
from booking.mail.writing import Desk
from booking.newsletter import bounces, queries, sending
from booking.newsletter.models import NewsFate
from booking.outbox.keepers import PromiseKeeper, read
from booking.outbox.models import Rank
from booking.outbox.promises import Leased
from booking.settings import Settings


@dataclass(frozen=True, slots=True)
class PromisedPortion:
    """The next portion of an issue after this subscriber, in this spell."""

    issue_id: int
    spell: int
    cursor: int


@dataclass(frozen=True, slots=True)
class PromisedNews:
    """An issue to a subscriber."""

    issue_id: int
    subscriber_id: int


def _keep_portion(leased: Leased, _settings: Settings) -> None:
    about = read(PromisedPortion, leased.about)
    with unit_of_work():
        sending.keep_portion(about.issue_id, about.spell, about.cursor)


def _send_news(leased: Leased, settings: Settings) -> None:
    """One letter. Raises post.Later; a letter that is refused is noted, and its promise kept.

    One that may have gone stays GOING, and is not sent again.
    """
    about, centre = read(PromisedNews, leased.about), the_centre()
    with unit_of_work():
        reader = sending.take(about.issue_id, about.subscriber_id)
    if reader is None:
        return
    try:
        whole = _issue_that_goes_out(about.issue_id)
        desk = Desk(settings, centre, leased.id, leased.kind, leased.made_at)
        letter = issue_letter(desk, whole, reader)
        end_reading()
        post.send(letter, settings, centre.name, centre.email, leased.request_id)
    except post.LetterRefused as refused:
        _note_refused(about, reader.email, refused)
        log.write("news.refused", promise=leased.id, issue=about.issue_id, cause=log.kind_of(refused))
    except Exception as error:
        if isinstance(error, post.Later) and error.may_have_gone:
            log.write("news.unsure", promise=leased.id, issue=about.issue_id, cause=str(error))
            return
        with unit_of_work():
            sending.note_fate(about.issue_id, about.subscriber_id, NewsFate.PROMISED)
        raise
    else:
        with unit_of_work():
            sending.note_fate(about.issue_id, about.subscriber_id, NewsFate.SENT)


def _note_refused(about: PromisedNews, email: str, refused: post.LetterRefused) -> None:
    with unit_of_work():
        note_refusal(email, refused)  # the reader's row before the letter's, as whoever deletes a reader
        sending.note_fate(about.issue_id, about.subscriber_id, NewsFate.REFUSED)


def note_refusal(email: str, refused: post.LetterRefused) -> None:
    """What a server said for good of a letter to a subscriber, if it said it of the address; inside a unit of work."""
    if refused.code:
        bounce = bounces.judge(refused.code, refused.words)
        bounces.note_bounce(email, bounce, bounces.status_of(refused.words) or str(refused.code), clock.now())


def question_refused(about: Mapping[str, object], refused: post.LetterRefused) -> None:
    """As `note_refusal`, for the letter that asks for a yes; inside a unit of work."""
    subscriber = queries.by_id(int(str(about["subscriber_id"])))
    if subscriber is not None:
        note_refusal(subscriber.email, refused)


def _issue_that_goes_out(issue_id: int) -> WholeIssue:
    """Nothing of it changes while it goes out, but its counters, which no letter shows."""
    whole = whole_issue(issue_id)
    assert whole is not None  # a draft alone can be thrown away
    return whole


KEEPERS = (
    PromiseKeeper(sending.PORTION_KIND, _keep_portion, Rank.BULK),
    PromiseKeeper(sending.LETTER_KIND, _send_news, Rank.BULK),
)
