"""A centre whose municipality pays for admission as soon as it is booked."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select, update

from booking.capacity.models import Slot
from booking.catalogue.models import Activity, Kind, TicketType
from booking.invoicing.models import InvoiceRules, InvoiceTiming
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.visits.book import book_visit
from booking.visits.change import change_numbers
from booking.visits.write import Booked
from tests.builders import a_slot
from tests.invoicing.owed import a_centre_that_invoices
from tests.visits.booked import Centre, a_plan, an_order

ACTOR = "account:1"


def a_centre_that_invoices_on_booking(**agreed: object) -> Centre:
    """Entry is admission as the law means it, and has VAT; all payers are invoiced on booking."""
    centre = a_centre_that_invoices(**agreed)
    with unit_of_work():
        db.session.execute(update(InvoiceRules).values(timing=InvoiceTiming.ON_BOOKING))
        entry = update(Activity).where(Activity.kind == Kind.ADMISSION)
        db.session.execute(entry.values(invoiced_ahead=True))
        db.session.execute(update(TicketType).values(vat_rate=1200))
    activity_id = db.session.scalars(select(Activity.id).where(Activity.kind == Kind.ADMISSION)).one()
    stretches: dict[datetime, list[int]] = {}
    for slot_id, start in db.session.execute(select(Slot.id, Slot.starts_at).where(Slot.activity_id.is_(None))):
        stretches.setdefault(start, []).append(slot_id)
    for start in sorted(stretches)[2:10]:
        a_slot(activity_id, 120, start, stretches[start])
    return centre


def a_class_for_the_exhibition(centre: Centre, name: str = "6A", pupils: int = 24, lunch: int = 0) -> Booked:
    """A class that comes for entry alone, weeks from now."""
    plan = a_plan(centre, name, programmes_wanted=0, pupils=pupils, lunch=lunch)
    with unit_of_work():
        return book_visit(an_order(centre, plan, invoice_reference="12345"), centre=centre.facts, now=clock.now())


def come_as(booking_id: int, pupils: int, centre: Centre) -> None:
    """So many pupils of its first class come instead."""
    with unit_of_work():
        change_numbers(booking_id, {0: (pupils, 2)}, centre=centre.facts, now=clock.now(), actor="staff:1")


def days_until(day: date) -> int:
    """From today."""
    return (day - clock.now().date()) // timedelta(days=1)
