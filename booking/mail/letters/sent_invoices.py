"""Invoices and credit notes that go by mail: the paper attached, and beside it the XML for whoever can read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import force_locale
from flask_babel import gettext as _

from booking.centre.wording import LOCALES, Wording
from booking.invoicing.document import DocumentKind, InvoiceDocument
from booking.invoicing.files import file_of
from booking.invoicing.models import FileKind
from booking.invoicing.payer.links import address_in_mail
from booking.invoicing.payer.queries import contact_of, payer_of
from booking.invoicing.queries import issued_one
from booking.invoicing.sending.choose import rules_of_sending
from booking.invoicing.sending.look import goes_after_all, nobody_to_write_to
from booking.invoicing.sending.models import InvoiceDelivery
from booking.invoicing.sending.moves import delivery_of
from booking.invoicing.sending.states import DeliveryState, SendingChannel, WhyPerson
from booking.kernel import clock
from booking.kernel.database import end_reading
from booking.mail.letter import Attachment, Letter
from booking.mail.promised import PromisedInvoice
from booking.mail.writing import Desk, compose


@dataclass(frozen=True, slots=True)
class InvoiceTold:
    """What the letter says of a document; `payable` in minor units, `corrects` the invoice that a note takes back."""

    number: str
    payer: str
    payable: int
    currency: str
    due_on: date
    reference: str
    corrects: str
    with_xml: bool


def invoice_letter(desk: Desk, about: PromisedInvoice) -> Letter | None:
    """To whom it may be written to now; none where it goes another way by now, or waits for a person."""
    facts, delivery = issued_one(about.invoice_id), delivery_of(about.invoice_id)
    if facts is None or delivery is None or not _is_this_letter(delivery, about.attempt):
        return None
    document, rules = facts.document, rules_of_sending()
    pdf, xml = file_of(about.invoice_id, FileKind.PDF), file_of(about.invoice_id, FileKind.XML)
    attachments = [Attachment(f"{document.number}.pdf", "application/pdf", pdf)] if pdf is not None else []
    if xml is not None and (rules is None or rules.attach_xml):
        attachments.append(Attachment(f"{document.number}.xml", "application/xml", xml))
    payer_id, contact = payer_of(about.invoice_id), contact_of(facts)
    end_reading()
    if not contact:
        nobody_to_write_to(delivery)
        return None
    if delivery.state is DeliveryState.NEEDS_PERSON and not goes_after_all(delivery):
        return None
    spoken = document.lang if document.lang in desk.centre.languages else desk.centre.languages[0]
    address = address_in_mail(payer_id, contact, spoken, desk.settings, clock.now())
    with force_locale(LOCALES[document.lang]):
        write, centre = Wording.of(document.lang, desk.centre), desk.centre.name
        subject = _("Invoice %(number)s from %(centre)s", number=document.number, centre=centre)
        if document.kind is DocumentKind.CREDIT_NOTE:
            subject = _("Credit note %(number)s from %(centre)s", number=document.number, centre=centre)
        return compose(
            desk, contact, subject, "invoice", write, tuple(attachments),
            told=_told(document, len(attachments) > 1), address=address,
        )  # fmt: skip


def _is_this_letter(delivery: InvoiceDelivery, attempt: int) -> bool:
    """Whether it is to go by this very letter: not one that died before another was chosen, and is revived."""
    if delivery.channel is not SendingChannel.MAIL or delivery.attempt != attempt:
        return False
    revived = delivery.state is DeliveryState.NEEDS_PERSON and delivery.why is WhyPerson.MAIL_REFUSED
    return revived or delivery.state in (DeliveryState.SENT, DeliveryState.BY_MAIL)


def _told(document: InvoiceDocument, with_xml: bool) -> InvoiceTold:
    return InvoiceTold(
        document.number, document.billed_to.name, document.payable, document.currency, document.due_on,
        document.reference, ", ".join(corrected.number for corrected in document.corrects), with_xml,
    )  # fmt: skip
