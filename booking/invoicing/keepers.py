"""Promises of invoices: their files are made."""

from __future__ import annotations

from dataclasses import dataclass

from booking.invoicing.files import write_files
from booking.outbox.keepers import PromiseKeeper, read
from booking.outbox.promises import Leased
from booking.settings import Settings


@dataclass(frozen=True, slots=True)
class PromisedFiles:
    """The files of a document."""

    invoice_id: int


def _write(leased: Leased, _settings: Settings) -> None:
    write_files(read(PromisedFiles, leased.about).invoice_id)


KEEPERS = (PromiseKeeper("invoice.files", _write),)
