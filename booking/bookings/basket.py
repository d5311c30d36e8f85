"""What somebody chose, checked and priced from ids and quantities only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from booking.bookings.lines.all_days import for_all_days, last_of
from booking.bookings.lines.passes import by_day, once
from booking.bookings.lines.priced import LineFacts, Pick, PricedLine
from booking.bookings.on_sale import Sale, SaleTime, check_on_sale, sale_at
from booking.bookings.refusals import NeedsAdmission, Nothing, SeveralDays, TooMany, TooManyPlaces, Unknown
from booking.bookings.rules import ChosenTickets, check_party
from booking.capacity.models import Channel
from booking.capacity.places import Want
from booking.catalogue.models import FOR_THE_PUBLIC
from booking.catalogue.queries import ActivityFacts, TicketOffer, types_of
from booking.centre.facts import CentreFacts
from booking.discounts.models import DiscountWay
from booking.discounts.queries import MayHave
from booking.discounts.rules import CampaignFacts, TicketsPriced, best, taken_again
from booking.discounts.taken import off_each

__all__ = ["Basket", "LineFacts", "Pick", "PricedLine", "lowered", "merged", "moved_price", "price", "price_again"]


@dataclass(frozen=True, slots=True)
class Basket:
    """Everything one buyer wants, priced. `people` is the most in the house at once, `total` in minor units.

    `last_at` is when the last of its days begins, where it has several. `sale` is what it was priced by, if it was.
    """

    lines: tuple[PricedLine, ...]
    people: int
    total: int
    starts_at: datetime
    last_at: datetime | None = None
    sale: Sale | None = field(default=None, compare=False, repr=False)

    @property
    def wants(self) -> list[Want]:
        """The places to take."""
        return [Want(line.slot_id, line.quantity * line.admits) for line in self.lines]


def price(
    picks: Collection[Pick],
    channel: Channel,
    centre: CentreFacts,
    now: datetime,
    may_have: MayHave | None = None,
) -> Basket:
    """Check and price what was chosen, in one statement; `may_have` are the discounts that may be taken off it.

    Raises Nothing, Unknown, TooMany, TooManyPlaces, NeedsAdult, CompanionAlone, NotOnSale, Closed, SeveralDays or
    NeedsAdmission; never Full: only the taking knows.
    """
    return price_again((), picks, channel, centre, now, may_have)


def price_again(
    owned: Sequence[LineFacts],
    picks: Collection[Pick],
    channel: Channel,
    centre: CentreFacts,
    now: datetime,
    may_have: MayHave | None = None,
) -> Basket:
    """What a booking with these lines becomes: what is kept stays as it was bought, what is added is bought today.

    Kept is what the picks have of a ticket type in a time of the same activity. It keeps its price, its VAT rate and
    its titles, also where it is no longer sold, and limits set since do not touch it. At another time it costs what
    that time is dearer today, see `moved_price`, and the time must be one that is sold now. What is added costs
    today's price and obeys today's sale. Discounts of what moves stay where they are for that time too; what is added
    has what it `may_have`. Raises as `price`.
    """
    picks = _summed(picks)
    if not picks:
        raise Nothing
    slot_ids = {pick.slot_id for pick in picks}
    sale = sale_at(slot_ids | {line.slot_id for line in owned}, channel, centre, now)
    if not slot_ids <= sale.slots.keys():
        raise Unknown
    picks, sale, passes = for_all_days(owned, picks, sale)
    slots, facts = sale.slots, sale.activities
    there = {pick.slot_id: slots[pick.slot_id] for pick in picks}
    kept, added = _split(owned, picks, slots)
    lines = [_kept_line(line, slot_id, quantity, sale, may_have) for line, slot_id, quantity in kept]
    bought = [
        _added_line(pick, sale)
        for pick in added
        if pick.ticket_type_id not in passes or pick.slot_id == passes[pick.ticket_type_id][0]
    ]
    bought = bought if may_have is None else lowered(bought, sale, may_have, lines)
    for line in bought:
        days = passes.get(line.ticket_type_id)
        lines += [line] if days is None else by_day(line, days)
    lines.sort(key=lambda line: (line.slot_id, line.ticket_type_id))  # of a kind, what was bought first stays first
    _check_parties(owned, lines, sale)
    if channel is Channel.PUBLIC and added:
        _check_places(there, facts, lines)
    people = _check_day(there, facts, lines, centre)
    if people > centre.most_people and channel is Channel.PUBLIC and added:
        raise TooMany(centre.most_people)
    return Basket(
        lines=tuple(merged(lines)),
        people=people,
        total=sum(line.unit_price * line.quantity for line in lines),
        starts_at=min(slot.starts_at for slot in there.values()),
        last_at=last_of((slot.starts_at for slot in there.values()), centre),
        sale=sale,
    )


def _split(
    owned: Sequence[LineFacts], picks: Collection[Pick], slots: Mapping[int, SaleTime]
) -> tuple[list[tuple[LineFacts, int, int]], list[Pick]]:
    """What of the lines is kept, as (line, slot, quantity), and what comes to it.

    What stands at its own time is kept before what moves; of what is given up, what was bought last goes first.
    """
    left = {line.id: line.quantity for line in owned}
    kept: list[tuple[LineFacts, int, int]] = []
    wanted = {(pick.slot_id, pick.ticket_type_id): pick.quantity for pick in picks}
    for moving in (False, True):
        for (slot_id, ticket_type_id), quantity in wanted.items():
            for line in owned:
                same = line.slot_id == slot_id
                if moving:
                    same = slots[line.slot_id].activity_id == slots[slot_id].activity_id
                part = min(quantity, left[line.id]) if same and line.ticket_type_id == ticket_type_id else 0
                if part:
                    kept.append((line, slot_id, part))
                    left[line.id] -= part
                    quantity -= part
            wanted[slot_id, ticket_type_id] = quantity
    return kept, [Pick(*key, quantity) for key, quantity in wanted.items() if quantity]


def moved_price(paid: int, here: int | None, there: int | None) -> int:
    """What a ticket costs that was bought for `paid` and moves; `here` and `there` are what the two times cost today.

    Prices that went up or down since it was bought are none of the buyer's; a dearer hour is. So the difference
    between the times comes on top, up to what the new time costs anybody, and a cheaper time keeps the price.
    """
    if here is None or there is None or there <= here:
        return paid
    return max(paid, min(paid + there - here, there))


def _kept_line(line: LineFacts, slot_id: int, quantity: int, sale: Sale, may_have: MayHave | None) -> PricedLine:
    if line.slot_id == slot_id:
        return line.kept(quantity)
    check_on_sale(sale.slots[slot_id], sale.channel, sale.now)
    here, there = (sale.price(slot, line.ticket_type_id) for slot in (line.slot_id, slot_id))
    if here is not None and there is None:
        raise Unknown  # sold, but not for such times: a ticket of weekdays is none of Saturdays
    full = moved_price(line.full_price, here, there)
    kept = line.kept(quantity, slot_id=slot_id, unit_price=full, discounts=())
    if not line.discounts or may_have is None:
        return kept
    bought_on = may_have.bought_on or sale.centre.local(sale.now).date()
    off = taken_again(line.discounts, full, _tickets(kept, sale), may_have.known, bought_on)
    return replace(kept, unit_price=full - off_each(off), discounts=off)


def lowered(
    lines: Sequence[PricedLine], sale: Sale, may_have: MayHave, beside: Sequence[PricedLine] = ()
) -> list[PricedLine]:
    """Lines with the best of what they may have taken off their full price, `beside` others that have theirs."""
    campaigns = [rest for campaign in may_have.campaigns if (rest := _rest_of(campaign, beside)) is not None]
    tickets = [_tickets(line, sale) for line in lines]
    order = best(tickets, campaigns, sale.centre.local(sale.now).date())
    return [
        replace(lines[part.place], quantity=part.quantity, unit_price=part.price, discounts=part.discounts)
        for part in order.tickets
    ]


def _rest_of(campaign: CampaignFacts, beside: Sequence[PricedLine]) -> CampaignFacts | None:
    """What tickets may still have of a campaign that other tickets of the order have; None for nothing."""
    has = sum(line.quantity for line in once(beside) if any(of == campaign.id for of, _off in line.discounts))
    if campaign.way is DiscountWay.ORDER:
        return None if has else campaign
    if campaign.most_tickets is None:
        return campaign
    left = campaign.most_tickets - has
    return replace(campaign, most_tickets=left) if left > 0 else None


def _tickets(line: PricedLine, sale: Sale) -> TicketsPriced:
    slot = sale.slots[line.slot_id]
    start = sale.centre.local(slot.starts_at)
    return TicketsPriced(slot.activity_id, line.ticket_type_id, start, line.full_price, line.quantity)


def _added_line(pick: Pick, sale: Sale) -> PricedLine:
    slot, offer = sale.slots[pick.slot_id], sale.offer(pick.slot_id, pick.ticket_type_id)
    activity = sale.activities[slot.activity_id]
    if offer is None or (sale.channel is Channel.PUBLIC and activity.kind not in FOR_THE_PUBLIC):
        raise Unknown
    check_on_sale(slot, sale.channel, sale.now)
    unit_price = sale.price(pick.slot_id, pick.ticket_type_id)
    if unit_price is None:
        raise Unknown
    return _line(pick, activity, offer, unit_price)


def merged(lines: Sequence[PricedLine]) -> Iterator[PricedLine]:
    """Lines that differ in nothing but number as one."""
    same: dict[object, PricedLine] = {}
    for line in lines:
        key = (line.slot_id, line.ticket_type_id, line.unit_price, line.vat_rate, line.admits, line.discounts)
        before = same.get(key)
        same[key] = line if before is None else replace(before, quantity=before.quantity + line.quantity)
    yield from same.values()


def _check_parties(owned: Sequence[LineFacts], lines: Sequence[PricedLine], sale: Sale) -> None:
    """Who may come together, at each time; not asked again of a party that is as it was bought.

    So many of a type as there were are never too many. Raises TooMany, NeedsAdult, CompanionAlone.
    """
    had, has = _by_type(owned), _by_type(lines)
    if owned and had == has:
        return
    unsold = {line.ticket_type_id for line in lines if sale.offer(line.slot_id, line.ticket_type_id) is None}
    bought = types_of(unsold) if unsold else {}
    chosen: dict[int, Counter[int]] = defaultdict(Counter)
    for line in lines:
        chosen[line.slot_id][line.ticket_type_id] += line.quantity
    for slot_id, some_types in chosen.items():
        party = []
        for ticket_type_id, quantity in some_types.items():
            offer = sale.offer(slot_id, ticket_type_id) or bought[ticket_type_id]
            party.append(ChosenTickets(replace(offer, most=max(offer.most, had[ticket_type_id])), quantity))
        check_party(party)


def _summed(picks: Collection[Pick]) -> list[Pick]:
    quantities: dict[tuple[int, int], int] = defaultdict(int)
    for pick in picks:
        quantities[pick.slot_id, pick.ticket_type_id] += pick.quantity
    return [Pick(*key, quantity) for key, quantity in sorted(quantities.items()) if quantity > 0]


def _line(pick: Pick, activity: ActivityFacts, offer: TicketOffer, unit_price: int) -> PricedLine:
    return PricedLine(
        slot_id=pick.slot_id,
        ticket_type_id=pick.ticket_type_id,
        activity_title=activity.title,
        ticket_title=offer.title,
        quantity=pick.quantity,
        admits=offer.places,
        unit_price=unit_price,
        vat_rate=offer.vat_rate,
    )


def _by_type(lines: Sequence[LineFacts | PricedLine]) -> Counter[int]:
    """How many there are of each ticket type."""
    quantities = Counter[int]()
    for line in once(lines):
        quantities[line.ticket_type_id] += line.quantity
    return quantities


def _check_places(
    slots: Mapping[int, SaleTime], facts: Mapping[int, ActivityFacts], lines: Sequence[PricedLine]
) -> None:
    """No more of one time than its activity allows in a booking. Raises TooManyPlaces."""
    places: dict[int, int] = defaultdict(int)
    for line in lines:
        places[line.slot_id] += line.quantity * line.admits
    for slot_id, wanted in places.items():
        activity = facts[slots[slot_id].activity_id]
        if activity.most_places is not None and wanted > activity.most_places:
            raise TooManyPlaces(activity.most_places, activity.title)


def _check_day(
    slots: Mapping[int, SaleTime],
    facts: Mapping[int, ActivityFacts],
    lines: Sequence[PricedLine],
    centre: CentreFacts,
) -> int:
    """One day, or those of a pass, and nobody at a show who has no entry by then; returns how many people come."""
    days = {slot_id: centre.local(slot.starts_at).date() for slot_id, slot in slots.items()}
    several = set(days.values())
    if len(several) > 1 and not several <= {days[line.slot_id] for line in lines if line.of_pass}:
        raise SeveralDays
    return max(
        _check_one_day({at: slots[at] for at in days if days[at] == day}, facts, lines) for day in sorted(several)
    )


def _check_one_day(
    slots: Mapping[int, SaleTime], facts: Mapping[int, ActivityFacts], lines: Sequence[PricedLine]
) -> int:
    """How many come that day, nobody of them to a show without entry.

    Who is at an event that is sold alone may well be who has entry, or the ticket of the festival that it belongs to,
    so the two are not added up.
    """
    people: dict[int, int] = defaultdict(int)
    for line in lines:
        if line.slot_id in slots:
            people[line.slot_id] += line.quantity * line.admits
    activities = {slot_id: facts[slots[slot_id].activity_id] for slot_id in people}
    for slot_id, count in people.items():
        if not activities[slot_id].needs_admission:
            continue
        inside = sum(
            others
            for other, others in people.items()
            if other != slot_id
            and slots[other].starts_at <= slots[slot_id].starts_at
            and activities[other].lets_in_to(activities[slot_id])
        )
        if count > inside:
            raise NeedsAdmission(slot_id)
    entering = [count for slot_id, count in people.items() if activities[slot_id].is_entry]
    there = {activity.id for activity in activities.values()}
    alone = [
        (slots[slot_id], count)
        for slot_id, count in people.items()
        if not (activities[slot_id].needs_admission or activities[slot_id].is_entry)
        and activities[slot_id].part_of not in there
    ]
    at_once = (
        sum(count for other, count in alone if other.starts_at <= slot.starts_at < other.ends_at) for slot, _ in alone
    )
    return max(sum(entering), max(at_once, default=0))
