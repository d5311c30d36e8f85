"""Whom an issue is for: who has said yes to one of its topics, in one of its languages; and in portions, by number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from booking.kernel.database import run
from booking.newsletter.issues import IssueFacts
from booking.newsletter.models import Subscriber, SubscriberState, SubscriberTopic


def count_by_language(topics: Sequence[str], langs: Sequence[str]) -> Mapping[str, int]:
    """How many it would go to, by the language that they read."""
    on_list = Subscriber.state == SubscriberState.CONFIRMED
    query = select(Subscriber.lang, func.count()).where(on_list, *_chosen(topics, langs)).group_by(Subscriber.lang)
    return {lang: count for lang, count in run(query)}


def last_number() -> int:
    """The number of whoever has come last."""
    return run(select(func.max(Subscriber.id))).scalar() or 0


def portion(issue: IssueFacts, begun_at: datetime, most: int) -> list[int]:
    """The next so many whom it is for, after its cursor: nobody who came onto the list since it began."""
    query = (
        select(Subscriber.id)
        .where(
            Subscriber.id > issue.cursor,
            Subscriber.id <= issue.last_subscriber_id,
            Subscriber.confirmed_at <= begun_at,
            # Past the index of states: SQLite would read all who are on the list by it, and sort them, each time.
            func.lower(Subscriber.state) == SubscriberState.CONFIRMED.value,
            *_chosen(issue.topics, issue.langs),
        )
        .order_by(Subscriber.id)
        .limit(most)
    )
    return list(run(query).scalars())


def _chosen(topics: Sequence[str], langs: Sequence[str]) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Subscriber.ended_at.is_(None)]
    if langs:
        conditions.append(Subscriber.lang.in_(langs))
    if topics:
        chosen = SubscriberTopic.topic.in_(topics), SubscriberTopic.subscriber_id == Subscriber.id
        conditions.append(select(SubscriberTopic.topic).where(*chosen).exists())
    return conditions
