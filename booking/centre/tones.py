"""What drawings made from names are coloured with: six tones of the centre's two colours, by day and by evening."""

from __future__ import annotations

import colorsys
import re
from dataclasses import astuple, dataclass
from functools import lru_cache

from booking.centre.colours import DARK_PAPER, DARK_SHEET, SHEET, mixed, readable

BLACK = "#02080c"

# What each kind of line and shape is filled or drawn with, of the colours of a tone.
RULES = (
    "svg{fill:none;stroke-linecap:round;stroke-linejoin:round}.ground{fill:var(--g)}.soft{fill:var(--o);opacity:.14}"
    ".line{stroke:var(--i);stroke-width:1.6;opacity:.5}.edge{stroke:var(--s);stroke-width:2.2;opacity:.85}"
    ".trace{stroke:var(--s);stroke-width:2.6}.faint{stroke:var(--i);opacity:.55}.seed{stroke:var(--i);opacity:.4}"
    ".halo{stroke:var(--p);opacity:.22}.bold{fill:var(--s)}.bolds,.limb{stroke:var(--s)}.spark{fill:var(--p)}"
    ".sparks{stroke:var(--p)}.seam{stroke:var(--p);stroke-width:3}.facet{fill:var(--i)}"
)


@dataclass(frozen=True, slots=True)
class Tone:
    """The ground, the ink of fine lines, the second colour, the one that sparkles, and what glows."""

    ground: str
    ink: str
    second: str
    spark: str
    glow: str

    @property
    def properties(self) -> str:
        """As the rules name them."""
        return f":root{{--g:{self.ground};--i:{self.ink};--s:{self.second};--p:{self.spark};--o:{self.glow}}}"


@lru_cache(maxsize=64)
def style_of(brand: str, accent: str, tone: int) -> str:
    """The style sheet of one drawing, which it carries within itself: it is shown as a picture."""
    day, evening = _by_day(brand, accent)[tone], _by_evening(brand, accent)[tone]
    return f"<style>{day.properties}@media(prefers-color-scheme:dark){{{evening.properties}}}{RULES}</style>"


def printed_style(brand: str, accent: str, tone: int) -> str:
    """The same by day, its colours written where they are used: who sets type knows no properties."""
    day = dict(zip("gispo", astuple(_by_day(brand, accent)[tone]), strict=True))
    return f"<style>{re.sub(r'var[(]--(.)[)]', lambda part: day[part[1]], RULES)}</style>"


def _by_day(brand: str, accent: str) -> tuple[Tone, ...]:
    night, deep = mixed(brand, BLACK, 0.6), mixed(brand, BLACK, 0.72)
    pale, noon, sun = mixed(brand, SHEET, 0.32), mixed(brand, SHEET, 0.15), mixed(accent, SHEET, 0.26)
    return (
        Tone(night, pale, SHEET, accent, pale),
        Tone(noon, deep, deep, accent, accent),
        Tone(sun, deep, deep, accent, accent),
        Tone(brand, pale, accent, SHEET, pale),
        Tone(mixed(half_way(brand, accent), BLACK, 0.72), sun, pale, accent, sun),
        Tone(mixed(half_way(brand, accent), SHEET, 0.16), deep, accent, deep, accent),
    )


def _by_evening(brand: str, accent: str) -> tuple[Tone, ...]:
    bright = readable(brand, (DARK_PAPER, DARK_SHEET), SHEET)
    snow, warm = mixed(bright, SHEET, 0.45), mixed(accent, BLACK, 0.2)
    return (
        Tone(mixed(bright, BLACK, 0.13), bright, snow, accent, bright),
        Tone(mixed(bright, BLACK, 0.3), bright, bright, accent, accent),
        Tone(warm, bright, bright, accent, accent),
        Tone(mixed(bright, BLACK, 0.22), bright, accent, snow, bright),
        Tone(mixed(half_way(bright, accent), BLACK, 0.22), snow, bright, accent, snow),
        Tone(mixed(half_way(bright, accent), BLACK, 0.15), bright, accent, bright, accent),
    )


def half_way(first: str, second: str) -> str:
    """The colour between two on the wheel of colours, on the shorter way round and nearer to the first."""
    (hue, lightness, strength), (other, lighter, stronger) = (
        colorsys.rgb_to_hls(*(int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))) for colour in (first, second)
    )
    way = (other - hue + 0.5) % 1 - 0.5
    parts = colorsys.hls_to_rgb(
        (hue + 0.3 * way) % 1, 0.7 * lightness + 0.3 * lighter, min(0.6, 0.7 * strength + 0.3 * stronger)
    )
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)
