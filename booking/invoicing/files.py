"""A document as its files: paper and XML, made from the frozen value by the worker and kept as they went out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from flask_babel import force_locale
from sqlalchemy import bindparam, select

from booking.centre.facts import CentreFacts, the_centre
from booking.centre.wording import LOCALES, Wording
from booking.documents.looks import NOTHING_SEEN, look_of
from booking.invoicing.document import InvoiceDocument
from booking.invoicing.frozen import from_kept
from booking.invoicing.models import FileKind, Invoice, InvoiceFile
from booking.invoicing.paper import invoice_pdf
from booking.kernel.database import db, unit_of_work
from booking.kernel.prepared import ReadyStatement
from booking.kernel.writing import write


@dataclass(frozen=True, slots=True)
class MadeFiles:
    """A document's files, not kept yet, and the document that they are made from."""

    invoice_id: int
    payer_id: int
    document: InvoiceDocument
    files: Mapping[FileKind, bytes]


def write_files(invoice_id: int) -> None:
    """Make the files of a document and keep them; done twice is done once. Not inside a unit of work."""
    made = make_files(invoice_id)
    with unit_of_work():
        keep_files(made)


def make_files(invoice_id: int) -> MadeFiles:
    """The files of a document. Not inside a unit of work: type is set."""
    ((payer_id, kept),) = _MADE_FROM.rows({"invoice": invoice_id})
    document, centre = from_kept(kept), the_centre()
    files = {FileKind.PDF: _paper(document, centre), FileKind.XML: _electronic(document)}
    there = {kind: content for kind, content in files.items() if content is not None}
    return MadeFiles(invoice_id, payer_id, document, there)


def keep_files(made: MadeFiles) -> None:
    """Keep them unless they are; inside a unit of work."""
    rows = [
        {
            "key": f"{made.invoice_id}:{kind}", "invoice_id": made.invoice_id, "kind": kind, "content": content,
            "digest": sha256(content).hexdigest(),
        }
        for kind, content in made.files.items()
    ]  # fmt: skip
    write(InvoiceFile, rows, once="key")


_MADE_FROM = ReadyStatement(select(Invoice.payer_id, Invoice.document).where(Invoice.id == bindparam("invoice")))


def file_of(invoice_id: int, kind: FileKind) -> bytes | None:
    """A file as it was made; None as long as it is not, or where there is none."""
    of_kind = (InvoiceFile.invoice_id == invoice_id) & (InvoiceFile.kind == kind)
    return db.session.scalar(select(InvoiceFile.content).where(of_kind))


def _paper(document: InvoiceDocument, centre: CentreFacts) -> bytes:
    with force_locale(LOCALES[document.lang]):
        write = Wording.of(document.lang, centre)
        return invoice_pdf(document, look_of(centre, NOTHING_SEEN, write), write)


def _electronic(document: InvoiceDocument) -> bytes | None:
    """None where a payer's system would refuse it: such a payer gets paper."""
    from booking.invoicing.ubl import NotElectronic, ubl  # the worker writes; web processes, which are here too, read

    try:
        return ubl(document)
    except NotElectronic:
        return None
