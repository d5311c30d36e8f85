"""What a voucher says, as values: which accounts by what they are for, and sums that add up to nought. Pure.

Sums are in minor units of the centre's currency, debit above nought and credit below. A line names what an account is
for (`AccountRole`) and never its number: numbers are the centre's, may be missing, and are put in when a month closes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from booking.catalogue.models import Kind
from booking.kernel.money import spread, vat_in


class AccountRole(StrEnum):
    """What an account is for."""

    BANK = "bank"
    PROVIDER = "provider"  # what the provider of cards holds for us
    TILL = "till"
    RECEIVABLE = "receivable"
    PREPAID = "prepaid"  # sold for days to come
    OWED_BACK = "owed_back"  # promised back to buyers, and not gone yet
    OVERPAID = "overpaid"  # paid beyond an invoice
    VAT = "vat"  # by its rate
    ADMISSION = "admission"
    ACTIVITY = "activity"  # shows, workshops, events
    PROGRAMME = "programme"
    COURSE = "course"
    LUNCH = "lunch"
    FEE = "fee"
    CHARGES = "charges"  # what the provider keeps for its work
    BAD_DEBT = "bad_debt"
    ROUNDING = "rounding"
    REMINDER_FEE = "reminder_fee"  # claimed beside an invoice, and paid
    LATE_INTEREST = "late_interest"
    VIPPS = "vipps"  # what Vipps holds for us
    GIFT_CARD = "gift_card"  # what is still on gift cards


INCOME = (
    AccountRole.ADMISSION, AccountRole.ACTIVITY, AccountRole.PROGRAMME, AccountRole.COURSE, AccountRole.LUNCH,
    AccountRole.FEE,
)  # fmt: skip
ROLE_OF_KIND: dict[Kind, AccountRole] = {
    Kind.ADMISSION: AccountRole.ADMISSION,
    Kind.PROGRAMME: AccountRole.PROGRAMME,
    Kind.COURSE: AccountRole.COURSE,
    Kind.SHOW: AccountRole.ACTIVITY,
    Kind.WORKSHOP: AccountRole.ACTIVITY,
    Kind.EVENT: AccountRole.ACTIVITY,
    Kind.LECTURE: AccountRole.ACTIVITY,
    Kind.FESTIVAL: AccountRole.ACTIVITY,
    Kind.CONTEST: AccountRole.ACTIVITY,
    Kind.LUNCH: AccountRole.LUNCH,
}


class VoucherKind(StrEnum):
    """What a voucher is about."""

    TAKINGS = "takings"  # paid online or in the till
    REFUND = "refund"
    INCOME = "income"  # of days that have come
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    BANK = "bank"
    DISPUTE = "dispute"  # taken back by the payer's bank for good
    PAYOUT = "payout"
    WRITE_OFF = "write_off"  # of an invoice, and what came of it after all


class Unbalanced(ValueError):
    """Debit is not credit."""


@dataclass(frozen=True, slots=True)
class LineKey:
    """What lines are added up by. `activity_id` and `invoice_id` are 0 where there is none."""

    role: AccountRole
    vat_rate: int = 0
    activity_id: int = 0
    invoice_id: int = 0


@dataclass(frozen=True, slots=True)
class VoucherLine:
    """One line. `vat` is the VAT that goes with a line of income, which has a line of its own."""

    key: LineKey
    amount: int
    vat: int = 0


@dataclass(frozen=True, slots=True)
class VoucherGroup:
    """What stands on one voucher: the same kind, day and channel, or by `alone` one document."""

    kind: VoucherKind
    on: date
    channel: str = ""
    alone: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the journal is to say of one source, all vouchers together. `mark` changes whenever that may.

    `on` is the day of the fact, `again` the day of what has changed it since.
    """

    source: str
    mark: str
    kind: VoucherKind
    on: date
    again: date
    lines: tuple[VoucherLine, ...]
    channel: str = ""
    alone: bool = False


def balanced(lines: Iterable[VoucherLine]) -> tuple[VoucherLine, ...]:
    """The lines. Raises Unbalanced, also where VAT is not the VAT of the income beside it."""
    checked = tuple(lines)
    if sum(line.amount for line in checked):
        raise Unbalanced(checked)
    rates = {line.key.vat_rate for line in checked}
    for rate in rates:
        tax = sum(line.amount for line in checked if line.key.role is AccountRole.VAT and line.key.vat_rate == rate)
        if tax != sum(line.vat for line in checked if line.key.vat_rate == rate):
            raise Unbalanced(checked)
    return checked


def still_to_say(lines: Sequence[VoucherLine], posted: Mapping[LineKey, tuple[int, int]]) -> tuple[VoucherLine, ...]:
    """What makes of what is posted (amount and VAT by key) what these lines say; nothing where it does."""
    wanted: dict[LineKey, tuple[int, int]] = {}
    for line in lines:
        amount, vat = wanted.get(line.key, (0, 0))
        wanted[line.key] = amount + line.amount, vat + line.vat
    rest = []
    for key in dict.fromkeys((*wanted, *posted)):
        (amount, vat), (before, vat_before) = wanted.get(key, (0, 0)), posted.get(key, (0, 0))
        if amount != before or vat != vat_before:
            rest.append(VoucherLine(key, amount - before, vat - vat_before))
    return balanced(rest)


@dataclass(frozen=True, slots=True)
class SoldPart:
    """Something sold, with VAT, in minor units."""

    role: AccountRole
    vat_rate: int
    gross: int
    activity_id: int = 0
    invoice_id: int = 0


def income_of(parts: Sequence[SoldPart]) -> tuple[VoucherLine, ...]:
    """What is sold as income and VAT, in credit: VAT is what is in the gross of a rate, rounded once."""
    by_rate: dict[int, list[SoldPart]] = {}
    for part in parts:
        by_rate.setdefault(part.vat_rate, []).append(part)
    lines: list[VoucherLine] = []
    for rate, sold in sorted(by_rate.items()):
        tax = vat_in(sum(part.gross for part in sold), rate)
        lines += taxed(sold, tax)
    return tuple(lines)


def taxed(sold: Sequence[SoldPart], tax: int) -> list[VoucherLine]:
    """What is sold at one rate, of which so much is VAT: spread over it in proportion, to the minor unit."""
    shares = spread(tax, [part.gross for part in sold])
    lines = [
        VoucherLine(LineKey(part.role, part.vat_rate, part.activity_id, part.invoice_id), -(part.gross - share), -share)
        for part, share in zip(sold, shares, strict=True)
        if part.gross
    ]
    if tax:
        invoice_id = sold[0].invoice_id
        lines.append(VoucherLine(LineKey(AccountRole.VAT, sold[0].vat_rate, 0, invoice_id), -tax))
    return lines


def move(amount: int, debit: AccountRole, credit: AccountRole, invoice_id: int = 0) -> tuple[VoucherLine, ...]:
    """So much from one account to another; nothing where it is nought."""
    if not amount:
        return ()
    return (
        VoucherLine(LineKey(debit, invoice_id=invoice_id), amount),
        VoucherLine(LineKey(credit, invoice_id=invoice_id), -amount),
    )


def reversed_lines(lines: Iterable[VoucherLine]) -> tuple[VoucherLine, ...]:
    """The same the other way."""
    return tuple(VoucherLine(line.key, -line.amount, -line.vat) for line in lines)
