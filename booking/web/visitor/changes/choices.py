"""How many of each ticket type a change asks for: those they have at the prices paid, and what else is sold."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from booking.bookings.on_sale import price_today
from booking.bookings.queries import BookedLine, BookingFacts
from booking.capacity.models import Channel
from booking.catalogue.queries import TicketOffer
from booking.kernel import clock
from booking.kernel.database import Texts
from booking.web.languages import centre
from booking.web.typed import whole_number
from booking.web.visitor.changes.prices import MovingTickets


@dataclass(frozen=True, slots=True)
class ChangedType:
    """A ticket type in a change: those they have at the prices paid, and what more of them cost.

    `price` is what one more costs today at the time that is asked about, `here` at their own, in minor units, None
    where no more are sold; `most` is what the stepper goes up to, `admits` how many people one is for.
    """

    field: str
    title: Texts
    note: Texts
    paid: tuple[int, ...]  # a price for each, in the order in which they are kept
    offer: TicketOffer | None
    here: int | None
    price: int | None
    admits: int
    most: int
    quantity: str

    @property
    def had(self) -> str:
        """How many they have, as a form says it."""
        return str(len(self.paid))

    @property
    def wanted(self) -> int:
        """How many are asked for; what is no number counts as those they have."""
        number = whole_number(self.quantity or "0", 0, 500)
        return len(self.paid) if number is None else number

    @property
    def paid_prices(self) -> list[tuple[int, int]]:
        """How many at which price."""
        return sorted(Counter(self.paid).items())

    @property
    def moving(self) -> MovingTickets:
        """What is asked for, as a month prices it."""
        kept = self.paid[: self.wanted]
        return MovingTickets(self.offer, self.here, kept, self.wanted - len(kept))


def types_at(
    facts: BookingFacts,
    there: BookedLine,
    offers: Sequence[TicketOffer],
    starts_at: datetime,
    channel: Channel,
    typed: Mapping[str, str],
) -> list[ChangedType]:
    """The ticket types of a slot that they have, sold today or not, and what else is sold; at another time perhaps."""
    had = _had_at(facts, there.slot_id)
    here, prices = (
        {offer.ticket_type_id: price_today(offer, moment, centre()) for offer in offers}
        for moment in (there.starts_at, starts_at)
    )
    by_type = {offer.ticket_type_id: offer for offer in offers}
    sold = [offer.ticket_type_id for offer in offers if prices[offer.ticket_type_id] is not None]
    order = [*by_type, *had]
    type_ids = sorted({*had, *sold}, key=order.index)
    return [
        _changed_type(
            f"q-{there.slot_id}-{type_id}",
            had[type_id],
            by_type.get(type_id),
            (here.get(type_id), prices.get(type_id)),
            channel,
            typed,
            can_add=there.starts_at > clock.now(),
        )
        for type_id in type_ids
    ]


def _had_at(facts: BookingFacts, slot_id: int) -> dict[int, list[BookedLine]]:
    """The lines of a slot by ticket type."""
    had: dict[int, list[BookedLine]] = defaultdict(list)
    for line in facts.bought:
        if line.slot_id == slot_id:
            had[line.ticket_type_id].append(line)
    return had


def _changed_type(
    field: str,
    lines: Sequence[BookedLine],
    offer: TicketOffer | None,
    prices: tuple[int | None, int | None],
    channel: Channel,
    typed: Mapping[str, str],
    *,
    can_add: bool,
) -> ChangedType:
    """A ticket type from the lines that have it; `prices` are those of today at their own time and at the other."""
    here, price = prices
    quantity = sum(line.quantity for line in lines)
    return ChangedType(
        field=field,
        title=offer.title if offer else lines[0].ticket_title,
        note=offer.note if offer else {},
        paid=tuple(each for line in lines for each in [line.unit_price] * line.quantity),
        offer=offer,
        here=here,
        price=price,
        admits=lines[0].admits if lines else offer.places if offer else 1,
        most=_most(offer if price is not None else None, quantity, channel) if quantity or can_add else 0,
        quantity=typed.get(field, str(quantity))[:8],
    )


def _most(offer: TicketOffer | None, had: int, channel: Channel) -> int:
    """So many the stepper goes up to: what one booking may have, or what they have when that is more.

    At the desk no activity's limit counts.
    """
    if offer is None:
        return had
    most = offer.tickets_at_most(centre().most_people) if channel is Channel.PUBLIC else centre().most_people
    return max(most, had)
