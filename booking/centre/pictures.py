"""The centre's logo: a small PNG, or an SVG that draws and does nothing else."""

from __future__ import annotations

import hashlib
import struct
import zlib
from enum import StrEnum
from xml.etree import ElementTree

from sqlalchemy import delete, insert, select, update

from booking.centre.models import Centre, Logo
from booking.kernel.database import db
from booking.kernel.refusals import Refusal
from booking.records.audit import note

LARGEST = 100 * 1024
WIDEST = 2000
SVG, PNG = "image/svg+xml", "image/png"
_DRAWS = frozenset(
    {
        "svg", "g", "defs", "title", "desc", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text",
        "tspan", "use", "symbol", "clipPath", "mask", "linearGradient", "radialGradient", "stop", "pattern", "style",
    }
)  # fmt: skip
_SPACE = "{http://www.w3.org/2000/svg}"


class PictureFault(StrEnum):
    """What is wrong with a picture."""

    TOO_LARGE = "too_large"
    NEITHER = "neither"
    BROKEN = "broken"
    UNSAFE = "unsafe"
    UNDRAWABLE = "undrawable"


class PictureRefused(Refusal):
    """The file cannot be the logo."""

    def __init__(self, fault: PictureFault) -> None:
        super().__init__(fault)
        self.fault = fault


def checked(content: bytes) -> str:
    """The media type of a picture that is safe to show. Raises PictureRefused."""
    if len(content) > LARGEST:
        raise PictureRefused(PictureFault.TOO_LARGE)
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        _check_png(content)
        return PNG
    if b"<svg" in content[:2000]:
        _check_svg(content)
        return SVG
    raise PictureRefused(PictureFault.NEITHER)


def keep_logo(content: bytes, actor: str) -> None:
    """Make this the centre's logo; call inside a unit of work. Raises PictureRefused."""
    kind = checked(content)
    name = hashlib.sha256(content).hexdigest()[:16] + (".svg" if kind == SVG else ".png")
    _replace(name, actor)
    db.session.execute(insert(Logo).values(name=name, kind=kind, content=content))


def drop_logo(actor: str) -> None:
    """Go back to the drawn mark; call inside a unit of work."""
    _replace("", actor)


def logo(name: str) -> tuple[bytes, str] | None:
    """The picture of this name and its media type."""
    row = db.session.execute(select(Logo.content, Logo.kind).where(Logo.name == name)).first()
    return (row[0], row[1]) if row else None


def _replace(name: str, actor: str) -> None:
    before = db.session.scalar(select(Centre.logo).limit(1))
    db.session.execute(delete(Logo))
    db.session.execute(update(Centre).values(logo=name))
    note(actor, "centre.logo", "centre:1", {"logo": before}, {"logo": name})


def _check_png(content: bytes) -> None:
    """Walk the chunks (PNG specification, section 5): lengths and sums right, header first, end last, no giant."""
    place = 8
    kinds: list[bytes] = []
    while place + 12 <= len(content):
        length, kind = struct.unpack(">I4s", content[place : place + 8])
        body = content[place + 8 : place + 8 + length]
        if place + 12 + length > len(content):
            raise PictureRefused(PictureFault.BROKEN)
        (checksum,) = struct.unpack(">I", content[place + 8 + length : place + 12 + length])
        if zlib.crc32(kind + body) != checksum:
            raise PictureRefused(PictureFault.BROKEN)
        if not kinds:
            if kind != b"IHDR" or length != 13:
                raise PictureRefused(PictureFault.BROKEN)
            wide, high = struct.unpack(">II", body[:8])
            if not (0 < wide <= WIDEST and 0 < high <= WIDEST):
                raise PictureRefused(PictureFault.TOO_LARGE)
        kinds.append(kind)
        place += 12 + length
    if place != len(content) or not kinds or kinds[-1] != b"IEND" or b"IDAT" not in kinds:
        raise PictureRefused(PictureFault.BROKEN)


def _check_svg(content: bytes) -> None:
    """Only elements that draw, no document type, no script, nothing fetched from elsewhere."""
    if b"<!" in content.replace(b"<!--", b"") or b"\x00" in content:
        raise PictureRefused(PictureFault.UNSAFE)
    try:
        root = ElementTree.fromstring(content)  # noqa: S314  (no document type, so no entities)
    except (ElementTree.ParseError, ValueError, LookupError):
        raise PictureRefused(PictureFault.BROKEN) from None
    if root.tag != _SPACE + "svg":
        raise PictureRefused(PictureFault.BROKEN)
    for element in root.iter():
        if not isinstance(element.tag, str) or element.tag.removeprefix(_SPACE) not in _DRAWS:
            raise PictureRefused(PictureFault.UNSAFE)
        if not element.tag.startswith(_SPACE) or not _is_quiet(element.text or ""):
            raise PictureRefused(PictureFault.UNSAFE)
        for name, value in element.attrib.items():
            bare = name.rsplit("}", 1)[-1].lower()
            if bare.startswith("on") or (bare == "href" and not value.startswith("#")) or not _is_quiet(value):
                raise PictureRefused(PictureFault.UNSAFE)


def _is_quiet(text: str) -> bool:
    """Whether a value asks for nothing from elsewhere."""
    small = text.lower().replace(" ", "")
    fetched = small.replace("url(#", "").replace("url('#", "").replace('url("#', "")
    return not any(word in fetched for word in ("url(", "@import", "javascript:", "expression(", "\\"))
