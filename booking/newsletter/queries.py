"""What pages read of who reads the newsletter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from booking.kernel.codes import is_secret
from booking.kernel.database import as_values, run
from booking.newsletter.models import Subscriber, SubscriberState, SubscriberTopic

PAGE = 50
MOST = 2**62


@dataclass(frozen=True, slots=True)
class SubscriberFacts:
    """One subscriber as pages and letters see it."""

    id: int
    email: str
    secret: str
    state: SubscriberState
    lang: str
    topics: Sequence[str]
    unconfirmed: Sequence[str]
    asked_at: datetime
    confirmed_at: datetime | None
    ended_at: datetime | None
    bounces: int
    bounce_code: str

    @property
    def hinted(self) -> str:
        """The address as its owner knows it and nobody else: a letter is passed on, its links with it."""
        local, _at, domain = self.email.rpartition("@")
        return f"{local[:1]}…@{domain}"


_COLUMNS = tuple(getattr(Subscriber, name) for name in SubscriberFacts.__dataclass_fields__)


def by_secret(secret: str) -> SubscriberFacts | None:
    """Whom a secret belongs to."""
    rows = run(select(*_COLUMNS).where(Subscriber.secret == secret)) if is_secret(secret) else ()
    return next(iter(as_values(SubscriberFacts, rows)), None)


def by_id(subscriber_id: int) -> SubscriberFacts | None:
    """The subscriber of this number."""
    return next(iter(as_values(SubscriberFacts, run(select(*_COLUMNS).where(Subscriber.id == subscriber_id)))), None)


def by_email(email: str) -> SubscriberFacts | None:
    """The subscriber of an address as mail servers take it."""
    return next(iter(as_values(SubscriberFacts, run(select(*_COLUMNS).where(Subscriber.email == email)))), None)


def listed(
    state: SubscriberState | None, below: int = MOST, most: int = PAGE
) -> tuple[list[SubscriberFacts], int | None]:
    """Subscribers, the newest first, and the number that the next page begins below."""
    query = select(*_COLUMNS).where(Subscriber.id < below).order_by(Subscriber.id.desc()).limit(most + 1)
    if state is not None:
        query = query.where(Subscriber.state == state)
    rows = as_values(SubscriberFacts, run(query))
    return rows[:most], rows[most - 1].id if len(rows) > most else None


def by_state() -> Mapping[SubscriberState, int]:
    """How many stand where."""
    rows = run(select(Subscriber.state, func.count()).group_by(Subscriber.state))
    return dict.fromkeys(SubscriberState, 0) | {state: count for state, count in rows}


def by_topic() -> Mapping[str, int]:
    """How many read about which topic."""
    return {
        topic: count
        for topic, count in run(select(SubscriberTopic.topic, func.count()).group_by(SubscriberTopic.topic))
    }


def by_language() -> Mapping[str, int]:
    """How many read in which language."""
    on_list = Subscriber.state == SubscriberState.CONFIRMED
    return {
        lang: count
        for lang, count in run(select(Subscriber.lang, func.count()).where(on_list).group_by(Subscriber.lang))
    }
