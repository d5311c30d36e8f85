"""What a bank's app may fill in from a code on an invoice: a SEPA credit transfer in euro, with its RF reference.

EPC069-12 knows no other currency, and Norway has no code of its own: there is none on an invoice in kroner.
"""

from __future__ import annotations

from booking.documents.qr import Transfer
from booking.invoicing.document import InvoiceDocument
from booking.invoicing.kid import is_rf

LONGEST_NAME = 70
LONGEST_IBAN = 34
MOST = 99_999_999_999
BIC_LENGTHS = (8, 11)
MOST_BYTES = 331  # of the whole code; what stands beside the name takes 131 at most


def transfer_of(document: InvoiceDocument, left: int) -> Transfer | None:
    """The transfer that pays what is left, in minor units; None where there is no such code."""
    if document.currency != "EUR" or not 0 < left <= MOST or not is_rf(document.kid):
        return None
    seller = document.seller
    iban, bic = "".join(seller.account.split()), "".join(seller.bic.split())
    name = _cut(" ".join(seller.name.split()))
    if not name or not 15 <= len(iban) <= LONGEST_IBAN:
        return None
    return Transfer(name, iban, bic if len(bic) in BIC_LENGTHS else "", left, document.kid)


def _cut(name: str) -> str:
    """As much of a name as the code holds: so many characters, and of UTF-8 so many bytes."""
    return name[:LONGEST_NAME].encode()[: MOST_BYTES - 131].decode(errors="ignore").strip()
