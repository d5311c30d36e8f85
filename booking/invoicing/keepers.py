"""Promises of invoices: their files are made, and then they go out."""

from __future__ import annotations

from dataclasses import dataclass

from booking.invoicing.files import write_files
from booking.invoicing.sending.begin import begin_sending
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
    write_files(invoice_id)
    begin_sending(invoice_id, settings)


KEEPERS = (PromiseKeeper("invoice.files", _write, Rank.TODAY),)
