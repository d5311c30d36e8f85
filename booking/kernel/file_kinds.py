"""What a file that somebody brings is by its first bytes, whatever its name says: to tell people what they chose."""

from __future__ import annotations

import re
from enum import StrEnum

_LOOKED_AT = 65_536
_HEADING = "automatic_payout_id"
_BANK = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.05[0-9]")


class ContentKind(StrEnum):
    """What was chosen."""

    PICTURE = "picture"
    PDF = "pdf"
    WORKBOOK = "workbook"
    ARCHIVE = "archive"
    BANK = "bank"  # a message of a bank about an account
    PAYOUTS = "payouts"  # the provider's
    TEXT = "text"
    BINARY = "binary"


_BEGINS: tuple[tuple[bytes, ContentKind], ...] = (
    (b"\x89PNG", ContentKind.PICTURE),
    (b"\xff\xd8\xff", ContentKind.PICTURE),
    (b"GIF8", ContentKind.PICTURE),
    (b"BM", ContentKind.PICTURE),
    (b"II*\x00", ContentKind.PICTURE),
    (b"MM\x00*", ContentKind.PICTURE),
    (b"%PDF-", ContentKind.PDF),
    (b"\xd0\xcf\x11\xe0", ContentKind.WORKBOOK),
    (b"PK\x05\x06", ContentKind.ARCHIVE),
    (b"\x1f\x8b", ContentKind.ARCHIVE),
    (b"Rar!", ContentKind.ARCHIVE),
    (b"7z\xbc\xaf", ContentKind.ARCHIVE),
)
_PACKED_TEXT = (b"BM",)  # may begin words too


def kind_of(content: bytes) -> ContentKind:
    """What it is; TEXT for all text that we know nothing else of."""
    head = content[:_LOOKED_AT]
    if head.startswith(b"PK\x03\x04"):
        is_workbook = b"xl/" in head or b"opendocument.spreadsheet" in head
        return ContentKind.WORKBOOK if is_workbook else ContentKind.ARCHIVE
    if head[4:12] in (b"ftypheic", b"ftypavif") or (head.startswith(b"RIFF") and head[8:12] == b"WEBP"):
        return ContentKind.PICTURE
    for begins, kind in _BEGINS:
        if head.startswith(begins) and (begins not in _PACKED_TEXT or b"\x00" in head):
            return kind
    text = _text(head)
    if text is None:
        return ContentKind.BINARY
    if _BANK.search(text):
        return ContentKind.BANK
    return ContentKind.PAYOUTS if _HEADING in text.partition("\n")[0] else ContentKind.TEXT


def _text(head: bytes) -> str | None:
    """What it says, letters that cannot be read left out; None for what is no text."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace")
    return None if b"\x00" in head else head.decode("utf-8", "replace")
