"""What a programme would cost a school: who of it and its agreements pays how much. Promises nothing; books nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from booking.agreements.models import SchoolKind
from booking.agreements.payers import SchoolFacts, agreements_for
from booking.agreements.prices import Because
from booking.centre.facts import CentreFacts
from booking.kernel.money import Money
from booking.planner.wish import Group
from booking.visits.agree import bill_for

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
    school: SchoolFacts | None, group: Group, starts_at: datetime, code: str, centre: CentreFacts
) -> PriceFor:
    """What a group of a school would cost at that time, in at most seven statements.

    Without a school only a code finds an agreement. Raises CodeUnknown, NoSchools.
    """
    whose = school or NOBODYS
    agreements = {agreement.id: agreement for agreement in agreements_for(whose, code)}
    owed = bill_for([group], starts_at, whose, code, centre)
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
