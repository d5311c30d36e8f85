"""What may be a logo: a small PNG, or an SVG that draws and does nothing else. It is kept and shown as it came."""

from __future__ import annotations

import struct
import zlib
from enum import StrEnum
from xml.etree import ElementTree

from booking.kernel.refusals import Refusal

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


class LogoFault(StrEnum):
    """What is wrong with a logo."""

    TOO_LARGE = "too_large"
    NEITHER = "neither"
    BROKEN = "broken"
    UNSAFE = "unsafe"
    UNDRAWABLE = "undrawable"


class LogoRefused(Refusal):
    """The file cannot be the logo."""

    def __init__(self, fault: LogoFault) -> None:
        super().__init__(fault)
        self.fault = fault


def checked_logo(content: bytes) -> str:
    """The media type of a logo that is safe to show. Raises LogoRefused."""
    if len(content) > LARGEST:
        raise LogoRefused(LogoFault.TOO_LARGE)
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        _check_png(content)
        return PNG
    if b"<svg" in content[:2000]:
        _check_svg(content)
        return SVG
    raise LogoRefused(LogoFault.NEITHER)


def _check_png(content: bytes) -> None:
    """Walk the chunks (PNG specification, section 5): lengths and sums right, header first, end last, no giant."""
    place = 8
    kinds: list[bytes] = []
    while place + 12 <= len(content):
        length, kind = struct.unpack(">I4s", content[place : place + 8])
        body = content[place + 8 : place + 8 + length]
        if place + 12 + length > len(content):
            raise LogoRefused(LogoFault.BROKEN)
        (checksum,) = struct.unpack(">I", content[place + 8 + length : place + 12 + length])
        if zlib.crc32(kind + body) != checksum:
            raise LogoRefused(LogoFault.BROKEN)
        if not kinds:
            if kind != b"IHDR" or length != 13:
                raise LogoRefused(LogoFault.BROKEN)
            wide, high = struct.unpack(">II", body[:8])
            if not (0 < wide <= WIDEST and 0 < high <= WIDEST):
                raise LogoRefused(LogoFault.TOO_LARGE)
        kinds.append(kind)
        place += 12 + length
    if place != len(content) or not kinds or kinds[-1] != b"IEND" or b"IDAT" not in kinds:
        raise LogoRefused(LogoFault.BROKEN)


def _check_svg(content: bytes) -> None:
    """Only elements that draw, no document type, no script, nothing fetched from elsewhere."""
    if b"<!" in content.replace(b"<!--", b"") or b"\x00" in content:
        raise LogoRefused(LogoFault.UNSAFE)
    try:
        root = ElementTree.fromstring(content)  # noqa: S314  (no document type, so no entities)
    except (ElementTree.ParseError, ValueError, LookupError):
        raise LogoRefused(LogoFault.BROKEN) from None
    if root.tag != _SPACE + "svg":
        raise LogoRefused(LogoFault.BROKEN)
    for element in root.iter():
        if not isinstance(element.tag, str) or element.tag.removeprefix(_SPACE) not in _DRAWS:
            raise LogoRefused(LogoFault.UNSAFE)
        if not element.tag.startswith(_SPACE) or not _is_quiet(element.text or ""):
            raise LogoRefused(LogoFault.UNSAFE)
        for name, value in element.attrib.items():
            bare = name.rsplit("}", 1)[-1].lower()
            if bare.startswith("on") or (bare == "href" and not value.startswith("#")) or not _is_quiet(value):
                raise LogoRefused(LogoFault.UNSAFE)


def _is_quiet(text: str) -> bool:
    """Whether a value asks for nothing from elsewhere."""
    small = text.lower().replace(" ", "")
    fetched = small.replace("url(#", "").replace("url('#", "").replace('url("#', "")
    return not any(word in fetched for word in ("url(", "@import", "javascript:", "expression(", "\\"))
