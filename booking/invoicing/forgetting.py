"""The end of invoices: five years after the end of the year, as bokføringsloven § 13 asks; their database says so too.

A document that another corrects stays until that one goes.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from booking.invoicing.models import Invoice
from booking.kernel.forgetting import Forgetting, Remove, Rows


def _over(before: datetime) -> Select[int]:
    note = aliased(Invoice)
    corrected = select(note.id).where(note.corrects_id == Invoice.id)
    return select(Invoice.id).where(Invoice.kept_until <= before.date(), ~corrected.exists())


FORGETTINGS = (Forgetting("invoices, once their fifth year is over", timedelta(0), Rows(_over), Remove(Invoice.id)),)
