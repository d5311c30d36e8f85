"""Letters to those who pay invoices: the link to their own page, and reminders of what is overdue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import force_locale
from flask_babel import gettext as _

from booking.centre.wording import LOCALES, Wording
from booking.invoicing.files import file_of, write_files
from booking.invoicing.how_to_pay.words import reference_word
from booking.invoicing.models import FileKind
from booking.invoicing.paper import account_at_home
from booking.invoicing.payer.links import address_in_mail, page_address
from booking.invoicing.payer.queries import last_issued_to, payer_of
from booking.invoicing.reminders.due import ReminderTold, look_again
from booking.kernel import clock
from booking.kernel.database import end_reading
from booking.mail.letter import Attachment, Letter
from booking.mail.promised import PromisedOfInvoice, PromisedToPayer
from booking.mail.writing import Desk, compose


@dataclass(frozen=True, slots=True)
class ReminderSaid:
    """What a reminder says, for its template; sums in minor units of its currency. `words` are the centre's own."""

    step: int
    invoice: str
    payer: str
    issued_on: date
    due_on: date
    pay_by: date
    open: int
    interest: int
    fees: int
    currency: str
    account: str
    kid: str
    reference_word: str
    words: str


def payer_link_letter(desk: Desk, to: PromisedToPayer) -> Letter | None:
    """The link to a payer's own page; none once staff have closed it."""
    newest = last_issued_to(to.payer_id)
    end_reading()
    address = page_address(to.payer_id, to.lang, desk.settings, clock.now())
    if newest is None or not address:
        return None
    with force_locale(LOCALES[to.lang]):
        write = Wording.of(to.lang, desk.centre)
        subject = _("Your invoices from %(centre)s", centre=desk.centre.name)
        payer = newest.document.billed_to.name
        return compose(desk, to.email, subject, "payer_link", write, address=address, payer=payer)


def reminder_letter(desk: Desk, about: PromisedOfInvoice) -> Letter | None:
    """That something is overdue, with the invoice; none when by now nothing is, or something holds it back."""
    told = look_again(about.reminder_id, desk.centre, clock.now())
    if told is None:
        return None
    invoice_id, document = told.facts.invoice_id, told.facts.document
    pdf, payer_id = file_of(invoice_id, FileKind.PDF), payer_of(invoice_id)
    end_reading()
    if pdf is None:
        write_files(invoice_id)
        pdf = file_of(invoice_id, FileKind.PDF)
        end_reading()
    lang = document.lang if document.lang in desk.centre.languages else desk.centre.languages[0]
    address = address_in_mail(payer_id, told.email, lang, desk.settings, clock.now())
    with force_locale(LOCALES[lang]):
        write = Wording.of(lang, desk.centre)
        name = f"{_('Invoice')}-{document.number}.pdf"
        attachments = () if pdf is None else (Attachment(name, "application/pdf", pdf),)
        written = _said(told, write)
        subject = reminder_subject(told.number, document.number)
        return compose(
            desk, told.email, subject, "invoice_reminder", write, attachments, said=written, address=address
        )  # fmt: skip


def reminder_subject(step: int, number: str) -> str:
    """The subject of a reminder, in the locale in force."""
    if step == 1:
        return str(_("Reminder: invoice %(number)s", number=number))
    return str(_("Reminder %(step)s: invoice %(number)s", step=step, number=number))


def _said(told: ReminderTold, write: Wording) -> ReminderSaid:
    document = told.facts.document
    seller = document.seller
    return ReminderSaid(
        told.number, document.number, document.billed_to.name, document.issued_on, document.due_on, told.pay_by,
        told.open, told.interest, told.fees, document.currency, account_at_home(seller.account), document.kid,
        reference_word(seller.address.country), write.words(told.words) if told.words else "",
    )  # fmt: skip
