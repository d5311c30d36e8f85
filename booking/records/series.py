"""Numbers without gaps: one after the other in a series, given by the database with the row that has it.

Invoices and credit notes are one series, receipts have one for each year.
"""

from __future__ import annotations

from sqlalchemy import bindparam, update

from booking.kernel.database import insert_once, run
from booking.records.models import NumberSeries

OF_INVOICES = 1  # the series of receipts have their year instead: no year is the first

_NEXT = (
    update(NumberSeries)
    .where(NumberSeries.id == bindparam("series"))
    .values(last=NumberSeries.last + 1)
    .returning(NumberSeries.last)
    .execution_options(synchronize_session=False)
)


def next_number(series: int, first: int = 1) -> int:
    """The next number of a series, taken for good when the unit of work commits: there is no gap.

    Whoever wants the next one waits until then, so it is asked for late. `first` is what a new series begins with.
    """
    number = run(_NEXT, {"series": series}).scalar()
    if number is None:
        insert_once(NumberSeries, "id", {"id": series, "last": first - 1})  # another may be faster
        number = run(_NEXT, {"series": series}).scalar_one()
    return int(number)
