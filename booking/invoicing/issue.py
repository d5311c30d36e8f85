"""Receivables become documents: numbered, frozen and promised to be written, in one unit of work each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import insert, select

from booking.bookings.store import lock
from booking.centre.facts import CentreFacts
from booking.invoicing import sentences
from booking.invoicing.document import (
    BilledTo,
    Charge,
    Delivered,
    DocumentKind,
    InvoiceDocument,
    PeppolId,
    PostalAddress,
    Seller,
    Settled,
    VatCategory,
    VatTreatment,
    settle,
)
from booking.invoicing.drafts import Draft, drafts_of, drafts_that_wait
from booking.invoicing.frozen import as_kept, digest_of
from booking.invoicing.issued.words import write_words_of
from booking.invoicing.kid import payment_reference
from booking.invoicing.models import Invoice, InvoicedReceivable, InvoicePayer, InvoiceRules
from booking.invoicing.queries import numbers_on
from booking.invoicing.receivables import Receivable, WhyWaiting, booking_of, deal_with, open_receivables
from booking.invoicing.sending.choose import has_agreement
from booking.kernel.database import db, in_language, insert_once, run, unit_of_work
from booking.kernel.refusals import Refusal
from booking.outbox.promises import promise
from booking.records.audit import note
from booking.records.series import OF_INVOICES, next_number

FIRST_NUMBER = 10_001
AT_ONCE = 10  # documents in a unit of work: whoever buys meanwhile waits for no more than these
KEPT_YEARS = 5  # after the end of the year, bokføringsloven § 13
NORWEGIAN_LANGUAGES = ("nb", "nn", "en")  # of those that bokføringsloven § 12 names
SCHEMES = {"NO": "0192", "LV": "0218"}


class NotSetUp(Refusal):
    """The centre has not said where invoices are to be paid."""


class ReceivableGone(Refusal):
    """A receivable that is not there any more: it is on the invoice of that `number`, or it changed. `key` names it."""

    def __init__(self, key: str, number: int | None = None) -> None:
        super().__init__(f"{key} cannot be claimed")
        self.key = key
        self.number = number


class ReceivableWaits(Refusal):
    """A receivable that waits; `why` says what is missing."""

    def __init__(self, key: str, why: WhyWaiting) -> None:
        super().__init__(f"{key} waits: {why}")
        self.key = key
        self.why = why


@dataclass(frozen=True, slots=True)
class IssuedInvoice:
    """What became of a receivable."""

    invoice_id: int
    number: int
    kid: str
    payable: int


def rules_of_invoices() -> InvoiceRules | None:
    """What the centre has set, if it has."""
    return db.session.scalar(select(InvoiceRules).limit(1))


def issue_all(
    keys: Sequence[str], centre: CentreFacts, now: datetime, actor: str
) -> tuple[list[IssuedInvoice], list[Refusal]]:
    """Issue what can be issued, some documents at a time; the rest says why not. The same press twice issues once.

    What is owed is read once for the documents of a unit of work: that costs more than to write one. Raises NotSetUp.
    """
    drafts = drafts_of(open_receivables(centre, now, keys))
    there = {key for draft in drafts for key in draft.keys}
    of_documents = [*(draft.keys for draft in drafts), [key for key in keys if key not in there]]
    issued: list[IssuedInvoice] = []
    refusals: list[Refusal] = []
    for first in range(0, len(of_documents), AT_ONCE):
        together = [key for of_document in of_documents[first : first + AT_ONCE] for key in of_document]
        if together:
            done, refused = issue_together(together, centre, now, actor)
            issued += done
            refusals += refused
    return issued, refusals


def issue(key: str, centre: CentreFacts, now: datetime, actor: str) -> IssuedInvoice:
    """Issue one receivable as it stands now. Raises NotSetUp, ReceivableGone, ReceivableWaits."""
    with unit_of_work():
        lock(booking_of(key))  # nobody changes what is owed while it is claimed
        return issue_locked(key, centre, now, actor)


def issue_together(
    keys: Sequence[str], centre: CentreFacts, now: datetime, actor: str
) -> tuple[list[IssuedInvoice], list[Refusal]]:
    """Issue these in one unit of work, as few documents as their payers want. Raises NotSetUp."""
    with unit_of_work():
        lock(*sorted({booking_of(key) for key in keys}))
        return issue_all_locked(keys, centre, now, actor)


def issue_locked(key: str, centre: CentreFacts, now: datetime, actor: str) -> IssuedInvoice:
    """As `issue`, inside a unit of work that has locked the receivable's booking."""
    issued, refusals = issue_all_locked([key], centre, now, actor)
    for refusal in refusals:
        raise refusal
    return issued[0]


def issue_all_locked(
    keys: Sequence[str], centre: CentreFacts, now: datetime, actor: str
) -> tuple[list[IssuedInvoice], list[Refusal]]:
    """As `issue_together`, inside a unit of work that has locked the receivables' bookings."""
    rules = rules_of_invoices()
    if rules is None:
        raise NotSetUp
    receivables = open_receivables(centre, now, keys)
    gone = sorted(set(keys) - {receivable.key for receivable in receivables})
    numbers = numbers_on(gone)
    refusals: list[Refusal] = [ReceivableGone(key, numbers.get(key)) for key in gone]
    issued = []
    for draft, why in drafts_that_wait(receivables, set_up=True, exempt=bool(rules.exempt_reason)):
        if why is None:
            issued.append(_write(draft, rules, centre, now, actor))
        else:
            refusals += [ReceivableWaits(key, why) for key in draft.keys]
    return issued, refusals


def _write(draft: Draft, rules: InvoiceRules, centre: CentreFacts, now: datetime, actor: str) -> IssuedInvoice:
    payer_id = _payer_id(draft.payer.key)
    number = next_number(OF_INVOICES, FIRST_NUMBER)
    lang = language_of(draft.receivables[0].lang, centre)
    charges = [_charges(receivable, rules, lang, draft.together) for receivable in draft.receivables]
    settled = settle([charge for of_receivable in charges for charge in of_receivable])
    document = _document(draft, settled, lang, rules, centre, centre.local(now).date(), number)
    document = replace(document, kid=payment_reference(centre.country, payer_id, number))
    invoice_id = write_document(document, payer_id, None, now)
    claimed = [
        {
            "key": _key_on_invoice(receivable),
            "invoice_id": invoice_id,
            "booking_id": receivable.booking_id,
            "amount": receivable.gross,
            "lines": len(of_receivable),
            "owed": receivable.gross,
            "planned_on": receivable.on if receivable.to_come else None,
        }
        for receivable, of_receivable in zip(draft.receivables, charges, strict=True)
    ]
    run(insert(InvoicedReceivable), claimed)
    deal_with(draft.keys, now_open=False)
    note(actor, "invoice.issue", f"invoice:{invoice_id}", None, {"number": number, "payable": document.payable})
    return IssuedInvoice(invoice_id, number, document.kid, document.payable)


def _key_on_invoice(receivable: Receivable) -> str:
    """The receivable's own, or that of an addition to what stands on invoices; its booking is locked."""
    of_booking = select(InvoicedReceivable.key).where(InvoicedReceivable.booking_id == receivable.booking_id)
    taken = set() if receivable.invoice_id is None else set(run(of_booking).scalars())
    key = receivable.key
    while key in taken:
        key += InvoicedReceivable.MORE
    return key


def write_document(document: InvoiceDocument, payer_id: int, corrects_id: int | None, now: datetime) -> int:
    """Keep a document as it is, and promise that its files are written."""
    kept = as_kept(document)
    values = {
        "number": int(document.number), "kind": document.kind, "payer_id": payer_id, "corrects_id": corrects_id,
        "currency": document.currency, "payable": document.payable, "kid": document.kid, "issued_at": now,
        "issued_on": document.issued_on, "due_on": document.due_on,
        "kept_until": date(document.issued_on.year + KEPT_YEARS + 1, 1, 1), "document": kept,
        "digest": digest_of(kept),
    }  # fmt: skip
    invoice_id = int(db.session.execute(insert(Invoice).values(values).returning(Invoice.id)).scalar_one())
    write_words_of(invoice_id, kept, document.kid)
    promise("invoice.files", f"invoice.files:{invoice_id}", {"invoice_id": invoice_id})
    return invoice_id


def _payer_id(key: str) -> int:
    insert_once(InvoicePayer, "key", {"key": key})
    return int(db.session.scalars(select(InvoicePayer.id).where(InvoicePayer.key == key)).one())


def _document(
    draft: Draft, settled: Settled, lang: str, rules: InvoiceRules, centre: CentreFacts, today: date, number: int
) -> InvoiceDocument:
    """All that it says but how it is to be paid."""
    endpoint = PeppolId(SCHEMES.get(centre.country, rules.scheme), draft.payer.org_number)
    seller = Seller(
        centre.legal_name, centre.org_number, rules.vat_number, rules.registered_in,
        PostalAddress(rules.street, rules.postcode, rules.town, centre.country),
        PeppolId(rules.scheme, centre.org_number), rules.account, rules.bic, centre.email, centre.phone,
    )  # fmt: skip
    terms = draft.terms  # a teacher's own address is in nothing that a municipality gets, see payer.queries.contact_of
    address = PostalAddress(terms.street, terms.postcode, terms.town, centre.country)
    email = terms.email or ("" if has_agreement(draft.payer.org_number) else draft.email)
    billed_to = BilledTo(draft.payer.name, draft.payer.org_number, address, endpoint, email)
    delivered = Delivered(draft.delivered_to, draft.first, until=draft.last if draft.last > draft.first else None)
    planned = sentences.text_of_planned(draft.first, lang) if draft.is_to_come else ""
    return InvoiceDocument(
        DocumentKind.INVOICE, str(number), today, today + timedelta(days=rules.pay_days), centre.currency, lang,
        seller, billed_to, delivered, draft.reference, draft.order_number, "", settled, reason=planned,
    )  # fmt: skip


def language_of(wanted: str, centre: CentreFacts) -> str:
    """The document's language: the reader's where the law of the seller's country takes it, else the centre's own."""
    allowed = [lang for lang in centre.languages if centre.country != "NO" or lang in NORWEGIAN_LANGUAGES]
    return wanted if wanted in allowed else (allowed or ["en"])[0]


def _charges(receivable: Receivable, rules: InvoiceRules, lang: str, together: bool) -> list[Charge]:
    reason = in_language(rules.exempt_reason, lang)
    exempt = VatTreatment(0, VatCategory.EXEMPT, rules.exempt_code, reason) if reason else None

    def treated(rate: int) -> VatTreatment:
        if rate or exempt is None:
            return VatTreatment(rate, VatCategory.STANDARD)
        return exempt

    return [
        Charge(line.text, 1, line.gross, treated(line.vat_rate), receivable.on)
        for line in sentences.lines_of(receivable, lang, together=together)
    ]
