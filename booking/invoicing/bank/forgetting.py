"""The end of who paid: as the books', five years after the end of the year (bokføringsloven § 13).

Sums and shares stay, since invoices stand on them that may be kept a year longer.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import Select, or_, select

from booking.invoicing.bank.models import StoredBankRow
from booking.invoicing.issue import KEPT_YEARS
from booking.kernel.forgetting import Clear, Forgetting, Reckoned

_EMPTY = {"kid": "", "refs": [], "text": "", "debtor": "", "debtor_account": "", "reason": ""}


def _over(before: datetime) -> Select[int]:
    written = or_(*(getattr(StoredBankRow, name) != nothing for name, nothing in _EMPTY.items()))
    return select(StoredBankRow.id).where(StoredBankRow.booked_on < date(before.year - KEPT_YEARS, 1, 1), written)


FORGETTINGS = (
    Forgetting(
        "who paid on the bank account, once the fifth year is over", timedelta(0), Reckoned(_over),
        Clear(StoredBankRow.id, _EMPTY),
    ),
)  # fmt: skip
