"""The end of invoices: five years after the end of the year, as bokføringsloven § 13 asks; their database says so too.

A document that another corrects stays until that one goes. What is open by then, or was paid too much, lapses first,
and the invoice goes a week later, when the books have it: they would be uneven for good otherwise.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from booking.invoicing.document import DocumentKind
from booking.invoicing.models import Invoice
from booking.invoicing.write_offs.lapse import let_lapse, uneven
from booking.invoicing.write_offs.models import InvoiceWriteOff
from booking.kernel.forgetting import Forgetting, Remove, Rows

BOOKED_WITHIN = timedelta(days=7)  # the worker posts every quarter of an hour


def _over(before: datetime) -> Select[int]:
    note = aliased(Invoice)
    corrected = select(note.id).where(note.corrects_id == Invoice.id)
    lately = select(InvoiceWriteOff.id).where(
        InvoiceWriteOff.invoice_id == Invoice.id, InvoiceWriteOff.on_day > before.date() - BOOKED_WITHIN
    )
    is_even = (Invoice.kind == DocumentKind.CREDIT_NOTE) | (Invoice.left == 0)
    return select(Invoice.id).where(
        Invoice.kept_until <= before.date(), ~corrected.exists(), is_even, ~lately.exists()
    )  # fmt: skip


FORGETTINGS = (
    Forgetting("what is open on invoices, once their fifth year is over", timedelta(0), Rows(uneven), let_lapse),
    Forgetting("invoices, once their fifth year is over", timedelta(0), Rows(_over), Remove(Invoice.id)),
)
