"""A drawing as a picture for those who show no drawings: mail programs."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from booking.pictures.apart import NothingCame, run_apart

DRAWING = Path(__file__).with_name("drawing.py")
TAKES = 15  # seconds by the clock, on a machine that has much else to do
LARGEST = 2_000_000  # bytes of the picture
LOGO_HIGH = 48  # points; the picture has two dots for each


class Undrawable(Exception):
    """The drawing cannot be made a picture."""


def png_of(svg: bytes, points: int = LOGO_HIGH) -> bytes:
    """The drawing as a PNG on nothing, so many points high. Raises Undrawable. Not inside a unit of work."""
    drawn = _drawn(svg, points)
    if not drawn:
        raise Undrawable
    return drawn


@lru_cache(maxsize=4)
def _drawn(svg: bytes, points: int) -> bytes:
    """The picture, or nothing where there can be none: that too is found out once, since trying may take a while."""
    try:
        drawn = run_apart(DRAWING, svg, seconds=TAKES, largest=LARGEST, arguments=(str(points),))
    except NothingCame:
        return b""
    return drawn if drawn.startswith(b"\x89PNG") else b""
