"""The end of what teachers have told: with the contact of their booking, with the wait, and a month after a release.

Visits that their teacher wants to find again are kept with name and classes to the end of the next school year, where
they choose so; after that, numbers without names stay with the school. A school that a teacher wrote by hand keeps its
name as long as it may owe for a visit: that is accounting.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import Exists, Select, Update, and_, or_, select, text, update

from booking.agreements.models import School
from booking.agreements.rules import SCHOOL_YEAR_BEGINS, school_year
from booking.bookings.forgetting import ACCOUNTS_KEPT, CONTACT_KEPT, end_of_year, is_let_go
from booking.bookings.models import Booking
from booking.capacity.planning import at
from booking.centre.facts import CentreFacts
from booking.kernel.database import db
from booking.kernel.forgetting import Clear, Forgetting, Reckoned, Remove, Rows
from booking.releases.models import Release, ReleaseTake, ReleaseWish
from booking.visit_waiting.models import VisitWaiting
from booking.visits.links import PROOF_LIVES
from booking.visits.models import Approval, EndedLinks, Reckoning, Visit, VisitDue, VisitGroup

WISH_KEPT = timedelta(days=30)  # after the opening: whoever got nothing may still ask why
YEARS = 2  # school years, that of the visit among them
WAITING_KEPT = timedelta(days=1)  # after the last day waited for

_TOLD = {"mobile": "", "on_the_day": "", "order_number": "", "invoice_reference": "", "reason": ""}
_WISHED = {
    "name": "", "email": "", "mobile": "", "on_the_day": "", "needs": "", "options": [], "code": "",
    "order_number": "", "invoice_reference": "",
}  # fmt: skip
_WRITTEN = {"name": "", "search": "", "org_number": "", "email": "", "reference_pattern": ""}


def _told(before: datetime) -> Select[int]:
    return select(Visit.id).where(Visit.arrives_at < before, or_(*(getattr(Visit, name) != "" for name in _TOLD)))


def _marks(before: datetime) -> Select[int]:
    return select(Visit.id).where(Visit.arrives_at < before, text("holder <> ''"))


def _groups(before: datetime) -> Select[int]:
    named = select(VisitGroup.id).join(Visit).where(Visit.arrives_at < before, VisitGroup.name != "")
    return named.join(Booking, Booking.id == Visit.booking_id).where(is_let_go(before))


def _dues(before: datetime) -> Select[int]:
    named = select(VisitDue.id).join(Visit).where(Visit.arrives_at < before, VisitDue.group_name != "")
    return named.join(Booking, Booking.id == Visit.booking_id).where(is_let_go(before))


def _written(before: datetime) -> Select[int]:
    """Schools written by hand for which nothing is ahead, and that owe nothing of the years that accounts are kept."""
    kept_from = end_of_year(before + CONTACT_KEPT - ACCOUNTS_KEPT)
    owes = or_(Visit.fee > 0, _of_the_school().exists())
    return select(School.id).where(
        School.known.is_(False),
        School.name != "",
        ~_a_visit(Visit.arrives_at >= before),
        ~_a_visit(and_(owes, Visit.arrives_at >= kept_from)),
        ~select(ReleaseWish.id).where(ReleaseWish.school_id == School.id, ReleaseWish.email != "").exists(),
    )


def _of_the_school() -> Select[int]:
    return select(VisitDue.id).where(VisitDue.visit_id == Visit.id, VisitDue.paid_by.is_(None), VisitDue.amount > 0)


def _a_visit(condition: object) -> Exists:
    return select(Visit.id).where(Visit.school_id == School.id, condition).exists()  # type: ignore[arg-type]  # a condition


def is_request() -> Exists:
    """Whether a booking was asked of staff: their answer is read for as long as its contact stays."""
    return select(Visit.id).where(Visit.booking_id == Booking.id, Visit.approval != Approval.NOT_NEEDED).exists()


def _reasons(before: datetime) -> Select[int]:
    return select(Reckoning.visit_id).where(Reckoning.reason != "", Reckoning.at < before)


def _waits(before: datetime) -> Select[int]:
    return select(VisitWaiting.id).where(VisitWaiting.until_at < before)


def _ended_links(before: datetime) -> Select[str]:
    """What was made before an end has run out by itself by then."""
    return select(EndedLinks.digest).where(EndedLinks.ended_at < before)


def _wishes(before: datetime) -> Select[int]:
    over = select(Release.id).where(Release.opens_at < before, Release.id == ReleaseWish.release_id)
    return select(ReleaseWish.id).where(text("email <> ''"), ReleaseWish.prepared_at < before, over.exists())


def _takes(before: datetime) -> Select[int]:
    past = select(Release.id).where(Release.to_at < before)
    return select(ReleaseTake.release_id).where(ReleaseTake.release_id.in_(past)).distinct()


forget_told = Clear(Visit.id, _TOLD)
forget_groups = Clear(VisitGroup.id, {"name": ""})
forget_dues = Clear(VisitDue.id, {"group_name": ""})
forget_reasons = Clear(Reckoning.visit_id, {"reason": ""})
forget_waits = Remove(VisitWaiting.id)
forget_wishes = Clear(ReleaseWish.id, _WISHED)

FORGETTINGS = (
    Forgetting("what a teacher told of a visit", CONTACT_KEPT, Rows(_told), forget_told),
    Forgetting("whose limit a visit counted for", timedelta(0), Rows(_marks), Clear(Visit.id, {"holder": ""})),
    Forgetting("names of classes", CONTACT_KEPT, Rows(_groups), forget_groups),
    Forgetting("why a person billed so many of a class", CONTACT_KEPT, Rows(_reasons), forget_reasons),
    Forgetting("names of classes in the sums", CONTACT_KEPT, Rows(_dues), forget_dues),
    Forgetting(
        "schools written by hand that owe nothing", CONTACT_KEPT, Reckoned(_written), Clear(School.id, _WRITTEN)
    ),
    Forgetting("places of schools in the waiting list", WAITING_KEPT, Rows(_waits), forget_waits),
    Forgetting("ended links to one's own visits", PROOF_LIVES, Rows(_ended_links), Remove(EndedLinks.digest)),
    Forgetting("wishes for a release day", WISH_KEPT, Rows(_wishes), forget_wishes),
    Forgetting("what counted in a release day", timedelta(0), Rows(_takes), Remove(ReleaseTake.release_id)),
)


def kept_until(arrives_at: datetime, centre: CentreFacts) -> datetime:
    """When a visit that is kept is forgotten: when the second school year is over."""
    year = school_year(centre.local(arrives_at).date())
    return at(date(year + YEARS, SCHOOL_YEAR_BEGINS, 1), time(0), centre.zone)


def keep_visits(email: str, centre: CentreFacts) -> None:
    """Keep all visits that this address has booked for two school years each; call inside a unit of work."""
    rows = select(Booking.id, Visit.arrives_at).join(Visit, Visit.booking_id == Booking.id)
    of_year: dict[datetime, list[int]] = {}
    for booking_id, arrives_at in db.session.execute(rows.where(Booking.email == email)):
        of_year.setdefault(kept_until(arrives_at, centre), []).append(booking_id)
    for until, booking_ids in of_year.items():
        kept = update(Booking).where(Booking.id.in_(booking_ids), Booking.email == email)
        _run(kept.values(forgotten_as_of=until - CONTACT_KEPT))


def let_visits_go(email: str) -> None:
    """Keep none of them beyond the time of every booking; call inside a unit of work."""
    _run(update(Booking).where(Booking.email == email).values(forgotten_as_of=None))


def _run(statement: Update) -> None:
    db.session.execute(statement.execution_options(synchronize_session=False))
