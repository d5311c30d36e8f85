"""Give receipts: to each payment and each refund of a booking one, numbered and frozen, in one unit of work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import insert, select

from booking.annual_passes.issue import ordered
from booking.bookings import queries
from booking.bookings.models import Sold, State
from booking.bookings.queries import BookedLine, BookingFacts
from booking.bookings.store import lock
from booking.centre.facts import CentreFacts, the_centre
from booking.centre.wording import LOCALES, Wording
from booking.discounts.queries import campaigns_by_id
from booking.discounts.rules import CampaignFacts
from booking.invoicing.issue import KEPT_YEARS, language_of
from booking.kernel import clock
from booking.kernel.database import db, run, unit_of_work
from booking.kernel.writing import write
from booking.receipts.document import (
    GrossAndTax,
    Receipt,
    ReceiptKind,
    ReceiptLine,
    changed,
    taxed,
    turned,
)
from booking.receipts.models import PaymentReceipt, ReceiptAddition, ReceiptVatShare
from booking.receipts.moved import MoneyMoved, ReceiptGiven, is_missing, receipts_given, without_receipt
from booking.receipts.seller import seller_of
from booking.records.frozen import as_kept, digest_of, read_back
from booking.records.series import next_number


def issue(booking_id: int) -> None:
    """Give each payment and refund of a booking its receipt, unless it has it; opens a unit of work of its own.

    `booking_id` is never that of a change: its money is the booking's that it changes.
    """
    with unit_of_work():
        lock(booking_id)
        issue_locked(booking_id)


def before_other_lines(booking_id: int, change_id: int = 0) -> None:
    """A locked booking gets other lines: what moved on it until now has its receipt first, of what it was then.

    The worker has done that before, as a rule, and this costs one statement. `change_id` is the change that it gets its
    lines from, whose own receipt follows.
    """
    if is_missing(booking_id, change_id):
        issue_locked(booking_id, change_id)


def issue_locked(booking_id: int, but: int = 0) -> None:
    """As `issue`, inside a unit of work that has locked the booking; not for what a change of this id was paid."""
    given = receipts_given(booking_id)
    centre = the_centre()
    missing = [moved for moved in without_receipt(booking_id, given, but) if _is_kept(moved, centre)]
    if not missing:
        return
    facts = queries.by_id(booking_id)
    assert facts is not None  # it is locked
    lang = language_of(facts.lang, centre)
    with force_locale(LOCALES[lang]):
        giving = _Giving(facts, centre, Wording.of(lang, centre), given)
        for moved in missing:
            giving.give(moved)


def _is_kept(moved: MoneyMoved, centre: CentreFacts) -> bool:
    """Whether its receipt would be there still: one that had its time is not given anew."""
    return centre.local(moved.at).year + KEPT_YEARS >= centre.local(clock.now()).year


@dataclass(frozen=True, slots=True)
class _Sale:
    """The receipt of what was paid, for money that goes back on it."""

    payment_id: int
    of_booking: int
    receipt_id: int
    document: Receipt


class _Giving:
    """The receipts of one booking, given one after the other: each begins with what the one before left."""

    def __init__(self, facts: BookingFacts, centre: CentreFacts, write: Wording, given: Sequence[ReceiptGiven]) -> None:
        self.facts, self.centre, self.write = facts, centre, write
        self.seller = seller_of(centre)
        self.sales: list[_Sale] = []
        self.stands: tuple[ReceiptLine, ...] = ()
        self.kept = sum(receipt.amount for receipt in given)
        self.said: dict[int, GrossAndTax] = defaultdict(lambda: (0, 0))
        for receipt in given:
            document = read_back(Receipt, receipt.document)
            self._go_on(document, _Sale(receipt.payment_id, receipt.of_booking, receipt.id, document))

    def give(self, moved: MoneyMoved) -> None:
        """Write the receipt of one payment or refund."""
        is_back = moved.refund_id is not None
        on = self.centre.local(moved.at).date()
        lines = self._lines_of(moved)
        paid = self._sale_of(moved) if is_back else None
        company, reference = self._added(paid.receipt_id) if paid else ("", "")
        self.kept += moved.signed
        after = () if is_back and self._is_given_up(moved.at) else lines
        sold, shares = changed(self.stands, after, back=is_back), taxed(self.kept, lines, self.said)
        first, last = self._days()
        number = next_number(on.year)
        receipt = Receipt(
            kind=ReceiptKind.REFUND if is_back else ReceiptKind.SALE,
            number=f"{on.year}-{number}", on=on, lang=self.write.lang, currency=self.facts.currency,
            amount=moved.amount, reference=self.facts.reference, centre=self.centre.name, seller=self.seller,
            lines=sold, rest=moved.amount - sum(line.total for line in sold),
            vat=turned(shares) if is_back else shares,
            ways=moved.ways, stands=after, first=first, last=last,
            corrects=paid.document.number if paid else "", corrects_on=paid.document.on if paid else None,
            company=company, buyer_reference=reference,
        )  # fmt: skip
        receipt_id = _keep(receipt, moved, self.facts, number)
        self._go_on(receipt, _Sale(moved.payment_id, moved.of_booking, receipt_id, receipt))

    def _sale_of(self, moved: MoneyMoved) -> _Sale | None:
        """What money went back on. Orders of before have a receipt for each of their payments."""
        own = [sale for sale in self.sales if sale.of_booking == moved.of_booking]
        return next((sale for sale in own if sale.payment_id == moved.payment_id), own[0] if own else None)

    def _go_on(self, receipt: Receipt, sale: _Sale) -> None:
        """The next one begins where this one ended."""
        is_back = receipt.kind is ReceiptKind.REFUND
        self.stands = receipt.stands
        if not is_back:
            self.sales.append(sale)
        for share in turned(receipt.vat) if is_back else receipt.vat:
            gross, tax = self.said[share.rate]
            self.said[share.rate] = gross + share.gross, tax + share.tax

    def _days(self) -> tuple[date | None, date | None]:
        """The first and the last day of the visit."""
        days = sorted(self.centre.local(line.starts_at).date() for line in self.facts.lines)
        return (days[0], days[-1]) if days else (None, None)

    def _lines_of(self, moved: MoneyMoved) -> tuple[ReceiptLine, ...]:
        """What the booking was once this had moved: a change keeps all lines that it brought."""
        facts: BookingFacts | None = self.facts
        if moved.refund_id is None and moved.of_booking != self.facts.id:
            facts = queries.by_id(moved.of_booking)
        if facts is None:
            return ()
        if facts.sold is Sold.ANNUAL_PASS:
            return _pass(facts.id, self.write)
        names = campaigns_by_id({campaign_id for line in facts.lines for campaign_id, _off in line.discounts})
        return tuple(_line(line, self.write, names) for line in facts.lines)

    def _is_given_up(self, at: datetime) -> bool:
        """Whether it was cancelled by then."""
        cancelled_at = self.facts.cancelled_at
        return self.facts.state is State.CANCELLED and cancelled_at is not None and cancelled_at <= at

    @staticmethod
    def _added(receipt_id: int) -> tuple[str, str]:
        """What its buyer has added to the receipt of a sale, company and reference."""
        query = (
            select(ReceiptAddition.company, ReceiptAddition.reference)
            .where(ReceiptAddition.receipt_id == receipt_id)
            .order_by(ReceiptAddition.version.desc())
            .limit(1)
        )
        row = db.session.execute(query).first()
        return ("", "") if row is None else (row.company, row.reference)


def _pass(booking_id: int, write: Wording) -> tuple[ReceiptLine, ...]:
    order = ordered(booking_id)
    if order is None:
        return ()
    return (ReceiptLine(0, 0, order.price, order.vat_rate, 1, 1, _("Annual pass"), "", write.words(order.title)),)


def _line(line: BookedLine, write: Wording, campaigns: Mapping[int, CampaignFacts]) -> ReceiptLine:
    kind = write.words(line.ticket_title)
    for campaign_id, off in line.discounts:
        name, each = write.words(campaigns[campaign_id].name), write.money(off)
        kind = _("%(kind)s, discount “%(name)s”, %(sum)s each", kind=kind, name=name, sum=each)
    return ReceiptLine(
        line.slot_id, line.ticket_type_id, line.unit_price, line.vat_rate, line.quantity, line.number,
        write.words(line.activity_title), write.moment(line.starts_at), kind,
        tuple(campaign_id for campaign_id, _off in line.discounts),
    )  # fmt: skip


def _keep(receipt: Receipt, moved: MoneyMoved, facts: BookingFacts, number: int) -> int:
    """Write it down, with its VAT for those who add up."""
    sign = 1 if moved.refund_id is None else -1
    kept = as_kept(receipt)
    values = {
        "year": receipt.on.year, "number": number, "booking_id": facts.id, "payment_id": moved.payment_id,
        "refund_id": moved.refund_id, "version": facts.version, "amount": moved.signed, "currency": receipt.currency,
        "on_day": receipt.on, "issued_at": clock.now(), "kept_until": date(receipt.on.year + KEPT_YEARS + 1, 1, 1),
        "document": kept, "digest": digest_of(kept),
    }  # fmt: skip
    receipt_id = int(run(insert(PaymentReceipt).returning(PaymentReceipt.id), values).scalar_one())
    shares = [
        {"receipt_id": receipt_id, "rate": share.rate, "gross": sign * share.gross, "tax": sign * share.tax}
        for share in receipt.vat
    ]
    write(ReceiptVatShare, shares)
    return receipt_id
