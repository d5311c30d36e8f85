"""Credit notes: all of an invoice, some of its lines or a sum is taken back, and never more than is left of it.

What is issued is never changed, so this is the one way to take anything of it back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, update

from booking.bookings.store import lock
from booking.centre.facts import CentreFacts
from booking.invoicing.ahead.unlike import follow_credit
from booking.invoicing.document import Charge, DocumentKind, InvoiceDocument, Settled, VatSum, credited, settle
from booking.invoicing.frozen import from_kept
from booking.invoicing.issue import FIRST_NUMBER, IssuedInvoice, ReceivableGone, issue_all_locked, write_document
from booking.invoicing.kid import payment_reference
from booking.invoicing.models import Invoice, InvoicedReceivable
from booking.invoicing.parts.credited import ClaimOnInvoice, claims_on, credited_by_line, notes_of
from booking.invoicing.receivables import deal_with, receivable_of
from booking.invoicing.sentences import text_of_part
from booking.invoicing.write_offs.models import WriteOffKind
from booking.invoicing.write_offs.recover import recover
from booking.kernel.database import db, run, unit_of_work
from booking.kernel.money import spread
from booking.kernel.refusals import Refusal
from booking.kernel.typed import one_line
from booking.records.audit import note
from booking.records.series import OF_INVOICES, next_number

LONGEST_REASON = 200

VatBy = tuple[str, int]
Again = Callable[[int, CentreFacts, datetime], None]


class NotCreditable(Refusal):
    """No invoice: a credit note, or nothing at all."""


class NothingLeftToCredit(Refusal):
    """All of it is credited."""


class MoreThanLeft(Refusal):
    """More than is `left` of the invoice, in minor units of its `currency`."""

    def __init__(self, left: int, currency: str) -> None:
        super().__init__(f"{left} {currency} is left")
        self.left = left
        self.currency = currency


class NothingChosen(Refusal):
    """No line, or a sum of nought."""


class LinesCredited(Refusal):
    """Lines of which nothing is left, or more than is left of the whole: of those only a sum can be credited."""


class CreditReasonWrong(Refusal):
    """No reason, or one that is too long."""


class CreditedMeanwhile(Refusal):
    """Somebody else has credited something of it since it was looked at."""


class NothingToInvoiceAnew(Refusal):
    """Nothing is owed any more for what the invoice stands for."""


class CreditExtent(StrEnum):
    """How much of an invoice."""

    ALL = "all"  # that is left
    LINES = "lines"
    SUM = "sum"


@dataclass(frozen=True, slots=True)
class CreditWanted:
    """What is to be credited: `lines` by their place from 0, or `gross` with VAT in minor units.

    A sum with lines is one of these lines, and taxed as they are; without any it is spread over all rates of VAT.
    """

    extent: CreditExtent
    lines: tuple[int, ...] = ()
    gross: int = 0


@dataclass(frozen=True, slots=True)
class Creditable:
    """An invoice with the credit notes on it; `credited` is what they come to, in minor units.

    `part_text` is what a part is called that is none of the lines, in the document's language.
    """

    invoice: InvoiceDocument
    payer_id: int
    part_text: str
    credited: int = 0
    notes: tuple[InvoiceDocument, ...] = ()

    @property
    def left(self) -> int:
        """What can still be credited."""
        return self.invoice.payable - self.credited

    @property
    def before(self) -> Mapping[VatBy, int]:
        """What is credited with VAT, for each way of taxing."""
        gross: Counter[VatBy] = Counter()
        for vat_sum in (vat_sum for document in self.notes for vat_sum in document.settled.sums):
            gross[vat_sum.vat.by] += vat_sum.net + vat_sum.tax
        return gross

    @property
    def open_lines(self) -> Mapping[int, int]:
        """What is left of each line that can still be credited, by its place.

        A sum that was credited of no line in particular may be any one's: then only lines that still fit into the rest.
        """
        credited_of, left = self.by_line, {vat_sum.vat.by: gross for vat_sum, gross in self.left_by_vat()}
        return {
            place: line_left
            for place, line in enumerate(self.invoice.settled.lines)
            if 0 < (line_left := line.charge.gross - credited_of[place]) <= min(left[line.charge.vat.by], self.left)
        }

    @property
    def by_line(self) -> Counter[int]:
        """What is credited of each line, by its place."""
        return credited_by_line(self.invoice.settled, (document.settled for document in self.notes))

    def left_by_vat(self) -> list[tuple[VatSum, int]]:
        """Each way of taxing on the invoice, with what is left of it with VAT."""
        before = self.before
        sums = self.invoice.settled.sums
        return [(vat_sum, vat_sum.net + vat_sum.tax - before.get(vat_sum.vat.by, 0)) for vat_sum in sums]


@dataclass(frozen=True, slots=True)
class CreditOrder:
    """What somebody decided, and that so much was `credited` when they looked at the invoice."""

    invoice_id: int
    wanted: CreditWanted
    reason: str
    credited: int


@dataclass(frozen=True, slots=True)
class IssuedNote:
    """A credit note; `gross` in minor units."""

    note_id: int
    number: int
    gross: int


def creditable(invoice_id: int) -> Creditable:
    """An invoice as it stands. Raises NotCreditable."""
    row = db.session.execute(
        select(Invoice.kind, Invoice.document, Invoice.payer_id, Invoice.credited).where(Invoice.id == invoice_id)
    ).first()
    if row is None or row.kind is not DocumentKind.INVOICE:
        raise NotCreditable
    invoice, notes = from_kept(row.document), notes_of(invoice_id)
    return Creditable(invoice, row.payer_id, text_of_part(invoice.number, invoice.lang), row.credited, notes)


def taken_back(of: Creditable, wanted: CreditWanted) -> Settled:
    """What a credit note would come to; the last one takes to the minor unit what is left, net and VAT of each rate.

    Raises NothingLeftToCredit, NothingChosen, LinesCredited, MoreThanLeft.
    """
    if of.left <= 0:
        raise NothingLeftToCredit
    if wanted.extent is CreditExtent.LINES:
        left_of = _left_of(of, wanted.lines)
        return settle([_of_line(of, place, left) for place, left in left_of.items()], before=of.before)
    gross = of.left if wanted.extent is CreditExtent.ALL else wanted.gross
    if gross <= 0:
        raise NothingChosen
    if gross > of.left:
        raise MoreThanLeft(of.left, of.invoice.currency)
    if gross == of.invoice.settled.gross:
        return of.invoice.settled  # line by line
    return settle(_parts(of, gross, wanted.lines if wanted.extent is CreditExtent.SUM else ()), before=of.before)


def credit(order: CreditOrder, centre: CentreFacts, now: datetime, actor: str) -> IssuedNote:
    """Issue a credit note; what an invoice claimed that is credited whole can be invoiced anew.

    What was written off is credited last, and then not written off any more.
    Raises NotCreditable, CreditReasonWrong, CreditedMeanwhile and what `taken_back` does.
    """
    with unit_of_work():
        _hold_still(claims_on(order.invoice_id))
        return _credit(order, centre, now, actor)


def credit_and_invoice_anew(
    order: CreditOrder, centre: CentreFacts, now: datetime, actor: str, again: Again | None = None
) -> tuple[IssuedNote, list[IssuedInvoice]]:
    """Credit all that is left and invoice the same as it stands now (another payer or reference), both or neither.

    `again` makes the bill of each booking anew before it is invoiced, if its heads were counted otherwise since.
    Raises what `credit` does, NotSetUp, ReceivableWaits and NothingToInvoiceAnew.
    """
    with unit_of_work():
        receivables = claims_on(order.invoice_id)
        _hold_still(receivables)
        issued_note = _credit(replace(order, wanted=CreditWanted(CreditExtent.ALL)), centre, now, actor)
        keys = sorted({receivable_of(receivable.key) for receivable in receivables if not receivable.is_free})
        for booking_id in sorted({receivable.booking_id for receivable in receivables if not receivable.is_free}):
            if again is not None:
                again(booking_id, centre, now)
        anew, refusals = issue_all_locked(keys, centre, now, actor)
        for refusal in refusals:
            if not isinstance(refusal, ReceivableGone):
                raise refusal
        if not anew:
            raise NothingToInvoiceAnew
        return issued_note, anew


def _credit(order: CreditOrder, centre: CentreFacts, now: datetime, actor: str) -> IssuedNote:
    reason = one_line(order.reason)
    if not 0 < len(reason) <= LONGEST_REASON:
        raise CreditReasonWrong
    of = creditable(order.invoice_id)
    if of.left and of.credited != order.credited:
        raise CreditedMeanwhile
    settled = taken_back(of, order.wanted)
    recover({order.invoice_id: settled.gross}, WriteOffKind.CREDITED, actor, now)
    _move(order.invoice_id, of.credited, settled.gross)
    number = next_number(OF_INVOICES, FIRST_NUMBER)
    document = credited(of.invoice, settled, str(number), centre.local(now).date(), reason)
    document = replace(document, kid=payment_reference(of.invoice.seller.address.country, of.payer_id, number))
    note_id = write_document(document, of.payer_id, order.invoice_id, now)
    claims = claims_on(order.invoice_id)
    _free(claims, note_id, replace(of, credited=of.credited + settled.gross, notes=(*of.notes, document)))
    by_line = credited_by_line(of.invoice.settled, [settled])
    of_claims = {claim.row_id: claim.credited_of(by_line) for claim in claims}
    follow_credit(order.invoice_id, of_claims, settled.gross, centre)
    facts = {"number": number, "payable": settled.gross}
    note(actor, "invoice.credit", f"invoice:{order.invoice_id}", None, facts)
    return IssuedNote(note_id, number, settled.gross)


def _move(invoice_id: int, credited_before: int, gross: int) -> None:
    """Whoever comes second finds another sum than was read, and credits nothing."""
    moved = update(Invoice).where(
        Invoice.id == invoice_id,
        Invoice.credited == credited_before,
        Invoice.credited + gross <= Invoice.payable,
    )
    if db.session.execute(moved.values(credited=Invoice.credited + gross).returning(Invoice.id)).first() is None:
        raise CreditedMeanwhile


def _hold_still(receivables: Sequence[ClaimOnInvoice]) -> None:
    """Nobody changes what these cost while it is credited; before the invoice, as those do who issue."""
    lock(*sorted({receivable.booking_id for receivable in receivables}))


def _free(claims: Sequence[ClaimOnInvoice], note_id: int, of: Creditable) -> None:
    """Receivables that are credited stand on the invoice no more; under another key the history stays.

    All of them once all is credited, before that those of which each line is.
    """
    by_line, lines = of.by_line, of.invoice.settled.lines
    freed = [
        claim
        for claim in claims
        if not claim.is_free
        and (of.left == 0 or (claim.lines and all(by_line[n] >= lines[n].charge.gross for n in claim.lines)))
    ]
    under = InvoicedReceivable.key.concat(f"{InvoicedReceivable.CREDITED}{note_id}")
    run(
        update(InvoicedReceivable).where(InvoicedReceivable.id.in_([claim.row_id for claim in freed])).values(key=under)
    )
    deal_with([claim.key for claim in freed], now_open=True)


def _left_of(of: Creditable, places: tuple[int, ...]) -> dict[int, int]:
    """What is left of each of these lines, in their order. Raises NothingChosen, LinesCredited."""
    if not places:
        raise NothingChosen
    open_lines, lines = of.open_lines, of.invoice.settled.lines
    if set(places) - set(open_lines):
        raise LinesCredited
    left_of = {place: open_lines[place] for place in sorted(set(places))}
    marked: Counter[VatBy] = Counter()
    for place, left in left_of.items():
        marked[lines[place].charge.vat.by] += left
    left_by = {vat_sum.vat.by: left for vat_sum, left in of.left_by_vat()}
    if any(marked[by] > left_by[by] for by in marked) or marked.total() > of.left:
        raise LinesCredited
    return left_of


def _of_line(of: Creditable, place: int, gross: int) -> Charge:
    """So much of a line: the line as it stands, where that is all of it, else a part that names it."""
    charge = of.invoice.settled.lines[place].charge
    if gross == charge.gross:
        return replace(charge, of_line=place)
    return replace(charge, text=f"{of.part_text}: {charge.text}", quantity=1, gross=gross, of_line=place)


def _parts(of: Creditable, gross: int, places: tuple[int, ...]) -> list[Charge]:
    """A sum of these lines, as much of each as is left of it. Without any it is spread over all ways of taxing.

    Then it has by name the lines that make it up, else a line of its own for each.
    """
    if places:
        left_of = _left_of(of, places)
        if gross > (of_lines := sum(left_of.values())):
            raise MoreThanLeft(of_lines, of.invoice.currency)
        shares = zip(left_of, spread(gross, list(left_of.values())), strict=True)
        return [_of_line(of, place, share) for place, share in shares if share]
    lines, open_lines, left = of.invoice.settled.lines, of.open_lines, of.left_by_vat()
    charges: list[Charge] = []
    for (vat_sum, _left), part in zip(left, spread(gross, [part_left for _sum, part_left in left]), strict=True):
        of_vat = {place: left for place, left in open_lines.items() if lines[place].charge.vat.by == vat_sum.vat.by}
        if part and sum(of_vat.values()) == part:
            charges += [_of_line(of, place, left) for place, left in of_vat.items()]
        elif part:
            vat = replace(vat_sum.vat, reason=of.invoice.settled.reason_of(vat_sum.vat))
            charges.append(Charge(of.part_text, 1, part, vat))
    return charges
