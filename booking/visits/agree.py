"""What is agreed on with a school that orders, wherever the visit is held: who it is, who pays what, who says yes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from booking.agreements.models import Agreement, SchoolKind
from booking.agreements.payers import (
    SchoolFacts,
    agreements_for,
    as_known_here,
    enter_school,
    with_what_is_left,
)
from booking.agreements.prices import Because, Bill, Due, SchoolPrice, VisitKind, bill
from booking.agreements.rules import RulesForSchools, price_list, school_year
from booking.agreements.terms import Terms
from booking.centre.facts import CentreFacts
from booking.kernel.money import Money
from booking.planner.wish import Group
from booking.visits.orders import BillChanged, SchoolOrder
from booking.visits.senders import Sender, Yes, yes_for


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingReady:
    """What a booking goes by that nobody else can take from it: read before its unit of work, so that others wait less.

    Sums, agreements, allowances, releases and places are none of it: those are decided inside.
    """

    rules: RulesForSchools
    terms: Terms
    sender: Sender


@dataclass(frozen=True, slots=True)
class AgreedOrder:
    """What is decided about an order before its first row is written. `school` is one that is entered.

    The agreements are locked as they stand until the unit of work ends; `year` is the school year in which they pay.
    """

    school: SchoolFacts
    agreements: Sequence[Agreement]
    bill: Bill
    yes: Yes
    year: int


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
    ready: BookingReady,
    *,
    needs_yes: bool,
    centre: CentreFacts,
    now: datetime,
    turn_at: Collection[str] = (),
) -> AgreedOrder:
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
    return AgreedOrder(school, agreements, owed, yes, school_year(centre.local(starts_at).date()))


NOBODYS = SchoolFacts(None, "", "", "", SchoolKind.SCHOOL, "", known=False)


@dataclass(frozen=True, slots=True)
class PriceFor:
    """A price by payer. `class_visits` is how often the agreement pays for each class in a school year, if it says."""

    whole: Money
    own: Money  # the school's
    paid: tuple[tuple[str, Money], ...]  # by others: their name and what they pay
    because: Because  # why the school pays what it pays, or why nothing
    class_visits: int | None


def price_for(
    school: SchoolFacts | None, groups: Sequence[Group], starts_at: datetime, code: str, centre: CentreFacts
) -> PriceFor:
    """What these groups of a school would cost at that time, in at most seven statements.

    Without a school only a code finds an agreement. Raises CodeUnknown, NoSchools.
    """
    whose = school or NOBODYS
    agreements = {agreement.id: agreement for agreement in agreements_for(whose, code)}
    owed = bill_for(groups, starts_at, whose, code, centre)
    nothing = Money(0, centre.currency)
    by_payer = owed.by_payer()
    paid = tuple((agreements[payer].payer, sum_) for payer, sum_ in by_payer.items() if payer in agreements)
    own = next((due for due in owed.dues if due.payer_id is None), None)
    paying = next((agreements[payer] for payer in by_payer if payer in agreements), None)
    return PriceFor(
        whole=owed.whole,
        own=by_payer.get(None, nothing),
        paid=paid,
        because=own.because if own else Because.ALL,
        class_visits=paying.class_visits if paying else None,
    )
