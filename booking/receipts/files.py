"""A receipt as PDF: set when somebody first wants it, and from then on the same bytes, whatever changes here."""

from __future__ import annotations

from hashlib import sha256

from flask_babel import force_locale
from sqlalchemy import bindparam, select

from booking.centre.facts import the_centre
from booking.centre.wording import LOCALES, Wording
from booking.documents.looks import NOTHING_SEEN, look_of
from booking.kernel.database import end_reading, unit_of_work
from booking.kernel.prepared import ReadyStatement
from booking.kernel.writing import write
from booking.receipts.document import Receipt
from booking.receipts.models import PaymentReceipt, ReceiptAddition, ReceiptFile
from booking.receipts.paper import AddedByBuyer, receipt_pdf
from booking.records.frozen import read_back

_CONTENT = ReadyStatement(select(ReceiptFile.content).where(ReceiptFile.key == bindparam("key")))
_MADE_FROM = ReadyStatement(
    select(
        PaymentReceipt.document, ReceiptAddition.version, ReceiptAddition.company, ReceiptAddition.reference,
        ReceiptAddition.added_at,
    )
    .outerjoin(
        ReceiptAddition,
        (ReceiptAddition.receipt_id == PaymentReceipt.id) & (ReceiptAddition.version == bindparam("version")),
    )
    .where(PaymentReceipt.id == bindparam("receipt"))
)  # fmt: skip


def file_of(receipt_id: int, version: int = 1) -> bytes:
    """A version of a receipt that is there, as it was first handed out; one statement once it was.

    Not inside a unit of work: type is set. Two who want it first at the same moment get the same. Raises LookupError.
    """
    key = f"{receipt_id}:{version}"
    content: bytes | None = _CONTENT.value({"key": key})
    if content is None:
        made = _make(receipt_id, version)
        with unit_of_work():
            row = {"key": key, "receipt_id": receipt_id, "content": made, "digest": sha256(made).hexdigest()}
            write(ReceiptFile, [row], once="key")
        content = _CONTENT.value({"key": key})
    end_reading()
    return bytes(content or b"")


def _make(receipt_id: int, version: int) -> bytes:
    row = _MADE_FROM.first({"receipt": receipt_id, "version": version})
    if row is None or (version != 1 and row[1] is None):
        raise LookupError(receipt_id)
    document, _version, company, reference, added_at = row
    receipt, centre = read_back(Receipt, document), the_centre()
    added = None if version == 1 else AddedByBuyer(version, company, reference, centre.local(added_at).date())
    with force_locale(LOCALES[receipt.lang]):
        wording = Wording.of(receipt.lang, centre)
        look = look_of(centre, NOTHING_SEEN, wording)
        end_reading()
        return receipt_pdf(receipt, added, look, wording)
