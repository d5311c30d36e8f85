"""Issued documents to send."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from booking.invoicing.credit import CreditExtent, CreditOrder, CreditWanted, credit
from booking.invoicing.files import write_files
from booking.invoicing.issue import issue
from booking.invoicing.models import Invoice, InvoicePayer
from booking.invoicing.receivables import open_receivables
from booking.invoicing.sending.begin import begin_sending
from booking.invoicing.sending.models import DeliveryStep, InvoiceDelivery, PayerSending, SendingRules
from booking.invoicing.sending.states import SendingChannel
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise, PromiseState
from booking.settings import Settings
from tests.invoicing.owed import a_centre_that_invoices, a_class, afterwards
from tests.visits.booked import Centre

ACTOR = "account:1"
TOWN = "0192:964338531"
MAILBOX = "faktura@bergen.example"


def an_issued_invoice(settings: Settings, centre: Centre | None = None, name: str = "6A") -> int:
    """A class that came is invoiced, and its files are written; it has begun its way."""
    centre = centre or a_centre_that_invoices()
    a_class(centre, name)
    db.session.rollback()
    (receivable,) = open_receivables(centre.facts, afterwards())
    issued = issue(receivable.key, centre.facts, afterwards(), ACTOR)
    with_files(issued.invoice_id, settings)
    return issued.invoice_id


def a_note_on(invoice_id: int, settings: Settings, centre: Centre) -> int:
    """All of an invoice is credited; the note has begun its way."""
    order = CreditOrder(invoice_id, CreditWanted(CreditExtent.ALL), "Wrong", 0)
    note = credit(order, centre.facts, afterwards(), ACTOR)
    with_files(note.note_id, settings)
    return note.note_id


def with_files(invoice_id: int, settings: Settings) -> None:
    """What the worker does of `invoice.files`."""
    write_files(invoice_id)
    begin_sending(invoice_id, settings)
    files_stand(PromiseState.DONE, invoice_id)


def files_stand(state: PromiseState, invoice_id: int) -> None:
    """What became of the promise of its files. Done without a delivery: it is of before there was any sending."""
    with unit_of_work():
        done_at = clock.now() if state is PromiseState.DONE else None
        promised = Promise.key == f"invoice.files:{invoice_id}"
        db.session.execute(update(Promise).where(promised).values(state=state, done_at=done_at))


def the_way(channel: SendingChannel, **more: object) -> None:
    """What the centre has set."""
    with unit_of_work():
        db.session.add(SendingRules(channel=channel, **more))


def no_public_body() -> None:
    """All payers are companies."""
    with unit_of_work():
        for payer_id in db.session.scalars(select(InvoicePayer.id)).all():
            db.session.merge(PayerSending(payer_id=payer_id, channel=None, public_body=False))


def delivery() -> InvoiceDelivery:
    """The one delivery that there is, or the last one."""
    db.session.rollback()
    newest = select(InvoiceDelivery).order_by(InvoiceDelivery.id.desc()).limit(1)
    return db.session.scalars(newest.execution_options(populate_existing=True)).one()


def way_of(invoice_id: int) -> list[str]:
    """Its steps, in order."""
    db.session.rollback()
    query = (
        select(DeliveryStep.what)
        .join(InvoiceDelivery, InvoiceDelivery.id == DeliveryStep.delivery_id)
        .where(InvoiceDelivery.invoice_id == invoice_id)
    )
    return list(db.session.scalars(query.order_by(DeliveryStep.id)))


def begun_long_ago(before: datetime | None = None) -> None:
    """What was begun was begun hours ago: whoever was asked is at work on it no more."""
    with unit_of_work():
        db.session.execute(update(InvoiceDelivery).values(begun_at=before or clock.now().replace(year=2020)))


def the_payers_have_a_mailbox(email: str = MAILBOX) -> None:
    """Somebody has written it of all payers; "" takes it away."""
    with unit_of_work():
        db.session.execute(update(InvoicePayer).values(email=email))


def number_of(invoice_id: int) -> int:
    """What stands on it."""
    return db.session.scalars(select(Invoice.number).where(Invoice.id == invoice_id)).one()
