"""A document as it is kept: plain JSON that says everything, read back to the same value, with its SHA-256."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from booking.invoicing.document import InvoiceDocument
from booking.records.frozen import as_kept, digest_of, read_back

__all__ = ["as_kept", "digest_of", "from_kept"]


def from_kept(kept: Mapping[str, Any]) -> InvoiceDocument:
    """The document that was kept; the same value as it was issued with."""
    return read_back(InvoiceDocument, kept)
