"""What may be invoiced before its day: admission and nothing else, up to a year ahead, where a payer is billed so.

With VAT nothing is invoiced before it is delivered, but for admission to museums and experience centres, up to a year
ahead (bokføringsforskriften § 5-2-6). What is admission the office has marked, see `Activity.invoiced_ahead`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import exists, select

from booking.bookings.models import Line
from booking.capacity.models import Slot
from booking.catalogue.models import Activity, Kind
from booking.invoicing.models import InvoicePayer, InvoiceRules, InvoiceTiming
from booking.kernel.database import run

LONGEST_AHEAD = timedelta(days=365)


def usual_timing() -> InvoiceTiming | None:
    """What the centre's rules say; None where nobody at all is invoiced before the visit. One statement."""
    by_payer = exists().where(InvoicePayer.timing == InvoiceTiming.ON_BOOKING)
    row = run(select(InvoiceRules.timing, by_payer).order_by(InvoiceRules.id).limit(1)).first()
    if row is None or (row[0] is InvoiceTiming.AFTER and not row[1]):
        return None
    return InvoiceTiming(row[0])


def not_all_admission(booking_ids: Collection[int]) -> frozenset[int]:
    """Which of these are for something that is not marked as admission. Seats at lunch stand in a part of their own."""
    if not booking_ids:
        return frozenset()
    query = (
        select(Line.booking_id)
        .join(Slot, Slot.id == Line.slot_id)
        .join(Activity, Activity.id == Slot.activity_id)
        .where(
            Line.booking_id.in_(sorted(booking_ids)), Activity.kind != Kind.LUNCH, Activity.invoiced_ahead.is_(False)
        )
        .distinct()
    )  # fmt: skip
    return frozenset(run(query).scalars())
