"""What a centre writes about: topics by key, in its languages. A key never changes; its readers are found by it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select, update

from booking.centre.models import Centre
from booking.kernel.database import db, run
from booking.kernel.refusals import Refusal
from booking.kernel.slugs import slug_of
from booking.newsletter.models import IssueState, NewsIssue
from booking.records import audited_rows
from booking.records.audit import note

MOST_TOPICS = 12
LONGEST_KEY = 40

Topics = Mapping[str, Mapping[str, str]]


class TopicNamed(Refusal):
    """Issues that are not sent yet are about these topics; without them they would be for somebody else."""

    def __init__(self, topics: Collection[str]) -> None:
        super().__init__(topics)
        self.topics = topics


class TopicGone(Refusal):
    """The centre writes about one of these topics no more."""


def keep_topics(topics: Topics, fresh: Mapping[str, str] | None, seen: str, actor: str, first: str) -> None:
    """Let these be the topics, with a new one after them; call inside a unit of work.

    `first` is the language that a new one's key is made of. Who said yes to one that is taken away has said so: they
    are found by it again where it comes back by the same name. Raises RowChangedMeanwhile, TopicNamed.
    """
    row = db.session.scalars(select(Centre).limit(1).with_for_update()).one()
    before = dict(row.newsletter_topics)
    if audited_rows.mark_of({"topics": before}) != seen:
        raise audited_rows.RowChangedMeanwhile({"topics": before})
    after = {key: dict(names) for key, names in topics.items() if key in before}
    if fresh:
        after[_key_of(fresh.get(first) or next(iter(fresh.values())), after | before)] = dict(fresh)
    if after == before:
        return
    if named := (before.keys() - after.keys()) & _named_by_unsent():
        raise TopicNamed(sorted(named))
    run(update(Centre).where(Centre.id == row.id).values(newsletter_topics=after))
    note(
        actor, "centre.topics", "centre:1", {"newsletter_topics": sorted(before)}, {"newsletter_topics": sorted(after)}
    )


def hold(topics: Collection[str]) -> None:
    """Let nobody take these away until this unit of work ends. Raises TopicGone where somebody has."""
    there = run(select(Centre.newsletter_topics).limit(1).with_for_update(read=True)).scalar() or {}
    if not there.keys() >= set(topics):
        raise TopicGone


def _named_by_unsent() -> set[str]:
    rows = run(select(NewsIssue.topics).where(NewsIssue.state != IssueState.SENT)).scalars()
    return {topic for topics in rows for topic in topics}


def mark_of(topics: Topics) -> str:
    """What a form was filled from."""
    return audited_rows.mark_of({"topics": dict(topics)})


def _key_of(name: str, taken: Mapping[str, object]) -> str:
    base = slug_of(name)[: LONGEST_KEY - 4] or "topic"
    return next(key for number in range(1, 1000) if (key := base if number == 1 else f"{base}-{number}") not in taken)
