"""The provider's file of payouts, read whole or not at all.

The file is Stripe's itemised payout reconciliation as CSV; of its columns we read those named below (Stripe's help, as
known in November 2026: sums in whole currency with a point). Any provider's file with these columns will do, also one
that a spreadsheet has saved with semicolons.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date

from booking.kernel.file_kinds import ContentKind, kind_of
from booking.kernel.refusals import Refusal
from booking.kernel.typed import one_line

LARGEST = 5_000_000  # bytes of a file
LONGEST_REF, LONGEST_KIND, LONGEST_NAME = 80, 40, 255
REF, DAY, KIND, GROSS, FEE, CHARGE, CURRENCY = READ = (
    "automatic_payout_id", "automatic_payout_effective_at", "reporting_category", "gross", "fee", "payment_intent_id",
    "currency",
)  # fmt: skip
ITEM = "source_id"  # what a row itself is; there may be none
OF_THE_PROVIDER = frozenset({"fee", "network_cost", "tax"})  # kinds of rows that are themselves charges
_SUM = re.compile(r"(-?)([0-9]{1,9})(?:[.,]([0-9]{1,2}))?")
_DAY = re.compile(r"(2[01][0-9]{2}-[0-9]{2}-[0-9]{2})(?:[ T].*)?")


class NoPayoutFile(Refusal):
    """The file cannot be taken, and nothing of it is."""


class PayoutFileTooLarge(NoPayoutFile):
    """More than LARGEST bytes."""


class OtherFileThanPayouts(NoPayoutFile):
    """It is something else; `kind` says what."""

    def __init__(self, kind: ContentKind) -> None:
        super().__init__(kind)
        self.kind = kind


class PayoutColumnsMissing(NoPayoutFile):
    """Text, or even a table, without these columns."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        super().__init__(columns)
        self.columns = columns


class PayoutLineBroken(NoPayoutFile):
    """A line of the file cannot be read, counted from 1; `column` is the first that is wrong."""

    def __init__(self, line: int, column: str) -> None:
        super().__init__(line, column)
        self.line = line
        self.column = column


class PayoutInOtherCurrency(NoPayoutFile):
    """A line is in another currency than ours."""

    def __init__(self, line: int, currency: str, ours: str) -> None:
        super().__init__(line, currency)
        self.line = line
        self.currency = currency
        self.ours = ours


class NothingPaidOut(NoPayoutFile):
    """No line of it has been paid out."""


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row of the file, minor units. `charge` is the payment that it is about, `item` what it is itself."""

    ref: str
    on: date
    kind: str
    charge: str
    item: str
    gross: int
    charges: int


def read_payout_file(content: bytes, currency: str) -> list[ReadRow]:
    """The rows of the provider's file that are of payouts, all in this currency. Raises NoPayoutFile."""
    kind = kind_of(content)
    if kind not in (ContentKind.PAYOUTS, ContentKind.TEXT):
        raise OtherFileThanPayouts(kind)
    if len(content) > LARGEST:
        raise PayoutFileTooLarge
    try:
        text = content.decode("utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise PayoutLineBroken(content.count(b"\n", 0, wrong.start) + 1, "") from None
    heading = text.partition("\n")[0]
    read = csv.DictReader(io.StringIO(text), delimiter=max(",;\t", key=heading.count))
    line = 1
    try:
        missing = tuple(name for name in READ if name not in (read.fieldnames or ()))
        if missing:
            raise PayoutColumnsMissing(missing)
        rows = []
        for values in read:
            line = read.line_num
            row = _row(values, line, currency)
            if row is not None:
                rows.append(row)
    except csv.Error:
        raise PayoutLineBroken(line + 1, "") from None
    if not rows:
        raise NothingPaidOut
    return rows


def _row(values: dict[str, str], line: int, currency: str) -> ReadRow | None:
    """None for what has not been paid out yet. Raises PayoutLineBroken, PayoutInOtherCurrency."""
    ref = one_line(values[REF])
    if not ref:
        return None
    in_currency = one_line(values[CURRENCY]).upper()[:20]
    on, gross, fee = _day(values[DAY]), _minor(values[GROSS]), _minor(values[FEE])
    for column, is_wrong in (
        (REF, len(ref) > LONGEST_REF), (DAY, on is None), (CURRENCY, not in_currency), (GROSS, gross is None),
        (FEE, fee is None),
    ):  # fmt: skip
        if is_wrong:
            raise PayoutLineBroken(line, column)
    if in_currency != currency:
        raise PayoutInOtherCurrency(line, in_currency, currency)
    assert on is not None and gross is not None and fee is not None
    kind = one_line(values[KIND])[:LONGEST_KIND]
    if kind in OF_THE_PROVIDER:
        gross, fee = 0, fee - gross
    charge, item = (one_line(values.get(name))[:LONGEST_NAME] for name in (CHARGE, ITEM))
    return ReadRow(ref, on, kind, charge, item, gross, fee)


def _day(text: str | None) -> date | None:
    parts = _DAY.fullmatch((text or "").strip())
    try:
        return date.fromisoformat(parts[1]) if parts else None
    except ValueError:
        return None


def _minor(text: str | None) -> int | None:
    parts = _SUM.fullmatch((text or "").strip())
    if parts is None:
        return None
    minor = int(parts[2]) * 100 + int((parts[3] or "0").ljust(2, "0"))
    return -minor if parts[1] else minor
