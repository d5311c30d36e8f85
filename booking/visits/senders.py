"""Who sends a booking for a school: somebody whom we know, or somebody whom staff had better look at first.

Nobody proves on a form that they are a teacher, and anybody can type an address that is known. So three things are kept
apart. An address is *known* once a visit of it has taken place or staff have said yes to one. It is *proven* for a
booking when the browser has opened a link that was mailed to it (see links.py), or when the code of the agreement that
pays is given: the payer hands that to its schools alone. A known and proven sender books at once and is not limited.
What an agreement pays for anybody else, and more visits than a few, become requests: places and allowance are kept. For
a known address the yes is one press in the letter that goes there, for a new one it is the staff's.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, func, or_, select

from booking.agreements.models import Agreement, AskedFor
from booking.agreements.payers import plain_code
from booking.agreements.prices import Bill
from booking.agreements.rules import RulesForSchools
from booking.bookings.limits.places import person_of
from booking.bookings.models import Booking, State
from booking.kernel.database import UTCDateTime, one_at_a_time, run
from booking.kernel.refusals import Refusal
from booking.visits.models import Approval, Visit
from booking.visits.orders import SchoolOrder

_COMING = (
    select(func.count(Visit.id), func.coalesce(func.sum(Booking.people), 0))
    .join(Booking, Booking.id == Visit.booking_id)
    .where(Visit.arrives_at > bindparam("now", type_=UTCDateTime), Booking.state.in_((State.PENDING, State.CONFIRMED)))
)
# (visits, people) to come of a network address, and of a mail address; each finds its own index
_AHEAD = _COMING.where(Visit.holder == bindparam("holder"), Visit.holder != "").union_all(
    _COMING.where(Booking.email == bindparam("email"))
)
TOO_MANY = 4  # times what becomes a request is refused: staff are not to be buried either


class ManyVisits(Refusal):
    """This sender, or network address, has so many visits ahead that we plan them together."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: the address as typed, and a mark of the network address, "" for staff and where limits are off.

    `proven`: the browser has shown that it reads the address's mail. `code` is what was given of an agreement.
    `known`: see `sender_of`.
    """

    email: str
    holder: str
    proven: bool = False
    code: str = ""
    known: bool = False

    def proves_by_code(self, paying: Collection[Agreement]) -> bool:
        """Whether the code given is that of every agreement that pays."""
        given = plain_code(self.code)
        return bool(given) and bool(paying) and all(agreement.code == given for agreement in paying)

    def counted_under(self, paying: Collection[Agreement]) -> list[str]:
        """The keys under which visits of this sender are counted; none of one who is known and proven, or of staff."""
        if not self.holder or (self.known and (self.proven or self.proves_by_code(paying))):
            return []
        return [self.holder, person_of(self.email)]


@dataclass(frozen=True, slots=True)
class Yes:
    """Whether somebody says yes first, and why."""

    approval: Approval = Approval.NOT_NEEDED
    because: AskedFor | None = None


def yes_for(
    needs_yes: bool,
    sender: Sender,
    rules: RulesForSchools,
    people: int,
    owed: Bill,
    agreements: Collection[Agreement],
    now: datetime,
    turn_at: Collection[str] = (),
) -> Yes:
    """Whether somebody says yes first; call inside a unit of work, before the visit is written.

    `needs_yes`: what is booked wants it anyway. `agreements` are those that may pay. Those who are counted take turns;
    `turn_at` are other keys of `one_at_a_time` that are waited at in the same breath. Raises ManyVisits.
    """
    yes = Yes(Approval.ASKED, AskedFor.PROGRAMME) if needs_yes else Yes()
    paying = {due.payer_id for due in owed.dues if due.payer_id is not None and due.amount.minor > 0}
    counted_under = sender.counted_under([agreement for agreement in agreements if agreement.id in paying])
    one_at_a_time([*turn_at, *counted_under])
    if not counted_under:
        return yes
    ahead = run(_AHEAD, {"holder": sender.holder, "email": sender.email, "now": now}).all()
    visits, heads = (
        max(visits_ahead for visits_ahead, _ in ahead) + 1,
        max(heads_ahead for _, heads_ahead in ahead) + people,
    )
    if visits > rules.most_visits * TOO_MANY or heads > max(rules.most_visitors * TOO_MANY, people):
        raise ManyVisits
    is_much = visits > rules.most_visits or (heads > rules.most_visitors and visits > 1)
    if needs_yes or not (is_much or (rules.asks_new and paying)):
        return yes
    if sender.known:
        return Yes(Approval.ASKED, AskedFor.UNPROVEN)
    return Yes(Approval.ASKED, AskedFor.MANY_VISITS if is_much else AskedFor.NEW_SENDER)


def sender_of(order: SchoolOrder, now: datetime) -> Sender:
    """Who sends an order, in one statement.

    An address is known when a visit of it has taken place, or staff have said yes to one; of staff nobody asks.
    """
    email = order.contact.email
    was_here = and_(Booking.state == State.CONFIRMED, Visit.arrives_at < now)
    known = (
        select(Visit.id)
        .join(Booking, Booking.id == Visit.booking_id)
        .where(Booking.email == email, Booking.email != "", or_(was_here, Visit.approval == Approval.GIVEN))
    )
    is_known = bool(order.holder) and run(known.limit(1)).first() is not None
    return Sender(email, order.holder, order.proven, order.code, is_known)
