"""A centre that is owed for classes that came, and can invoice them."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from sqlalchemy import func, select

from booking.bookings.models import Booking
from booking.invoicing.models import InvoiceRules
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.visits.book import book_visit
from booking.visits.write import Booked
from tests.support.laid_again import laid_again
from tests.visits.booked import Centre, a_plan, a_school_centre, an_order

TOWN_NUMBER = "964338531"


@laid_again
def a_centre_that_invoices(**agreed: object) -> Centre:
    """Its municipality pays and has a number; keywords are columns of the agreement."""
    centre = a_school_centre(**({"org_number": TOWN_NUMBER} | agreed))
    with unit_of_work():
        db.session.add(invoice_rules())
    return centre


def invoice_rules() -> InvoiceRules:
    """Where invoices are paid, and why something is not taxed."""
    return InvoiceRules(
        account="NO9386011117947", bic="DNBANOKK", vat_number="987654325MVA", registered_in="Foretaksregisteret",
        street="Kaien 1", postcode="5003", town="Bergen", scheme="0192",
        exempt_reason={"nb": "Unntatt", "en": "Exempt"}, exempt_code="6",
    )  # fmt: skip


def a_class(centre: Centre, name: str = "6A", reference: str = "12345", **more: object) -> Booked:
    """A class with lunch is booked; `afterwards` it has been."""
    order = an_order(centre, a_plan(centre, name, programmes_wanted=1), invoice_reference=reference, **more)  # type: ignore[arg-type]  # named
    with unit_of_work():
        return book_visit(order, centre=centre.facts, now=clock.now())


def afterwards() -> datetime:
    """When all that is booked has been."""
    return clock.now() + timedelta(weeks=7)


def that_evening() -> datetime:
    """After the last of what is booked, on its own day: its month still goes on, whatever day it is now."""
    last = db.session.scalars(select(func.max(Booking.starts_at))).one()
    return datetime.combine(last.date(), time(20), UTC)
