"""Look at a file that somebody brought, as a process of its own: `looking.py < file > answer`, within limits.

The first line of the answer is JSON: what kind of file it is, or what is wrong with it. Pictures follow, written anew
without where and when they were taken; every other file is kept as it came, if it only shows and does nothing: no
program in it, nothing that it fetches or opens by itself, no other file inside, no password.
"""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from xml.parsers import expat

from PIL import Image, ImageCms, ImageOps

MOST_PIXELS = 50_000_000
SIDE = 3000  # pixels: sharp on a sheet of A4
MOST_PARTS = 4000
MOST_UNPACKED = 150_000_000  # bytes
LARGEST_PART_READ = 4_000_000

# What a PDF does beside being read (ISO 32000-1: 7.11.4, 12.5.6.23, 12.6.4, 12.7.8, 13).
DOES = frozenset(
    {
        b"JavaScript", b"JS", b"Launch", b"EmbeddedFile", b"EmbeddedFiles", b"RichMedia", b"XFA", b"SubmitForm",
        b"ImportData", b"GoToE",
    }
)  # fmt: skip
# How objects may be packed beside Flate; nobody does, and here nothing undoes them.
OTHER_FILTERS = frozenset(
    {
        b"LZWDecode", b"LZW", b"ASCIIHexDecode", b"AHx", b"ASCII85Decode", b"A85", b"RunLengthDecode", b"RL",
        b"CCITTFaxDecode", b"JBIG2Decode", b"DCTDecode", b"JPXDecode", b"Crypt",
    }
)  # fmt: skip
_ELSEWHERE = re.compile(rb"/(?:Filter|F|DecodeParms|DP)[\[\x00\t\n\f\r ]*\d+[\x00\t\n\f\r ]+\d+[\x00\t\n\f\r ]+R")
# What says how objects are packed.
PACKING = OTHER_FILTERS | {
    b"Filter", b"F", b"FlateDecode", b"Fl", b"DecodeParms", b"DP", b"Predictor", b"Columns", b"Colors",
    b"BitsPerComponent",
}  # fmt: skip
LONGEST_ROW = 8_000_000  # bits
# A number that ends where it seems to, and is not of another object: 12, and neither 12 0 R nor 12.5.
_NUMBER = re.compile(
    rb"[\x00\t\n\f\r ]+(\d{1,9})(?![^\x00\t\n\f\r ()<>\[\]{}/%])(?![\x00\t\n\f\r ]+\d+[\x00\t\n\f\r ]+R)"
)
_NAME = re.compile(rb"/((?:[^\x00\t\n\f\r ()<>\[\]{}/%#]|#[0-9A-Fa-f]{2})+)")
_STREAM = re.compile(rb"stream\r?\n")
_END = b"endstream"
_OBJECT = re.compile(rb"\d[\x00\t\n\f\r ]+obj")  # where another may begin: readers jump there from the table at the end
_OPENS = re.compile(rb"[(%]|<<|<")
_IN_STRING = re.compile(rb"\\.|[()]", re.DOTALL)
_IN_HEX = re.compile(rb"[0-9A-Fa-f\x00\t\n\f\r ]*>")
_IN_COMMENT = re.compile(rb"[^\r\n]*[\r\n]")
_BEGINS = re.compile(rb"obj|xref|trailer|<<")
_FIRST = re.compile(rb"/First[\x00\t\n\f\r ]+(\d+)\b(?![\x00\t\n\f\r ]+\d+[\x00\t\n\f\r ]+R)")

# The main part of an Office document by its content type (ECMA-376 part 1: 11.3.10, 13.3.6).
MAIN_PARTS = {
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    b"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml": "pptx",
    b"application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml": "pptx",
}
_DOES_IN_OFFICE = re.compile(rb"macroEnabled|vbaProject|activeX|oleObject", re.IGNORECASE)
# What may lie elsewhere, by the last word of its type: what a reader presses, and the template of whoever wrote it,
# which is fetched from nowhere when it is a path on a drive of their own.
PRESSED = frozenset({"hyperlink", "video"})
_ON_A_DRIVE = re.compile(r"file:///[A-Za-z]:")


class UnfitMaterial(Exception):
    """The file cannot be taken; the text is the fault by name."""


def main() -> None:
    """Read, look, answer."""
    written = b""
    try:
        kind, written = look(sys.stdin.buffer.read())
        head = {"kind": kind}
    except UnfitMaterial as unfit:
        head = {"fault": str(unfit)}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + written)


def look(content: bytes) -> tuple[str, bytes]:
    """The kind of file, and what is kept in place of what came, b"" for the same. Raises UnfitMaterial."""
    if b"%PDF-" in content[:1024]:
        look_at_pdf(content)
        return "pdf", b""
    if content.startswith(b"PK\x03\x04"):
        return look_at_office(content), b""
    if content.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        return written_anew(content)
    # Word and PowerPoint of before 2007, and documents with a password, begin with these.
    raise UnfitMaterial("old_office" if content.startswith(b"\xd0\xcf\x11\xe0") else "unknown")


def look_at_pdf(content: bytes) -> None:
    """Raises UnfitMaterial."""
    if b"%%EOF" not in content[-2048:] or b"startxref" not in content[-2048:]:
        raise UnfitMaterial("broken")
    for part in parts_of_pdf(content):
        names = {_plain(name) for name in _NAME.findall(part)}
        if b"Encrypt" in names:
            raise UnfitMaterial("locked")
        if names & DOES:
            raise UnfitMaterial("does")


def parts_of_pdf(content: bytes) -> Iterator[bytes]:
    """All that stands outside of streams, and the streams that hold objects, unpacked; without what is only text.

    Raises UnfitMaterial.
    """
    place, left = 0, MOST_UNPACKED
    while (begin := _STREAM.search(content, place)) is not None:
        head = content[place : begin.start()]
        told = without_text(head)
        yield told or head
        end = content.find(_END, begin.end())
        if end < 0:
            raise UnfitMaterial("broken")
        body = content[begin.end() : end]
        names = {_plain(name) for name in _NAME.findall(head)}
        if b"ObjStm" in names:
            for objects in _objects_of(body, told or head, left):
                left -= len(objects)
                yield without_text(objects, _beginnings(told, objects)) or objects
        if told is None or not told.rstrip(b"\0\t\n\f\r ").endswith(b">>") or _OBJECT.search(body):
            yield body  # it is no stream for certain, or objects stand in it as they are
        place = end + len(_END)
    tail = content[place:]
    yield without_text(tail) or tail


def without_text(part: bytes, beginnings: Sequence[int] | None = ()) -> bytes | None:
    """The part with its strings emptied, so that an address or a title is no name; None where that is not safe.

    A reader of PDF does not read from the front but jumps to where an object is said to begin. So nothing is text for
    certain once a string, a hexadecimal one or a comment does not end, or an object may begin in it. `beginnings` are
    where objects begin that have no word before them; None: nobody knows.
    """
    if beginnings is None:
        return None
    kept, place, begins = [], 0, iter([*sorted(beginnings), len(part)])
    following = next(begins)
    while (opened := _OPENS.search(part, place)) is not None:
        kept.append(part[place : opened.end()])
        start = place = opened.end()
        if opened[0] == b"<<":
            continue
        end = _end_of_text(part, opened[0], start)
        if end is None or _BEGINS.search(part, start, end):
            return None
        while following < start:
            following = next(begins, len(part) + 1)
        if following < end:
            return None
        kept.append(b")" if opened[0] == b"(" else part[start:end])
        place = end
    return b"".join([*kept, part[place:]])


def _end_of_text(part: bytes, opened: bytes, start: int) -> int | None:
    """Where a string, a hexadecimal string or a comment has ended that begins before `start`."""
    if opened != b"(":
        ended = (_IN_HEX if opened == b"<" else _IN_COMMENT).match(part, start)
        return None if ended is None else ended.end()
    depth = 1
    for mark in _IN_STRING.finditer(part, start):
        depth += {b"(": 1, b")": -1}.get(mark[0], 0)
        if not depth:
            return mark.end()
    return None


def _beginnings(head: bytes | None, objects: bytes) -> list[int] | None:
    """Where the objects of a stream begin, by its dictionary and first line; None where they do not say so plainly."""
    dictionary = b"#" if head is None else head[head.rfind(b"obj") + 1 :]
    told = _FIRST.findall(dictionary)
    if len(told) != 1 or b"#" in dictionary or b"%" in dictionary or len(told[0]) > 9:
        return None
    first = int(told[0])
    numbers = objects[:first].split()
    if not all(number.isdigit() and len(number) <= 9 for number in numbers):
        return None
    return [first + int(number) for number in numbers[1::2]]


def _objects_of(body: bytes, head: bytes, left: int) -> list[bytes]:
    """The objects of a stream in each way that they may be read.

    Raises UnfitMaterial for a way to pack them that nobody here undoes.
    """
    written = _NAME.findall(head)
    names = [_plain(name) for name in written]
    if b"Filter" not in names:
        return [body]
    if any(name != plain and plain in PACKING for name, plain in zip(written, names, strict=True)):
        raise UnfitMaterial("too_hard")  # nobody escapes these but to hide what they say
    is_twice = names.count(b"FlateDecode") + names.count(b"Fl") > 1
    if is_twice or not OTHER_FILTERS.isdisjoint(names) or _ELSEWHERE.search(head):
        raise UnfitMaterial("too_hard")
    objects = _unpacked(body, left)
    if b"Predictor" not in names:
        return [objects]
    told = [_numbers(name, head) for name in (b"Predictor", b"Columns", b"Colors", b"BitsPerComponent")]
    if not told[0] or any(len(values) > 1 for values in told):
        raise UnfitMaterial("too_hard")  # twice: which of them holds is the reader's to say
    predictor, columns, colors, bits = (
        values[0] if values else usual for values, usual in zip(told, (1, 1, 1, 8), strict=True)
    )
    if predictor == 1:
        return [objects]
    if predictor < 10 or not 0 < columns * colors * bits <= LONGEST_ROW:
        raise UnfitMaterial("too_hard")  # 2 is for pictures: nobody packs objects so
    # As they came, too: whether what says so is of this stream, and of its only filter, is the reader's to say.
    return [objects, _unpredicted(objects, -(-columns * colors * bits // 8), max(1, colors * bits // 8))]


def _numbers(name: bytes, head: bytes) -> list[int]:
    """What a dictionary says under this name, each time that it does; -1 for what is no plain number."""
    places = re.finditer(rb"/" + name + rb"(?![^\x00\t\n\f\r ()<>\[\]{}/%])", head)
    numbers = [_NUMBER.match(head, place.end()) for place in places]
    return [-1 if number is None else int(number[1]) for number in numbers]


def _unpredicted(rows: bytes, width: int, step: int) -> bytes:
    """Rows of PNG's predictors as they were (ISO 32000-1: 7.4.4.4; PNG: 9). Raises UnfitMaterial."""
    before, whole = bytearray(width), bytearray()
    for start in range(0, len(rows), width + 1):
        kind, row = rows[start], bytearray(rows[start + 1 : start + 1 + width])
        if kind > 4:
            raise UnfitMaterial("broken")
        for place, value in enumerate(row if kind else b""):
            left = row[place - step] if place >= step else 0
            corner = before[place - step] if place >= step else 0
            above = before[place]
            guess = (0, left, above, (left + above) // 2, _paeth(left, above, corner))[kind]
            row[place] = (value + guess) & 255
        whole += row
        before[: len(row)] = row
    return bytes(whole)


def _paeth(left: int, above: int, corner: int) -> int:
    """Which of the three is nearest to what they let one expect."""
    far = (abs(above - corner), abs(left - corner), abs(left + above - 2 * corner))
    return left if far[0] <= far[1] and far[0] <= far[2] else above if far[1] <= far[2] else corner


def _plain(name: bytes) -> bytes:
    """A name without its escapes: J#61vaScript is JavaScript."""
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda escape: bytes([int(escape[1], 16)]), name)


def _unpacked(packed: bytes, most: int) -> bytes:
    unpacking = zlib.decompressobj()
    try:
        objects = unpacking.decompress(packed, max(1, most))
    except zlib.error:
        raise UnfitMaterial("broken") from None
    if len(objects) >= most:
        raise UnfitMaterial("too_hard")
    if not unpacking.eof:
        raise UnfitMaterial("broken")  # it goes on behind what only seems to be its end
    return objects


def look_at_office(content: bytes) -> str:
    """What kind of document it is. Raises UnfitMaterial."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise UnfitMaterial("too_hard")
            if any(part.flag_bits & 1 for part in parts):
                raise UnfitMaterial("locked")
            kind = _kind_of(packed)
            _look_at_parts(packed, parts)
            if packed.testzip() is not None:
                raise UnfitMaterial("broken")
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, KeyError):
        raise UnfitMaterial("broken") from None
    return kind


def _kind_of(packed: zipfile.ZipFile) -> str:
    if "[Content_Types].xml" not in packed.namelist():
        raise UnfitMaterial("unknown")
    types = _part(packed, "[Content_Types].xml")
    if _DOES_IN_OFFICE.search(types):
        raise UnfitMaterial("does")
    for main_part, kind in MAIN_PARTS.items():
        if main_part in types:
            return kind
    raise UnfitMaterial("unknown")


def _look_at_parts(packed: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """Nothing that runs, and nothing fetched but what a reader presses: a link, or a film by its address."""
    for part in parts:
        if _DOES_IN_OFFICE.search(part.filename.encode()):
            raise UnfitMaterial("does")
        if part.filename.lower().endswith(".rels"):
            _look_at_relations(_part(packed, part.filename))


def _look_at_relations(written: bytes) -> None:
    """Raises UnfitMaterial where a document fetches something from elsewhere by itself."""

    def begins(element: str, attributes: dict[str, str]) -> None:
        if element.rpartition(" ")[2] != "Relationship":
            return
        what = attributes.get("Type", "").rpartition("/")[2]
        is_at_home = what == "attachedTemplate" and _ON_A_DRIVE.match(attributes.get("Target", ""))
        if attributes.get("TargetMode", "Internal") != "Internal" and what not in PRESSED and not is_at_home:
            raise UnfitMaterial("does")

    def declares(*_declared: object) -> None:
        raise UnfitMaterial("does")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.StartDoctypeDeclHandler = begins, declares
    try:
        parser.Parse(written, True)
    except expat.ExpatError:
        raise UnfitMaterial("broken") from None


def _part(packed: zipfile.ZipFile, name: str) -> bytes:
    with packed.open(name) as part:
        content = part.read(LARGEST_PART_READ + 1)
    if len(content) > LARGEST_PART_READ:
        raise UnfitMaterial("too_hard")
    return content


def written_anew(content: bytes) -> tuple[str, bytes]:
    """A picture as it is to be seen, without metadata. Raises UnfitMaterial."""
    try:
        picture: Image.Image = Image.open(io.BytesIO(content), formats=("PNG", "JPEG"))
        encoding = picture.format
        if picture.width * picture.height > MOST_PIXELS:
            raise UnfitMaterial("too_many_pixels")
        picture.load()
        profile = picture.info.get("icc_profile")
        picture = ImageOps.exif_transpose(picture)
        if picture.mode.startswith("I"):  # sixteen bits a pixel
            picture = picture.point(lambda value: value * (1 / 256)).convert("L")
        if picture.mode in ("P", "1", "PA"):
            picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
        picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
        kind = "png" if encoding == "PNG" else "jpg"
        seen_through = picture.convert("RGBA").getchannel("A") if picture.has_transparency_data else None
        clean = Image.new("RGB", picture.size)
        clean.paste(_in_srgb(picture, profile))
        if kind == "png" and seen_through is not None:
            clean.putalpha(seen_through)
        file = io.BytesIO()
        clean.save(file, "PNG", optimize=True) if kind == "png" else clean.save(file, "JPEG", quality=88)
    except UnfitMaterial:
        raise
    except (Image.DecompressionBombError, MemoryError):
        raise UnfitMaterial("too_many_pixels") from None
    except Exception:
        raise UnfitMaterial("broken") from None
    return kind, file.getvalue()


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """In the colours that every screen knows, as `cutting.py` does it; a profile that does not fit is as none."""
    opaque = {"RGBA": "RGB", "LA": "L"}.get(picture.mode)
    picture = picture if opaque is None else picture.convert(opaque)
    if profile:
        try:
            source, screen = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(picture, source, screen, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None
        if converted is not None:
            return converted
    return picture.convert("RGB")


if __name__ == "__main__":
    main()
