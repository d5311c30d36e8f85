"""A centre that bills by the count, classes that have been, and what the door counted of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update

from booking.agreements.heads import ClassHeads, HeadsRule
from booking.agreements.models import Agreement, SchoolRules
from booking.bookings.models import Booking, Line, Ticket
from booking.door.admit import Admitting, admit
from booking.door.models import EntryWay
from booking.invoicing.receivables import Receivable, WhyWaiting, open_receivables
from booking.kernel import clock
from booking.kernel.chores import Shift
from booking.kernel.codes import new_secret
from booking.kernel.database import db, unit_of_work
from booking.reckoning.chores import RECKONING, ready
from booking.reckoning.decided import ReckoningFacts, reckoning_of
from booking.reckoning.reckon import reckon, reckon_by_hand, reckonable
from booking.visits.book import book_visit
from booking.visits.models import Visit, VisitDue
from booking.visits.read import VisitFacts, of_booking
from tests.invoicing.owed import a_centre_that_invoices, afterwards
from tests.visits.booked import Centre, a_plan, an_order

PUPIL = ADULT = 11_000
LEAST = 165_000


def a_counting_centre(rule: HeadsRule = HeadsRule.COUNTED, floor: int = 80, **agreed: object) -> Centre:
    """A centre that invoices, whose rule for schools this is; keywords are columns of the agreement."""
    centre = a_centre_that_invoices(**agreed)
    with unit_of_work():
        db.session.execute(update(SchoolRules).values(heads_rule=rule, floor_percent=floor))
    return centre


def classes(centre: Centre, *names: str, pupils: int = 24, **more: object) -> int:
    """These classes are booked together for one programme; returns the booking."""
    plan = a_plan(centre, *(names or ("6A",)), programmes_wanted=1, pupils=pupils)
    order = an_order(centre, plan, invoice_reference="12345", **more)  # type: ignore[arg-type]  # named
    with unit_of_work():
        return book_visit(order, centre=centre.facts, now=clock.now()).booking_id


def facts_of(centre: Centre, booking_id: int) -> VisitFacts:
    """The visit as it stands."""
    db.session.rollback()
    facts = of_booking(booking_id, centre.facts.currency)
    assert facts is not None
    return facts


def count(centre: Centre, booking_id: int, *heads: ClassHeads, more: int = 0) -> list[str]:
    """The door counts each class at its first session; returns the marks."""
    facts, marks = facts_of(centre, booking_id), []
    pupil, adult = _types()
    for timetable, of in zip(facts.timetables, heads, strict=False):
        if not of.people:
            continue
        slot_id = next(part.slot_ids[0] for part in timetable.parts if part.has_own_slot and part.kind != "lunch")
        how = Admitting(new_secret(), facts.arrives_at, EntryWay.LIST, None, reason="late bus", more=more)
        with unit_of_work():
            wanted = {(slot_id, pupil): of.pupils, (slot_id, adult): of.adults}
            marks.append(admit(booking_id, wanted, how, centre.facts).mark)
    return marks


def _types() -> tuple[int, int]:
    pupil, adult = db.session.execute(select(SchoolRules.pupil_type_id, SchoolRules.adult_type_id)).one()
    return pupil, adult


def reckoned(centre: Centre, booking_id: int, now: datetime | None = None) -> bool:
    """Whether it could be decided now, by the rule."""
    with unit_of_work():
        return reckon(booking_id, centre.facts, now or afterwards())


def work(now: datetime | None = None) -> None:
    """The worker has its turn."""
    RECKONING.do(Shift("worker", nights=False, now=now or afterwards()))


def ready_now(now: datetime | None = None) -> list[int]:
    """What the worker would take."""
    db.session.rollback()
    return ready(now or afterwards())


def decision(centre: Centre, booking_id: int) -> ReckoningFacts | None:
    """What was decided."""
    return reckoning_of(facts_of(centre, booking_id).id)


def owed(booking_id: int) -> int:
    """What all payers owe, which is what the booking costs and what its lines come to."""
    db.session.rollback()
    visit = select(Visit.id).where(Visit.booking_id == booking_id).scalar_subquery()
    dues = db.session.scalar(select(func.coalesce(func.sum(VisitDue.amount), 0)).where(VisitDue.visit_id == visit))
    total = db.session.scalar(select(Booking.total).where(Booking.id == booking_id))
    lines = db.session.scalar(select(func.sum(Line.quantity * Line.unit_price)).where(Line.booking_id == booking_id))
    assert dues == total == lines
    return int(total or 0)


def receivables(centre: Centre, now: datetime | None = None) -> list[Receivable]:
    """What stands in the list to be invoiced."""
    db.session.rollback()
    return open_receivables(centre.facts, now or afterwards())


def admits(booking_id: int) -> int:
    """For how many the tickets are."""
    return db.session.scalar(select(func.sum(Ticket.admits)).where(Ticket.booking_id == booking_id)) or 0


def agreement_says(centre: Centre, **columns: object) -> None:
    """Change the agreement of the municipality."""
    with unit_of_work():
        db.session.execute(update(Agreement).where(Agreement.id == centre.agreement).values(**columns))


def why(centre: Centre) -> list[WhyWaiting | None]:
    """Why each waits."""
    return [receivable.waits_for(set_up=True, exempt=True) for receivable in receivables(centre)]


ACTOR = "account:1"
BOOKED = 24 * PUPIL


def by_hand(centre: Centre, booking_id: int, *heads: ClassHeads, reason: str = "The bus broke down") -> None:
    version = reckonable(booking_id, centre.facts, afterwards()).version
    with unit_of_work():
        reckon_by_hand(
            booking_id, heads, reason, version, centre=centre.facts, now=afterwards(), actor=ACTOR
        )  # fmt: skip
