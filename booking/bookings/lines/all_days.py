"""A basket's picks of passes become picks of each day that they are for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from booking.bookings.lines.passes import FestivalTime, days_of_pass, held_around
from booking.bookings.lines.priced import LineFacts, Pick
from booking.bookings.on_sale import Sale, check_on_sale, sale_at
from booking.bookings.refusals import PassStays, SeveralDays, Unknown
from booking.centre.facts import CentreFacts


def last_of(starts: Iterable[datetime], centre: CentreFacts) -> datetime | None:
    """When the last of several days begins; None for one day."""
    first: dict[date, datetime] = {}
    for start in sorted(starts):
        first.setdefault(centre.local(start).date(), start)
    return first[max(first)] if len(first) > 1 else None


def for_all_days(
    owned: Sequence[LineFacts], picks: list[Pick], sale: Sale
) -> tuple[list[Pick], Sale, dict[int, tuple[int, ...]]]:
    """The picks with those of a pass for each of its days, and the days of each pass, by its type.

    What is owned of a pass says its days. So many are wanted as are picked of any of its days: whoever adds something
    names all that they have, whoever has fewer need name but one day. Two statements more, where there is a pass.
    Raises PassStays for a pass that would be for other days than it is, SeveralDays for passes of two festivals,
    Unknown where it is no festival of several days, Closed, NotOnSale.
    """
    had = _days_had(owned, sale)
    wanted = [pick for pick in picks if _is_pass(pick, had, sale)]
    if not wanted:
        return picks, sale, {}
    if any(pick.slot_id not in had.get(pick.ticket_type_id, (pick.slot_id,)) for pick in wanted):
        raise PassStays
    if len({sale.slots[pick.slot_id].activity_id for pick in wanted}) > 1:
        raise SeveralDays
    new = {pick.slot_id: _festival_time(pick.slot_id, sale) for pick in wanted if pick.ticket_type_id not in had}
    if new:
        chosen = min(new.values(), key=lambda time: time.starts_at)
        check_on_sale(sale.slots[chosen.slot_id], sale.channel, sale.now)
        days = tuple(time.slot_id for time in days_of_pass(chosen, held_around([chosen]), sale.centre))
        if len(days) < 2:
            raise Unknown
        sale = sale_at({*sale.slots, *days}, sale.channel, sale.centre, sale.now)
        for slot_id in days:
            check_on_sale(sale.slots[slot_id], sale.channel, sale.now)
        had |= {pick.ticket_type_id: days for pick in wanted if pick.ticket_type_id not in had}
    most = {
        kind: max(pick.quantity for pick in wanted if pick.ticket_type_id == kind)
        for kind in sorted({pick.ticket_type_id for pick in wanted})
    }
    whole = [Pick(slot_id, kind, quantity) for kind, quantity in most.items() for slot_id in had[kind]]
    return [*(pick for pick in picks if pick not in wanted), *whole], sale, had


def _days_had(owned: Sequence[LineFacts], sale: Sale) -> dict[int, tuple[int, ...]]:
    """The days of each pass that is owned, by its type, in order of time."""
    had: dict[int, set[int]] = defaultdict(set)
    for line in owned:
        if line.of_pass:
            had[line.ticket_type_id].add(line.slot_id)
    return {kind: tuple(sorted(days, key=lambda day: sale.slots[day].starts_at)) for kind, days in had.items()}


def _is_pass(pick: Pick, had: Collection[int], sale: Sale) -> bool:
    offer = sale.offer(pick.slot_id, pick.ticket_type_id)
    is_sold = offer is not None and offer.all_days
    return is_sold or pick.ticket_type_id in had


def _festival_time(slot_id: int, sale: Sale) -> FestivalTime:
    return FestivalTime(slot_id, sale.slots[slot_id].activity_id, sale.slots[slot_id].starts_at)
