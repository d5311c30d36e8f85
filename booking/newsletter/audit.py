"""What `flask check` asks of the newsletter: an issue that is sent is done with, and its figures are of its letters."""

from __future__ import annotations

from sqlalchemy import Select, func, select

from booking.kernel.database import run
from booking.newsletter.models import (
    IssueState,
    NewsDelivery,
    NewsFate,
    NewsIssue,
    Subscriber,
    SubscriberState,
    SubscriberTopic,
)

_WAITS = (NewsFate.PROMISED, NewsFate.HELD)
_BEFORE = (IssueState.DRAFT, IssueState.SCHEDULED)


def questions() -> list[tuple[str, str, Select[int]]]:
    """As the questions of booking.running.check: a name, what is wrong, and whose it is."""
    letters = select(NewsDelivery.issue_id).join(NewsIssue, NewsIssue.id == NewsDelivery.issue_id).distinct()
    listed = select(SubscriberTopic.subscriber_id).join(Subscriber, Subscriber.id == SubscriberTopic.subscriber_id)
    return [
        (
            "newsletter",
            "issue that is sent with a letter that waits, issue",
            letters.where(NewsIssue.state == IssueState.SENT, NewsDelivery.state.in_(_WAITS)),
        ),
        (
            "newsletter",
            "issue that has not begun with a letter, issue",
            letters.where(NewsIssue.state.in_(_BEFORE)),
        ),
        (
            "newsletter",
            "topic listed of who is not on the list, reader",
            listed.where(Subscriber.state != SubscriberState.CONFIRMED).distinct(),
        ),
    ]


def unlike_its_letters() -> list[str]:
    """Issues whose figures, counted when they were done, are of another number of letters than they have."""
    many = select(func.count()).where(NewsDelivery.issue_id == NewsIssue.id).correlate(NewsIssue).scalar_subquery()
    rows = run(select(NewsIssue.id, NewsIssue.frozen, many).where(NewsIssue.state == IssueState.SENT))
    return [
        f"newsletter figures that are not of its letters, issue: {issue_id}"
        for issue_id, frozen, letters in rows
        if "figures" in frozen and sum(frozen["figures"].values()) != letters
    ]
