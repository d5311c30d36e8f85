"""The provider's file of payouts, written line by line."""

from __future__ import annotations

from datetime import date

from booking.books.payouts.file import CHARGE, CURRENCY, DAY, FEE, GROSS, ITEM, KIND, REF
from tests.books.keeping import TENTH

HEAD = ",".join((REF, DAY, KIND, CURRENCY, GROSS, FEE, CHARGE, ITEM)) + "\n"


def line(
    ref: str = "po_1", *, on: date = TENTH, kind: str = "charge", gross: str = "1.00", fee: str = "0.00",
    charge: str = "pi", item: str = "", currency: str = "nok",
) -> str:  # fmt: skip
    """One line."""
    return f"{ref},{on if ref else ''},{kind},{currency},{gross},{fee},{charge},{item}"


def payout_file(*lines: str) -> bytes:
    """The file with its headings."""
    return (HEAD + "".join(f"{each}\n" for each in lines)).encode()
