"""Who can come together, beyond what each ticket type says alone: pure decisions about a whole basket.

Companions go with somebody who pays (ledsagerbevis), one more child with the family that it belongs to, and nobody sits
in two shows at once. Where the centre says so, two shows at once and children alone are only asked about: buyers
then press again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from booking.bookings.basket import PricedLine
from booking.bookings.on_sale import Sale
from booking.bookings.refusals import ChildrenAlone, CompanionAlone, NeedsCompany, TwoAtOnce
from booking.capacity.models import Slot
from booking.catalogue.models import Activity, TicketType
from booking.centre.facts import CentreFacts
from booking.centre.models import Strictness
from booking.kernel.database import Texts, as_values, run


@dataclass(frozen=True, slots=True)
class BasketPart:
    """A line of a basket with what decides here; `price` is of one ticket without discounts, in minor
    units."""

    slot_id: int
    starts_at: datetime
    ends_at: datetime
    is_addition: bool  # a show or workshop that needs entry
    activity_title: Texts
    ticket_type_id: int
    goes_with: int | None
    accompanies: bool
    brings_adult: bool
    advises_adult: bool
    price: int
    quantity: int
    places: int

    @property
    def people(self) -> int:
        """How many the tickets of the line admit."""
        return self.quantity * self.places


_FACTS = (
    select(
        Slot.id, Slot.starts_at, Slot.ends_at, Activity.needs_admission, Activity.title, TicketType.id,
        TicketType.goes_with_id, TicketType.accompanies, TicketType.brings_adult, TicketType.advises_adult,
    )
    .select_from(Slot)
    .join(Activity, Activity.id == Slot.activity_id)
    .join(TicketType, TicketType.id.in_(bindparam("types", expanding=True)))
    .where(Slot.id.in_(bindparam("slots", expanding=True)))
)  # fmt: skip
_TITLE = select(TicketType.title).where(TicketType.id == bindparam("type"))


def check_combination(
    lines: Sequence[PricedLine],
    centre: CentreFacts,
    knows: Collection[str] | None = None,
    owned: Sequence[PricedLine] = (),
    sale: Sale | None = None,
) -> None:
    """Whether these people can come together, in one statement; in none where the `sale` knows all of their tickets.

    `knows` names the warnings that the buyer has read, by the names of their classes; None warns of nothing. What is
    so already in the lines `owned` by a booking that changes is neither refused nor asked about again. Raises
    CompanionAlone, NeedsCompany, TwoAtOnce, ChildrenAlone.
    """
    after, before = _parts(sale, lines, owned)
    check_companions(after, before)
    missing = missing_company(after, before)
    if missing is not None:
        raise NeedsCompany(run(_TITLE, {"type": missing}).scalar_one())
    warns = knows is not None
    clash = at_once(after, before)
    if clash is not None and (centre.two_at_once is Strictness.REFUSE or (warns and "TwoAtOnce" not in (knows or ()))):
        raise TwoAtOnce(*clash, warning=centre.two_at_once is Strictness.WARN)
    if warns and "ChildrenAlone" not in (knows or ()) and children_alone(after) and not children_alone(before):
        raise ChildrenAlone


def check_companions(parts: Sequence[BasketPart], before: Sequence[BasketPart] = ()) -> None:
    """At each time, no more companions than people who pay, but for those too many before. Raises CompanionAlone."""
    had = max(map(_companions_alone, _by_slot(before).values()), default=0)
    if any(_companions_alone(basket_parts) > max(had, 0) for basket_parts in _by_slot(parts).values()):
        raise CompanionAlone


def _companions_alone(parts: Sequence[BasketPart]) -> int:
    """How many companions more than people who pay there are at one time."""
    companions = sum(part.quantity for part in parts if part.accompanies)
    return companions - sum(part.people for part in parts if not part.accompanies and part.price > 0)


def missing_company(parts: Sequence[BasketPart], before: Sequence[BasketPart] = ()) -> int | None:
    """The kind of ticket without which one of these is not sold, if it is missing at a time where it was not before."""
    had = _without_company(before)
    return next((goes_with for goes_with, count in _without_company(parts).items() if count > had[goes_with]), None)


def _without_company(parts: Sequence[BasketPart]) -> Counter[int]:
    """The kinds of ticket that are missing at some time, and how many tickets there want them."""
    missing = Counter[int]()
    for basket_parts in _by_slot(parts).values():
        there = {part.ticket_type_id for part in basket_parts}
        for part in basket_parts:
            if part.goes_with is not None and part.goes_with not in there:
                missing[part.goes_with] += part.quantity
    return missing


def children_alone(parts: Sequence[BasketPart]) -> bool:
    """Whether those who better come with a grown-up come without one."""
    return any(part.advises_adult for part in parts) and not any(part.brings_adult for part in parts)


def at_once(parts: Sequence[BasketPart], before: Sequence[BasketPart] = ()) -> tuple[Texts, Texts] | None:
    """Two additions that run at one time with more people in them than come at all; their titles, the earlier first.

    Not if they had the same ones at one time before, with as many people too many.
    """
    had = {slot_ids: too_many for slot_ids, (too_many, *_titles) in _clashes(before).items()}
    for slot_ids, (too_many, title, other_title) in _clashes(parts).items():
        if too_many > had.get(slot_ids, 0):
            return title, other_title
    return None


def _clashes(parts: Sequence[BasketPart]) -> dict[frozenset[int], tuple[int, Texts, Texts]]:
    """Additions that run at one time, with how many people too many they have, and the titles of the first two."""
    people = sum(part.people for part in parts if not part.is_addition)
    slots = {part.slot_id: part for part in parts if part.is_addition}
    sizes = Counter[int]()
    for part in parts:
        sizes[part.slot_id] += part.people
    clashes = {}
    for slot in slots.values():
        running = [other for other in slots.values() if other.starts_at <= slot.starts_at < other.ends_at]
        too_many = sum(sizes[other.slot_id] for other in running) - people
        if len(running) > 1 and too_many > 0:
            first, second = sorted(running, key=lambda part: (part.starts_at, part.slot_id))[:2]
            ids = frozenset(other.slot_id for other in running)
            clashes[ids] = (too_many, first.activity_title, second.activity_title)
    return clashes


@dataclass(frozen=True, slots=True)
class _Facts:
    slot_id: int
    starts_at: datetime
    ends_at: datetime
    is_addition: bool
    activity_title: Texts
    ticket_type_id: int
    goes_with: int | None
    accompanies: bool
    brings_adult: bool
    advises_adult: bool


def _parts(sale: Sale | None, *lists: Sequence[PricedLine]) -> list[list[BasketPart]]:
    """What decides of each line of some lists."""
    keys = {(line.slot_id, line.ticket_type_id) for priced_lines in lists for line in priced_lines}
    facts = _on_sale(sale, keys) if sale is not None else None
    if facts is None:
        ids = {"slots": sorted({slot_id for slot_id, _type in keys}), "types": sorted({kind for _slot, kind in keys})}
        facts = {(value.slot_id, value.ticket_type_id): value for value in as_values(_Facts, run(_FACTS, ids))}
    return [[_part(line, facts[line.slot_id, line.ticket_type_id]) for line in priced_lines] for priced_lines in lists]


def _on_sale(sale: Sale, keys: Collection[tuple[int, int]]) -> dict[tuple[int, int], _Facts] | None:
    """What decides of these tickets, from what is sold today; None where one of them is not."""
    facts = {}
    for slot_id, ticket_type_id in keys:
        offer = sale.offer(slot_id, ticket_type_id) if slot_id in sale.slots else None
        if offer is None:
            return None
        slot = sale.slots[slot_id]
        activity = sale.activities[slot.activity_id]
        facts[slot_id, ticket_type_id] = _Facts(
            slot_id, slot.starts_at, slot.ends_at, activity.needs_admission, activity.title, ticket_type_id,
            offer.goes_with, offer.accompanies, offer.brings_adult, offer.advises_adult,
        )  # fmt: skip
    return facts


def _part(line: PricedLine, facts: _Facts) -> BasketPart:
    known = {name: getattr(facts, name) for name in _Facts.__dataclass_fields__}
    return BasketPart(**known, price=line.full_price, quantity=line.quantity, places=line.admits)


def _by_slot(parts: Iterable[BasketPart]) -> Mapping[int, Sequence[BasketPart]]:
    by_slot: dict[int, list[BasketPart]] = {}
    for part in parts:
        by_slot.setdefault(part.slot_id, []).append(part)
    return by_slot
