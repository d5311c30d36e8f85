"""Read a QR code in a camera's picture: the one that is held before it, also on a screen that is hardly lit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import zxingcpp

CLIPPED = 50  # one in so many pixels may be darker or lighter than what becomes black and white: specks and lamps
LEAST_SPREAD = 3  # of 255: flatter than this there is nothing to see
FULL_SPREAD = 200  # a picture that uses so much of the greys gains nothing
PARTS = (1, 2, 6)  # the greys are taken from the whole, or from the middle alone: a dim screen before a bright room


@dataclass(frozen=True, slots=True)
class Picture:
    """`width` bytes of grey a row."""

    pixels: bytes
    width: int

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return len(self.pixels) // self.width


def code_in(picture: Picture) -> str | None:
    """What the QR code nearest the middle of the picture says; None without one.

    zxing-cpp 3.1 finds no code whose two greys are closer than some 20 of 255, so what it does not find as it is, it is
    shown once more with the greys stretched.
    """
    for look in _looks(picture):
        codes = _read(look)
        if codes:
            middle = look.width / 2, look.rows / 2
            return str(min(codes, key=lambda code: _away(code, middle)).text)
    return None


def stretched(picture: Picture, part: int = 1) -> Picture | None:
    """The same with the greys of its middle, one in `part` of the width and height, spread from black to white.

    None where that changes little or where there is nothing to see.
    """
    counts = [0] * 256
    for grey in _middle(picture, part)[::5]:  # a sample tells as much
        counts[grey] += 1
    low, high = _edge(counts), 255 - _edge(counts[::-1])
    if not LEAST_SPREAD <= high - low <= FULL_SPREAD:
        return None
    table = bytes(min(max((grey - low) * 255 // (high - low), 0), 255) for grey in range(256))
    return Picture(picture.pixels.translate(table), picture.width)


def _looks(picture: Picture) -> Iterator[Picture]:
    yield picture
    for part in PARTS:
        clear = stretched(picture, part)
        if clear is not None:
            yield clear


def _middle(picture: Picture, part: int) -> bytes:
    width, rows = picture.width // part, picture.rows // part
    left, top = (picture.width - width) // 2, (picture.rows - rows) // 2
    starts = (row * picture.width + left for row in range(top, top + rows))
    return b"".join(picture.pixels[start : start + width] for start in starts)


def _edge(counts: list[int]) -> int:
    """The first grey that is more than a speck."""
    least, seen = sum(counts) // CLIPPED, 0
    for grey, count in enumerate(counts):
        seen += count
        if seen > least:
            return grey
    return 255


def _read(picture: Picture) -> list[zxingcpp.Barcode]:
    import zxingcpp  # a tenth of a second that only those who scan pay

    if not picture.rows or not picture.width:
        return []
    seen = memoryview(picture.pixels).cast("B", shape=[picture.rows, picture.width])
    return list(zxingcpp.read_barcodes(seen, formats=zxingcpp.BarcodeFormat.QRCode))


def _away(code: zxingcpp.Barcode, middle: tuple[float, float]) -> float:
    at = code.position
    corners = [
        (float(corner.x), float(corner.y)) for corner in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
    ]
    across = sum(x for x, _y in corners) / 4 - middle[0]
    down = sum(y for _x, y in corners) / 4 - middle[1]
    return across * across + down * down
