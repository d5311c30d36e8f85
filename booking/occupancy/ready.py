"""How far a new house is on its way to the first ticket: what is done, and whether something can be bought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import aliased

from booking.bookings.models import Ticket
from booking.capacity.models import Draw, Pattern, Slot, SlotStatus
from booking.catalogue.models import FOR_THE_PUBLIC, Activity, Kind, Offer, Price, TicketType
from booking.centre.models import OpeningHours, Space
from booking.kernel.database import run


@dataclass(frozen=True, slots=True)
class Ready:
    """What is there of what selling needs. A step is done when what it made can be sold by, not when a row is there."""

    spaces: bool  # the whole house, so that everybody is counted
    hours: bool  # some weekday on which it is open
    activities: bool  # something for everybody; entry with its room and its stay
    tickets: bool  # a ticket type on sale for it, with a price that holds
    patterns: bool  # weekly times of it
    times: bool  # a time to come that somebody can buy, now or when its sale opens
    sold: bool

    @property
    def steps(self) -> tuple[bool, ...]:
        """In order."""
        return (self.spaces, self.hours, self.activities, self.tickets, self.patterns, self.times, self.sold)

    @property
    def can_sell(self) -> bool:
        """Whether there is nothing left to set up."""
        return self.times


def readiness(today: date, now: datetime) -> Ready:
    """How far it is, in one statement; each question stops at the first row that answers it."""
    public = (
        Activity.active,
        Activity.kind.in_(FOR_THE_PUBLIC),
        or_(Activity.kind != Kind.ADMISSION, Activity.space_id.is_not(None) & (Activity.stay_minutes > 0)),
    )
    of_public = exists().where(Activity.id == Pattern.activity_id, *public)
    priced = _is_priced(today)
    sellable = select(Activity.id).where(*public, ~Activity.needs_admission, priced)
    query = select(
        exists().where(Space.is_house),
        exists().where(OpeningHours.opens.is_not(None)),
        exists().where(*public),
        exists(sellable),
        exists(select(Pattern.id).where(of_public)),
        exists(_buyable(now).where(Slot.activity_id.in_(sellable))),
        select(func.max(Ticket.id)).scalar_subquery(),  # the newest is found at once however many there are
    )
    return Ready(*(bool(answer) for answer in run(query).one()))


def _is_priced(today: date) -> ColumnElement[bool]:
    """That an activity has a ticket type on sale with a price, now or later."""
    holds = or_(Price.until_date.is_(None), Price.until_date >= today)
    return exists(
        select(Offer.activity_id)
        .join(TicketType, TicketType.id == Offer.ticket_type_id)
        .join(Price, Price.ticket_type_id == TicketType.id)
        .where(Offer.activity_id == Activity.id, TicketType.active, holds)
    )


def _buyable(now: datetime) -> Select[int]:
    """Times to come with a place left in them and in all that they draw on."""
    below = aliased(Slot)
    shut = exists(
        select(Draw.slot_id)
        .join(below, below.id == Draw.on_slot_id)
        .where(Draw.slot_id == Slot.id, or_(below.status != SlotStatus.OPEN, below.taken >= below.capacity))
    )
    return select(Slot.id).where(
        Slot.status == SlotStatus.OPEN,
        Slot.starts_at > now,
        or_(Slot.closes_at.is_(None), Slot.closes_at > now),
        Slot.taken < Slot.capacity,
        ~shut,
    )
