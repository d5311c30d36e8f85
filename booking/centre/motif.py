"""A drawing for whatever has no picture, made from its name: the same name always gives the same drawing.

Seven families, each a thing of science that is lovely by itself: planets, two waves that meet, a crystal, a tree that
branches, a chart of stars, the trace of a pendulum, the seeds of a sunflower. All are three to two, as pictures are,
and coloured with the centre's two colours, by day and by evening (`centre/tones.py`). A drawing is numbers and our own
names of classes only. It has an address of its own (`machine/pictures.py`), since a page shows twenty, each a kilobyte.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from math import cos, exp, hypot, pi, radians, sin, sqrt

from booking.centre.tones import printed_style, style_of

WIDE, HIGH = 600, 400
TONES = 6
RECIPE = 1  # another number where the same name gives another drawing: browsers keep these for good
ACROSS, DOWN = 7, 5  # facets of a crystal, in pairs
KEPT = 256  # drawings a process keeps, of some three kilobytes each
GOLDEN_ANGLE = pi * (3 - sqrt(5))
SPIRALS = 0, 7, 14  # of twenty-one that the seeds stand in, a third of a turn from each other
SHADES = ".04", ".13", ".24", ".37", ".54", ".74"  # of facets, from the dark side to the lit one
LIMBS = "15", "10.5", "7.5", "5", "3.6", "2.6", "2"  # how thick branches are, from the ground up

Point = tuple[float, float]


class Chance:
    """Numbers that look thrown and are the same for the same name, on every machine and for good."""

    def __init__(self, name: str) -> None:
        self._bytes = iter(hashlib.shake_256(name.encode()).digest(4096))

    def between(self, low: float, high: float) -> float:
        """A number from low to high."""
        return low + (high - low) * (next(self._bytes) * 256 + next(self._bytes)) / 65535

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both of them possible."""
        return low + next(self._bytes) % (high - low + 1)


@lru_cache(maxsize=KEPT)
def drawing(name: str, brand: str, accent: str) -> str:
    """The drawing of a name in two colours, written #0b4f6c, as an SVG that carries its own style sheet."""
    tone, lines = _drawn(name)
    return _framed(style_of(brand, accent, tone), lines)


def printed_drawing(name: str, brand: str, accent: str) -> str:
    """The same by day, for paper and for whoever knows no properties of a style sheet."""
    tone, lines = _drawn(name)
    return _framed(printed_style(brand, accent, tone), lines)


def _drawn(name: str) -> tuple[int, str]:
    """The tone of a name, and what is drawn of it."""
    chance = Chance(name)
    family, tone = FAMILIES[chance.whole(0, len(FAMILIES) - 1)], chance.whole(0, TONES - 1)
    return tone, family(chance)


def _framed(style: str, lines: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" width="{WIDE}" height="{HIGH}">'
        f'{style}<path class="ground" d="M0 0h{WIDE}v{HIGH}H0z"/>{lines}</svg>'
    )


def _orbits(chance: Chance) -> str:
    """A sun off the middle, planets on tilted orbits, dust of stars behind."""
    x, y = chance.between(180, 420), chance.between(150, 250)
    tilt, flat = chance.between(-32, 32), chance.between(0.34, 0.6)
    drawn = [_dots("faint", _dust(chance, 46), 2.4), _disc("soft", x, y, 150), _disc("soft", x, y, 92)]
    rings, planets = [], []
    for place in range(chance.whole(5, 6)):
        reach = 74 + place * 54 + chance.between(-8, 8)
        rings.append(
            f'<ellipse cx="{x:.0f}" cy="{y:.0f}" rx="{reach:.0f}" ry="{reach * flat:.0f}"'
            f' transform="rotate({tilt:.0f} {x:.0f} {y:.0f})"/>'
        )
        at = _on_ellipse(x, y, reach, reach * flat, tilt, chance.between(0, 2 * pi))
        size = chance.between(6, 17)
        planets.append(_disc("spark" if place % 2 else "bold", *at, size))
        if place == 3:
            planets.append(_disc("edge", *at, size + 9))
            planets.append(_disc("bold", at[0] + size + 9, at[1], 3.5))
    drawn += [f'<g class="line">{"".join(rings)}</g>', *planets, _disc("spark", x, y, 38), _disc("soft", x, y, 50)]
    return "".join(drawn)


def _waves(chance: Chance) -> str:
    """Rings from two stones thrown into water; where both are high, it shines."""
    left = chance.between(60, 220), chance.between(70, 330)
    right = chance.between(380, 560), chance.between(70, 330)
    step = chance.between(25, 33)
    rings = [
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{step * (n + 0.5):.0f}"/>' for x, y in (left, right) for n in range(17)
    ]
    crests = [
        point
        for n in range(1, 14, 2)
        for m in range(1, 14)
        for point in _meeting(left, step * (n + 0.5), right, step * (m + 0.5))
        if 0 < point[0] < WIDE and 0 < point[1] < HIGH
    ]
    return (
        _disc("soft", *left, step * 5) + _disc("soft", *right, step * 5) + f'<g class="line">{"".join(rings)}</g>'
        + _dots("sparks", crests[::2], 7) + _dots("bolds", crests[1::2], 7)
        + _disc("spark", *left, 11) + _disc("bold", *right, 11)
    )  # fmt: skip


def _crystal(chance: Chance) -> str:
    """A sheet of facets, lit from one side, with a bright seam."""
    turn = chance.between(0, 2 * pi)
    corners = _corners(chance)
    shades: dict[int, list[str]] = {}
    for triangle in _triangles(corners):
        x, y = sum(x for x, _y in triangle) / 3 - 300, sum(y for _x, y in triangle) / 3 - 200
        lit = (x * cos(turn) + y * sin(turn)) / 90 + chance.between(-1.1, 1.1)
        shades.setdefault(max(0, min(5, round(lit + 2.5))), []).append(_polygon(triangle))
    facets = "".join(
        f'<path class="facet" opacity="{SHADES[shade]}" d="{"".join(shades[shade])}"/>' for shade in sorted(shades)
    )
    seam = [row[2 + (place + 1) // 2] for place, row in enumerate(corners)]
    gems = [row[chance.whole(1, ACROSS - 1)] for row in corners[1:-1]]
    return f'{facets}<path class="seam" d="{_line(seam)}"/>{_dots("sparks", [*seam, *gems], 13)}'


def _corners(chance: Chance) -> list[list[Point]]:
    """Where facets meet: rows of points, each a little off its place, every other row half a step on."""
    return [
        [
            (
                (column - 0.5) * WIDE / (ACROSS - 1) + (row % 2) * 50 + chance.between(-26, 26),
                (row - 0.5) * HIGH / (DOWN - 1) + chance.between(-24, 24),
            )
            for column in range(ACROSS + 1)
        ]
        for row in range(DOWN + 1)
    ]


def _triangles(corners: list[list[Point]]) -> Iterator[tuple[Point, Point, Point]]:
    for place, (row, beneath) in enumerate(pairwise(corners)):
        for (here, beside), (below, beyond) in zip(pairwise(row), pairwise(beneath), strict=True):
            yield (here, beside, beyond) if place % 2 else (here, beside, below)
            yield (here, beyond, below) if place % 2 else (beside, beyond, below)


def _branches(chance: Chance) -> str:
    """A tree from the ground up; each end a bud."""
    limbs: dict[int, list[str]] = {}
    buds: list[Point] = []
    spread = chance.between(19, 29)

    def grow(start: Point, heading: float, length: float, depth: int) -> None:
        bend = heading + chance.between(-9, 9)
        middle = _from(start, bend, length / 2)
        end = _from(middle, heading, length / 2)
        curve = f"M{_at(start)}Q{_at(middle)} {_at(end)}"
        limbs.setdefault(depth, []).append(curve)
        if depth == 6:
            buds.append(end)
            return
        for side in (-1, 1):
            grow(end, heading + side * spread + chance.between(-8, 8), length * chance.between(0.7, 0.82), depth + 1)

    root = chance.between(250, 350)
    grow((root, 410), -90 + chance.between(-4, 4), 104, 0)
    drawn = "".join(
        f'<path class="limb" stroke-width="{LIMBS[depth]}" d="{"".join(limbs[depth])}"/>' for depth in sorted(limbs)
    )
    moon = chance.between(90, 510), chance.between(70, 130)
    return (
        _disc("soft", *moon, 96) + _disc("soft", *moon, 56) + drawn + _dots("sparks", buds[::2], 11)
        + _dots("bolds", buds[1::2], 7)
    )  # fmt: skip


def _stars(chance: Chance) -> str:
    """A chart of the sky around its pole: hours, circles, and the figures that people see."""
    pole = chance.between(200, 400), chance.between(-30, 60)
    circles = "".join(f'<circle cx="{pole[0]:.0f}" cy="{pole[1]:.0f}" r="{reach}"/>' for reach in range(70, 560, 70))
    turn = chance.between(0, 30)
    hours = "".join(
        f"M{_at(_from(pole, turn + hour * 15, 70))}L{_at(_from(pole, turn + hour * 15, 600))}" for hour in range(24)
    )
    figures, bright = [], []
    for place in range(3):
        x, y = 90 + place * 200 + chance.between(-30, 30), chance.between(110, 290)
        figure = [(x, y)]
        heading = chance.between(-50, 50)
        for _star in range(chance.whole(4, 6)):
            heading += chance.between(-75, 75)
            figure.append(_from(figure[-1], heading, chance.between(34, 70)))
        figures.append(_line(figure))
        bright += figure
    sky = _dust(chance, 90)
    return (
        f'<g class="line">{circles}<path d="{hours}"/></g>{_dots("faint", sky[:60], 2.6)}'
        f'{_dots("bolds", sky[60:], 4.5)}<path class="edge" d="{"".join(figures)}"/>'
        f"{_dots('halo', bright, 24)}{_dots('sparks', bright, 10)}"
    )


def _pendulum(chance: Chance) -> str:
    """What a pen on two pendulums draws while they come to rest."""
    slow, fast = ((2, 3), (3, 4), (3, 5), (4, 5), (1, 2), (2, 5))[chance.whole(0, 5)]
    lag, drift = chance.between(0.3, 2.6), chance.between(0.006, 0.018)
    trace = []
    for step in range(200):
        moment = step * 2 * pi / 50
        reach = exp(-moment * 0.055)
        across, down = sin((slow + drift) * moment + lag), sin(fast * moment)
        trace.append((300 + 285 * reach * across, 200 + 185 * reach * down))
    x, y = trace[-1]
    return (
        f'{_disc("soft", x, y, 170)}{_disc("soft", x, y, 96)}<path class="trace" d="{_smooth(trace)}"/>'
        f"{_disc('spark', *trace[0], 12)}{_disc('bold', x, y, 9)}"
    )


def _seeds(chance: Chance) -> str:
    """The head of a sunflower: each seed a golden angle on from the one before."""
    x, y = chance.between(180, 420), chance.between(140, 260)
    gap = chance.between(16, 20)
    rings: dict[tuple[str, int], list[Point]] = {}
    for seed in range(6, 330):
        reach, turn = gap * sqrt(seed), seed * GOLDEN_ANGLE
        point = x + reach * cos(turn), y + reach * sin(turn)
        if -10 < point[0] < WIDE + 10 and -10 < point[1] < HIGH + 10:
            family = "spark" if seed % 21 in SPIRALS else "bold" if seed % 3 == 0 else "faint"
            rings.setdefault((family, sum(reach > edge for edge in (90, 180, 270))), []).append(point)
    sizes = (7.0, 10.0, 13.0, 16.0)
    drawn = [_dots(_SEEDS[family], points, sizes[ring]) for (family, ring), points in sorted(rings.items())]
    return _disc("soft", x, y, 190) + _disc("soft", x, y, 110) + "".join(drawn) + _disc("spark", x, y, gap * 1.7)


_SEEDS = {"spark": "sparks", "bold": "bolds", "faint": "seed"}
FAMILIES: tuple[Callable[[Chance], str], ...] = (_orbits, _waves, _crystal, _branches, _stars, _pendulum, _seeds)


def _at(point: Point) -> str:
    return f"{point[0]:.0f} {point[1]:.0f}"


def _from(point: Point, heading: float, length: float) -> Point:
    """So far on from a point, by a heading in degrees."""
    return point[0] + length * cos(radians(heading)), point[1] + length * sin(radians(heading))


def _line(points: Iterable[Point]) -> str:
    return "M" + "L".join(_at(point) for point in points)


def _polygon(points: Iterable[Point]) -> str:
    return _line(points) + "z"


def _smooth(points: list[Point]) -> str:
    """A curve that bends through all the middles between its points."""
    middles = [((x + further) / 2, (y + lower) / 2) for (x, y), (further, lower) in pairwise(points)]
    bends = zip(points[1:], middles[1:], strict=False)
    return f"M{_at(points[0])}L{_at(middles[0])}" + "".join(f"Q{_at(point)} {_at(middle)}" for point, middle in bends)


def _disc(kind: str, x: float, y: float, reach: float) -> str:
    return f'<circle class="{kind}" cx="{x:.0f}" cy="{y:.0f}" r="{reach:.0f}"/>'


def _dots(kind: str, points: Iterable[Point], wide: float) -> str:
    """Many dots as one path: lines of no length with round ends."""
    return f'<path class="{kind}" stroke-width="{wide:g}" d="{"".join(f"M{_at(point)}h0" for point in points)}"/>'


def _dust(chance: Chance, number: int) -> list[Point]:
    return [(chance.between(0, WIDE), chance.between(0, HIGH)) for _speck in range(number)]


def _on_ellipse(x: float, y: float, wide: float, high: float, tilt: float, turn: float) -> Point:
    """A point of an ellipse that is turned by `tilt` degrees."""
    across, down = wide * cos(turn), high * sin(turn)
    return (
        x + across * cos(radians(tilt)) - down * sin(radians(tilt)),
        y + across * sin(radians(tilt)) + down * cos(radians(tilt)),
    )


def _meeting(left: Point, reach: float, right: Point, other: float) -> list[Point]:
    """Where two rings cut each other."""
    apart = hypot(right[0] - left[0], right[1] - left[1])
    if apart > reach + other or apart < abs(reach - other):
        return []
    along = (reach * reach - other * other + apart * apart) / (2 * apart)
    aside = sqrt(max(0.0, reach * reach - along * along))
    over, up = (right[0] - left[0]) / apart, (right[1] - left[1]) / apart
    x, y = left[0] + along * over, left[1] + along * up
    return [(x - aside * up, y + aside * over), (x + aside * up, y - aside * over)]
