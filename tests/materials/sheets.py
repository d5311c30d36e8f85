"""Files as teachers are given them, and as they must not be: made here, a few hundred bytes each."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any

from PIL import Image

from booking.kernel.database import db, unit_of_work
from booking.materials.checking import CheckedFile
from booking.materials.keeping import columns_of, keep_file
from booking.materials.models import Material, MaterialKind, MaterialMoment
from booking.records import audited_rows

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
POWERPOINT = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"


def a_pdf(catalog: bytes = b"", packed: bytes = b"", predictor: int | None = None, further: bytes = b"") -> bytes:
    """A PDF with one empty page; `catalog` stands in its root, `packed` in a stream of objects.

    With a `predictor` of PNG its bytes say how they differ from those before them; `further` stands in its dictionary.
    """
    stream = b""
    if packed:
        parms = b"" if predictor is None else b"/DecodeParms<</Predictor %d/Columns 8>>" % (10 + predictor)
        squeezed = zlib.compress(packed if predictor is None else predicted(packed, predictor))
        stream = (
            b"4 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode%s%s/Length %d>>stream\n%s\nendstream endobj\n"
            % (
                parms,
                further,
                len(squeezed),
                squeezed,
            )
        )
    return (
        b"%%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R%s>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n%s"
        b"trailer<</Root 1 0 R>>\nstartxref\n0\n%%%%EOF\n"
    ) % (catalog, stream)


def predicted(packed: bytes, kind: int, width: int = 8) -> bytes:
    """In rows of so many bytes, each by what the one to its left, above, both or the nearest let expect (PNG: 9)."""
    packed += b" " * (-len(packed) % width)
    rows, before = bytearray(), bytes(width)
    for start in range(0, len(packed), width):
        row = packed[start : start + width]
        rows.append(kind)
        for place, value in enumerate(row):
            left = row[place - 1] if place else 0
            corner = before[place - 1] if place else 0
            above = before[place]
            nearest = min((left, above, corner), key=lambda near: abs(left + above - corner - near))
            rows.append((value - (0, left, above, (left + above) // 2, nearest)[kind]) % 256)
        before = row
    return bytes(rows)


def an_office_file(main_part: str = WORD, **parts: str) -> bytes:
    """A document of Word or PowerPoint; further parts by name, with _ for / and __ for a dot."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(
            "[Content_Types].xml", f'<Types><Override PartName="/main.xml" ContentType="{main_part}"/></Types>'
        )
        packed.writestr("main.xml", "<w/>")
        for name, written in parts.items():
            packed.writestr(name.replace("__", ".").replace("_", "/"), written)
    return file.getvalue()


def a_photo_with_place() -> bytes:
    """A JPEG that says where it was taken."""
    picture, exif = Image.new("RGB", (40, 30), "red"), Image.Exif()
    exif[0x010E] = "Kari's class"
    file = io.BytesIO()
    picture.save(file, "JPEG", exif=exif)
    return file.getvalue()


def a_material(activity_id: int, moment: MaterialMoment, title: str = "Worksheet", **columns: Any) -> int:  # noqa: ANN401
    """A PDF of a programme; with a `url` a link."""
    file = CheckedFile(MaterialKind.PDF, f"{title}.pdf", a_pdf())
    of_it: dict[str, object] = {"kind": MaterialKind.LINK} if "url" in columns else columns_of(file)
    values = {"activity_id": activity_id, "moment": moment, "title": {"en": title}, **of_it, **columns}
    with unit_of_work():
        material_id = audited_rows.add(Material, values, actor="command", what="material")
        if "url" not in columns:
            keep_file(material_id, file)
    db.session.rollback()
    return material_id
