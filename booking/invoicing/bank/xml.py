"""XML that somebody brings, taken apart piece by piece, with nothing in it that a parser would follow or blow up.

The parser is Python's own (expat). What makes XML dangerous stands in a document type, and that can only stand before
the first element: so it is looked for there, on the decoded text, before a parser sees a letter. The parser is told
that it reads UTF-8, whatever the file says of itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

from booking.kernel.file_kinds import ContentKind, kind_of
from booking.kernel.refusals import Refusal

LARGEST = 20_000_000  # bytes: some 15,000 payments as banks write them
MOST_TAGS = 2_000_000  # each second becomes a thing in memory; real files have a tag for every twenty bytes
_PIECE = 500_000  # letters handed over at once: what one long token is looked through again for
_ENCODINGS = {"utf-8": "utf-8", "us-ascii": "ascii", "iso-8859-1": "latin-1", "windows-1252": "cp1252"}
_DECLARED = re.compile(rb"""<\?xml\s[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_BEFORE = re.compile(r"[ \t\r\n]+|<\?.*?\?>|<!--.*?-->", re.DOTALL)


class BankFileRefused(Refusal):
    """The file cannot be taken, and nothing of it is."""


class BankFileTooLarge(BankFileRefused):
    """More than LARGEST bytes or MOST_TAGS tags."""


class NotXml(BankFileRefused):
    """No XML, or not the whole of it; `line` is where reading stopped, 0 when it never began."""

    def __init__(self, line: int = 0) -> None:
        super().__init__(line)
        self.line = line


class NoBankFile(BankFileRefused):
    """It is something else that somebody chose; `kind` says what."""

    def __init__(self, kind: ContentKind) -> None:
        super().__init__(kind)
        self.kind = kind


class DocumentTypeThere(BankFileRefused):
    """The file declares a document type, which no bank does: with it come entities and other people's files."""


def events_of(content: bytes) -> Iterator[tuple[str, Element]]:
    """Each element at its "start" and at its "end", when all of it is there; who has read one clears it.

    Raises NoBankFile, BankFileTooLarge, NotXml, DocumentTypeThere; NotXml also after elements have been handed out.
    """
    kind = kind_of(content)
    if kind not in (ContentKind.BANK, ContentKind.TEXT):
        raise NoBankFile(kind)
    if len(content) > LARGEST:
        raise BankFileTooLarge
    text = _decoded(content)
    if text.count("<") > MOST_TAGS:
        raise BankFileTooLarge
    _refuse_document_type(text)
    parser: XMLPullParser[Element] = XMLPullParser(events=("start", "end"))
    try:
        for start in range(0, len(text), _PIECE):
            parser.feed(text[start : start + _PIECE])
            yield from cast("Iterator[tuple[str, Element]]", parser.read_events())
        parser.close()
    except ParseError as wrong:
        raise NotXml(wrong.position[0]) from None


def _decoded(content: bytes) -> str:
    """The text by its mark of bytes or by what it declares; UTF-8 when it does neither, as ISO 20022 has it."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        declared = _DECLARED.match(content.removeprefix(b"\xef\xbb\xbf"))
        encoding = _ENCODINGS.get(declared[1].decode().lower(), "") if declared else "utf-8"
    if not encoding:
        raise NotXml
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as wrong:
        is_xml = content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"<", b"\xff\xfe", b"\xfe\xff"))
        raise NotXml(content.count(b"\n", 0, wrong.start) + 1 if is_xml else 0) from None


def _refuse_document_type(text: str) -> None:
    """Look at what stands before the first element."""
    place = 0
    while between := _BEFORE.match(text, place):
        place = between.end()
    if text.startswith("<!DOCTYPE", place):
        raise DocumentTypeThere
    if not re.match(r"<[^!?\s<>]", text[place : place + 2]):
        raise NotXml
