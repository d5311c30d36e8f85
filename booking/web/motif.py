"""A drawn picture for each activity, made from its name: the same name always gives the same picture."""

from __future__ import annotations

import hashlib

from markupsafe import Markup

COLOURS = (
    ("#0b4f6c", "#f2a541"),
    ("#17663f", "#f7d774"),
    ("#6b2d5c", "#f5a6a6"),
    ("#23395b", "#8fd0e8"),
    ("#8a3b12", "#fbd38d"),
)


def motif(name: str) -> Markup:
    """A small SVG of rings, waves or crystals; decoration only, so hidden from screen readers."""
    seed = hashlib.sha256(name.encode()).digest()
    ground, light = COLOURS[seed[0] % len(COLOURS)]
    shapes = (_rings, _waves, _crystals)[seed[1] % 3](seed, light)
    return Markup(  # noqa: S704  (made of numbers and our own colours only)
        f'<svg class="motif" viewBox="0 0 48 48" preserveAspectRatio="xMidYMid slice" aria-hidden="true">'
        f'<rect width="48" height="48" fill="{ground}"/>{shapes}</svg>'
    )


def _rings(seed: bytes, light: str) -> str:
    return "".join(
        f'<circle cx="{10 + seed[2 + n] % 28}" cy="{10 + seed[6 + n] % 28}" r="{4 + seed[10 + n] % 12}"'
        f' fill="none" stroke="{light}" stroke-width="2.5"/>'
        for n in range(4)
    )


def _waves(seed: bytes, light: str) -> str:
    lift = 4 + seed[2] % 8
    return "".join(
        f'<path d="M-4 {10 + 10 * n} q 7 -{lift} 14 0 t 14 0 t 14 0 t 14 0"'
        f' fill="none" stroke="{light}" stroke-width="2.5"/>'
        for n in range(4)
    )


def _crystals(seed: bytes, light: str) -> str:
    return "".join(
        f'<path d="M24 24 l{x} {y} l{-y / 3:.1f} {x / 3:.1f} z" fill="{light}" opacity="{0.5 + seed[n] % 50 / 100}"/>'
        for n, (x, y) in enumerate(((18, -6), (6, 18), (-18, 6), (-6, -18), (13, 13), (-13, -13)))
    )
