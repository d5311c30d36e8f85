"""A plan as what is bought: what stands in its slots, and the lines of the booking that it becomes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import bindparam, select

from booking.agreements.limits import refuse_too_many, wanted_by
from booking.agreements.prices import SchoolPrice, VisitKind, lunch_of, price_of, shows_of
from booking.agreements.rules import LineType, RulesForSchools
from booking.bookings.basket import Basket, PricedLine
from booking.bookings.refusals import Nothing
from booking.capacity.models import Slot
from booking.capacity.places import Closed
from booking.catalogue.models import Activity
from booking.kernel.database import Texts, run
from booking.planner.plans import PartKind, Plan, Timetable
from booking.programmes.models import Programme

_HELD = (
    select(Slot.id, Slot.activity_id, Activity.title, Programme.instant, Programme.shared, Programme.most_groups)
    .join(Activity, Activity.id == Slot.activity_id)
    .outerjoin(Programme, Programme.activity_id == Activity.id)
    .where(Slot.id.in_(bindparam("slots", expanding=True)))
)


@dataclass(frozen=True, slots=True)
class SlotOfPlan:
    """What is held in a slot that a plan names. Without a programme (entry, lunch) the last three are None."""

    activity_id: int
    title: Texts
    instant: bool | None
    shared: bool | None
    most_groups: int | None


@dataclass(frozen=True, slots=True)
class SlotsOfPlan:
    """What is held in all slots that a plan names, by slot."""

    plan: Plan
    by_slot: Mapping[int, SlotOfPlan]

    @property
    def wants_a_yes(self) -> bool:
        """Whether a programme of it is booked only when staff have said yes."""
        return any(slot.instant is False for slot in self.by_slot.values())

    @property
    def alone(self) -> frozenset[int]:
        """The sessions of it that are for one visit alone."""
        parts = [
            part for timetable in self.plan.timetables for part in timetable.parts if part.kind is PartKind.PROGRAMME
        ]
        named = {slot_id for part in parts for slot_id in part.slot_ids}
        return frozenset(slot_id for slot_id in named & self.by_slot.keys() if self.by_slot[slot_id].shared is False)

    def check_groups(self) -> None:
        """Raises TooManyGroups where a programme takes fewer groups than name it."""
        refuse_too_many(
            wanted_by(self.plan.groups),
            {slot.activity_id: slot.most_groups for slot in self.by_slot.values()},
        )

    def title_of(self, slot_id: int) -> Texts:
        """What is held there. Raises Closed for a slot that is gone."""
        if slot_id not in self.by_slot:
            raise Closed(slot_id)
        return self.by_slot[slot_id].title


def slots_of(plan: Plan) -> SlotsOfPlan:
    """What is held in the slots of a plan, in one statement."""
    ids = sorted({slot for timetable in plan.timetables for part in timetable.parts for slot in part.slot_ids})
    return SlotsOfPlan(plan, {slot_id: SlotOfPlan(*held) for slot_id, *held in run(_HELD, {"slots": ids})})


def kind_of(plan: Plan) -> VisitKind:
    """What a visit is for: its programmes, or the exhibition alone."""
    kinds = {part.kind for timetable in plan.timetables for part in timetable.parts}
    return VisitKind.PROGRAMME if PartKind.PROGRAMME in kinds else VisitKind.ADMISSION


def basket_of(slots: SlotsOfPlan, rules: RulesForSchools, price: SchoolPrice) -> Basket:
    """The plan as lines: one for the pupils and one for the adults of each session (or entry), one for lunch.

    A line admits all of its group with one ticket. The price of a group stands where its first session does, that of a
    show in the show. Raises Nothing for a group that has neither session nor entry, Closed for a show that is not open
    to classes.
    """
    plan, kind = slots.plan, kind_of(slots.plan)
    lines: dict[tuple[int, int], PricedLine] = {}
    for timetable in plan.timetables:
        for priced in priced_parts(timetable, kind, rules, price):
            people, amount = priced.people, priced.amount
            before = lines.get((priced.slot_id, priced.of.id))
            if before is not None:
                people, amount = people + before.admits, amount + before.unit_price
            if people:
                title, of = slots.title_of(priced.slot_id), priced.of
                line = PricedLine(priced.slot_id, of.id, title, of.title, 1, people, amount, of.vat_rate)
                lines[priced.slot_id, of.id] = line
    ordered = tuple(lines[key] for key in sorted(lines))
    people = sum(timetable.group.people for timetable in plan.timetables)
    return Basket(ordered, people, sum(line.unit_price for line in ordered), plan.arrives_at)


@dataclass(frozen=True, slots=True)
class PricedPart:
    """So many of one kind of a class in one slot, and what of its price, in minor units, stands there."""

    slot_id: int
    of: LineType
    people: int
    amount: int


def priced_parts(
    timetable: Timetable, kind: VisitKind, rules: RulesForSchools, price: SchoolPrice
) -> Iterator[PricedPart]:
    """What a class has and where its price stands, see `basket_of`. Raises Nothing, Closed."""
    group, whole = timetable.group, price_of(timetable.taught, kind, price)
    for_adults = whole.for_adults.minor
    is_first, lunch = True, lunch_of(timetable.taught, price)
    shows = {seen.id: seen for seen in shows_of(timetable.taught, kind, price)}
    for part in timetable.parts:
        if part.kind is PartKind.SHOW:
            seen = shows.get(part.activity_id or 0)
            if seen is None:
                raise Closed(part.slot_ids[0])
            pupil, adult = (replace(of, vat_rate=seen.vat_rate) for of in (rules.pupil, rules.adult))
            yield PricedPart(part.slot_ids[0], pupil, group.pupils, seen.for_pupils.minor)
            yield PricedPart(part.slot_ids[0], adult, group.adults, seen.for_adults.minor)
        elif part.has_own_slot and part.kind is not PartKind.LUNCH:
            of_pupils, of_adults = (whole.amount.minor - for_adults, for_adults) if is_first else (0, 0)
            yield PricedPart(part.slot_ids[0], rules.pupil, group.pupils, of_pupils)
            yield PricedPart(part.slot_ids[0], rules.adult, group.adults, of_adults)
            is_first = False
        elif part.kind is PartKind.LUNCH:
            yield PricedPart(part.slot_ids[0], rules.lunch, group.people, lunch.minor)
    if is_first:
        raise Nothing
