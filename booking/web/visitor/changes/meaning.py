"""What a change means, told before the press: what becomes another, what stays, what goes, and the one sum."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from booking.bookings.basket import Basket, Pick, PricedLine
from booking.bookings.change import what_it_means
from booking.bookings.lines.passes import whole
from booking.bookings.queries import BookedLine, BookingFacts
from booking.bookings.refusals import TooLate
from booking.bookings.rules import Settlement, change_deadline, refund_deadline
from booking.kernel import clock
from booking.kernel.database import Texts
from booking.kernel.refusals import Refusal
from booking.web.languages import centre
from booking.web.refusals import in_words
from booking.web.visitor.tickets import WARNINGS


@dataclass(frozen=True, slots=True)
class TicketsChange:
    """So many of a ticket type become so many; `besides` is the show or workshop that they are for, if it is one."""

    ticket_title: Texts
    besides: Texts
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class ShowTime:
    """A show or a workshop that they have besides the entry."""

    title: Texts
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class ChangeMeaning:
    """What the booking becomes and what that means in money: what pages before the press say, and nothing else."""

    facts: BookingFacts
    becomes: Basket
    money: Settlement
    entry_id: int
    target_id: int

    @property
    def moves(self) -> tuple[datetime, datetime] | None:
        """When the visit begins and would begin, where that becomes another."""
        if self.target_id == self.entry_id or self.target_id not in self._slots_that_stay:
            return None
        before = next(line.starts_at for line in self.facts.lines if line.slot_id == self.entry_id)
        return before, self.starts_at(self.target_id)

    @property
    def people(self) -> tuple[int, int] | None:
        """How many come and would come, where that becomes another."""
        before, after = self.facts.people, self.becomes.people
        return (before, after) if before != after else None

    @property
    def tickets(self) -> list[TicketsChange]:
        """The ticket types of which they would have more or fewer, at what stays."""
        counts: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
        lines: dict[tuple[int, int], BookedLine | PricedLine] = {}
        before: list[tuple[int, BookedLine | PricedLine]] = [(0, line) for line in self.facts.bought]
        for place, line in [*before, *((1, line) for line in whole(self._in_order)[0])]:
            at_entry = line.slot_id in (self.entry_id, self.target_id)
            key = (self.target_id if at_entry else line.slot_id, line.ticket_type_id)
            counts[key][place] += line.quantity
            lines[key] = line
        return [
            TicketsChange(line.ticket_title, {} if key[0] == self.target_id else line.activity_title, *counts[key])
            for key, line in lines.items()
            if counts[key][0] != counts[key][1] and key[0] in self._slots_that_stay
        ]

    @property
    def stays(self) -> list[ShowTime]:
        """The shows and workshops that they keep."""
        return self._shows(lambda slot_id: slot_id in self._slots_that_stay)

    @property
    def goes(self) -> list[ShowTime]:
        """What they would not have any more, shows and workshops and the entry itself."""
        gone = self._shows(lambda slot_id: slot_id not in self._slots_that_stay)
        if self._slots_that_stay.isdisjoint((self.entry_id, self.target_id)):
            entry = next(line for line in self.facts.lines if line.slot_id == self.entry_id)
            gone.insert(0, ShowTime(entry.activity_title, entry.starts_at))
        return gone

    @property
    def refund_until(self) -> datetime:
        """Until when everything comes back, by the time that they have."""
        return refund_deadline(self.facts.starts_at, centre())

    @property
    def is_any(self) -> bool:
        """Whether anything becomes another at all."""
        return bool(self.moves or self.people or self.tickets or self.goes)

    def starts_at(self, slot_id: int) -> datetime:
        """When one of the times begins that it becomes."""
        if self.becomes.sale is None:
            raise ValueError("a basket that was not priced")
        return self.becomes.sale.slots[slot_id].starts_at

    @property
    def _in_order(self) -> list[PricedLine]:
        """The lines that it becomes, in order of time: a pass is told of at its first day."""
        return sorted(self.becomes.lines, key=lambda line: self.starts_at(line.slot_id))

    @property
    def _slots_that_stay(self) -> set[int]:
        return {line.slot_id for line in self.becomes.lines}

    def _shows(self, takes: Callable[[int], bool]) -> list[ShowTime]:
        shows = {line.slot_id: line for line in self.facts.bought if line.slot_id != self.entry_id}
        return [ShowTime(line.activity_title, line.starts_at) for slot_id, line in shows.items() if takes(slot_id)]


def too_late(facts: BookingFacts, now: datetime) -> str:
    """In a sentence why a buyer can no longer change or cancel by themselves; empty while they can."""
    until = change_deadline(facts.starts_at, centre())
    return in_words(TooLate(until)).text if now > until else ""


def meaning_of(
    facts: BookingFacts, picks: Collection[Pick], entry_id: int, target_id: int, actor: str
) -> ChangeMeaning | str:
    """What these wishes mean, or in a sentence why they cannot be. What a press only warns of is no hindrance here."""
    now = clock.now()
    if actor == "buyer" and (late := too_late(facts, now)):
        return late
    try:
        becomes, money = what_it_means(facts, picks, centre=centre(), now=now, actor=actor, knows=WARNINGS)
    except Refusal as refusal:
        return in_words(refusal).text
    return ChangeMeaning(facts, becomes, money, entry_id, target_id)
