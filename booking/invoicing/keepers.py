"""Promises of invoices: their files are made, and then they go out."""

from __future__ import annotations

from dataclasses import dataclass

from booking.invoicing.files import keep_files, make_files
from booking.invoicing.sending.begin import set_out
from booking.kernel.database import unit_of_work
from booking.outbox.keepers import PromiseKeeper, read
from booking.outbox.models import Rank
from booking.outbox.promises import Leased
from booking.settings import Settings


@dataclass(frozen=True, slots=True)
class PromisedFiles:
    """The files of a document."""

    invoice_id: int


def _write(leased: Leased, settings: Settings) -> None:
    invoice_id = read(PromisedFiles, leased.about).invoice_id
    made = make_files(invoice_id)
    with unit_of_work():
        keep_files(made)
        set_out(invoice_id, made.payer_id, made.document, settings)


KEEPERS = (PromiseKeeper("invoice.files", _write, Rank.TODAY),)
