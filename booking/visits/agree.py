"""What is agreed on with a school that orders, wherever the visit is held: who it is, who pays what, who says yes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from booking.agreements.models import Agreement
from booking.agreements.payers import (
    SchoolFacts,
    agreements_for,
    as_known_here,
    enter_school,
    move_allowances_of,
    with_what_is_left,
)
from booking.agreements.prices import Bill, Due, SchoolPrice, VisitKind, bill
from booking.agreements.rules import RulesForSchools, price_list, school_year
from booking.agreements.terms import Terms
from booking.centre.facts import CentreFacts
from booking.planner.wish import Group
from booking.visits.orders import BillChanged, SchoolOrder
from booking.visits.senders import Sender, Yes, yes_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """What a booking goes by that nobody else can take from it: read before its unit of work, so that others wait less.

    Sums, agreements, allowances, releases and places are none of it: those are decided inside.
    """

    rules: RulesForSchools
    terms: Terms
    sender: Sender


@dataclass(frozen=True, slots=True)
class Agreed:
    """What is decided about an order before its first row is written. `school` is one that is entered.

    The agreements are locked as they stand until the unit of work ends; `year` is the school year in which they pay.
    """

    school: SchoolFacts
    agreements: Sequence[Agreement]
    bill: Bill
    yes: Yes
    year: int

    def take_allowances(self) -> None:
        """Take what the agreements pay; in the unit of work in which it was agreed. Raises AllowanceUsed."""
        move_allowances_of(self.agreements, (), self.bill.dues, self.school, self.year)


def bill_for(
    groups: Sequence[Group],
    starts_at: datetime,
    school: SchoolFacts,
    code: str,
    centre: CentreFacts,
    own: Sequence[Due] = (),
    agreements: Sequence[Agreement] | None = None,
    kind: VisitKind = VisitKind.PROGRAMME,
    price: SchoolPrice | None = None,
) -> Bill:
    """What each payer would owe now, in at most four statements. Raises CodeUnknown, NoSchools.

    `agreements` are those of a visit that is booked already, in place of the ones that hold today; `kind` is what
    they come for, since agreements may be for some kinds only; `price` what it costs in place of the centre's own.
    """
    on, school = centre.local(starts_at).date(), as_known_here(school)
    holding = agreements_for(school, code) if agreements is None else agreements
    left = with_what_is_left(holding, school, groups, school_year(on), own)
    return bill(groups, kind, on, price or price_list(centre.currency), left)


def agree(
    order: SchoolOrder,
    groups: Sequence[Group],
    starts_at: datetime,
    kind: VisitKind,
    price: SchoolPrice,
    ready: Ready,
    *,
    needs_yes: bool,
    centre: CentreFacts,
    now: datetime,
    turn_at: Collection[str] = (),
) -> Agreed:
    """Enter the school, lock its agreements, make the bill and see who says yes; inside a unit of work.

    `needs_yes`: what is booked wants it anyway. `turn_at` are other keys of `one_at_a_time` to wait at in the same
    breath. Raises BillChanged where the bill is not the one that was seen, CodeUnknown, ManyVisits.
    """
    school = enter_school(order.school)
    agreements = agreements_for(school, order.code, locked=True)
    owed = bill_for(groups, starts_at, school, order.code, centre, (), agreements, kind, price)
    if order.seen is not None and order.seen != owed.in_minor_units():
        raise BillChanged(order.seen)
    people = sum(group.people for group in groups)
    yes = yes_for(needs_yes, ready.sender, ready.rules, people, owed, agreements, now, turn_at)
    return Agreed(school, agreements, owed, yes, school_year(centre.local(starts_at).date()))
