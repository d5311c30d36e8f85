"""The provider's payouts: typed, or taken from its file row by row and held against what was paid.

The file is Stripe's itemised payout reconciliation as CSV; of its columns we read those named below (Stripe's help, as
known in November 2026: sums in whole currency with a point). Any provider's file with these columns will do.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import func, insert, select

from booking.books.models import Payout, PayoutRow
from booking.kernel.database import insert_into, run, unit_of_work
from booking.kernel.refusals import Refusal
from booking.kernel.typed import one_line
from booking.payments.models import Payment
from booking.records.audit import note

LARGEST = 5_000_000  # bytes of a file
LONGEST_REF = 80
MOST_LISTED = 100
REF, DAY, KIND, GROSS, FEE, CHARGE = (
    "automatic_payout_id", "automatic_payout_effective_at", "reporting_category", "gross", "fee", "payment_intent_id",
)  # fmt: skip
_SUM = re.compile(r"(-?)([0-9]{1,9})(?:\.([0-9]{1,2}))?")
_DAY = re.compile(r"(2[01][0-9]{2}-[0-9]{2}-[0-9]{2})(?:[ T].*)?")


class PayoutWrong(Refusal):
    """A payout without a name, or of a sum that cannot be."""


class PayoutThere(Refusal):
    """It was entered before."""


class NoPayoutFile(Refusal):
    """Not the provider's file, or nothing in it; `line` is the first that cannot be read, 0 for the headings."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class PayoutFault(StrEnum):
    """What is wrong with a row."""

    UNKNOWN = "unknown"  # no payment of ours
    OTHER_SUM = "other_sum"


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row of the file, minor units."""

    ref: str
    on: date
    kind: str
    charge: str
    gross: int
    charges: int


@dataclass(frozen=True, slots=True)
class PayoutFacts:
    """A payout that was entered, in minor units, with how many rows it has."""

    payout_id: int
    ref: str
    on: date
    amount: int
    charges: int
    rows: int


@dataclass(frozen=True, slots=True)
class PayoutDiffers:
    """A row that differs from our payment; `ours` in minor units, None where there is none."""

    payout: str
    charge: str
    fault: PayoutFault
    gross: int
    ours: int | None


def enter_payout(ref: str, on: date, amount: int, charges: int, actor: str, now: datetime) -> None:
    """Note a payout: so much came, so much was kept by the provider. Raises PayoutWrong, PayoutThere."""
    name = one_line(ref)
    if not 0 < len(name) <= LONGEST_REF or amount <= 0 or charges < 0:
        raise PayoutWrong
    with unit_of_work():
        if _insert(name, on, amount, charges, now) is None:
            raise PayoutThere
        note(actor, "books.payout", f"payout:{name}", None, {"amount": amount, "fee": charges})


def take_payout_file(content: bytes, actor: str, now: datetime) -> tuple[int, int]:
    """Take a file, whole or not at all; how many payouts were new, and how many were there. Raises NoPayoutFile."""
    by_ref: dict[str, list[ReadRow]] = defaultdict(list)
    for row in read_payout_file(content):
        by_ref[row.ref].append(row)
    new = 0
    with unit_of_work():
        for ref, rows in by_ref.items():
            gross, charges = sum(row.gross for row in rows), sum(row.charges for row in rows)
            payout_id = _insert(ref, max(row.on for row in rows), gross - charges, charges, now)
            if payout_id is None:
                continue
            new += 1
            values = [
                {
                    "payout_id": payout_id,
                    "kind": row.kind,
                    "ref": row.charge,
                    "gross": row.gross,
                    "charges": row.charges,
                }
                for row in rows
            ]
            run(insert(PayoutRow), values)
            note(actor, "books.payout", f"payout:{ref}", None, {"amount": gross - charges, "fee": charges})
    return new, len(by_ref) - new


def read_payout_file(content: bytes) -> list[ReadRow]:
    """The rows of the provider's file that are of payouts. Raises NoPayoutFile."""
    try:
        read = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
        if len(content) > LARGEST or not {REF, DAY, KIND, GROSS, FEE, CHARGE} <= set(read.fieldnames or ()):
            raise NoPayoutFile(0)
        rows = [row for number, line in enumerate(read, 2) if (row := _row(line, number)) is not None]
    except (UnicodeDecodeError, csv.Error):
        raise NoPayoutFile(0) from None
    if not rows:
        raise NoPayoutFile(0)
    return rows


def payouts_entered() -> list[PayoutFacts]:
    """The last ones, the newest first."""
    query = (
        select(Payout.id, Payout.ref, Payout.on_day, Payout.amount, Payout.charges, func.count(PayoutRow.id))
        .outerjoin(PayoutRow, PayoutRow.payout_id == Payout.id)
        .group_by(Payout.id, Payout.ref, Payout.on_day, Payout.amount, Payout.charges)
        .order_by(Payout.on_day.desc(), Payout.id.desc())
        .limit(MOST_LISTED)
    )
    return [PayoutFacts(*row) for row in run(query)]


def rows_that_differ() -> Sequence[PayoutDiffers]:
    """Rows of payments in files for which we have no payment, or one of another sum."""
    query = (
        select(Payout.ref, PayoutRow.ref, PayoutRow.gross, Payment.amount)
        .join(Payout, Payout.id == PayoutRow.payout_id)
        .outerjoin(Payment, Payment.charge_ref == PayoutRow.ref)
        .where(PayoutRow.kind == "charge", (Payment.id.is_(None)) | (Payment.amount != PayoutRow.gross))
        .order_by(PayoutRow.id.desc())
        .limit(MOST_LISTED)
    )
    return [
        PayoutDiffers(payout, charge, PayoutFault.UNKNOWN if ours is None else PayoutFault.OTHER_SUM, gross, ours)
        for payout, charge, gross, ours in run(query)
    ]


def _insert(ref: str, on: date, amount: int, charges: int, now: datetime) -> int | None:
    """None where it is there."""
    values = {"ref": ref, "on_day": on, "amount": amount, "charges": charges, "taken_at": now}
    statement = insert_into(Payout).on_conflict_do_nothing(index_elements=["ref"]).returning(Payout.id)
    payout_id: int | None = run(statement, values).scalar()
    return payout_id


def _row(line: dict[str, str], number: int) -> ReadRow | None:
    """None for what has not been paid out yet. Raises NoPayoutFile."""
    ref = one_line(line[REF])
    if not ref:
        return None
    day, gross, fee = _DAY.fullmatch(line[DAY] or ""), _minor(line[GROSS]), _minor(line[FEE])
    if day is None or gross is None or fee is None or len(ref) > LONGEST_REF:
        raise NoPayoutFile(number)
    try:
        on = date.fromisoformat(day[1])
    except ValueError:
        raise NoPayoutFile(number) from None
    return ReadRow(ref, on, one_line(line[KIND])[:40], one_line(line[CHARGE])[:255], gross, fee)


def _minor(text: str | None) -> int | None:
    parts = _SUM.fullmatch((text or "").strip())
    if parts is None:
        return None
    minor = int(parts[2]) * 100 + int((parts[3] or "0").ljust(2, "0"))
    return -minor if parts[1] else minor
