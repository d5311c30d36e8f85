"""The ledger and the provider's books against the house, once all is at rest: what differs, a sentence each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from sqlalchemy import func, select

from booking.bookings.models import Booking, State, Ticket
from booking.capacity.models import Claim, Slot
from booking.invoicing.models import InvoicedReceivable
from booking.kernel.database import db
from booking.outbox.models import Promise, PromiseState
from booking.payments.models import Payment, PaymentState
from booking.running.check import breaches
from tests.chaos.browser import Away, Browser, Refused
from tests.chaos.house import House
from tests.chaos.ledger import Bought, Ledger, Standing
from tests.chaos.settling import Unsettled, settle
from tests.chaos.visitors import TICKETS, stands

# A payment that failed leaves the places with its buyer for another try: `settle` saw that none is kept too long.
WHOLE = tuple(State)
PAGES = 40  # bookings whose own page is opened at the end


def judge(house: House, ledger: Ledger) -> list[str]:
    """Everything that is not as it was acknowledged."""
    try:
        settle(house)
    except Unsettled as unsettled:
        return [str(unsettled), *compare(house, ledger)]
    return compare(house, ledger)


def compare(house: House, ledger: Ledger) -> list[str]:
    """The same of how it stands now."""
    faults: list[str] = []
    with house.books():
        for question in (_bookings(ledger), _money(house, ledger), _invoices(ledger), _room(ledger), _promises()):
            faults += question
        faults += [f"flask check: {breach}" for breach in breaches()]
    return [*faults, *_letters(house, ledger), *_pages(house, ledger)]


def _bookings(ledger: Ledger) -> Iterator[str]:
    """Each stands as was told, with the people, the time and those who are in."""
    wanted = (Booking.id, Booking.secret, Booking.email, Booking.state, Booking.people)
    rows = db.session.execute(select(*wanted).where(Booking.changes_id.is_(None))).all()
    by_key = {str(row.id): row for row in rows} | {row.secret: row for row in rows}
    slots: dict[int, set[int]] = defaultdict(set)
    for booking_id, slot_id in db.session.execute(select(Claim.booking_id, Claim.slot_id)):
        slots[booking_id].add(slot_id)
    inside = select(Ticket.booking_id, func.sum(Ticket.admitted)).group_by(Ticket.booking_id)
    admitted = {booking_id: int(heads) for booking_id, heads in db.session.execute(inside)}
    for bought in ledger.bought:
        row = by_key.get(bought.key)
        if row is None:
            if bought.standing is not Standing.EITHER:
                yield f"{bought.email}: {bought.standing} by its page, and not there"
            continue
        if row.state not in (WHOLE if bought.standing is Standing.EITHER else (State(bought.standing),)):
            yield f"{bought.email}: {bought.standing} by its page, and {row.state}"
        if bought.standing is Standing.CONFIRMED and row.people != bought.people:
            yield f"{bought.email}: {bought.people} people by its page, and {row.people}"
        if bought.standing is Standing.CONFIRMED and bought.slot and slots[row.id] != {bought.slot}:
            yield f"{bought.email}: at {bought.slot} by its page, and at {slots[row.id]}"
        if bought.admitted is not None and admitted.get(row.id, 0) != bought.admitted:
            yield f"{bought.email}: {bought.admitted} let in, and {admitted.get(row.id, 0)} counted"


def _money(house: House, ledger: Ledger) -> Iterator[str]:
    """What the provider took and gave back is what we say, payment by payment and in all; nothing for nothing."""
    theirs = {
        charge["session"]: (charge["captured"], charge["refunded"]) for charge in house.double.pull("charges")["data"]
    }
    of_vipps = {payment.reference: payment for payment in map(_with_vipps, house.vipps.pull("payments")["data"])}
    theirs |= {reference: (payment.approved, payment.back) for reference, payment in of_vipps.items() if payment.stands}
    kept = (PaymentState.PAID, PaymentState.RETURNED)
    query = select(
        Payment.provider_ref, Payment.amount, Payment.refunded, Payment.state, Booking.state.label("booking")
    ).join(Booking, Booking.id == Payment.booking_id)
    ours = {row.provider_ref: row for row in db.session.execute(query) if row.provider_ref and row.state in kept}
    for session in sorted(set(theirs) | set(ours)):
        there, row = theirs.get(session), ours.get(session)
        if there is None or row is None:
            if there is None or there[0] != there[1]:  # nobody has heard of what was let go of at once
                yield f"{session}: {'taken by the provider' if there else 'paid here'} and not on the other side"
        elif there != (row.amount, row.refunded):
            yield f"{session}: taken and given back {there} there, {row.amount, row.refunded} here"
        elif row.booking is State.EXPIRED and row.amount != row.refunded:
            yield f"{session}: paid for what is gone"
    for reference, payment in of_vipps.items():
        if payment.left:
            yield f"{reference}: {payment.left} approved in Vipps, and neither taken nor let go of"
    for session in ledger.paid - theirs.keys():
        yield f"{session}: the provider's page said yes, and its books do not have it"


@dataclass(frozen=True)
class OfVipps:
    """A payment as Vipps has it: what was approved, and what of it is with the buyer again or was never taken."""

    reference: str
    approved: int
    back: int
    left: int

    @property
    def stands(self) -> bool:
        """Whether it was ever approved."""
        return self.approved > 0


def _with_vipps(told: Mapping[str, Any]) -> OfVipps:
    approved, captured, cancelled, refunded = (
        int(told["aggregate"][f"{name}Amount"]["value"]) for name in ("authorized", "captured", "cancelled", "refunded")
    )
    if not approved:
        return OfVipps(told["reference"], 0, 0, 0)
    return OfVipps(told["reference"], approved, cancelled + refunded, approved - captured - cancelled)


def _invoices(ledger: Ledger) -> Iterator[str]:
    """What was issued stands on an invoice once, and nothing that nobody asked for."""
    counted = Counter(db.session.scalars(select(InvoicedReceivable.key)))
    for key in sorted(ledger.invoiced):
        if counted[key] != 1:
            yield f"{key}: issued, and on {counted[key]} invoices"
    for key in sorted(counted.keys() - ledger.perhaps_invoiced):
        yield f"{key}: on an invoice that nobody issued"


def _room(ledger: Ledger) -> Iterator[str]:
    """Of those with a yes no time holds more than it has places."""
    people: Counter[int] = Counter()
    for bought in ledger.bought:
        if bought.standing is Standing.CONFIRMED and bought.slot:
            people[bought.slot] += bought.people
    for slot_id, capacity in db.session.execute(select(Slot.id, Slot.capacity)):
        if people[slot_id] > capacity:
            yield f"slot {slot_id}: {people[slot_id]} were told yes, and there are {capacity} places"


def _promises() -> Iterator[str]:
    """None was given up."""
    lost = select(Promise.kind, Promise.last_error).where(
        Promise.state.in_((PromiseState.DEAD, PromiseState.HELD_BACK))
    )
    for kind, why in db.session.execute(lost):
        yield f"{kind} was given up: {why}"


def _letters(house: House, ledger: Ledger) -> Iterator[str]:
    """Each that was promised has come, tickets of one purchase as one letter."""
    for bought in ledger.bought:
        came = house.post.subjects(bought.email)
        for beginning in set(bought.letters):
            number = sum(subject.startswith(beginning) for subject in came)
            if number < 1 or (beginning == TICKETS and number != 1):
                yield f"{bought.email}: {number} letters “{beginning} …” among {came}"


def _pages(house: House, ledger: Ledger) -> Iterator[str]:
    """What the buyers see now, of some."""
    dice = Random("pages")
    shown = [bought for bought in ledger.bought if bought.standing is not Standing.EITHER and not _is_staffs(bought)]
    for bought in dice.sample(shown, min(PAGES, len(shown))):
        try:
            page = Browser(house.ports, dice).get(f"/en/b/{bought.key}")
            if stands(page) is not bought.standing:
                yield f"{bought.email}: {bought.standing}, and the page says {stands(page)}"
        except (Refused, Away) as error:
            yield f"{bought.email}: {bought.standing}, and no page: {error}"


def _is_staffs(bought: Bought) -> bool:
    return bought.is_visit or bought.key.isdigit()
