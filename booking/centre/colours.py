"""The centre's own colours, checked so that everybody can read what stands on them (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

import re

ENOUGH = 4.5
BRAND, ACCENT = "#0b4f6c", "#f2a541"
PAPER, SHEET, INK = "#f3f7f8", "#ffffff", "#14242d"
DARK_PAPER, DARK_SHEET = "#0c161c", "#14222b"


def contrast(first: str, second: str) -> float:
    """How well one colour stands out from another: 1 to 21 (WCAG 2.2, "contrast ratio")."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable_on(colour: str) -> str:
    """White or ink, whichever is read better on this colour."""
    return max((SHEET, INK), key=lambda words: contrast(words, colour))


def ground(colour: str) -> tuple[str, str]:
    """The colour as a ground, and what is read on it: one between light and dark moves until one of them can be."""
    words = readable_on(colour)
    return readable(colour, (words,), INK if words == SHEET else SHEET), words


def stylesheet(brand: str, accent: str) -> str:
    """The style sheet that gives pages the centre's colours, in light and in dark."""
    brand, accent = checked(brand, BRAND), checked(accent, ACCENT)
    soft = mixed(brand, SHEET, 0.12)
    link = readable(brand, (PAPER, SHEET, soft), INK)
    bright_soft = mixed(brand, DARK_SHEET, 0.3)
    bright = readable(brand, (DARK_PAPER, DARK_SHEET, bright_soft), SHEET)
    return (
        f":root{{--brand:{brand};--on-brand:{readable_on(brand)};--brand-soft:{soft};--link:{link};"
        f"--accent:{accent};--on-accent:{readable_on(accent)}}}\n"
        f"@media (prefers-color-scheme:dark){{:root{{--brand:{bright};--on-brand:{readable_on(bright)};"
        f"--brand-soft:{bright_soft};--link:{bright};--accent:{accent};--on-accent:{readable_on(accent)}}}}}\n"
    )


def mixed(first: str, second: str, share: float) -> str:
    """`share` of the first colour in the second."""
    parts = [round(a * share + b * (1 - share)) for a, b in zip(_parts(first), _parts(second), strict=True)]
    return "#" + "".join(f"{part:02x}" for part in parts)


def readable(colour: str, grounds: tuple[str, ...], towards: str) -> str:
    """The colour, moved towards another until it can be read on all these grounds."""
    for tenth in range(21):
        moved = mixed(towards, colour, tenth / 20)
        if all(contrast(moved, ground) >= ENOUGH for ground in grounds):
            return moved
    return towards


def checked(colour: str, otherwise: str) -> str:
    """The colour if it is one, written #0b4f6c."""
    return colour if re.fullmatch(r"#[0-9a-f]{6}", colour) else otherwise


def _parts(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[n : n + 2], 16) for n in (1, 3, 5))


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4
        for part in _parts(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
