"""XML that somebody brings, taken apart piece by piece, with nothing in it that a parser would follow or blow up.

The parser is Python's own (expat). What makes XML dangerous stands in a document type, and that can only stand before
the first element: so it is looked for there, on the decoded text, before a parser sees a letter. The parser is told
that it reads UTF-8, whatever the file says of itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from booking.kernel.file_kinds import ContentKind, kind_of
from booking.kernel.refusals import Refusal

LARGEST = 20_000_000  # bytes: some 15,000 payments as banks write them
MOST_TAGS = 2_000_000  # each second becomes a thing in memory; real files have a tag for every twenty bytes
ELSEWHERE = "?"  # the place of a child of the root that nobody has named
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


def events_of(content: bytes, places: Iterable[str]) -> Iterator[tuple[str, str, Element]]:
    """Where an element stands, "start" or "end", and the element, of which all is there at its end.

    Of the root (its place is "") and of what stands at `places`: paths of names below it, in its namespace, like
    "Message/Entry"; also on the way there, and of any other child of the root (ELSEWHERE). All other elements are only
    parts of these. Who has read one clears it.

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
    outline = _Outline(tuple(places))
    for start in range(0, len(text), _PIECE):
        yield from outline.feed(text[start : start + _PIECE])
    yield from outline.feed("", is_last=True)


class _Place(dict[str, "_Place"]):
    """A place by its path, with those below it by the names of their elements; all others below it are `other`."""

    def __init__(self, path: str, other: _Place | None = None) -> None:
        super().__init__()
        self.path, self.other = path, self if other is None else other


_NOWHERE = _Place("nowhere")


class _Outline:
    """Builds elements, and notes where those begin and end that stand at certain places.

    Python's own pull parser notes all of them, twice. A payment has thirty, of which one is wanted: noting the others
    took most of the time for a file.
    """

    def __init__(self, places: tuple[str, ...]) -> None:
        self._noted: list[tuple[str, str, Element]] = []
        self._parser = expat.ParserCreate(namespace_separator="}")
        self._begin(places)

    def feed(self, text: str, *, is_last: bool = False) -> Iterator[tuple[str, str, Element]]:
        """What is noted in the next piece of the text. Raises NotXml, after what was noted before that."""
        wrong = None
        try:
            self._parser.Parse(text, is_last)
        except expat.ExpatError as error:
            wrong = NotXml(error.lineno)
        yield from self._noted
        self._noted.clear()
        if wrong is not None:
            raise wrong

    def _begin(self, places: tuple[str, ...]) -> None:
        """Tell the parser what to call. Both are called for each element: what they need is at hand by its name."""
        builder: TreeBuilder = TreeBuilder()
        start, end, note = builder.start, builder.end, self._noted.append
        tags: dict[str, str] = {}  # as ElementTree writes a name: {namespace}name
        inside: list[_Place] = []

        def begins(name: str, attributes: dict[str, str]) -> None:
            tag = tags.get(name)
            if tag is None:
                tags[name] = tag = f"{{{name}" if "}" in name else name
            element = start(tag, attributes)
            if inside:
                here = inside[-1]
                place = here.get(name, here.other)
            else:
                place = _root(places, name)
            inside.append(place)
            if place is not _NOWHERE:
                note((place.path, "start", element))

        def ends(name: str) -> None:
            element, place = end(tags[name]), inside.pop()
            if place is not _NOWHERE:
                note((place.path, "end", element))

        self._parser.StartElementHandler, self._parser.EndElementHandler = begins, ends
        self._parser.CharacterDataHandler = builder.data


def _root(places: tuple[str, ...], name: str) -> _Place:
    """The place of an element of this name, which is the first of all, with all others below it."""
    namespace = name[: name.rfind("}") + 1]
    root = _Place("", _Place(ELSEWHERE, _NOWHERE))
    for path in places:
        place = root
        for step in path.split("/"):
            place = place.setdefault(namespace + step, _Place(f"{place.path}/{step}".lstrip("/"), _NOWHERE))
    return root


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
