"""Enrol: places for named people, held until they are paid; confirmed at once when an invoice comes or it is free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from booking.agreements.terms import Terms, as_kept
from booking.bookings.basket import Pick
from booking.bookings.confirm import confirm_locked
from booking.bookings.details import Contact, Details, write_details
from booking.bookings.hold import hold
from booking.bookings.refusals import Nothing, TooMany, Unknown
from booking.bookings.store import lock, lock_by_secret
from booking.capacity.models import Channel, Slot
from booking.catalogue.models import Activity, Kind, Offer
from booking.centre.facts import CentreFacts
from booking.courses.models import Enrolment, Participant, Paying
from booking.courses.rules import MOST_TOGETHER, NoInvoice, load_rules, terms_for
from booking.kernel.database import db, run
from booking.records.audit import note


@dataclass(frozen=True, slots=True)
class NewParticipant:
    """Who comes; checked and trimmed by the form it comes from."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class EnrolmentOrder:
    """All that somebody has filled in who books places on a course; `held` is what the waiting list keeps for them."""

    slot_id: int
    people: Sequence[NewParticipant]
    contact: Contact
    lang: str
    pays: Paying = Paying.CARD
    employer: str = ""
    org_number: str = ""
    invoice_reference: str = ""
    order_number: str = ""
    held: str = ""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The places are kept: the secret opens the checkout, or the enrolment's own page when it is confirmed."""

    booking_id: int
    secret: str
    is_confirmed: bool


def enrol(order: EnrolmentOrder, *, centre: CentreFacts, now: datetime, holder: str = "") -> Enrolled:
    """Keep one place for each person, and confirm at once what is not paid by card; call inside a unit of work.

    Raises Nothing, TooMany, Unknown for a slot that is no course, NoInvoice, and what `hold` raises.
    """
    if not order.people:
        raise Nothing
    if len(order.people) > MOST_TOGETHER:
        raise TooMany(MOST_TOGETHER)
    ticket_type_id, starts_at = _sold(order.slot_id)
    pick = Pick(order.slot_id, ticket_type_id, len(order.people))
    held = hold(
        [pick], centre=centre, now=now, lang=order.lang, channel=Channel.SCHOOL, holder=holder,
        basket_secret=_kept(order.held),
    )  # fmt: skip
    pays = order.pays if held.total else Paying.FREE
    if pays is Paying.INVOICE and not load_rules().by_invoice:
        raise NoInvoice
    (booking,) = lock(held.booking_id)
    booking.group_name = order.employer
    write_details(booking, Details(order.contact, order.lang), centre, now)
    _write(held.booking_id, order, pays, starts_at, terms_for(starts_at, load_rules(), centre))
    if pays is not Paying.CARD:
        confirm_locked([booking], now)
    facts = {"people": len(order.people), "pays": pays.value}
    note("buyer", "course.enrol", f"booking:{held.booking_id}", None, facts)
    return Enrolled(held.booking_id, held.secret, pays is not Paying.CARD)


def _kept(secret: str) -> str | None:
    """The places that the waiting list keeps for them, if it does."""
    booking = lock_by_secret(secret) if secret else None
    return secret if booking is not None and booking.channel is Channel.SCHOOL else None


def _write(booking_id: int, order: EnrolmentOrder, pays: Paying, starts_at: datetime, terms: Terms) -> None:
    db.session.flush()
    db.session.execute(delete(Participant).where(Participant.booking_id == booking_id))
    db.session.execute(delete(Enrolment).where(Enrolment.booking_id == booking_id))
    by_invoice = pays is Paying.INVOICE
    db.session.add(
        Enrolment(
            booking_id=booking_id,
            pays=pays,
            employer=order.employer,
            org_number=order.org_number if by_invoice else "",
            invoice_reference=order.invoice_reference if by_invoice else "",
            order_number=order.order_number if by_invoice else "",
            terms=as_kept(terms),
        )
    )
    db.session.add_all(
        Participant(
            booking_id=booking_id, slot_id=order.slot_id, starts_at=starts_at, name=person.name, email=person.email
        )
        for person in order.people
    )
    db.session.flush()


def _sold(slot_id: int) -> tuple[int, datetime]:
    """The ticket type of a course's slot and when it starts."""
    row = run(
        select(Offer.ticket_type_id, Slot.starts_at)
        .select_from(Slot)
        .join(Activity, Activity.id == Slot.activity_id)
        .join(Offer, Offer.activity_id == Activity.id)
        .where(Slot.id == slot_id, Activity.kind == Kind.COURSE, Activity.active)
        .order_by(Offer.ticket_type_id)
        .limit(1)
    ).first()
    if row is None:
        raise Unknown
    return row[0], row[1]
