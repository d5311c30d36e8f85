"""Whether a party can come: in a contest where teams are sold, people come as whole teams or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from booking.capacity.availability import Availability, Free, FreeShow
from booking.catalogue.models import Kind
from booking.catalogue.queries import TicketOffer, activities, offers_of, places_of_team


@dataclass(frozen=True, slots=True)
class Teams:
    """How many places the smallest team takes in each contest that sells teams, by activity."""

    sizes: Mapping[int, int] = field(default_factory=dict)

    def size(self, activity_id: int) -> int:
        """So many places are had together; 1 of anything but teams."""
        return self.sizes.get(activity_id, 1)

    def standing(self, slot: Free, few: int, now: datetime, people: int = 1) -> Availability:
        """How a time looks to a party of so many, or, unless said otherwise, to the smallest that there is.

        Whoever asks whether anybody can still come asks here: fewer places than the smallest team takes are none.
        """
        team = self.size(slot.activity_id)
        return slot.standing(-(-max(people, 1) // team) * team, few, now)


def teams_of(kinds: Iterable[tuple[int, Kind]]) -> Teams:
    """The teams of those activities that are contests; one statement, none where there is no contest."""
    contests = {activity_id for activity_id, kind in kinds if kind is Kind.CONTEST}
    return teams_sold(offers_of(contests)) if contests else Teams()


def teams_in(slots: Iterable[FreeShow]) -> Teams:
    """The teams of the contests among these times; one statement, none where there is no contest."""
    return teams_of((slot.activity_id, slot.kind) for slot in slots)


def teams_at(slot: Free) -> Teams:
    """The teams of the contest that a time is of, if it is one; one statement, of a contest two."""
    return teams_of((facts.id, facts.kind) for facts in activities({slot.activity_id}).values())


def teams_sold(offers: Mapping[int, Iterable[TicketOffer]]) -> Teams:
    """The teams of these contests, by what they are sold with."""
    return Teams({activity_id: places_of_team(Kind.CONTEST, sold) for activity_id, sold in offers.items()})
