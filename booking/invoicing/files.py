"""A document as its files: paper and XML, made from the frozen value by the worker and kept as they went out."""

from __future__ import annotations

from hashlib import sha256

from flask_babel import force_locale
from sqlalchemy import select

from booking.centre.facts import the_centre
from booking.centre.wording import LOCALES, Wording
from booking.invoicing.document import InvoiceDocument
from booking.invoicing.frozen import from_kept
from booking.invoicing.models import FileKind, Invoice, InvoiceFile
from booking.invoicing.paper import invoice_pdf
from booking.kernel.database import db, insert_once, unit_of_work


def write_files(invoice_id: int) -> None:
    """Make the files of a document and keep them; done twice is done once. Not inside a unit of work."""
    document = from_kept(db.session.scalars(select(Invoice.document).where(Invoice.id == invoice_id)).one())
    made = {FileKind.PDF: _paper(document), FileKind.XML: _electronic(document)}
    with unit_of_work():
        for kind, content in made.items():
            if content is not None:
                values = {
                    "key": f"{invoice_id}:{kind}", "invoice_id": invoice_id, "kind": kind, "content": content,
                    "digest": sha256(content).hexdigest(),
                }  # fmt: skip
                insert_once(InvoiceFile, "key", values)


def file_of(invoice_id: int, kind: FileKind) -> bytes | None:
    """A file as it was made; None as long as it is not, or where there is none."""
    of_kind = (InvoiceFile.invoice_id == invoice_id) & (InvoiceFile.kind == kind)
    return db.session.scalar(select(InvoiceFile.content).where(of_kind))


def _paper(document: InvoiceDocument) -> bytes:
    centre = the_centre()
    with force_locale(LOCALES[document.lang]):
        return invoice_pdf(document, centre.brand, Wording.of(document.lang, centre))


def _electronic(document: InvoiceDocument) -> bytes | None:
    """None where a payer's system would refuse it: such a payer gets paper."""
    from booking.invoicing.ubl import NotElectronic, ubl  # the worker writes; web processes, which are here too, read

    try:
        return ubl(document)
    except NotElectronic:
        return None
