"""Who can come together, beyond what each ticket type says alone: pure decisions about a whole basket.

Companions go with somebody who pays (ledsagerbevis), one more child with the family that it belongs to, and nobody sits
in two shows at once. Where the centre says so, two shows at once and children alone are only asked about: buyers
then press again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from booking.bookings.basket import Basket
from booking.bookings.rules import CompanionAlone
from booking.capacity.models import Slot
from booking.catalogue.models import Activity, TicketType
from booking.centre.facts import CentreFacts
from booking.centre.models import Manner
from booking.kernel.database import Texts, as_values, run
from booking.kernel.refusals import Refusal


class NeedsCompany(Refusal):
    """A ticket that is sold only together with another kind. `title` is the kind it belongs to."""

    def __init__(self, title: Texts) -> None:
        super().__init__("sold only with another kind of ticket")
        self.title = title


class TwoAtOnce(Refusal):
    """More people in shows that run at one time than come. `warning`: the buyer may know better."""

    def __init__(self, one: Texts, other: Texts, warning: bool) -> None:
        super().__init__("two at one time")
        self.one = one
        self.other = other
        self.warning = warning


class ChildrenAlone(Refusal):
    """Children without a grown-up, who may come so: the buyer is warned, and may know better."""

    warning = True


@dataclass(frozen=True, slots=True)
class Part:
    """A line of a basket with what decides here; `price` is of one ticket, in minor units."""

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


def check_together(basket: Basket, centre: CentreFacts, knows: Collection[str] | None = None) -> None:
    """Whether these people can come together, in one statement.

    `knows` names the warnings that the buyer has read, by the names of their classes; None warns of nothing. Raises
    CompanionAlone, NeedsCompany, TwoAtOnce, ChildrenAlone.
    """
    parts = _parts(basket)
    for some in _by_slot(parts).values():
        check_companions(some)
        missing = missing_company(some)
        if missing is not None:
            raise NeedsCompany(run(_TITLE, {"type": missing}).scalar_one())
    warns = knows is not None
    clash = at_once(parts)
    if clash is not None and (centre.two_at_once is Manner.REFUSE or (warns and "TwoAtOnce" not in (knows or ()))):
        raise TwoAtOnce(*clash, warning=centre.two_at_once is Manner.WARN)
    if warns and "ChildrenAlone" not in (knows or ()) and children_alone(parts):
        raise ChildrenAlone


def check_companions(parts: Sequence[Part]) -> None:
    """At one time, no more companions than people who pay. Raises CompanionAlone."""
    companions = sum(part.quantity for part in parts if part.accompanies)
    paying = sum(part.people for part in parts if not part.accompanies and part.price > 0)
    if companions > paying:
        raise CompanionAlone


def missing_company(parts: Sequence[Part]) -> int | None:
    """The kind of ticket without which one of these is not sold, if it is missing at that time."""
    there = {part.ticket_type_id for part in parts}
    return next((part.goes_with for part in parts if part.goes_with is not None and part.goes_with not in there), None)


def children_alone(parts: Sequence[Part]) -> bool:
    """Whether those who better come with a grown-up come without one."""
    return any(part.advises_adult for part in parts) and not any(part.brings_adult for part in parts)


def at_once(parts: Sequence[Part]) -> tuple[Texts, Texts] | None:
    """Two additions that run at one time with more people in them than come at all; their titles, the earlier first."""
    people = sum(part.people for part in parts if not part.is_addition)
    slots = {part.slot_id: part for part in parts if part.is_addition}
    sizes: dict[int, int] = {}
    for part in parts:
        if part.is_addition:
            sizes[part.slot_id] = sizes.get(part.slot_id, 0) + part.people
    for one in slots.values():
        running = [other for other in slots.values() if other.starts_at <= one.starts_at < other.ends_at]
        if len(running) > 1 and sum(sizes[other.slot_id] for other in running) > people:
            first, second = sorted(running, key=lambda part: (part.starts_at, part.slot_id))[:2]
            return first.activity_title, second.activity_title
    return None


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


def _parts(basket: Basket) -> list[Part]:
    lines = basket.lines
    asked = {
        "slots": sorted({line.slot_id for line in lines}), "types": sorted({line.ticket_type_id for line in lines}),
    }  # fmt: skip
    facts = {(one.slot_id, one.ticket_type_id): one for one in as_values(_Facts, run(_FACTS, asked))}
    return [
        Part(
            **{name: getattr(facts[line.slot_id, line.ticket_type_id], name) for name in _Facts.__dataclass_fields__},
            price=line.unit_price,
            quantity=line.quantity,
            places=line.admits,
        )
        for line in lines
    ]


def _by_slot(parts: Iterable[Part]) -> Mapping[int, Sequence[Part]]:
    found: dict[int, list[Part]] = {}
    for part in parts:
        found.setdefault(part.slot_id, []).append(part)
    return found
