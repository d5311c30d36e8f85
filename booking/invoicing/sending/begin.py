"""A document whose files are written begins its way; and it is set on it again."""

from __future__ import annotations

from sqlalchemy import select

from booking.centre.facts import the_centre
from booking.invoicing.document import InvoiceDocument
from booking.invoicing.frozen import from_kept
from booking.invoicing.models import Invoice
from booking.invoicing.sending.choose import way_to
from booking.invoicing.sending.models import InvoiceDelivery
from booking.invoicing.sending.moves import WORKER, write_step
from booking.invoicing.sending.report import last_report_day
from booking.invoicing.sending.states import DeliveryState, ReportState
from booking.kernel import clock
from booking.kernel.database import db, insert_new, unit_of_work
from booking.outbox.promises import promise
from booking.settings import Settings


def begin_sending(invoice_id: int, settings: Settings) -> None:
    """Promise to send a document, once its files are there; done twice is done once. Not inside a unit of work."""
    with unit_of_work():
        row = db.session.execute(select(Invoice.document, Invoice.payer_id).where(Invoice.id == invoice_id)).one()
        set_out(invoice_id, row.payer_id, from_kept(row.document), settings)


def set_out(invoice_id: int, payer_id: int, document: InvoiceDocument, settings: Settings) -> None:
    """As `begin_sending`, inside a unit of work and with the document in hand."""
    now, way = clock.now(), way_to(payer_id, document.billed_to.org_number, settings)
    report_by = last_report_day(document.issued_on, way.report_days, the_centre().country) if way.reports else None
    values = {
        "invoice_id": invoice_id, "state": DeliveryState.WAITING, "since": now, "report_by": report_by,
        "report": ReportState.NOT_NEEDED if report_by is None else ReportState.DUE,
    }  # fmt: skip
    delivery_id = insert_new(InvoiceDelivery, "invoice_id", values)
    if delivery_id is not None:
        write_step(delivery_id, DeliveryState.WAITING, now, WORKER, "", "")
        promise_sending(invoice_id, "1")


def promise_sending(invoice_id: int, turn: str) -> None:
    """Have the worker send it; `turn` tells one promise from the next. Inside a unit of work."""
    promise("invoice.send", f"invoice.send:{invoice_id}:{turn}", {"invoice_id": invoice_id})


def promise_letter(delivery: InvoiceDelivery) -> None:
    """Have a mail with the paper sent; one for each time that somebody or something chose it. Inside a unit of work."""
    about = {"invoice_id": delivery.invoice_id, "attempt": delivery.attempt}
    promise("mail.invoice", letter_key(delivery.id, delivery.attempt), about)


def letter_key(delivery_id: int, attempt: int) -> str:
    """The key of that promise."""
    return f"mail.invoice:{delivery_id}:{attempt}"
