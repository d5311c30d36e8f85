"""The end of invoices: five years after the end of the year, as bokføringsloven § 13 asks; their database says so too.

A document that another corrects stays until that one goes. What is open by then, or was paid too much, lapses first,
and the invoice goes a week later with its credit notes, when the books have it: else they would be uneven for good.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from booking.invoicing.models import Invoice
from booking.invoicing.write_offs.lapse import let_lapse, uneven
from booking.invoicing.write_offs.models import InvoiceWriteOff
from booking.kernel.forgetting import Forgetting, Reckoned, Remove

BOOKED_WITHIN = timedelta(days=7)  # the worker posts every quarter of an hour


def _over(before: datetime) -> Select[int]:
    note, invoice = aliased(Invoice), aliased(Invoice)
    corrected = select(note.id).where(note.corrects_id == Invoice.id)
    # A credit note waits for its invoice, which would be credited by nothing.
    whose = func.coalesce(Invoice.corrects_id, Invoice.id)
    lately = select(InvoiceWriteOff.id).where(
        InvoiceWriteOff.invoice_id == whose, InvoiceWriteOff.on_day > before.date() - BOOKED_WITHIN
    )
    uneven_yet = select(invoice.id).where(invoice.id == whose, invoice.left != 0)
    return select(Invoice.id).where(
        Invoice.kept_until <= before.date(), ~corrected.exists(), ~uneven_yet.exists(), ~lately.exists()
    )  # fmt: skip


FORGETTINGS = (
    Forgetting("what is open on invoices, once their fifth year is over", timedelta(0), Reckoned(uneven), let_lapse),
    Forgetting("invoices, once their fifth year is over", timedelta(0), Reckoned(_over), Remove(Invoice.id)),
)
