"""A drawing as a picture for those who show no drawings, or should not read one that somebody brought."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from booking.kernel.outside.apart import NothingCame, ProcessLimits, TookTooLong, run_apart

DRAWING = Path(__file__).with_name("drawing.py")
LIMITS = ProcessLimits(seconds=5)  # and a gigabyte, of which the library with its letters takes a quarter
TAKES = 15  # seconds by the clock, on a machine that has much else to do
LARGEST = 2_000_000  # bytes of the picture
LOGO_HIGH = 48  # points; the picture has two dots for each


class Undrawable(Exception):
    """The drawing cannot be made a picture."""


def png_of(svg: bytes, points: int = LOGO_HIGH) -> bytes:
    """The drawing as a PNG on nothing, so many points high. Raises Undrawable. Not inside a unit of work."""
    return _of_kind(_drawn(svg, points, "png"), b"\x89PNG")


def jpeg_of(svg: bytes, points: int) -> bytes:
    """The drawing as a JPEG on white, so many points high. Raises Undrawable. Not inside a unit of work."""
    return _of_kind(_drawn(svg, points, "jpg"), b"\xff\xd8")


def _of_kind(picture: bytes, beginning: bytes) -> bytes:
    if not picture.startswith(beginning):
        raise Undrawable
    return picture


@lru_cache(maxsize=128)
def _drawn(svg: bytes, points: int, kind: str) -> bytes:
    """The picture, or nothing where there can be none: that too is found out once, since trying may take a while.

    Raises Undrawable, which is not kept, where the machine had no time for it.
    """
    try:
        return run_apart(DRAWING, svg, LIMITS, seconds=TAKES, largest=LARGEST, arguments=(str(points), kind))
    except TookTooLong:
        raise Undrawable from None
    except NothingCame:
        return b""
