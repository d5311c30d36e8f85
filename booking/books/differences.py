"""What the journal must agree with, account by account: on_their_way before a month is closed, and each night."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import groupby

from sqlalchemy import ScalarSelect, Select, func, or_, select

from booking.annual_passes.issue import taxed_as
from booking.bookings.models import Booking, Line
from booking.books.journal import AccountRole
from booking.books.models import JournalEntry, Payout, Voucher
from booking.books.sources.delivered import prepaid_by_invoice
from booking.books.sources.moment import PostingCut
from booking.books.sources.passes import earnings, going_on, unearned
from booking.books.sources.payouts import HELD_BY
from booking.books.sources.sales import kept_by_booking
from booking.books.sources.takings import ASKED, CAME, refund_stage, where_kept
from booking.gift_cards.totals import outstanding
from booking.invoicing.bank.late import LateSum
from booking.invoicing.bank.models import BankLateShare, StoredBankRow
from booking.invoicing.document import DocumentKind
from booking.invoicing.models import Invoice
from booking.invoicing.write_offs.models import InvoiceWriteOff
from booking.kernel.database import in_pieces, run
from booking.kernel.money import Money, spread, vat_shares
from booking.payments.models import Payment, Refund
from booking.payments.provider import PayWay

OF_VAT = ("invoice:%", "booking:%")  # the sources that VAT comes of


class Agrees(StrEnum):
    """What is compared."""

    PROVIDER = "provider"  # what is paid by card less what has gone back and been paid out
    VIPPS = "vipps"  # the same of Vipps
    TILL = "till"
    RECEIVABLE = "receivable"  # what is open on invoices
    PREPAID = "prepaid"  # what is kept of bookings for days to come, and invoiced before the visit
    OWED_BACK = "owed_back"
    BANK = "bank"  # what bank rows and payouts brought
    OVERPAID = "overpaid"  # what is over on bank rows and pays no fees or interest
    REMINDER_FEE = "reminder_fee"
    LATE_INTEREST = "late_interest"
    GIFT_CARD = "gift_card"  # what is still on gift cards


@dataclass(frozen=True, slots=True)
class Compared:
    """What the journal says and what stands in the database, in minor units; debit above nought."""

    what: Agrees
    journal: int
    stands: int

    @property
    def difference(self) -> int:
        """Nought where they agree."""
        return self.journal - self.stands


def compare(cut: PostingCut) -> list[Compared]:
    """All of them up to the cut, which must be posted. Reads whole tables: for a close or a night."""
    journal = balances(cut)
    came = _by_place(
        select(Payment.provider, func.sum(Payment.amount)).where(Payment.state.in_(CAME), Payment.paid_at < cut.until)
    )
    stage = refund_stage(cut)
    gone = _by_place(_refunds(cut).where(stage != ASKED))
    on_their_way = _by_place(_refunds(cut).where(stage == ASKED))
    lost = _by_place(
        select(Payment.provider, func.sum(Payment.amount - _refunded())).where(
            Payment.state.in_(CAME), Payment.lost_at < cut.until
        )
    )
    of_bookings = kept_by_booking(cut).subquery()
    to_come = select(func.sum(of_bookings.c.kept)).join_from(
        of_bookings, Booking, Booking.id == of_bookings.c.booking_id
    )
    counts = Payout.on_day <= cut.last_day, Payout.taken_back_at.is_(None)
    paid_out: Counter[PayWay] = Counter()
    kept: Counter[PayWay] = Counter()
    sums = select(Payout.way, func.sum(Payout.amount), func.sum(Payout.charges)).where(*counts).group_by(Payout.way)
    for way, amount, charges in run(sums):
        paid_out[way], kept[way] = int(amount), int(charges)
    online = {what: came[what] - gone[what] - lost[what] - paid_out[way] - kept[way] for way, what in HELD_BY.items()}
    came_in, late = _bank(cut)
    stands = {
        Agrees.PROVIDER: online[AccountRole.PROVIDER],
        Agrees.VIPPS: online[AccountRole.VIPPS],
        Agrees.TILL: came[AccountRole.TILL] - gone[AccountRole.TILL] - lost[AccountRole.TILL],
        Agrees.RECEIVABLE: _open(cut),
        Agrees.PREPAID: -_sum(to_come.where(Booking.starts_at >= cut.until)) - prepaid_by_invoice(cut) - _passes(cut),
        Agrees.OWED_BACK: -on_their_way.total(),
        Agrees.BANK: came_in.applied + came_in.over + paid_out.total(),
        Agrees.OVERPAID: late.total - came_in.over,
        Agrees.REMINDER_FEE: -late.fee,
        Agrees.LATE_INTEREST: -late.interest,
        Agrees.GIFT_CARD: -outstanding(cut.until),
    }
    return [Compared(what, journal.get(AccountRole(what.value), 0), amount) for what, amount in stands.items()]


def _passes(cut: PostingCut) -> int:
    """What passes that go on are still to earn."""
    kept = kept_by_booking(cut).subquery()
    query = select(kept.c.booking_id, kept.c.kept).where(kept.c.booking_id.in_(going_on(cut)))
    return unearned({booking_id: int(amount) for booking_id, amount in run(query)}, cut)


@dataclass(frozen=True, slots=True)
class _CameIn:
    """What of bank rows is on invoices, and over; in minor units."""

    applied: int
    over: int


def _bank(cut: PostingCut) -> tuple[_CameIn, LateSum]:
    """What came in on the bank account up to the cut, and what of that pays fees and interest."""
    rows = select(
        func.coalesce(func.sum(StoredBankRow.applied), 0), func.coalesce(func.sum(StoredBankRow.over), 0)
    ).where(StoredBankRow.booked_on <= cut.last_day)
    late = (
        select(func.coalesce(func.sum(BankLateShare.fee), 0), func.coalesce(func.sum(BankLateShare.interest), 0))
        .join(StoredBankRow, StoredBankRow.id == BankLateShare.row_id)
        .where(StoredBankRow.booked_on <= cut.last_day)
    )
    return _CameIn(*map(int, run(rows).one())), LateSum(*map(int, run(late).one()))


def _open(cut: PostingCut) -> int:
    """What is left of invoices, but for what the bank books on a day to come, and writes off less by that."""
    to_come = select(func.sum(StoredBankRow.applied)).where(StoredBankRow.booked_on > cut.last_day)
    lost_less = select(func.sum(InvoiceWriteOff.amount)).where(InvoiceWriteOff.on_day > cut.last_day)
    left = select(func.sum(Invoice.left)).where(Invoice.kind == DocumentKind.INVOICE)
    return sum(_sum(each) for each in (left, to_come, lost_less))


def balances(cut: PostingCut) -> dict[AccountRole, int]:
    """What stands on each account at the end of the cut's last day."""
    query = (
        select(JournalEntry.role, func.sum(JournalEntry.amount))
        .join(Voucher, Voucher.number == JournalEntry.voucher_number)
        .where(Voucher.on_day <= cut.last_day)
        .group_by(JournalEntry.role)
    )
    return {role: int(amount) for role, amount in run(query)}


def _refunds(cut: PostingCut) -> Select[str, int]:
    return (
        select(Payment.provider, func.sum(Refund.amount))
        .join_from(Refund, Payment, Payment.id == Refund.payment_id)
        .where(Payment.state.in_(CAME), Refund.requested_at < cut.until)
    )


def _refunded() -> ScalarSelect[int]:
    return (
        select(func.coalesce(func.sum(Refund.amount), 0))
        .where(Refund.payment_id == Payment.id)
        .correlate(Payment)
        .scalar_subquery()
    )


def _by_place(query: Select[str, int]) -> Counter[AccountRole]:
    """Sums by the account that money paid so lies on."""
    sums: Counter[AccountRole] = Counter()
    for provider, amount in run(query.group_by(Payment.provider)):
        sums[where_kept(provider)] += int(amount or 0)
    return sums


def _sum(query: Select[int]) -> int:
    return int(run(query).scalar() or 0)


@dataclass(frozen=True, slots=True)
class VatDiffers:
    """A source of which the journal has other VAT at a rate than its document or receipt, in minor units."""

    source: str
    rate: int
    journal: int
    stands: int


def vat_that_differs(begins: date, ends: date, cut: PostingCut) -> list[VatDiffers]:
    """Of all that the journal has dated from one day to another: its VAT beside that of documents and receipts."""
    dated = (
        select(JournalEntry.source)
        .join(Voucher, Voucher.number == JournalEntry.voucher_number)
        .where(Voucher.on_day.between(begins, ends), or_(*(JournalEntry.source.like(kind) for kind in OF_VAT)))
        .distinct()
        .order_by(JournalEntry.source)
    )  # fmt: skip
    differing: list[VatDiffers] = []
    for piece in in_pieces([source for (source,) in run(dated)]):
        journal: Counter[tuple[str, int]] = Counter()
        taxes = (
            select(JournalEntry.source, JournalEntry.vat_rate, func.sum(JournalEntry.amount))
            .where(JournalEntry.source.in_(piece), JournalEntry.role == AccountRole.VAT)
            .group_by(JournalEntry.source, JournalEntry.vat_rate)
        )
        for source, rate, amount in run(taxes):
            journal[source, rate] = -int(amount)
        ids = [source.partition(":") for source in piece]
        stands = {
            **_vat_of_documents([int(name) for kind, _colon, name in ids if kind == "invoice"]),
            **_vat_of_receipts([int(name) for kind, _colon, name in ids if kind == "booking"], cut),
        }
        differing += [
            VatDiffers(*key, journal[key], stands.get(key, 0))
            for key in sorted({*journal, *stands})
            if journal[key] != stands.get(key, 0)
        ]
    return differing


def _vat_of_documents(invoice_ids: list[int]) -> Counter[tuple[str, int]]:
    taxes: Counter[tuple[str, int]] = Counter()
    query = select(Invoice.id, Invoice.kind, Invoice.document).where(Invoice.id.in_(invoice_ids))
    for invoice_id, kind, document in run(query):
        for vat_sum in document["settled"]["sums"]:
            if vat_sum["tax"]:
                signed = vat_sum["tax"] if kind is DocumentKind.INVOICE else -vat_sum["tax"]
                taxes[f"invoice:{invoice_id}", vat_sum["vat"]["rate"]] += signed
    return taxes


def _vat_of_receipts(booking_ids: list[int], cut: PostingCut) -> Counter[tuple[str, int]]:
    """As booking/documents/papers.py has it: what is kept is spread over the lines, VAT is that of each rate."""
    taxes: Counter[tuple[str, int]] = Counter()
    kept = kept_by_booking(replace(cut, since=None), booking_ids).subquery()
    query = (
        select(Line.booking_id, kept.c.kept, Line.vat_rate, Line.quantity * Line.unit_price)
        .join(kept, kept.c.booking_id == Line.booking_id)
        .join(Booking, Booking.id == Line.booking_id)
        .where(Booking.starts_at < cut.until)
        .order_by(Line.booking_id, Line.id)
    )
    for booking_id, rows in groupby(run(query), key=lambda row: row[0]):
        lines = list(rows)
        parts = spread(int(lines[0][1]), [gross for *_line, gross in lines])
        shares = vat_shares((line[2], Money(part, "")) for line, part in zip(lines, parts, strict=True) if part)
        for share in shares:
            if share.vat:
                taxes[f"booking:{booking_id}", share.rate] = share.vat.minor
    return taxes + _vat_of_passes(booking_ids, cut)


def _vat_of_passes(booking_ids: list[int], cut: PostingCut) -> Counter[tuple[str, int]]:
    """Of what they have earned by then: a receipt says the VAT of the whole."""
    taxes: Counter[tuple[str, int]] = Counter()
    rates = taxed_as(booking_ids)
    if not rates:
        return taxes
    lives = earnings(list(rates), cut)
    kept = kept_by_booking(replace(cut, since=None), list(rates)).subquery()
    for booking_id, amount in run(select(kept.c.booking_id, kept.c.kept)):
        if (life := lives.get(booking_id)) is not None:
            for share in vat_shares([(rates[booking_id][0], Money(life.of(int(amount)), ""))]):
                taxes[f"booking:{booking_id}", share.rate] = share.vat.minor
    return taxes
