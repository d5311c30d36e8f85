"""Whether one gets into the house before a show begins: a seat in it is no use on a day that is full."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from booking.capacity.availability import Availability, Free, FreeShow, entry_between
from booking.capacity.models import Channel
from booking.capacity.timetable import at
from booking.catalogue.queries import EventFacts
from booking.centre.facts import CentreFacts
from booking.kernel import clock

F = TypeVar("F", bound=Free)

FITTING = (Availability.FREE, Availability.FEW)


@dataclass(frozen=True, slots=True)
class EntryDays:
    """The first entry that is left on each day that was looked at, which are those before `until`."""

    first: dict[date, datetime]
    until: datetime
    facts: CentreFacts

    def lets_in_to(self, slot: Free) -> bool:
        """Whether somebody could be in before this begins; of days that nobody looked at, it is taken to be so."""
        if slot.starts_at >= self.until:
            return True
        first = self.first.get(self.facts.local(slot.starts_at).date())
        return first is not None and first <= slot.starts_at


def entry_days_of(entries: Iterable[Free], until: datetime, facts: CentreFacts) -> EntryDays:
    """From the entries before a moment, in order of time."""
    now, first = clock.now(), dict[date, datetime]()
    for entry in entries:
        if entry.standing(1, 0, now) in FITTING:
            first.setdefault(facts.local(entry.starts_at).date(), entry.starts_at)
    return EntryDays(first, until, facts)


def entry_days(first: date, last: date, facts: CentreFacts) -> EntryDays:
    """Of these days; one statement."""
    start, until = (at(day, time(0), facts.zone) for day in (first, last + timedelta(days=1)))
    return entry_days_of(entry_between(start, until, Channel.PUBLIC, clock.now()), until, facts)


def needs_entry(event: EventFacts | FreeShow) -> bool:
    """Whether one must have entry the same day, and not the ticket of a festival."""
    return event.needs_admission and event.part_of is None


def full_without_entry(slots: Iterable[F], days: EntryDays) -> list[F]:
    """The same times, in their order; those before which nobody gets in any more have no place left."""
    return [slot if days.lets_in_to(slot) else replace(slot, free=0) for slot in slots]
