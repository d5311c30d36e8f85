"""The journal as an Excel file, written by hand: no time stamps in it, neither in its parts nor around them.

Sums are numbers, all else is text, so that no cell can be a formula and no KID loses its noughts (ECMA-376 part 1).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

from booking.books.exports.rows import ExportRow
from booking.books.exports.table import HEADINGS, MONEY, cells_of

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
    '<sheet name="Journal" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts><fills count="2">'
    '<fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/>'
    '<xf numFmtId="4" applyNumberFormat="1"/><xf numFmtId="49" applyNumberFormat="1" quotePrefix="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>",
}
_NUMBER, _TEXT = 1, 2  # places among the cellXfs above
_FIRST = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say


def write_xlsx(rows: Sequence[ExportRow]) -> bytes:
    """The file."""
    table = [dict(zip(HEADINGS, HEADINGS, strict=True)), *(cells_of(row) for row in rows)]
    lines = "".join(_line(number, cells) for number, cells in enumerate(table, 1))
    return packed(
        {**PARTS, "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{lines}</sheetData></worksheet>'}
    )


def packed(parts: dict[str, str]) -> bytes:
    """The parts as one package, in their order and of no time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            about = zipfile.ZipInfo(name, _FIRST)
            about.compress_type, about.create_system, about.external_attr = zipfile.ZIP_DEFLATED, 3, 0o600 << 16
            package.writestr(about, _HEAD + part)
    return out.getvalue()


def _line(number: int, cells: dict[str, str]) -> str:
    return f'<row r="{number}">' + "".join(
        _cell(f"{chr(65 + place)}{number}", cells[name], is_sum=name in MONEY and number > 1)
        for place, name in enumerate(HEADINGS)
        if cells[name]
    ) + "</row>"  # fmt: skip


def _cell(at: str, text: str, *, is_sum: bool) -> str:
    if is_sum:
        return f'<c r="{at}" s="{_NUMBER}"><v>{text}</v></c>'
    return f'<c r="{at}" s="{_TEXT}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
