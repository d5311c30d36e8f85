"""What the drawing of the house is filled with: the centre's two colours, as day and as evening see them."""

from __future__ import annotations

from booking.centre.colours import ACCENT, BRAND, INK, SHEET, checked, mixed

NIGHT = "#0c161c"

# Each part of the drawing: which of the two colours, how much of it, and in what.
_DAY = {
    "sky": ("brand", 0.1, SHEET), "stars": ("brand", 0.1, SHEET), "halo": ("accent", 0.28, SHEET),
    "sun": ("accent", 0.9, SHEET), "far": ("brand", 0.26, SHEET), "snow": ("brand", 0.06, SHEET),
    "mid": ("brand", 0.42, SHEET), "cloud": ("brand", 0.02, SHEET), "bird": ("brand", 0.6, SHEET),
    "tree": ("brand", 0.72, INK), "water": ("brand", 0.56, SHEET), "mirror": ("brand", 0.68, SHEET),
    "wave": ("brand", 0.3, SHEET), "quay": ("brand", 0.6, INK), "light": ("brand", 0.05, SHEET),
    "shade": ("brand", 0.2, SHEET), "glass": ("brand", 0.88, INK), "lit": ("accent", 0.8, SHEET),
    "roof": ("brand", 0.78, INK), "dark": ("brand", 0.45, INK), "sail": ("accent", 1.0, SHEET),
}  # fmt: skip
_EVENING = {
    "sky": ("brand", 0.2, NIGHT), "stars": ("accent", 0.5, SHEET), "halo": ("accent", 0.22, NIGHT),
    "sun": ("accent", 0.75, SHEET), "far": ("brand", 0.42, NIGHT), "snow": ("brand", 0.7, NIGHT),
    "mid": ("brand", 0.3, NIGHT), "cloud": ("brand", 0.3, NIGHT), "bird": ("brand", 0.7, NIGHT),
    "tree": ("brand", 0.1, NIGHT), "water": ("brand", 0.5, NIGHT), "mirror": ("brand", 0.36, NIGHT),
    "wave": ("brand", 0.75, NIGHT), "quay": ("brand", 0.12, NIGHT), "light": ("brand", 0.76, NIGHT),
    "shade": ("brand", 0.58, NIGHT), "glass": ("brand", 0.16, NIGHT), "lit": ("accent", 0.85, SHEET),
    "roof": ("brand", 0.1, NIGHT), "dark": ("brand", 0.04, NIGHT), "sail": ("accent", 0.9, NIGHT),
}  # fmt: skip


def scene_of(brand: str, accent: str, *, evening: bool = False) -> dict[str, str]:
    """The colour of each part of the drawing by its name."""
    own = {"brand": checked(brand, BRAND), "accent": checked(accent, ACCENT)}
    parts = _EVENING if evening else _DAY
    return {part: mixed(own[which], ground, share) for part, (which, share, ground) in parts.items()}


def scene_name(brand: str, accent: str) -> str:
    """What the drawing is called as a picture; another name for other colours."""
    return f"{brand}{accent}.png".replace("#", "")


def scene_stylesheet(brand: str, accent: str) -> str:
    """The same as custom properties, by day and by evening."""
    day, evening = (_properties(scene_of(brand, accent, evening=is_evening)) for is_evening in (False, True))
    return f":root{{{day}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{evening}}}}}\n"


def _properties(colours: dict[str, str]) -> str:
    return "".join(f"--scene-{part}:{colour};" for part, colour in colours.items())
