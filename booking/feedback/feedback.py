"""How it was: what a teacher says the day after a visit, a star rating and words for each of its programmes.

Staff read it by programme; nothing of it is public, and nothing says whose it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, insert, select, update

from booking.bookings.store import lock
from booking.catalogue.models import Activity
from booking.feedback.forgetting import ANSWERS_KNOWN_FOR
from booking.feedback.models import Feedback
from booking.kernel.database import Texts, as_values, run
from booking.kernel.refusals import Refusal
from booking.planner.plans import PartKind
from booking.visits.read import VisitFacts

STARS = range(1, 6)
MOST_WORDS = 1000  # characters
PAGE = 25
NEWEST = 2**63 - 1


class AnswersClosed(Refusal):
    """The visit is so long ago that what was said of it is final."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a teacher says of one programme."""

    stars: int
    words: str


@dataclass(frozen=True, slots=True)
class Score:
    """What all have said of a programme: how many gave how many stars, from one to five."""

    activity_id: int
    title: Texts
    counts: tuple[int, ...]

    @property
    def answers(self) -> int:
        """How many have answered."""
        return sum(self.counts)

    @property
    def average(self) -> float:
        """Stars on average; 0 without an answer."""
        given = sum(stars * count for stars, count in zip(STARS, self.counts, strict=True))
        return given / self.answers if self.answers else 0.0

    @property
    def by_stars(self) -> list[tuple[int, int, int]]:
        """From five stars down: stars, how many, and percent of all."""
        rows = [(stars, count, round(100 * count / max(self.answers, 1))) for stars, count in enumerate(self.counts, 1)]
        return rows[::-1]


@dataclass(frozen=True, slots=True)
class FeedbackAnswer:
    """One answer as staff see it."""

    id: int
    title: Texts
    came_on: date
    stars: int
    words: str


def programmes_of(visit: VisitFacts) -> list[int]:
    """The programmes that the visit had, in order of time, each once."""
    parts = sorted(
        (part for timetable in visit.timetables for part in timetable.parts if part.kind is PartKind.PROGRAMME),
        key=lambda part: part.starts_at,
    )
    return list(dict.fromkeys(part.activity_id for part in parts if part.activity_id in visit.titles))  # type: ignore[arg-type]  # titles has no None


def last_day(came_on: date) -> date:
    """The last date on which what was said can be changed."""
    return came_on + ANSWERS_KNOWN_FOR - timedelta(days=1)


def answers_of(visit_id: int) -> dict[int, Opinion]:
    """What this visit has said, by programme."""
    rows = run(select(Feedback.activity_id, Feedback.stars, Feedback.words).where(Feedback.visit_id == visit_id))
    return {activity_id: Opinion(stars, words) for activity_id, stars, words in rows}


def answer(visit: VisitFacts, came_on: date, opinions: Mapping[int, Opinion], today: date, now: datetime) -> None:
    """Keep what a visit says, in place of what it said before; call inside a unit of work. Raises AnswersClosed."""
    if not came_on < today <= last_day(came_on):
        raise AnswersClosed
    lock(visit.booking_id)  # so that the form sent twice is one answer
    for activity_id in programmes_of(visit):
        opinion = opinions.get(activity_id)
        if opinion is None:
            continue
        values = {"stars": opinion.stars, "words": opinion.words[:MOST_WORDS], "answered_at": now}
        same = (Feedback.visit_id == visit.id, Feedback.activity_id == activity_id)
        if run(update(Feedback).where(*same).values(values).returning(Feedback.id)).first() is None:
            first = {"visit_id": visit.id, "activity_id": activity_id, "came_on": came_on, **values}
            run(insert(Feedback), first)


def scores(first: date, last: date) -> list[Score]:
    """What was said of each programme by those who came on these dates, in one statement; the best known first."""
    rows = run(
        select(Feedback.activity_id, Activity.title, Feedback.stars, func.count())
        .join(Activity, Activity.id == Feedback.activity_id)
        .where(Feedback.came_on >= first, Feedback.came_on <= last)
        .group_by(Feedback.activity_id, Activity.id, Feedback.stars)
        .order_by(Activity.sort, Activity.id)
    )
    titles: dict[int, Texts] = {}
    counts: dict[int, list[int]] = {}
    for activity_id, title, stars, count in rows:
        titles[activity_id] = title
        counts.setdefault(activity_id, [0] * len(STARS))[stars - 1] = count
    return [Score(activity_id, titles[activity_id], tuple(numbers)) for activity_id, numbers in counts.items()]


def said_about(
    activity_id: int | None, first: date, last: date, below: int = NEWEST, most: int = PAGE
) -> tuple[list[FeedbackAnswer], int | None]:
    """Answers of those who came on these dates, the latest first, and the number that the next page begins below.

    `activity_id` None is all programmes.
    """
    query = (
        select(Feedback.id, Activity.title, Feedback.came_on, Feedback.stars, Feedback.words)
        .join(Activity, Activity.id == Feedback.activity_id)
        .where(Feedback.came_on >= first, Feedback.came_on <= last, Feedback.id < below)
        .order_by(Feedback.id.desc())
        .limit(most + 1)
    )
    if activity_id is not None:
        query = query.where(Feedback.activity_id == activity_id)
    answers = as_values(FeedbackAnswer, run(query))
    return answers[:most], answers[most - 1].id if len(answers) > most else None
