"""Who sends a booking for a school: somebody whom we know, or somebody whom staff had better look at first.

Nobody proves on a form that they are a teacher. So what an agreement pays for somebody new, and more visits than a few,
become requests: places and allowance are kept, and staff say yes. From then on the sender is known.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, func, or_, select

from booking.bookings.limits import person_of
from booking.bookings.models import Booking, State
from booking.kernel.database import db, one_at_a_time, run
from booking.kernel.refusals import Refusal
from booking.schools.models import Approval, SchoolRules, Visit
from booking.schools.prices import Bill

TOO_MANY = 4  # times what becomes a request is refused: staff are not to be buried either


class ManyVisits(Refusal):
    """This sender, or network address, has so many visits ahead that we plan them together."""


def approval_for(needs_yes: bool, email: str, holder: str, people: int, owed: Bill, now: datetime) -> Approval:
    """Whether staff say yes first; call inside a unit of work, before the visit is written.

    `needs_yes`: what is booked wants it anyway. `holder` is an opaque mark of the visitor, "" for staff and wherever
    limits are off; see bookings.limits. Raises ManyVisits.
    """
    asked = Approval.ASKED if needs_yes else Approval.NOT_NEEDED
    if not holder or is_known(email, now):
        return asked
    one_at_a_time([holder, person_of(email)])
    rules = db.session.scalars(select(SchoolRules).order_by(SchoolRules.id).limit(1)).one()
    ahead = [_ahead(Visit.holder == holder, now), _ahead(Booking.email == email, now)]
    visits, heads = max(one for one, _ in ahead) + 1, max(one for _, one in ahead) + people
    if visits > rules.most_visits * TOO_MANY or heads > max(rules.most_visitors * TOO_MANY, people):
        raise ManyVisits
    is_much = visits > rules.most_visits or (heads > rules.most_visitors and visits > 1)
    by_agreement = rules.asks_new and any(due.payer_id is not None and due.amount.minor > 0 for due in owed.dues)
    return Approval.ASKED if is_much or by_agreement else asked


def is_known(email: str, now: datetime) -> bool:
    """Whether a visit of this address has taken place, or staff have said yes to one."""
    was_here = and_(Booking.state == State.CONFIRMED, Visit.arrives_at < now)
    known = (
        select(Visit.id)
        .join(Booking, Booking.id == Visit.booking_id)
        .where(Booking.email == email, Booking.email != "", or_(was_here, Visit.approval == Approval.GIVEN))
    )
    return run(known.limit(1)).first() is not None


def _ahead(which: object, now: datetime) -> tuple[int, int]:
    """(visits, people) to come of a sender."""
    found = (
        select(func.count(Visit.id), func.coalesce(func.sum(Booking.people), 0))
        .join(Booking, Booking.id == Visit.booking_id)
        .where(which, Visit.arrives_at > now, Booking.state.in_((State.PENDING, State.CONFIRMED)))  # type: ignore[arg-type]
    )
    visits, people = run(found).one()
    return int(visits), int(people)
