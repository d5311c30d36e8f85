"""What somebody was asked by which words, and when they said yes: kept with the subscriber, to be shown on demand."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from booking.kernel.database import as_values, insert_once, run
from booking.newsletter.models import Consent, ConsentPlace, ConsentWording


@dataclass(frozen=True, slots=True)
class AskedBy:
    """Where somebody was asked, in which language, and by which words (their digest; "" where none are kept)."""

    place: ConsentPlace
    lang: str
    wording: str = ""


@dataclass(frozen=True, slots=True)
class ConsentFacts:
    """One asking and its answer."""

    place: ConsentPlace
    topics: Sequence[str]
    lang: str
    asked_at: datetime
    answered_at: datetime | None
    text: str | None


def keep_wording(lang: str, text: str, now: datetime) -> str:
    """Keep the words that are being shown, once however many see them; call inside a unit of work. Their digest."""
    digest = hashlib.sha256(f"{lang}\n{text}".encode()).hexdigest()[:16]
    insert_once(ConsentWording, "digest", {"digest": digest, "lang": lang, "text": text, "first_shown_at": now})
    return digest


def ask(subscriber_id: int, topics: Sequence[str], asked_by: AskedBy, now: datetime) -> None:
    """Note what they were asked, in place of what they never answered; call inside a unit of work."""
    run(delete(Consent).where(Consent.subscriber_id == subscriber_id, Consent.answered_at.is_(None)))
    _insert(subscriber_id, topics, asked_by, now, None)


def answer(subscriber_id: int, now: datetime) -> None:
    """They have said yes to what they were asked last; call inside a unit of work."""
    unanswered = (Consent.subscriber_id == subscriber_id, Consent.answered_at.is_(None))
    run(update(Consent).where(*unanswered).values(answered_at=now))


def choose(subscriber_id: int, topics: Sequence[str], asked_by: AskedBy, now: datetime) -> None:
    """They have chosen these topics on their own page: asked and answered at once; call inside a unit of work."""
    _insert(subscriber_id, topics, asked_by, now, now)


def of_subscriber(subscriber_id: int) -> list[ConsentFacts]:
    """All that somebody was asked and answered, the oldest first."""
    rows = run(
        select(Consent.place, Consent.topics, Consent.lang, Consent.asked_at, Consent.answered_at, ConsentWording.text)
        .outerjoin(ConsentWording, ConsentWording.digest == Consent.wording)
        .where(Consent.subscriber_id == subscriber_id)
        .order_by(Consent.id)
    )
    return as_values(ConsentFacts, rows)


def _insert(
    subscriber_id: int, topics: Sequence[str], asked_by: AskedBy, now: datetime, answered_at: datetime | None
) -> None:
    values = {
        "subscriber_id": subscriber_id,
        "place": asked_by.place,
        "topics": list(topics),
        "lang": asked_by.lang,
        "wording": asked_by.wording,
        "asked_at": now,
        "answered_at": answered_at,
    }
    run(insert(Consent), values)
