"""What a form of tickets asks and says: the ticket types of a time with their prices, and what was typed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from booking.bookings.basket import Pick
from booking.bookings.by_code.beforehand import Beforehand, ShownSum
from booking.bookings.lines.passes import pass_at
from booking.capacity.availability import Availability, Free, FreeShow, add_ons_between, slots_by_id, start_of
from booking.capacity.models import Channel
from booking.catalogue.queries import TicketOffer
from booking.centre.facts import CentreFacts, is_public_holiday
from booking.discounts.rules import TicketsPriced
from booking.kernel import clock
from booking.kernel.database import Texts
from booking.web.forms.checked import one_line
from booking.web.typed import ids_in, whole_number

MOST_FIELDS = 200
MOST_NUMBERS = 2000  # signs in one field
NO_CAMPAIGNS = Beforehand()


@dataclass(frozen=True, slots=True)
class TicketChoice:
    """A ticket type with its price at one slot (minor units) and how many are chosen.

    `full` is what it costs without the campaigns of these names, which take themselves off. A pass has its `days` and
    the places that are `free` on each of them.
    """

    offer: TicketOffer
    price: int
    quantity: str
    full: int
    names: tuple[Texts, ...] = ()
    days: tuple[datetime, ...] = ()
    free: int | None = None

    @property
    def field(self) -> str:
        """The part of the form field's name that stands for the type."""
        return str(self.offer.ticket_type_id)

    @property
    def most(self) -> int:
        """So many one may have: of a pass no more than there are places on each of its days."""
        return self.offer.most if self.free is None else min(self.offer.most, self.free // self.offer.places)

    @property
    def number(self) -> int:
        """How many; what is no number counts as none."""
        return whole_number(self.quantity or "0", 0, 500) or 0


def event_at(slot_id: int, now: datetime) -> FreeShow | None:
    """The time of a show, a workshop or the like with this id, if it is one, in two statements."""
    starts_at = start_of(slot_id)
    if starts_at is None:
        return None
    there = add_ons_between(starts_at, starts_at + timedelta(seconds=1), Channel.PUBLIC, now)
    return next((show for show in there if show.slot_id == slot_id), None)


def choices_of(
    slot: Free,
    offers: Mapping[int, Iterable[TicketOffer]],
    facts: CentreFacts,
    typed: Mapping[str, str],
    kept: Mapping[tuple[int, int], int],
    party: int,
    lowering: Beforehand = NO_CAMPAIGNS,
) -> list[TicketChoice]:
    """The ticket types sold at a slot. Kept is what was typed, else what lies in the basket, else the whole party.

    Of the first type so many that everybody has a place: a team's ticket is one, not one for each of them.
    """
    start = facts.local(slot.starts_at)
    holiday = is_public_holiday(facts.country, start.date())
    priced = [(offer, offer.price_at(start, holiday)) for offer in offers.get(slot.activity_id, ())]
    sold = [(offer, price) for offer, price in priced if price is not None]
    choices = []
    for place, (offer, price) in enumerate(sold):
        name = f"q-{slot.slot_id}-{offer.ticket_type_id}"
        first = -(-party // offer.places) if place == 0 and not kept else 0
        quantity = typed.get(name, str(kept.get((slot.slot_id, offer.ticket_type_id), first)))
        shown = lowering.of_ticket(slot.activity_id, offer.ticket_type_id, start, price)
        choices.append(TicketChoice(offer, shown.price, quantity[:8], shown.full, shown.names))
    return choices


def with_days(
    slot: Free, choices: Sequence[TicketChoice], channel: Channel, facts: CentreFacts, own: Collection[int] = ()
) -> list[TicketChoice]:
    """The same, passes with their days and what is free on all of them; two statements where there is a pass.

    A pass is left out where it is not sold for all days of a festival now.
    """
    if not any(choice.offer.all_days for choice in choices):
        return [*choices]
    days = [day.slot_id for day in pass_at(slot.slot_id, slot.activity_id, slot.starts_at, facts)]
    now = clock.now()
    frees = sorted(slots_by_id(days, channel, now, own), key=lambda day: day.starts_at) if days else []
    is_sold = bool(frees) and all(
        day.starts_at > now and day.standing(1, 0, now) in (Availability.FREE, Availability.FULL) for day in frees
    )
    starts, free = tuple(day.starts_at for day in frees), min((day.free for day in frees), default=0)
    return [
        replace(choice, days=starts, free=free, quantity=choice.quantity if free else "0")
        if choice.offer.all_days
        else choice
        for choice in choices
        if is_sold or not choice.offer.all_days
    ]


def sum_of(chosen: Iterable[tuple[Free, Sequence[TicketChoice]]], lowering: Beforehand, facts: CentreFacts) -> ShownSum:
    """What all that is chosen costs together."""
    return lowering.of_order(
        [
            TicketsPriced(
                slot.activity_id, choice.offer.ticket_type_id, facts.local(slot.starts_at), choice.full, choice.number
            )
            for slot, choices in chosen
            for choice in choices
            if choice.number
        ]
    )


def read_picks(form: Mapping[str, str]) -> tuple[list[Pick], list[str]]:
    """What was chosen, from fields named q-<slot>-<ticket type>; and the names of those that cannot be read."""
    quantities, unreadable = read_quantities(form)
    return [Pick(*key, quantity) for key, quantity in quantities.items() if quantity], unreadable


def read_quantities(form: Mapping[str, str]) -> tuple[dict[tuple[int, int], int], list[str]]:
    """How many of each (slot, ticket type) a form says, none said as 0; and the names of what cannot be read."""
    quantities: dict[tuple[int, int], int] = {}
    unreadable: list[str] = []
    for name, typed in list(form.items())[:MOST_FIELDS]:
        ids = ids_in(name, "q", 2)
        if ids is None:
            continue
        quantity = whole_number(typed or "0", 0, 500)
        if quantity is None:
            unreadable.append(name)
        else:
            quantities[ids[0], ids[1]] = quantity
    return quantities, unreadable


def read_numbers(form: Mapping[str, str]) -> dict[int, list[str]]:
    """The numbers that tickets ask for, from fields named n-<ticket type>, with commas between."""
    numbers: dict[int, list[str]] = {}
    for name, typed in list(form.items())[:MOST_FIELDS]:
        if ids := ids_in(name, "n", 1):
            numbers[ids[0]] = [number for number in map(one_line, typed[:MOST_NUMBERS].split(",")) if number]
    return numbers
