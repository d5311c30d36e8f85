"""What is on: everything with its next time, or the times of a day or a weekend; by kind, as plain links."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import groupby
from typing import ClassVar, TypeVar

from flask import render_template, request

from booking.capacity.availability import Availability, Free, FreeShow, add_ons_between, slots_of
from booking.capacity.models import Channel
from booking.capacity.timetable import at
from booking.catalogue.models import EVENTS, Kind
from booking.catalogue.queries import EventFacts, events_on_offer
from booking.centre.facts import CentreFacts
from booking.contests.room import teams_of
from booking.kernel import clock
from booking.web.blueprints import visitor
from booking.web.guards.access import public
from booking.web.languages import centre
from booking.web.typed import a_day, one_of
from booking.web.visitor.whats_on.cards import (
    TOLD,
    EventCard,
    cards_of_activities,
    cards_of_shows,
    first_to_come,
    kind_words,
    kinds_words,
)
from booking.web.visitor.whats_on.entry_days import entry_days, full_without_entry, needs_entry

F = TypeVar("F", bound=Free)

SOON = timedelta(days=14)
DAY = timedelta(days=1)
SATURDAY = 5


class When(StrEnum):
    """Days that an address names without their date."""

    TODAY = "today"
    WEEKEND = "weekend"


@dataclass(frozen=True, slots=True)
class WhatsOnWish:
    """What the address asks to see; anything unreadable counts as not asked."""

    kind: Kind | None
    when: When | None
    day: date | None

    @property
    def in_address(self) -> str | None:
        """The days as the address names them."""
        return str(self.when) if self.when else self.day.isoformat() if self.day else None

    def days(self, today: date) -> tuple[date, date] | None:
        """The first of the days asked for and the one after the last; None for all there are."""
        if self.when is When.WEEKEND:
            monday = today - timedelta(days=today.weekday())
            return max(today, monday + timedelta(days=SATURDAY)), monday + timedelta(days=7)
        first = today if self.when is When.TODAY else self.day
        return (first, first + DAY) if first else None


@dataclass(frozen=True, slots=True)
class WhatsOnPage:
    """All that is on with its next time, or what is on in some days, by day; `later` is what comes after those."""

    wish: WhatsOnWish
    today: date
    kinds: Sequence[Kind]
    cards: Sequence[EventCard]
    by_day: Sequence[tuple[date, Sequence[EventCard]]]
    later: EventCard | None

    standings: ClassVar = Availability

    def kind_words(self, kind: Kind) -> str:
        """What one of a kind is called."""
        return kind_words(kind)

    def kinds_words(self, kind: Kind) -> str:
        """What all of a kind are called."""
        return kinds_words(kind)


@visitor.get("/whats-on")
@public
def whats_on() -> str:
    """Everything with its next time; or, of a day or a weekend, each time by itself."""
    facts, now = centre(), clock.now()
    today = facts.local(now).date()
    wish = _wish()
    offered = events_on_offer()
    fitting = [activity for activity in offered if wish.kind in (None, activity.kind)]
    days = wish.days(today)
    by_day = _by_day(days, {activity.id for activity in fitting}, facts, now) if days else []
    return render_template(
        "visitor/whats_on.html",
        page=WhatsOnPage(
            wish=wish,
            today=today,
            kinds=[kind for kind in EVENTS if any(activity.kind is kind for activity in offered)],
            cards=[] if days else cards_of_all(fitting, facts, now),
            by_day=by_day,
            later=_later(days[1], fitting, facts, now) if days and not by_day else None,
        ),
    )


def cards_of_all(activities: Sequence[EventFacts], facts: CentreFacts, now: datetime) -> list[EventCard]:
    """Each of these with its next time, in order of time.

    Four statements, three where all are on soon; one more with a contest among them.
    """
    ids = {activity.id for activity in activities}
    if not ids:
        return []
    slots = slots_of(ids, now, now + SOON, Channel.PUBLIC, now)
    inside = {activity.id for activity in activities if needs_entry(activity)}
    teams = teams_of((activity.id, activity.kind) for activity in activities)
    first = first_to_come(_with_entry(slots, lambda slot: slot.activity_id in inside, facts), facts, teams)
    if left := ids - first.keys():
        further = [activity for activity in activities if activity.id in left]
        first |= first_to_come(_far(further, facts, now + SOON, now), facts, teams)
    return cards_of_activities(activities, first)


def _far(activities: Sequence[EventFacts], facts: CentreFacts, start: datetime, now: datetime) -> list[Free]:
    ahead = timedelta(days=max((activity.seen_ahead(facts) for activity in activities), default=0))
    return slots_of({activity.id for activity in activities}, start, now + max(SOON, ahead), Channel.PUBLIC, now)


def _with_entry(slots: Sequence[F], needs: Callable[[F], bool], facts: CentreFacts) -> list[F]:
    """The same times; what needs entry is full where nobody gets in before it. One statement, none for no times."""
    days = [facts.local(slot.starts_at).date() for slot in slots if needs(slot)]
    if not days:
        return list(slots)
    entry = entry_days(min(days), max(days), facts)
    return [slot for each in slots for slot in (full_without_entry([each], entry) if needs(each) else [each])]


def _wish() -> WhatsOnWish:
    kind = one_of(Kind, request.args.get("kind"))
    days = request.args.get("day")
    return WhatsOnWish(kind if kind in EVENTS else None, one_of(When, days), a_day(days))


def _by_day(
    days: tuple[date, date], activity_ids: set[int], facts: CentreFacts, now: datetime
) -> list[tuple[date, list[EventCard]]]:
    """The times of these days that are not over, full ones too; three statements."""
    first, end = (at(day, time(0), facts.zone) for day in days)
    shows = [show for show in _told(max(first, now), end, facts, now) if show.activity_id in activity_ids]
    cards = cards_of_shows(shows)
    return [(day, list(its)) for day, its in groupby(cards, key=lambda card: _day_of(card, facts))]


def _told(start: datetime, end: datetime, facts: CentreFacts, now: datetime) -> list[FreeShow]:
    if start >= end:
        return []
    shows = _with_entry(add_ons_between(start, end, Channel.PUBLIC, now), needs_entry, facts)
    return [show for show in shows if show.standing(1, facts.few_left, now) in TOLD]


def _day_of(card: EventCard, facts: CentreFacts) -> date:
    assert card.slot is not None
    return facts.local(card.slot.starts_at).date()


def _later(after: date, activities: Sequence[EventFacts], facts: CentreFacts, now: datetime) -> EventCard | None:
    """What comes first after days on which there is nothing; two statements."""
    start = max(at(after, time(0), facts.zone), now)
    teams = teams_of((activity.id, activity.kind) for activity in activities)
    first = first_to_come(_far(activities, facts, start, now), facts, teams)
    cards = cards_of_activities([activity for activity in activities if activity.id in first], first)
    return cards[0] if cards else None
