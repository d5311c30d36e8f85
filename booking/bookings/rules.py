"""Pure decisions about bookings: who may buy what together, how long places are kept, what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from booking.catalogue.queries import TicketOffer
from booking.centre.facts import CentreFacts
from booking.kernel.database import Texts
from booking.kernel.money import part_of
from booking.kernel.refusals import Refusal


class Nothing(Refusal):
    """No ticket was chosen."""


class Unknown(Refusal):
    """A slot or ticket type that does not exist, or not in that combination."""


class TooMany(Refusal):
    """More of something than one booking may have. `most` is the limit."""

    def __init__(self, most: int, ticket_type_id: int | None = None) -> None:
        super().__init__(f"at most {most}")
        self.most = most
        self.ticket_type_id = ticket_type_id


class TooManyPlaces(Refusal):
    """More places at one time of an activity than one booking may take there."""

    def __init__(self, most: int, title: Texts) -> None:
        super().__init__(f"at most {most}")
        self.most = most
        self.title = title


class NeedsAdult(Refusal):
    """Small children without a grown-up."""


class CompanionAlone(Refusal):
    """More companions than people to accompany."""


class NotOnSale(Refusal):
    """The sale has not opened (`opens_at` says when) or is over (None)."""

    def __init__(self, slot_id: int, opens_at: datetime | None) -> None:
        super().__init__(f"slot {slot_id} is not on sale")
        self.slot_id = slot_id
        self.opens_at = opens_at


class NeedsAdmission(Refusal):
    """A show or workshop for more people than have entry that day, or before they come in."""

    def __init__(self, slot_id: int) -> None:
        super().__init__(f"slot {slot_id} needs admission")
        self.slot_id = slot_id


class SeveralDays(Refusal):
    """One booking is for one day."""


class TooManyHolds(Refusal):
    """One buyer, or one network address, keeps too many places without paying. `most` is the limit for one day."""

    def __init__(self, most: int = 0) -> None:
        super().__init__(f"at most {most} places")
        self.most = most


class AlreadyWaiting(Refusal):
    """This mailbox stands in line for one of those times already."""


class NotFull(Refusal):
    """Nobody need wait: there is room for all of them."""

    def __init__(self, slot_id: int) -> None:
        super().__init__(f"slot {slot_id} is not full")
        self.slot_id = slot_id


class TooLate(Refusal):
    """The deadline `until` has passed."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"possible until {until.isoformat()}")
        self.until = until


class AlreadyUsed(Refusal):
    """Somebody has been let in on it already."""


class WrongState(Refusal):
    """The booking is not in a state where this can be done."""

    def __init__(self, state: str) -> None:
        super().__init__(f"the booking is {state}")
        self.state = state


@dataclass(frozen=True, slots=True)
class Chosen:
    """So many of one ticket type."""

    offer: TicketOffer
    quantity: int


def check_party(chosen: Sequence[Chosen]) -> None:
    """Refuse what cannot come together: TooMany, NeedsAdult, CompanionAlone."""
    for one in chosen:
        if one.quantity > one.offer.most:
            raise TooMany(one.offer.most, one.offer.ticket_type_id)
    if any(one.offer.needs_adult for one in chosen) and not any(one.offer.brings_adult for one in chosen):
        raise NeedsAdult
    companions = sum(one.quantity for one in chosen if one.offer.accompanies)
    others = sum(one.quantity * one.offer.places for one in chosen if not one.offer.accompanies)
    if companions > others:
        raise CompanionAlone


def hold_time(people: int, centre: CentreFacts) -> timedelta:
    """How long places are kept while somebody fills in: the centre's minutes, one more for each ten people."""
    return timedelta(minutes=centre.hold_minutes + people // 10)


def change_deadline(starts_at: datetime, centre: CentreFacts) -> datetime:
    """Until when the buyer may change or cancel by themselves."""
    return starts_at - timedelta(hours=centre.change_until_hours)


def refund_deadline(starts_at: datetime, centre: CentreFacts) -> datetime:
    """Until when everything comes back; after it the centre's late share."""
    return starts_at - timedelta(hours=centre.refund_until_hours)


def comes_back(minor: int, starts_at: datetime, now: datetime, centre: CentreFacts) -> int:
    """What of an amount given up now is paid back, in minor units."""
    return minor if now <= refund_deadline(starts_at, centre) else part_of(minor, centre.late_refund_percent)
