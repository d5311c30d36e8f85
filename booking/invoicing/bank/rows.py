"""What a bank's notification says of one payment, and how its entries become rows. Pure.

Sums are in minor units. An entry (Ntry) may be a whole day's batch: its details (TxDtls) are the payments, and they
must add up to what the entry says came in. Nothing is guessed: what cannot be told apart stays one row
with all that it says.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from booking.invoicing.bank.xml import BankFileRefused
from booking.invoicing.kid import LENGTH, is_kid, is_rf

LARGEST_AMOUNT = 10**12  # a row stays below
LONGEST_REFERENCE = 35  # Max35Text of ISO 20022
BOOKED, MONEY_IN, MONEY_OUT = "BOOK", "CRDT", "DBIT"
_AMOUNT = re.compile(r"([0-9]{1,18})(?:\.([0-9]{1,5}))?")
# ISO 4217: all others have two.
_WHOLE = frozenset(
    {
        "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF",
    }
)  # fmt: skip
_THOUSANDTHS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})


@dataclass(frozen=True, slots=True)
class BankRow:
    """Money that came in on our account, or (`reversal`) money that came in before and went back.

    `amount` is above nought either way, in minor units of `currency`. `kid` is the one reference that the payer's bank
    took as such; empty when there is none or several, which then stand in `references`. `hints` are what looks like a
    KID of ours in the payer's own words: nothing that counts by itself. `number` is the payment's place in the file
    from 1; the parts of a payment that was split share it. `bank_reference` is the bank's own, maybe empty; `key` is
    the same whenever the bank sends the row again.
    """

    key: str
    number: int
    bank_reference: str
    booked_on: date
    value_on: date
    amount: int
    currency: str
    reversal: bool
    kid: str
    references: tuple[str, ...]
    hints: tuple[str, ...]
    text: str
    debtor: str
    debtor_account: str
    account: str


class LeftOut(StrEnum):
    """Why an entry of the file is no row of ours."""

    NOT_BOOKED = "not_booked"
    MONEY_OUT = "money_out"
    NOTHING = "nothing"
    OTHER_ACCOUNT = "other_account"


class RowFault(StrEnum):
    """What is wrong with a payment in the file."""

    AMOUNT = "amount"
    CURRENCY = "currency"
    DIRECTION = "direction"
    STATUS = "status"
    DATE = "date"
    REFERENCE = "reference"
    SUM = "sum"


class BrokenRow(BankFileRefused):
    """The payment `number` of the file, counted from 1, is not as it must be; `written` is what stands there."""

    def __init__(self, number: int, fault: RowFault, written: str = "") -> None:
        super().__init__(number, fault, written[:60])
        self.number = number
        self.fault = fault
        self.written = written[:60]


@dataclass(frozen=True, slots=True)
class Slip:
    """What a payer's bank says that (a part of) a payment is for: a reference, and how much of it."""

    reference: str
    amount: str
    currency: str


@dataclass(frozen=True, slots=True)
class Detail:
    """A TxDtls as it is written, not yet judged."""

    number: int
    amount: str = ""
    currency: str = ""
    direction: str = ""
    reference: str = ""
    slips: tuple[Slip, ...] = ()
    text: str = ""
    debtor: str = ""
    debtor_account: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An Ntry as it is written; its days are read, None where there is none or none that can be."""

    number: int
    status: str
    direction: str
    is_reversal: bool
    amount: str
    currency: str
    booked_on: date | None
    value_on: date | None
    reference: str
    text: str

    @property
    def is_about_us(self) -> bool:
        """Money in, or money in taken back: an entry that went the other way and was reversed is neither."""
        return self.direction == (MONEY_OUT if self.is_reversal else MONEY_IN)


def rows_of(entry: Entry, details: Sequence[Detail], account: str) -> Iterator[BankRow | LeftOut]:
    """The rows of an entry, still without keys, and why what is no row is none. Raises BrokenRow."""
    if entry.status != BOOKED:
        if not entry.status:
            raise BrokenRow(entry.number, RowFault.STATUS)
        yield from [LeftOut.NOT_BOOKED] * len(details)
        return
    if entry.direction not in (MONEY_IN, MONEY_OUT):
        raise BrokenRow(entry.number, RowFault.DIRECTION, entry.direction)
    if not entry.is_about_us:
        yield from [LeftOut.MONEY_OUT] * len(details)
        return
    amounts = _amounts(entry, details)
    booked_on = entry.booked_on or entry.value_on
    if booked_on is None:
        raise BrokenRow(entry.number, RowFault.DATE)
    for detail, amount in zip(details, amounts, strict=True):
        if amount < 0:
            yield LeftOut.MONEY_OUT
            continue
        if amount == 0:
            yield LeftOut.NOTHING
            continue
        for kid, references, part in _parts(detail, amount, entry.currency):
            yield BankRow(
                "", detail.number, detail.reference or entry.reference, booked_on, entry.value_on or booked_on, part,
                entry.currency, entry.is_reversal, kid, references, _hints(detail.text), detail.text or entry.text,
                detail.debtor, detail.debtor_account, account,
            )  # fmt: skip


class Keys:
    """Gives each row its key: the same for the same row, in whatever file and beside whatever others it comes.

    Made of account, day, the bank's reference (for rows without one that of the file, so that none is ever lost),
    amount, direction and KID, and the row's place among those that are alike in all that.
    """

    def __init__(self, message_id: str) -> None:
        self._message_id = message_id
        self._alike: Counter[str] = Counter()

    def give(self, row: BankRow) -> BankRow:
        """The row with its key."""
        reference = f"bank {row.bank_reference}" if row.bank_reference else f"file {self._message_id} {row.number}"
        way = MONEY_OUT if row.reversal else MONEY_IN
        told = (
            row.account, row.booked_on.isoformat(), reference, f"{row.amount} {row.currency} {way}", *row.references,
        )  # fmt: skip
        alike = "\n".join(told)
        self._alike[alike] += 1
        return replace(row, key=hashlib.sha256(f"{alike}\n{self._alike[alike]}".encode()).hexdigest())


def minor_units(written: str, currency: str, number: int) -> int:
    """An amount as banks write it, a point before the decimals. Raises BrokenRow.

    "1.000" kroner are refused and not rounded: who writes three decimals may mean a thousand.
    """
    if not re.fullmatch("[A-Z]{3}", currency):
        raise BrokenRow(number, RowFault.CURRENCY, currency)
    decimals = 0 if currency in _WHOLE else 3 if currency in _THOUSANDTHS else 2
    parts = _AMOUNT.fullmatch(written)
    if parts is None or len(parts[2] or "") > decimals:
        raise BrokenRow(number, RowFault.AMOUNT, written)
    minor = int(parts[1] + (parts[2] or "").ljust(decimals, "0"))
    if minor >= LARGEST_AMOUNT:
        raise BrokenRow(number, RowFault.AMOUNT, written)
    return minor


def _amounts(entry: Entry, details: Sequence[Detail]) -> list[int]:
    """What each detail carries, below nought where it goes the other way than its entry.

    One alone carries what the entry does, which is what came in. Several must add up to it. Raises BrokenRow.
    """
    whole = minor_units(entry.amount, entry.currency, entry.number)
    directions = [detail.direction or entry.direction for detail in details]
    for detail, direction in zip(details, directions, strict=True):
        if direction not in (MONEY_IN, MONEY_OUT):
            raise BrokenRow(detail.number, RowFault.DIRECTION, direction)
        if max(map(len, (entry.reference, detail.reference, *_references(detail)))) > LONGEST_REFERENCE:
            raise BrokenRow(detail.number, RowFault.REFERENCE)
    if len(details) == 1:
        return [whole]
    amounts = []
    for detail, direction in zip(details, directions, strict=True):
        amount = minor_units(detail.amount, detail.currency, detail.number)
        if detail.currency != entry.currency:
            raise BrokenRow(detail.number, RowFault.CURRENCY, detail.currency)
        amounts.append(amount if direction == entry.direction else -amount)
    if sum(amounts) != whole:
        raise BrokenRow(entry.number, RowFault.SUM, entry.amount)
    return amounts


def _references(detail: Detail) -> tuple[str, ...]:
    return tuple(dict.fromkeys(slip.reference for slip in detail.slips if slip.reference))


def _parts(detail: Detail, amount: int, currency: str) -> list[tuple[str, tuple[str, ...], int]]:
    """KID, references and amount of each part: one whole, or several where the slips say how much each and add up."""
    slips = [slip for slip in detail.slips if slip.reference or slip.amount]
    references = _references(detail)
    if len(references) == 1 and (len(slips) == 1 or all(slip.reference for slip in slips)):
        return [(references[0], references, amount)]
    if references:
        shares = [_share(slip, currency, detail.number) for slip in slips]
        if all(shares) and sum(shares) == amount:
            kids = [slip.reference for slip in slips]
            return [(kid, (kid,) if kid else (), share) for kid, share in zip(kids, shares, strict=True)]
    return [("", references, amount)]


def _share(slip: Slip, currency: str, number: int) -> int:
    """How much a slip is about; nought where it does not say it in a way that counts."""
    if slip.currency != currency:
        return 0
    try:
        return minor_units(slip.amount, slip.currency, number)
    except BrokenRow:
        return 0


def _hints(text: str) -> tuple[str, ...]:
    """What has the form of a KID or an RF reference in words that a payer wrote."""
    runs = re.findall(rf"(?<![0-9])[0-9]{{{LENGTH}}}(?![0-9])", text)
    kids = [run for run in runs if is_kid(run)]
    words = (word.upper() for word in re.findall(r"\b[Rr][Ff][0-9]{3,23}\b", text))
    return tuple(dict.fromkeys([*kids, *(word for word in words if is_rf(word))]))
