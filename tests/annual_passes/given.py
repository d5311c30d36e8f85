"""Passes for tests: a kind, an order, a pass that is paid for, and how it stands."""

from __future__ import annotations

from sqlalchemy import select

from booking.annual_passes.issue import WantedPass
from booking.annual_passes.kinds import note_whether_sold
from booking.annual_passes.models import AnnualPass, PassBegins, PassFor, PassKind, PassUse
from booking.bookings import queries
from booking.bookings.confirm import confirm
from booking.bookings.details import Contact, set_details
from booking.bookings.products.annual_pass import order_pass
from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import db, end_reading, unit_of_work

ALONE = WantedPass(("Kari Nordmann",))
FAMILY = WantedPass(("Kari Nordmann", "Ola Nordmann"), children=2)


def a_kind(whom: PassFor = PassFor.PERSON, price: int = 60_000, **otherwise: object) -> int:
    """A kind that is sold; its id."""
    values: dict[str, object] = {
        "title": {"nb": "Årskort", "en": "Annual pass"}, "note": {}, "whom": whom, "price": price, "vat_rate": 1200,
        "begins": PassBegins.PURCHASE, "children": 4 if whom is PassFor.HOUSEHOLD else 0,
    }  # fmt: skip
    with unit_of_work():
        kind = PassKind(**values | otherwise)
        db.session.add(kind)
        db.session.flush()
        kind_id = kind.id
        note_whether_sold()
    return kind_id


def an_order(kind_id: int, wanted: WantedPass = ALONE, renews_id: int | None = None) -> int:
    """A pass in a basket, with the name of who pays; the id of its booking."""
    now = clock.now()
    with unit_of_work():
        secret = order_pass(kind_id, wanted, centre=the_centre(), now=now, lang="nb", renews_id=renews_id)
    facts = queries.by_secret(secret)
    end_reading()
    assert facts is not None
    with unit_of_work():
        set_details(facts.id, Contact("Kari Nordmann", "kari@example.org"), "nb", now)
    return facts.id


def a_pass(kind_id: int | None = None, wanted: WantedPass = ALONE) -> AnnualPass:
    """A pass that is paid for."""
    order_id = an_order(a_kind() if kind_id is None else kind_id, wanted)
    with unit_of_work():
        confirm(order_id, clock.now())
    return pass_of_order(order_id)


def a_family_pass(**otherwise: int) -> AnnualPass:
    """A pass of two grown-ups and two children."""
    return a_pass(a_kind(PassFor.HOUSEHOLD, **otherwise), FAMILY)


def pass_of_order(order_id: int) -> AnnualPass:
    """The pass that was bought with an order, as the database has it now."""
    end_reading()
    bought = db.session.scalars(select(AnnualPass).where(AnnualPass.booking_id == order_id)).one()
    db.session.refresh(bought)
    db.session.expunge(bought)
    end_reading()
    return bought


def uses_of(pass_id: int) -> list[PassUse]:
    """All that bookings had of it, the first first."""
    end_reading()
    uses = list(db.session.scalars(select(PassUse).where(PassUse.pass_id == pass_id).order_by(PassUse.id)))
    for use in uses:
        db.session.refresh(use)
        db.session.expunge(use)
    end_reading()
    return uses
