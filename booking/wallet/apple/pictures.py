"""The pictures of a pass, in the centre's colours: a round of the accent on the brand, in each size phones want."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from io import BytesIO

from booking.centre.colours import ACCENT, BRAND, checked, ground

SIDE = 29  # points; a phone has one, two or three dots for each
SMOOTH = 4  # drawn so much larger and made smaller, so that the round has no steps


@lru_cache(maxsize=4)
def icons(brand: str, accent: str) -> Mapping[str, bytes]:
    """The icon by the names that a pass wants: PNG."""
    colour, _words = ground(checked(brand, BRAND))
    return {
        f"icon{'' if scale == 1 else f'@{scale}x'}.png": _icon(SIDE * scale, colour, checked(accent, ACCENT))
        for scale in (1, 2, 3)
    }


def _icon(side: int, ground_colour: str, accent: str) -> bytes:
    from PIL import Image, ImageDraw, PngImagePlugin  # noqa: F401  (by name: else all kinds of files are loaded)

    large = side * SMOOTH
    picture = Image.new("RGB", (large, large), ground_colour)
    ImageDraw.Draw(picture).ellipse([large * place // 100 for place in (22, 22, 78, 78)], fill=accent)
    out = BytesIO()
    picture.resize((side, side), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()
